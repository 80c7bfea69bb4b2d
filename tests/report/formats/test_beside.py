"""A page and the files that lie beside it."""

import json
from pathlib import Path

import pytest

from report.hostile import SVG, everything
from se_cost.report.formats import html, markdown
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.beside import files

ANSWER = everything("tame")


def test_markdown_has_pictures_and_json_beside_it() -> None:
    """The page is last, so that whatever it shows is there before it."""
    found = files(ANSWER, Path("out/a.b.md"), Format.MARKDOWN)
    assert list(map(str, found)) == [
        *("out/a.b-p.svg", "out/a.b-s.svg", "out/a.b.json", "out/a.b.md")
    ]
    assert found[Path("out/a.b-p.svg")] == SVG
    assert json.loads(found[Path("out/a.b.json")])["text"] == "tame"
    assert found[Path("out/a.b.md")] == markdown.page(ANSWER.page, "a.b")


def test_html_holds_its_pictures() -> None:
    """Only the json lies beside it."""
    found = files(ANSWER, Path("a.html"), Format.HTML)
    assert list(map(str, found)) == ["a.json", "a.html"]
    assert found[Path("a.html")] == html.page(ANSWER.page, "params", "a")


@pytest.mark.parametrize("format_", [Format.TEXT, Format.CSV, Format.JSON, Format.LATEX])
def test_the_other_formats_are_one_file(format_: Format) -> None:
    """They neither show nor point to another."""
    path = Path("a.txt")
    assert files(ANSWER, path, format_) == {path: format_.write(ANSWER, Screen())}
