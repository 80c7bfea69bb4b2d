"""Whole commands on real terminals of several widths, with and without colour."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections import Counter
from pathlib import Path

import pytest
from rich.cells import cell_len as length

from cli.conftest import Run
from se_cost.nets.zoo.registry import FAMILIES

COMMANDS = (
    *("nets", "nets se_inception_resnet_v2", "params", "params --arch se_resnet152 --r 8"),
    *("flops --no-measure", "flops --arch se_fcn_resnet50 --input 800x1333 --no-measure", "paper"),
    "alternatives --arch resnet18",
    "check --arch se_resnet50 --max-params 28M --max-macs 5G",
)
ESCAPE = re.compile(r"\x1b\[[\d;]*m")
BOLD = "\x1b[1m"


def on_terminal(words: str, width: int, **environ: str) -> str:
    """Return what a command prints to a terminal of a width."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    process = subprocess.Popen(
        [sys.executable, "-m", "se_cost", *words.split()],
        stdout=follower,
        stderr=subprocess.DEVNULL,
        env={**kept, "TERM": "xterm", **environ},
    )
    os.close(follower)
    found = b""
    while chunk := _read(leader):
        found += chunk
    os.close(leader)
    process.wait()
    return found.decode().replace("\r\n", "\n")


UNSET = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"}


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("words", COMMANDS)
def test_every_line_fits(words: str, width: int) -> None:
    """No line is longer than the terminal, nothing is cut off, and it is not only headings."""
    text = ESCAPE.sub("", on_terminal(words, width))
    assert max(map(length, text.splitlines())) <= width
    assert "…" not in text
    assert len(re.findall(r"\d", text)) > 20


def test_the_networks_are_one_screen() -> None:
    """On 120 columns and 40 lines every network is seen, with its blocks and channels."""
    lines = ESCAPE.sub("", on_terminal("nets", 120)).splitlines()
    assert len(lines) <= 40
    rows = {line.split()[0]: line for line in lines if line.strip()}
    assert set(FAMILIES) <= set(rows)
    assert rows["resnet50"].split()[1:4] == ["3-4-6-3", "256-512-1024-2048", "3x224x224"]


def test_a_narrow_terminal_shows_every_number(run: Run) -> None:
    """Without minor columns 60 show all that a pipe gets; only the names of rows are repeated."""
    words = "flops --no-measure"
    piped = Counter(run(*words.split()).stdout.split())
    narrow = Counter(ESCAPE.sub("", on_terminal(words, 60)).split())
    missing = [word for word in (piped - narrow) if any(map(str.isdigit, word))]
    assert missing == []
    assert narrow["3,866,007,552"] == piped["3,866,007,552"] == 1


def test_the_answer_is_in_the_first_table_of_80_columns() -> None:
    """Less needed columns are left out, and said to be, before a table is split."""
    text = ESCAPE.sub("", on_terminal("params", 80))
    assert text.count("SE-ResNet-50 ") == 1
    assert "Left out in 80 columns: hidden, formula, biases." in text


@pytest.mark.parametrize(
    ("words", "environ", "colored"),
    [
        ("params", {}, True),
        ("params --no-color", {}, False),
        ("params", {"NO_COLOR": "1"}, False),
        ("params", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True),
        ("params --no-color", {"FORCE_COLOR": "1"}, False),
        ("params", {"TERM": "dumb"}, False),
        ("params --format json", {}, False),
    ],
)
def test_color_on_a_terminal(words: str, environ: dict[str, str], colored: bool) -> None:
    """A terminal gets bold type, unless the option, the environment or the terminal forbids it."""
    assert (BOLD in on_terminal(words, 80, **environ)) is colored


def test_no_color_in_pyproject(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option can be set for a project, like any other."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert BOLD in run("params").stdout
    Path("pyproject.toml").write_text("[tool.se-cost]\nno-color = true\n")
    assert BOLD not in run("params").stdout


def test_a_file_is_as_wide_as_it_needs(tmp_path: Path) -> None:
    """A terminal's width is nothing to a file."""
    file = tmp_path / "nets.txt"
    on_terminal(f"nets --output {file}", 60)
    assert max(map(len, file.read_text().splitlines())) > 150
