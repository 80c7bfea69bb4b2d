"""Text on one line, with nothing in it that a terminal obeys."""

from collections.abc import Iterable


def printable(text: str) -> str:
    """Return text on one line; escape codes and other control characters are spelled out."""
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    return " " if sign.isspace() else sign.encode("unicode_escape").decode()


def joined(values: Iterable[object], comma: str = ", ") -> str:
    """Return the values with commas between them."""
    return comma.join(map(str, values))


def plural(number: int, noun: str) -> str:
    """Return a number with its noun, for instance `1 network` or `3 networks`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
