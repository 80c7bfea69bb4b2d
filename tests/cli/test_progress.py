"""The bar: there for people, not for files."""

import io
import sys

import pytest

from se_cost.cli.progress import progress_bar
from se_cost.measure.protocol import silent


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.mark.parametrize(("stderr", "quiet"), [(io.StringIO, False), (Terminal, True)])
def test_nothing_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, stderr: type[io.StringIO], quiet: bool
) -> None:
    """Neither a file nor one who asked for quiet gets a byte."""
    written = stderr()
    monkeypatch.setattr(sys, "stderr", written)
    with progress_bar(quiet) as progress:
        progress(0.5, "timing")
        assert progress is silent
    assert written.getvalue() == ""


def test_a_terminal_sees_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the bar says what is being done, on stderr alone, and is gone afterwards."""
    monkeypatch.setenv("TERM", "xterm")
    stderr, stdout = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(sys, "stdout", stdout)
    with progress_bar(quiet=False) as progress:
        progress(0.5, "warming up")
        progress(1.0, "timing")
    shown = stderr.getvalue()
    assert "timing" in shown
    assert "━" in shown
    assert shown.endswith("\x1b[1A\x1b[2K"), "the line is wiped"
    assert stdout.getvalue() == ""
