"""How the words of a plan are read: costs, and figures with their units."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import click

from se_cost.cli.options.budget import Amount
from se_cost.cli.options.types import Type
from se_cost.errors import not_one_of
from se_cost.planning.words import Dimension

EXPONENTS: Mapping[str, int] = {"s": 0, "ms": 3, "us": 6, "µs": 6, "ns": 9}
NUMBER_AND_UNIT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?) ?([a-zµ]+)")


class Axes(Type):
    """Two costs with a comma between them."""

    name = "axes"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Dimension, ...]:
        """Return the costs, or say which there are."""
        if isinstance(value, tuple):
            return value
        words = str(value).split(",")
        for word in words:
            if word not in list(Dimension):
                raise not_one_of("--frontier", word, Dimension)
        if len(set(words)) != 2:
            self.fail(f"{value!r} is no pair of costs; write params,bytes", param, ctx)
        return tuple(map(Dimension, words))


class Duration(Type):
    """A time with its unit, for instance 1.5ms; exact."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """Return the seconds, or say how to write them."""
        if isinstance(value, Fraction):
            return value
        parts = NUMBER_AND_UNIT.fullmatch(str(value))
        if parts is None or parts[2] not in EXPONENTS:
            self.fail(f"{value!r} is no time with a unit; write 2ms, 1.5us or 0.05s", param, ctx)
        return Fraction(parts[1]) * Fraction(1, 10 ** EXPONENTS[parts[2]])


class Bandwidth(Type):
    """Bytes a second with their unit, for instance 26GB/s."""

    name = "bandwidth"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes a second, or say how to write them."""
        if isinstance(value, int):
            return value
        text = str(value).removesuffix("/s")
        if not re.search("[A-Za-z]", text):
            self.fail(f"{value!r} is no bandwidth with a unit; write 26GB/s", param, ctx)
        found = Amount().convert(text, param, ctx)
        if not 0 < found < float("inf"):
            self.fail(f"{value!r} is no bandwidth: it must be above 0", param, ctx)
        return int(found)
