"""A file as a revision of git has it."""

import subprocess
from pathlib import Path

from se_cost.errors import MeasurementError, UsageError
from se_cost.text import printable

PATIENCE = 60.0  # seconds with git


def file_at(revision: str, path: Path) -> bytes:
    """Return what `path` held at a revision, for instance main or HEAD~1.

    Raises UsageError if git does not know the revision, MeasurementError if that has no such file.
    """
    if revision.startswith("-") or not revision.isprintable():
        raise UsageError(f"{revision!r} cannot be the name of a revision")
    found = _git(path.parent, "rev-parse", "--verify", f"{revision}^{{commit}}")
    if found.returncode:
        why = printable(found.stderr.decode(errors="replace").strip())
        raise UsageError(
            f"git finds no revision {revision!r}: {why} (a shallow clone has to fetch it first)"
        )
    commit = found.stdout.decode().strip()
    file = _git(path.parent, "cat-file", "blob", f"{commit}:./{path.name}")
    if file.returncode:
        raise MeasurementError(f"nothing to compare: {path.name} is not in revision {revision!r}")
    return file.stdout


def _git(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words],
            stdin=subprocess.DEVNULL,  # nobody is there to answer it
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except OSError as error:
        raise UsageError(f"cannot run git: {error.strerror or error}") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git gave no answer within {PATIENCE:g} s") from None
