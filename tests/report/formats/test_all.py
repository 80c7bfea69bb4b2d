"""The formats there are, and which of them a file or a command may have."""

import subprocess
import sys
from pathlib import Path

import pytest

from report.hostile import answer
from se_cost.report.formats.all import Format, of_suffix
from se_cost.report.formats.answer import Screen
from se_cost.report.page import Heading, Table, Text

HEAVY = {"torch", "numpy", "matplotlib", "rich", "tabulate", "xml.etree.ElementTree"}


def test_formats_have_an_order() -> None:
    """It is the one that help shows."""
    assert list(Format) == ["text", "markdown", "csv", "json", "html", "latex", "junit"]


@pytest.mark.parametrize("format_", Format)
def test_a_format_takes_the_documents_of_some_commands(format_: Format) -> None:
    """JUnit is about what was checked; everything else can show anything."""
    assert format_.takes("check")
    assert format_.takes("params") is (format_ is not Format.JUNIT)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("x.md", Format.MARKDOWN), ("x.csv", Format.CSV), ("x.json", Format.JSON)),
        *(("X.JSON", Format.JSON), ("a.b.html", Format.HTML), ("x.htm", Format.HTML)),
        *(("x.tex", Format.LATEX), ("x.xml", Format.JUNIT)),
        *(("x.txt", None), ("x", None), (".json", None)),
    ],
)
def test_of_suffix(name: str, expected: Format | None) -> None:
    """The name of a file says how to write it, unless it says nothing."""
    assert of_suffix(Path(name)) is expected


@pytest.mark.parametrize("format_", [format_ for format_ in Format if format_.takes("params")])
def test_the_same_answer_is_the_same_text(format_: Format) -> None:
    """Written twice it is the same, and every format is another one."""
    found = answer(Text("One."), Table("t", (Heading("a"),), ((1,),)))
    texts = {other: other.write(found, Screen()) for other in Format if other.takes("params")}
    assert format_.write(found, Screen()) == texts.pop(format_)
    assert format_.write(found, Screen()) not in texts.values()


def test_listing_the_formats_is_light() -> None:
    """What a format needs is imported when something is written in it."""
    code = f"import sys, se_cost.report.formats.all; print(sorted({HEAVY!r} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "[]\n"
