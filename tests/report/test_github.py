"""What GitHub reads: annotations as its runner takes them apart, summaries as large as it takes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.hostile import NASTY
from se_cost.errors import UsageError
from se_cost.report.github import LEFT_OUT, LIMIT, annotation, append_summary, on_actions
from se_cost.text import printable

COMMAND = re.compile(r"::(?P<name>\w+)(?: title=(?P<title>[^:,\n]*))?::(?P<message>[^\n]*)")
UNESCAPED = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


def read(line: str) -> tuple[str, str, str]:
    """Return level, message and title as GitHub's runner reads them from a line of a log."""
    found = COMMAND.fullmatch(line)
    assert found, line
    title, message = found["title"] or "", found["message"]
    for escape, sign in UNESCAPED:
        title, message = title.replace(escape, sign), message.replace(escape, sign)
    return found["name"], message, title


def test_annotation() -> None:
    """A level and a message, with a title if there is one."""
    assert annotation("notice", "Fine.") == "::notice::Fine."
    assert annotation("error", "100 % of it", "a: b") == "::error title=a%3A b::100 %25 of it"


@given(st.sampled_from(("error", "warning", "notice")), st.text(), st.text())
def test_annotation_is_one_line_that_says_what_was_meant(
    level: str, message: str, title: str
) -> None:
    """Whatever the texts hold, the runner reads them again, and no other command."""
    line = annotation(level, message, title)
    assert line.isprintable()
    lines = [printable(part) for part in message.splitlines()]
    assert read(line)[:2] == (level, "\n".join(lines))
    assert read(line)[2] == "\n".join(printable(part) for part in title.splitlines())


def test_annotation_of_what_is_hostile() -> None:
    """A name cannot begin a command of its own, nor colour the log."""
    line = annotation("warning", NASTY, NASTY)
    assert "\n" not in line
    assert "\x1b" not in line
    assert read(line)[0] == "warning"


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), (None, False)])
def test_on_actions(monkeypatch: pytest.MonkeyPatch, value: str | None, expected: bool) -> None:
    """Only GitHub's own word for it counts."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    if value:
        monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert on_actions() is expected


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path that a job's summary is to go to; there is no such file yet."""
    path = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_summary_is_appended_to(summary: Path) -> None:
    """What other programs of the step have written stays, and ours begins a block of its own."""
    summary.write_text("theirs", encoding="utf-8")
    append_summary("# ours\n")
    append_summary("again ✓\n")
    assert summary.read_text(encoding="utf-8") == "theirs\n\n# ours\n\n\nagain ✓\n"


def test_no_summary_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where GitHub does not ask for one, none is written."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path)
    append_summary("x")
    assert list(tmp_path.iterdir()) == []


def test_summary_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A summary that cannot be had is one clear error that names the file."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(
        UsageError, match=re.escape(f"cannot write {str(tmp_path)!r}: Is a directory")
    ):
        append_summary("x")


def test_summary_stays_below_the_limit_of_a_step(summary: Path) -> None:
    """GitHub drops a summary that is too long, so a page that would make it so is left out."""
    page = "ä" * 200_000  # about 400 KB
    for _ in range(4):
        append_summary(page)
    text = summary.read_text(encoding="utf-8")
    assert text.count(page) == 2
    assert text.endswith(f"{page}\n\n\n{LEFT_OUT}\n\n{LEFT_OUT}")
    assert len(text.encode()) <= 2**20


def test_summary_that_just_fits(summary: Path) -> None:
    """To the byte."""
    append_summary("x" * (LIMIT - len("\n\n\n")))
    assert summary.stat().st_size == LIMIT
    summary.unlink()
    append_summary("x" * (LIMIT - len("\n\n\n") + 1))
    assert summary.read_text(encoding="utf-8").strip() == LEFT_OUT.strip()
