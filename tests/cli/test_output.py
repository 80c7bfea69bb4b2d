"""Where an answer goes, in which format, and what is said beside it."""

import json
import sys
from pathlib import Path

import pytest

from cli.conftest import Run
from se_cost.cli.output import Output, rendered, wants_color
from se_cost.report.formats import Format
from se_cost.report.page import Column, Page, Table

WARNED = Page(("Line.",), (), {}, ("first doubt", "second doubt"))
FAILED = Page(("Line.",), (), {}, ("THE COUNTS DISAGREE",), failed=True)


def kind(text: str) -> str:
    """Return the format that a text is in."""
    if text.startswith("{"):
        json.loads(text)
        return "json"
    if text.startswith("stage,"):
        return "csv"
    return "markdown" if "\n| stage" in text else "text"


@pytest.mark.parametrize("format_", ["text", "markdown", "csv", "json"])
def test_every_format_on_stdout_and_in_a_file(run: Run, format_: str) -> None:
    """The file gets, byte for byte, what stdout would."""
    printed = run("params", "--format", format_)
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert kind(printed.stdout) == format_
    silent = run("params", "--format", format_, "--output", "x")
    assert (silent.exit_code, silent.stdout, silent.stderr) == (0, "", "")
    assert Path("x").read_text(encoding="utf-8") == printed.stdout
    assert list(map(str, Path().iterdir())) == ["x"]


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        *(("x.md", "markdown"), ("x.csv", "csv"), ("x.json", "json"), ("X.JSON", "json")),
        *(("x.txt", "text"), ("x", "text"), (".json", "text")),
    ],
)
def test_suffix_decides_the_format(run: Run, name: str, format_: str) -> None:
    """Without --format the name of the file says how to write it."""
    assert run("params", "--output", name).exit_code == 0
    assert kind(Path(name).read_text(encoding="utf-8")) == format_


def test_explicit_format_wins(run: Run) -> None:
    """--format is stronger than the suffix."""
    run("params", "--output", "x.md", "--format", "csv")
    assert kind(Path("x.md").read_text()) == "csv"


def test_a_failing_rename_keeps_the_old_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the file cannot take its name, the old one stays, and the answer is printed."""
    Path("x.json").write_text("old")

    def replace(self: Path, target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", replace)
    result = run("params", "--output", "x.json")
    assert result.exit_code == 2
    assert result.stderr == "se-cost: cannot write 'x.json': Input/output error\n"
    assert kind(result.stdout) == "json"
    assert Path("x.json").read_text() == "old"
    assert list(map(str, Path().iterdir())) == ["x.json"]


def test_warnings_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Data are on stdout alone, each warning is a line of stderr."""
    Output(Format.TEXT, None, quiet=False).show(WARNED)
    shown = capsys.readouterr()
    assert shown.out == "Line.\n"
    assert shown.err == "se-cost: warning: first doubt\nse-cost: warning: second doubt\n"


def test_quiet_silences_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    """One who asks for quiet gets data only."""
    Output(Format.TEXT, None, quiet=True).show(WARNED)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("Line.\n", "")


def test_quiet_does_not_silence_a_disagreement(capsys: pytest.CaptureFixture[str]) -> None:
    """That counts disagree is said whatever was asked for."""
    Output(Format.TEXT, None, quiet=True).show(FAILED)
    assert capsys.readouterr().err == "se-cost: warning: THE COUNTS DISAGREE\n"


@pytest.mark.parametrize(
    ("environ", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, True),
    ],
)
def test_color(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], on_terminal: bool, in_pipe: bool
) -> None:
    """Colour is for terminals; NO_COLOR forbids it, FORCE_COLOR wants it anywhere."""
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert wants_color(terminal=True) is on_terminal
    assert wants_color(terminal=False) is in_pipe


def test_color_arrives(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What FORCE_COLOR asks for reaches a pipe, but never a file."""
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b" not in run("params").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1m" in run("params").stdout
    run("params", "--output", "x.txt")
    assert "\x1b" not in Path("x.txt").read_text()
    assert json.loads(run("params", "--format", "json").stdout)


def test_a_terminal_decides_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table fits the terminal that it is printed to."""
    page = Page((), (Table("t", (Column("a"), Column("b")), (("word " * 30, "x"),)),), {})
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, rendered(page, Format.TEXT).splitlines())) > 100
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert max(map(len, rendered(page, Format.TEXT).splitlines())) <= 50


def test_stdout_that_takes_no_more(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full stdout is one line and exit code 2, and Python does not try again."""
    tried = []

    def echo(message: str = "", err: bool = False, **given: object) -> None:
        if not err:
            tried.append(message)
            raise OSError(28, "No space left on device")
        sys.stderr.write(f"{message}\n")

    monkeypatch.setattr("click.echo", echo)
    result = run("params")
    assert result.exit_code == 2
    assert result.stderr == "se-cost: cannot write '/dev/stdout': No space left on device\n"
    assert len(tried) == 1


def test_reader_that_has_left_is_not_bad_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed pipe is left to click, which ends the program without a word."""

    def echo(*given: object, **named: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("click.echo", echo)
    result = run("params")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "")
