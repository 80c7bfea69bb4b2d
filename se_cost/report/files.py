"""Files are written whole or not at all."""

import os
from pathlib import Path

from se_cost.errors import BadInput


def write(path: Path, text: str) -> None:
    """Write `text` to a temporary file beside `path`, then rename it; raise BadInput if it fails.

    What is no regular file, such as a pipe, is written to as it is.
    """
    special = path.exists() and not path.is_file()
    target = path if special else _temporary(path)
    try:
        target.write_text(text, encoding="utf-8")
        if not special:
            target.replace(path)
    except (OSError, ValueError) as error:
        if not special:
            target.unlink(missing_ok=True)
        raise unwritable(path, error) from None


def expect_writable(path: Path, *, make_folder: bool = False) -> None:
    """Raise BadInput if `path` could not be written to; it is left as it was."""
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.open("a").close()
            return
        _temporary(path).touch()
        _temporary(path).unlink()
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: Exception) -> BadInput:
    """Return the error for a file that cannot be written, or for a name that no file can have."""
    return BadInput(f"cannot write {str(path)!r}: {getattr(error, 'strerror', None) or error}")


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")
