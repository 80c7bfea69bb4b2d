"""What is shown: a page of blocks. One function makes a page of a document, one per format a text.

A column carries its accessor, so that headings and cells cannot part; cells stay raw values until
a format writes them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import floor, log10
from typing import Any, assert_never

from se_cost.record import Record
from se_cost.text import printable

Cell = str | int | float | None


class Column(Record):
    """A heading with its unit, the accessor of its cells, and how numbers are written (a spec)."""

    name: str
    of: Callable[[Any], Cell]
    spec: str = ",d"
    minor: bool = False  # left out where a terminal is too narrow for it


class Heading(Record):
    """The name of a column, and how numbers under it are written."""

    name: str
    spec: str = ",d"
    minor: bool = False


class Table(Record):
    """Rows of raw values; the last `totals` of them are set apart.

    A table without a title stands under the heading of its section alone.
    """

    title: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: int = 0

    @classmethod
    def of(
        cls,
        title: str,
        columns: Sequence[Column],
        items: Iterable[Any],
        totals: Iterable[Any] = (),
    ) -> "Table":
        """Return the table of some items, and below them the rows of `totals`."""
        body, end = list(items), list(totals)
        rows = tuple(tuple(column.of(item) for column in columns) for item in [*body, *end])
        headings = tuple(Heading(column.name, column.spec, column.minor) for column in columns)
        return cls(title, headings, rows, len(end))

    @property
    def header(self) -> list[str]:
        """Return the headings as people read them."""
        return [printable(column.name) for column in self.columns]

    @property
    def numeric(self) -> list[bool]:
        """Return for every column whether it holds numbers, and so is aligned to the right.

        A column whose numbers are all missing counts as one of numbers.
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
        return [[formatted(v, s) for v, s in zip(row, specs, strict=True)] for row in self.rows]


class Text(Record):
    """A paragraph."""

    text: str


class Warning(Record):
    """A doubt that a reader must know; on a terminal it goes to stderr."""

    text: str


class Picture(Record):
    """A drawing, and words for those who do not see it.

    `name` ends the name of its file. `mermaid` draws nearly the same where no file can go; a
    picture that is `simple` is shown so in all markdown, with a link to the file.
    """

    name: str
    draw: Callable[[], str]  # the SVG; called by formats that show pictures only
    words: str
    mermaid: str = ""
    simple: bool = False


class Code(Record):
    """Lines to be copied, in a language that markdown knows."""

    language: str
    lines: tuple[str, ...]


def console(*commands: str) -> Code:
    """Return commands for a shell."""
    return Code("console", tuple(f"$ {command}" for command in commands))


class Beside(Record):
    """A sentence, and a `lead` to the file beside the page that has this suffix."""

    text: str
    lead: str
    suffix: str


class Section(Record):
    """Blocks under the question that they answer; `level` 1 is the title's."""

    heading: str
    blocks: "tuple[Block, ...]"
    level: int = 2


class Details(Record):
    """Blocks that are folded away behind a summary."""

    summary: str
    blocks: "tuple[Block, ...]"


Block = Text | Table | Warning | Picture | Code | Beside | Section | Details


class Page(Record):
    """Blocks, under a title and the sentence that matters most where the page has them."""

    blocks: tuple[Block, ...]
    title: str = ""
    lead: str = ""
    screen: tuple[Block, ...] = ()  # what a terminal shows of a long page

    @property
    def first_screen(self) -> "Page":
        """Return what fits on one screen: the answer, and what to decide."""
        return Page(self.screen or self.blocks[:1], self.title, self.lead)

    @property
    def tables(self) -> list[Table]:
        """Return every table, those within sections and details too."""
        return [block for block in flat(self.blocks) if isinstance(block, Table)]

    @property
    def pictures(self) -> list[Picture]:
        """Return every picture, those within sections and details too."""
        return [block for block in flat(self.blocks) if isinstance(block, Picture)]

    @property
    def warnings(self) -> list[str]:
        """Return every warning, those within sections and details too."""
        return [block.text for block in flat(self.blocks) if isinstance(block, Warning)]


def flat(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield all blocks in their order, what holds others before those."""
    for block in blocks:
        yield block
        match block:
            case Section() | Details():
                yield from flat(block.blocks)
            case Text() | Table() | Warning() | Picture() | Code() | Beside():
                pass
            case _:
                assert_never(block)


def answer(
    lines: Iterable[str],
    tables: Iterable[Table],
    doubts: Iterable[str] = (),
    words: Iterable[str] = (),
) -> Page:
    """Return the page of a command: sentences, then tables and what their `words` mean, doubts."""
    return Page((*map(Text, lines), *tables, *map(Text, words), *map(Warning, doubts)))


def formatted(value: Cell, spec: str) -> str:
    """Return a value as people read it, on one line; a missing one is a dash."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return printable(value)
    text = format(value, spec)
    return text if not value or text.strip("+-0.,") else _smallest(value, spec)


def _smallest(value: float, spec: str) -> str:
    """Return a number that its spec would make zero, with one digit that is not."""
    digits = -floor(log10(abs(value)))
    return f"{value:{'+' * spec.startswith('+')}.{digits}f}"
