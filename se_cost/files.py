"""Files are written whole or not at all."""

import os
from pathlib import Path

from se_cost.errors import UsageError


def write(path: Path, text: str) -> None:
    """Write `text` to a temporary file beside `path`, then rename it; raise UsageError if it fails.

    A link stays one, and its target is written. What is no regular file, such as a pipe, is
    written to as it is.
    """
    temporary = None
    try:
        target = _target(path)
        if _special(target):
            target.write_text(text, encoding="utf-8")
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
            target.parent.mkdir(parents=True, exist_ok=True)
        if _special(target):
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
