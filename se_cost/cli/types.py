"""How the words of the command line are read."""

import math
import re
from enum import EnumType, StrEnum
from typing import TYPE_CHECKING, Any

import click

from se_cost.errors import not_one_of
from se_cost.nets.registry import names

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Type(click.ParamType):  # type: ignore[type-arg] # generic in newer versions of click only
    """Base of the types below."""


class Numbers(Type):
    """Whole numbers with commas between them, for instance 16 or 16,16,8,8."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the numbers, or say which part is none."""
        if isinstance(value, tuple):
            return value
        for part in str(value).split(","):
            if not re.fullmatch(r"\s*-?\d{1,18}\s*", part):
                self.fail(f"{part!r} is no whole number; write 16, or 16,16,8,8", param, ctx)
        return tuple(int(part) for part in str(value).split(","))


class ImageSize(Type):
    """Height and width in pixels, for instance 224 or 800x1333."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return (height, width), or say how to write it."""
        if isinstance(value, tuple):
            return value
        sides = str(value).split("x")
        if len(sides) > 2 or not all(re.fullmatch(r"\d{1,18}", side) for side in sides):
            self.fail(f"{value!r} is no size; write 224, or 800x1333 (height x width)", param, ctx)
        return int(sides[0]), int(sides[-1])


LONGEST = 1e6  # seconds, eleven days: more than any system waits for


class Seconds(click.FloatRange):
    """A length of time: above 0, and a number."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds; say so if it is no number of them, or too many."""
        seconds = float(super().convert(value, param, ctx))
        if not seconds <= LONGEST:  # nor is nan
            self.fail(f"{value!r} is no length of time; write 60, or 0.5", param, ctx)
        return seconds


class Percent(click.FloatRange):
    """A part of a hundred: above 0, below 100, and a number."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True, max=100, max_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the per cent; nan is in no range, but is not out of it either."""
        percent = float(super().convert(value, param, ctx))
        if math.isnan(percent):
            self.fail(f"{value!r} is no percentage; write 0.5, or 1", param, ctx)
        return percent


class Device(Type):
    """The CPU, a GPU, or whichever of them is there."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the device's name, or say which ones there are."""
        kind, _, index = str(value).partition(":")
        if value in ("auto", "cpu", "cuda") or (kind == "cuda" and index.isdecimal()):
            return str(value)
        raise not_one_of("device", value, ("auto", "cpu", "cuda", "cuda:0"))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Complete a device; which GPUs there are, only torch knows."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(d) for d in ("auto", "cpu", "cuda") if d.startswith(incomplete)]


class OneOf(Type):
    """One word of an enumeration."""

    def __init__(self, words: EnumType, *, only: tuple[StrEnum, ...] | None = None) -> None:
        self.words = {str(word): word for word in only or words}
        self.name = "|".join(self.words)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> StrEnum:
        """Return the word, or say which ones there are."""
        if str(value) not in self.words:
            what = param.opts[0] if param else "value"
            raise not_one_of(what, value, self.words)
        return self.words[str(value)]

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the words, for the help text."""
        return f"[{self.name}]"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Complete a word."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in self.words if word.startswith(incomplete)]


class Arch(Type):
    """The name of a network, or `several` with commas between them; the registry checks it."""

    name = "network"

    def __init__(self, *, several: bool = False) -> None:
        self.several = several

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Complete a name, the last one if there are several."""
        from click.shell_completion import CompletionItem

        before, comma, begun = incomplete.rpartition(",") if self.several else ("", "", incomplete)
        return [
            CompletionItem(f"{before}{comma}{name}") for name in names() if name.startswith(begun)
        ]
