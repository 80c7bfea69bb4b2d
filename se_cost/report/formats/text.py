"""A page as a terminal shows it, or a pipe that has no width.

Warnings are left to the caller, since they go to stderr; pictures and links to files cannot be
shown, and nothing can be folded away.
"""

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, assert_never

from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.formats.terminal import print_table
from se_cost.report.page import (
    Beside,
    Block,
    Code,
    Details,
    Page,
    Picture,
    Section,
    Table,
    Text,
    Warning,
)
from se_cost.text import printable

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

UNLIMITED = 10_000  # columns; where there is no terminal, nothing needs to be broken
Part = Text | Table | Code | Section


def write(answer: Answer, screen: Screen) -> str:
    """Return sentences and tables as wide and colourful as the screen can show them."""
    from rich.console import Console as RichConsole

    out = io.StringIO()
    console = RichConsole(
        file=out,
        width=UNLIMITED,
        force_terminal=screen.color,
        color_system="standard" if screen.color else None,
        legacy_windows=False,
        _environ={},  # what it says of colour has been read already
    )
    before: Part | None = None
    for part in _parts(answer.page):
        if before and not (isinstance(before, Text) and isinstance(part, Text)):
            console.print()
        _print(console, part, screen.width)
        before = part
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _parts(page: Page) -> Iterator[Part]:
    """Yield what is printed, one below the other."""
    if page.title:
        yield Section(page.title, ())
    if page.lead:
        yield Text(page.lead)
    yield from _shown(page.blocks)


def _shown(blocks: Iterable[Block]) -> Iterator[Part]:
    for block in blocks:
        match block:
            case Text() | Table() | Code():
                yield block
            case Section():
                yield block
                yield from _shown(block.blocks)
            case Details(summary, inner):
                yield Section(summary, inner)
                yield from _shown(inner)
            case Warning() | Picture() | Beside():
                pass
            case _:
                assert_never(block)


def _print(console: "RichConsole", part: Part, width: int | None) -> None:
    from rich.text import Text as RichText

    match part:
        case Text(text):
            console.print(RichText(printable(text)), width=width)
        case Table():
            print_table(console, part, width)
        case Code(lines=lines):
            for line in lines:  # unbroken, so that they can be copied
                console.print(RichText(printable(line)))
        case Section(heading):
            console.print(RichText(printable(heading), style="bold"), width=width)
        case _:
            assert_never(part)
