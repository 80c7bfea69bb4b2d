"""Whole printed texts that the tests keep; a change of one is to be read before it is taken.

pytest --update-golden     writes what is printed today
"""

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "golden"
UPDATE = "--update-golden"

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes all texts anew."""
    parser.addoption(UPDATE, action="store_true", help="write what is printed today")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a function that holds a text against the file of that name."""

    def hold(name: str, text: str) -> None:
        file = FOLDER / name
        if request.config.getoption(UPDATE):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"if it is meant: pytest {UPDATE}"

    return hold
