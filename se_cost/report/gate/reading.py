"""Reading a json document: whatever in it is not as it must be is one clear error.

A document may have been cut off, merged badly or edited by hand, so nothing is believed unseen.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from se_cost.errors import BadInput
from se_cost.report.page import SCHEMA_VERSION
from se_cost.version import __version__

READABLE = (SCHEMA_VERSION,)  # the schema versions; old ones stay
CONFLICT = "<<<<<<< "  # what git writes into a file that it cannot merge
DEEPEST = 20  # tables within each other; a report with all its samples has 8
MOST = 2**63  # of anything that is counted or timed
LONGEST = 40  # signs of a wrong value that an error shows

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document, and where it stands, in words of the document's keys."""

    value: Any
    where: str

    def __getitem__(self, key: str) -> "Part":
        """Return the part under a key that must be there."""
        found = self.get(key)
        return found if found is not None else self.fail(f"has no {key!r}")

    def get(self, key: str) -> "Part | None":
        """Return the part under a key; None if it is not there, or null."""
        value = self.table().get(key)
        return None if value is None else Part(value, f"{self.where}, {_shown(key)}")

    def maybe(self, key: str, read: Callable[["Part"], T]) -> T | None:
        """Return what `read` makes of the part under a key; None if it is not there, or null."""
        found = self.get(key)
        return None if found is None else read(found)

    def table(self) -> dict[str, Any]:
        """Return the value as a table."""
        return self.value if isinstance(self.value, dict) else self.fail("is no table")

    def parts(self) -> dict[str, "Part"]:
        """Return the parts of a table by their keys."""
        return {key: Part(v, f"{self.where}, {_shown(key)}") for key, v in self.table().items()}

    def list(self) -> list["Part"]:
        """Return the parts of a list."""
        if not isinstance(self.value, list):
            self.fail("is no list")
        return [Part(v, f"{self.where}, item {i + 1}") for i, v in enumerate(self.value)]

    def count(self) -> int:
        """Return the value as a whole number that is not negative."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.fail(f"is {_shown(self.value)}: it must be a whole number")
        if not 0 <= self.value < MOST:
            self.fail(f"is {_shown(self.value)}: no network has that many")
        return self.value

    def number(self) -> float:
        """Return the value as a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail(f"is {_shown(self.value)}: it must be a number")
        if not abs(self.value) < MOST:
            self.fail(f"is {_shown(self.value)}: nothing is that much")
        return float(self.value)

    def text(self) -> str:
        """Return the value as a text."""
        return self.value if isinstance(self.value, str) else self.fail("is no text")

    def truth(self) -> bool:
        """Return the value as yes or no."""
        return (
            self.value if isinstance(self.value, bool) else self.fail("is neither true nor false")
        )

    def fail(self, trouble: str) -> NoReturn:
        """Raise BadInput that says where the trouble is."""
        raise BadInput(f"{self.where} {trouble}")


def load(path: Path, remedy: str = "write it again") -> Part:
    """Return the document of a file; `remedy` is what to do if it is broken.

    Raises BadInput if it cannot be read, is no whole json, or of a schema that is not known.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    return parse(content, str(path), remedy)


def unreadable(path: Path, error: Exception) -> BadInput:
    """Return the error for a file that cannot be read."""
    return BadInput(f"cannot read {str(path)!r}: {getattr(error, 'strerror', None) or error}")


def parse(content: bytes, name: str, remedy: str = "write it again") -> Part:
    """Return the document that stands in `content`, called `name` in errors."""
    try:
        text = content.decode()
        document = json.loads(
            text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_number
        )
        _expect_flat(document)
    except (ValueError, RecursionError) as error:
        conflict = "it holds a merge conflict" if CONFLICT.encode() in content else ""
        trouble = f"{name!r} is no whole json document: {conflict or error}; {remedy}"
        raise BadInput(trouble) from None
    whole = Part(document, repr(name))
    version = whole["schema_version"].value
    if version not in READABLE or isinstance(version, bool):
        known = ", ".join(map(str, READABLE))
        whole.fail(
            f"has schema_version {_shown(version)}: se-cost {__version__} reads {known}; "
            "use the se-cost that wrote it, or a newer one"
        )
    return whole


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the table, unless a key is in it twice: json would keep the last without a word."""
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is there twice")
    return table


def _expect_flat(document: object) -> None:
    """Raise ValueError if a document is nested as none is that the program writes."""
    level = [document]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
    if level:
        raise ValueError(f"it is nested more than {DEEPEST} deep")


def _inside(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()


def _finite(digits: str) -> float:
    """Return a number; one that is too large would become infinity without a word."""
    number = float(digits)
    return number if isfinite(number) else _no_number(digits)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _shown(value: object) -> str:
    """Return a value as errors show it: not too long, and nothing a terminal would obey."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
