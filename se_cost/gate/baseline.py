"""The file of the baseline, which is kept under git.

It is written whole or not at all, in an order that does not change, one figure to a line, so that
a difference shows what changed. Two updates at once take turns, and each changes only its own
networks.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import msgspec

from se_cost import files
from se_cost.documents.base import Document
from se_cost.documents.baseline import BaselineDocument, Entry
from se_cost.documents.files import encode, expect, parse
from se_cost.errors import UsageError
from se_cost.gate.entry import entries, with_times

REMEDY = "take it back from git, or delete it and run `se-cost check --update`"
WANTED = "baseline: `se-cost check --update` writes one"
PATIENCE = 10.0  # seconds to wait for another update, which takes a few milliseconds
POSIX = os.name == "posix"


class Stored(Document, tag="baseline", kw_only=True):
    """A baseline whose networks are kept as they are written.

    What only a later version knows of other networks so outlives an update.
    """

    networks: dict[str, msgspec.Raw]


def read(path: Path) -> dict[str, Entry]:
    """Return the entries by name of network; raise UsageError if the file cannot be trusted."""
    return _entries(files.read(path), path)


def expect_baseline(document: Document, name: str) -> BaselineDocument:
    """Return the document that must be a baseline; raise UsageError if it is none."""
    return expect(document, BaselineDocument, name, WANTED)


def update(path: Path, new: Mapping[str, Entry]) -> None:
    """Write the figures of `new` into the baseline and leave all other networks as they are.

    Times of the same model that were taken elsewhere stay. Raises UsageError if the file is broken
    or cannot be written; then it is as it was before.
    """
    with _locked(path):
        stored, known = Stored(networks={}), dict[str, Entry]()
        if path.exists():
            content = files.read(path)
            known = _entries(content, path)
            stored = msgspec.json.decode(content, type=Stored)
        changed = {
            name: msgspec.Raw(msgspec.json.encode(with_times(entry, known.get(name))))
            for name, entry in new.items()
        }
        networks = sorted((stored.networks | changed).items(), key=lambda item: item[0])
        files.write(path, encode(Stored(networks=dict(networks))))


def _entries(content: bytes, path: Path) -> dict[str, Entry]:
    return entries(expect_baseline(parse(content, str(path), REMEDY), str(path)))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock on the folder of `path`: it leaves no file behind, even if this is killed.

    Where the system has no such lock, the last of two updates at once wins.
    """
    if not POSIX:
        yield
        return
    import fcntl

    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise files.unwritable(path, error) from None
    try:
        _wait(path, lambda: fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
        yield
    finally:
        os.close(folder)


def _wait(path: Path, lock: Callable[[], None]) -> None:
    """Return when `lock` is had; raise UsageError if another holds it for too long."""
    deadline = monotonic() + PATIENCE
    while True:
        try:
            return lock()
        except BlockingIOError:
            if monotonic() > deadline:
                raise UsageError(f"{str(path)!r} is being written by another se-cost") from None
            sleep(0.01)
        except OSError as error:
            raise files.unwritable(path, error) from None
