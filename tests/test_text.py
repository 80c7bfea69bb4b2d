"""Text on one line, and small words about numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from se_cost.text import joined, plural, printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Σ N·C² – ü 😀", "Σ N·C² – ü 😀"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\tb\nc\r\nd", "a b c  d"),
        ("\u202e\ud800", r"\u202e\ud800"),
        ("", ""),
    ],
)
def test_printable_spells_only_what_cannot_be_seen(text: str, expected: str) -> None:
    """Names stay as they are; what a terminal would obey is spelled out."""
    assert printable(text) == expected


@given(st.text())
def test_printable_is_one_line_that_steers_nothing(text: str) -> None:
    """Whatever the text is, and saying it twice changes nothing."""
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)


def test_joined() -> None:
    """Values of any kind, with what is wanted between them."""
    assert joined([64, 128]) == "64, 128"
    assert joined([3, 224], "x") == "3x224"
    assert joined([]) == ""


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 networks"), (1, "1 network"), (1200, "1,200 networks")]
)
def test_plural(number: int, expected: str) -> None:
    """One is one, and thousands are parted."""
    assert plural(number, "network") == expected
