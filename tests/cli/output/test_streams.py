"""The standard streams in every state that they can be in: no traceback, the right exit code."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run
from se_cost.cli.output.streams import prepare, put, say, wants_color
from se_cost.errors import UsageError

PROGRAM = f"{sys.executable} -m se_cost"
WITHIN = "check --arch se_resnet18 --max-params 12M"
OVER = "check --arch se_resnet18 --max-params 11M"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def shell(line: str, folder: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run a line by a shell, where `se-cost` is the program; return what it printed."""
    script = f'set -o pipefail; se-cost() {{ {PROGRAM} "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), **environ},
        capture_output=True,
        text=True,
        errors="replace",
    )


@pytest.mark.parametrize(("line", "code"), [(WITHIN, 0), (OVER, 1), ("params", 0), ("parms", 2)])
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed(tmp_path: Path, line: str, code: int, closed: str) -> None:
    """Nothing can be said there, and the answer is the exit code."""
    result = shell(f"se-cost {line} {closed}", tmp_path)
    assert result.returncode == code
    assert "Traceback" not in result.stdout + result.stderr
    if "2>&-" in closed:
        assert result.stderr == ""


@pytest.mark.parametrize(("line", "code"), [(WITHIN, 0), (OVER, 1), ("nets --format json", 0)])
def test_a_reader_that_has_left(tmp_path: Path, line: str, code: int) -> None:
    """It is no error: a check that passes still passes, in silence."""
    result = shell(f"se-cost {line} | true", tmp_path)
    assert (result.returncode, result.stderr) == (code, "")


def test_a_reader_of_errors_that_has_left(tmp_path: Path) -> None:
    """Nor is that one: who closes stderr does not want to know."""
    result = shell(f"se-cost {WITHIN} --max-overhead-percent 5 2> >(exec true)", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@needs_full
@pytest.mark.parametrize("line", ["params", "nets", "schema"])
def test_stdout_that_is_full(tmp_path: Path, line: str) -> None:
    """If stdout takes no more, that is one line and an exit code, also while Python exits."""
    result = shell(f"se-cost {line} > /dev/full", tmp_path)
    assert result.returncode == 2
    assert result.stderr == "se-cost: cannot write '/dev/stdout': No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "cp1252"])
@pytest.mark.parametrize("line", [WITHIN, "params", "paper", "params --format markdown"])
def test_signs_that_stdout_does_not_have(tmp_path: Path, line: str, encoding: str) -> None:
    """They are printed as question marks, and the exit code is as ever."""
    result = shell(f"se-cost {line} | cat", tmp_path, PYTHONIOENCODING=encoding)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout


def test_put_and_say_as_long_as_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of stdout is told once, one of stderr is not."""

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    monkeypatch.setattr(sys, "stderr", Full())
    with pytest.raises(UsageError, match="cannot write '/dev/stdout': No space left on device"):
        put("text")
    put("again: Python does it too, when it exits")
    say("a warning")
    say("another")


def test_prepare_leaves_streams_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook's stream stays as it is."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    prepare()
    assert sys.stdout is stream


@pytest.mark.parametrize(
    ("environ", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, True),
        ({"TERM": "dumb"}, False, False),
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
