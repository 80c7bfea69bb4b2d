"""What is shown: a page of sentences and tables, and the same as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Cell = str | int | float | None
Data = dict[str, Any]  # what json can hold

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, with its unit, and how numbers under it are written (a format spec)."""

    name: str
    spec: str = ",d"
    minor: bool = False  # left out where a terminal is too narrow for it


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values; the last `totals` of them are set apart."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: int = 0

    @property
    def header(self) -> list[str]:
        """Return the headings."""
        return [column.name for column in self.columns]

    @property
    def numeric(self) -> list[bool]:
        """Return for every column whether it holds numbers, and so is aligned to the right.

        Where all numbers are missing, it is so too.
        """
        columns = list(zip(*self.rows, strict=True)) or [("",)] * len(self.columns)
        return [
            any(isinstance(value, int | float) for value in column)
            or not any(isinstance(value, str) for value in column)
            for column in columns
        ]

    def cells(self) -> list[list[str]]:
        """Return the rows as people read them."""
        specs = [column.spec for column in self.columns]
        return [[shown(v, spec) for v, spec in zip(row, specs, strict=True)] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: what matters in sentences, then tables, then warnings; and all of it as data."""

    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    data: Data
    warnings: tuple[str, ...] = ()
    failed: bool = False  # something that must agree does not


def shown(value: Cell, spec: str) -> str:
    """Return a value as people read it; a missing one is a dash."""
    if value is None:
        return "–"
    return value if isinstance(value, str) else format(value, spec)


def listed(values: Sequence[int]) -> Cell:
    """Return the value if there is one, else all of them as a text."""
    return values[0] if len(values) == 1 else ", ".join(map(str, values))
