"""How the words of the command line are read."""

import math
import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from se_cost.errors import not_one_of
from se_cost.measure.timing.settings import DEVICES
from se_cost.nets.attention.kinds import KINDS
from se_cost.text import joined

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

MANY = 20  # numbers that a range is spelled out to
NAMES = ("auto", "cpu", *DEVICES)
ON = "true"  # a switch, as pyproject.toml writes it
DIGITS = 18  # more are no number of anything
LONGEST = 1e6  # seconds, eleven days: more than any system waits for


class Type(click.ParamType):  # type: ignore[type-arg] # generic in newer versions of click only
    """Base of the types below; `offers` are the words that a shell completes."""

    def offers(self, incomplete: str) -> Iterable[str]:
        """Return the words that may follow what is typed."""
        return ()

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Complete a word."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in self.offers(incomplete)]


class Whole(click.IntRange):
    """A whole number within bounds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or say what is wanted."""
        digits = str(value).strip().removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()):
            self.fail(f"{value!r} is no whole number; write for instance 8", param, ctx)
        return super().convert(value, param, ctx)


POSITIVE = Whole(min=1)


class OneOf(click.Choice[Any]):
    """One of some words, for instance those of an enumeration."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        """Return the word of a choice: its value, where click takes its name."""
        return str(choice)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the choice, or say which there are and which is the nearest."""
        if str(value) not in map(str, self.choices):
            raise not_one_of(param.opts[0] if param else "value", value, self.choices)
        return super().convert(value, param, ctx)


class Numbers(Type):
    """Whole numbers with commas between them, for instance 16 or 16,16,8,8."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Return the numbers, or say which part is none."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        for part in parts:
            if not is_number(part.removeprefix("-")):
                self.fail(f"{part!r} is no whole number; write {self.spelled(part)}", param, ctx)
        return tuple(map(int, parts))

    def spelled(self, part: str) -> str:
        """Return how numbers are written: those of a range one by one."""
        first, _, last = part.partition("-")
        if is_number(first) and is_number(last) and 0 < int(last) - int(first) < MANY:
            return ",".join(map(str, range(int(first), int(last) + 1)))
        return "one, or several with commas between them: 2,3,4"


class Inputs(Type):
    """Height and width, 800x1333, shapes of tensors, 3x224x224,1x10, or what makes some, a.py:f."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[int, ...], ...] | str:
        """Return the shapes, or the spec as it is, or say how to write them."""
        if isinstance(value, tuple) or ":" in str(value):
            return value  # type: ignore[no-any-return]
        shapes = [shape.split("x") for shape in str(value).split(",")]
        if not all(is_number(side) for shape in shapes for side in shape):
            words = "write 224, 800x1333 (height x width) or, for --model, 3x224x224"
            self.fail(f"{value!r} is no size; {words}", param, ctx)
        return tuple(tuple(map(int, shape)) for shape in shapes)


def is_number(text: str) -> bool:
    """Return whether a text is a whole number in plain digits, and of a sensible length."""
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS


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
    """A number of per cent, and no nan, which is in no range but not out of it either."""

    name = "percent"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the per cent, or say how to write them."""
        percent = float(super().convert(value, param, ctx))
        if math.isnan(percent):
            self.fail(f"{value!r} is no percentage; write 0.5, or 1", param, ctx)
        return percent


class Device(Type):
    """The CPU, an accelerator, or whichever of them is there."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the device's name, or say which ones there are."""
        kind, _, index = str(value).partition(":")
        if value in NAMES or (kind in DEVICES and is_number(index)):
            return str(value)
        raise not_one_of("device", value, (*NAMES, "cuda:0"))

    def offers(self, incomplete: str) -> Iterator[str]:
        """Return the devices; which of them are there, only torch knows."""
        return (device for device in NAMES if device.startswith(incomplete))


class SwitchOr(Type):
    """A switch that one of some words may follow: it is on, off, or that word."""

    name = "switch"

    def __init__(self, words: type[StrEnum]) -> None:
        self.words = words

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bool | StrEnum:
        """Return it, or say what may follow the switch."""
        said: dict[str, bool | StrEnum] = {ON: True, "false": False}
        said |= {word.value: word for word in self.words}
        if (word := str(value).lower()) not in said:
            choice = joined(self.words)
            self.fail(f"{value!r} is unknown: leave it out, or take {choice}", param, ctx)
        return said[word]

    def offers(self, incomplete: str) -> Iterator[str]:
        """Return the words that may follow."""
        return (word for word in self.words if word.startswith(incomplete))


class Arch(Type):
    """The name of a network, or `several` with commas between them; the registry checks it."""

    name = "network"

    def __init__(self, *, several: bool = False) -> None:
        self.several = several

    def offers(self, incomplete: str) -> Iterator[str]:
        """Return the names, for the last one if there are several."""
        from se_cost.nets.zoo.registry import names

        before, comma, begun = incomplete.rpartition(",") if self.several else ("", "", incomplete)
        return (f"{before}{comma}{name}" for name in names() if name.startswith(begun))


class FilePath(Type):
    """The path of a file, which need not be there."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, or say why no file can have it."""
        name = str(value)
        if not name or "\0" in name or name.endswith(os.sep):
            self.fail(f"{name!r} is no name of a file", param, ctx)
        return Path(name)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """Leave it to the shell, which knows the files."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


class Kinds(Type):
    """Kinds of attention, with commas between them."""

    name = "kinds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the kinds, each once, or say which there are."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(part.strip() for part in str(value).split(",")))
        for name in names:
            if name not in KINDS:
                raise not_one_of(param.opts[0] if param else self.name, name, KINDS)
        return names

    def offers(self, incomplete: str) -> Iterator[str]:
        """Return the kinds, for the last one that is typed."""
        before, comma, begun = incomplete.rpartition(",")
        return (f"{before}{comma}{name}" for name in KINDS if name.startswith(begun))
