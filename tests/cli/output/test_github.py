"""What a job on GitHub is told, and that nobody else is."""

import pytest

from se_cost.cli.output.github import tell
from se_cost.report.page import Page, Text

PAGE = Page((Text("A | line."),))
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


@pytest.mark.parametrize(
    ("title", "heading"), [("se-cost check", ["##", "se-cost", "check"]), ("", [])]
)
def test_the_page_goes_to_the_summary(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    heading: list[str],
) -> None:
    """Under a heading if it needs one, as markdown."""
    file = tmp_path_factory.mktemp("job") / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    tell(title, PAGE, [])
    assert file.read_text().split() == [*heading, "A", "\\|", "line."]


def test_a_summary_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a warning: what was asked for is done all the same."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary.md")
    tell("se-cost check", PAGE, [])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("se-cost: warning: cannot write '/nowhere/summary.md': ")
