"""The baseline: the accepted figures of every network, in a file that is kept under git.

It is written whole or not at all, in an order that does not change, one figure to a line, so that
a difference shows what changed. Two updates at once take turns, and each changes only its own
networks.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from se_cost.errors import BadInput
from se_cost.report.files import unwritable, write
from se_cost.report.gate.documents import entries
from se_cost.report.gate.entry import Entry, with_times
from se_cost.report.gate.reading import Part, load
from se_cost.report.page import SCHEMA_VERSION, Data

NAME = "se-cost-baseline.json"
REMEDY = "take it back from git, or delete it and run `se-cost check --update`"
PATIENCE = 10.0  # seconds to wait for another update, which takes a few milliseconds
POSIX = os.name == "posix"
LINE = 100  # signs; a longer item of a list goes over several lines


def read(path: Path) -> dict[str, Entry]:
    """Return the entries by name of network; raise BadInput if the file cannot be trusted."""
    return of_document(load(path, REMEDY))


def of_document(document: Part) -> dict[str, Entry]:
    """Return the entries of a baseline; raise BadInput if it is none."""
    if document["command"].text() != "baseline":
        document.fail("is no baseline: `se-cost check --update` writes one")
    return entries(document)


def update(path: Path, new: Mapping[str, Entry]) -> None:
    """Write the figures of `new` into the baseline and leave all other networks as they are.

    Times of the same recipe that were taken elsewhere stay. Raises BadInput if the file is broken
    or cannot be written; then it is as it was before.
    """
    with _alone(path):
        old: Data = {}
        known: Mapping[str, Entry] = {}
        if path.exists():
            document = load(path, REMEDY)
            old, known = document["networks"].table(), of_document(document)
        entries = {name: with_times(entry, known.get(name)) for name, entry in new.items()}
        networks = old | {name: entry.data for name, entry in entries.items()}
        write(path, text(dict(sorted(networks.items()))))


def text(networks: Data) -> str:
    """Return the file that holds the networks."""
    whole = {"schema_version": SCHEMA_VERSION, "command": "baseline", "networks": networks}
    return _lines(whole, "") + "\n"


def _lines(value: object, indent: str) -> str:
    """Return json with one key to a line, and one line for each item of a list that fits it."""
    deeper = indent + "  "
    match value:
        case dict() if value:
            items = [f"{_one_line(key)}: {_lines(item, deeper)}" for key, item in value.items()]
            return _wrapped("{}", items, indent)
        case list() if any(isinstance(item, list | dict) for item in value):
            return _wrapped("[]", [_item(item, deeper) for item in value], indent)
        case _:
            return _one_line(value)


def _item(value: object, indent: str) -> str:
    line = _one_line(value)
    return line if len(line) <= LINE else _lines(value, indent)


def _one_line(value: object) -> str:
    return json.dumps(value, allow_nan=False)


def _wrapped(brackets: str, items: list[str], indent: str) -> str:
    inside = ",\n".join(f"{indent}  {item}" for item in items)
    return f"{brackets[0]}\n{inside}\n{indent}{brackets[1]}"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
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
        raise unwritable(path, error) from None
    try:
        _wait(path, lambda: fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
        yield
    finally:
        os.close(folder)


def _wait(path: Path, lock: Callable[[], None]) -> None:
    """Return when `lock` is had; raise BadInput if another holds it for too long."""
    deadline = monotonic() + PATIENCE
    while True:
        try:
            return lock()
        except BlockingIOError:
            if monotonic() > deadline:
                raise BadInput(f"{str(path)!r} is being written by another se-cost") from None
            sleep(0.01)
        except OSError as error:
            raise unwritable(path, error) from None
