"""What a job on GitHub is told, and that nobody else is."""

import pytest

from se_cost.cli.github import tell
from se_cost.errors import BadInput
from se_cost.report.page import Page

PAGE = Page(("A | line.",), (), {})
NOTES = [("error", "bad", "first"), ("notice", "good", "")]


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what a job would set."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def test_elsewhere_nothing_happens(capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal is not spammed with commands for a code host."""
    tell("se-cost check", PAGE, NOTES)
    assert capsys.readouterr() == ("", "")


def test_notes_go_to_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each, in their order."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    tell("se-cost check", PAGE, NOTES)
    assert capsys.readouterr() == ("", "::error title=first::bad\n::notice::good\n")


def test_the_page_goes_to_the_summary(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Under a heading, as markdown."""
    file = tmp_path_factory.mktemp("job") / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    tell("se-cost check", PAGE, [])
    assert file.read_text().split() == ["##", "se-cost", "check", "A", "\\|", "line."]


def test_a_summary_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary.md")
    with pytest.raises(BadInput, match="cannot write '/nowhere/summary"):
        tell("se-cost check", PAGE, [])
