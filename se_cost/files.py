"""Files are written whole or not at all, and read up to a limit; no pipe is waited for for ever."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOTDIR, ENXIO
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO

from se_cost.errors import UsageError

LARGEST = 2**26  # bytes of a file that is read: a report with every sample has a hundredth of it
PATIENCE = 60.0  # seconds with whoever is at the other end of a pipe


def read(path: Path) -> bytes:
    """Return what a file holds; raise UsageError if it cannot be read, or is far too large."""
    try:
        with _opened(path) as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if len(content) > LARGEST:
        most = f"it holds more than {LARGEST >> 20} MiB, as nothing does that se-cost writes"
        raise unreadable(path, ValueError(most))
    return content


def unreadable(path: Path, error: Exception) -> UsageError:
    """Return the error for a file that cannot be read."""
    return UsageError(f"cannot read {str(path)!r}: {getattr(error, 'strerror', None) or error}")


def write(path: Path, text: str) -> None:
    """Write `text` to a temporary file beside `path`, then rename it; raise UsageError if it fails.

    A link stays one, and its target is written. What is no regular file, such as a pipe, is
    written to as it is.
    """
    temporary = None
    try:
        target = _target(path)
        if _special(target):
            _put(target, text.encode())
            return
        temporary = _beside(target)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(target)
    except (OSError, ValueError) as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise unwritable(path, error) from None


def expect_writable(path: Path, *, make_folder: bool = False) -> None:
    """Raise UsageError if `path` could not be written to; it is left as it was."""
    try:
        target = _target(path)
        if make_folder:
            _make_folder(target.parent)
        if _special(target):
            if not target.is_fifo():  # whose reader would take it for the end
                target.open("a").close()
            return
        temporary = _beside(target)
        temporary.touch()
        temporary.unlink()
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: Exception) -> UsageError:
    """Return the error for a file that cannot be written, or for a name that no file can have."""
    return UsageError(f"cannot write {str(path)!r}: {getattr(error, 'strerror', None) or error}")


def _target(path: Path) -> Path:
    """Return the file that a link leads to; any other path is its own."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _special(path: Path) -> bool:
    """Return whether there is something that a file must not take the place of."""
    return path.exists() and not path.is_file()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(ENOTDIR, f"{str(folder)!r} is no folder") from None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read; raise OSError if it is a pipe into which nobody writes."""
    if not path.is_fifo():
        with path.open("rb") as file:
            yield file
        return
    from select import select

    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not select([file], [], [], PATIENCE)[0]:
            raise OSError(f"it is a pipe, and nobody wrote into it for {PATIENCE:g} s")
        os.set_blocking(file.fileno(), True)
        yield file


def _put(target: Path, content: bytes) -> None:
    """Write into what is no regular file; raise OSError for a pipe that nobody reads."""
    if not target.is_fifo():
        target.write_bytes(content)
        return
    until = monotonic() + PATIENCE
    while True:
        try:
            pipe = os.open(target, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError as error:
            if error.errno != ENXIO:
                raise
            if monotonic() > until:
                raise OSError(f"it is a pipe, and nobody read it for {PATIENCE:g} s") from None
            sleep(0.05)
    os.set_blocking(pipe, True)
    with os.fdopen(pipe, "wb") as file:
        file.write(content)
