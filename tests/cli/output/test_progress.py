"""The bar: there for people, not for files."""

import io
import sys

import pytest

from se_cost.cli.output import progress
from se_cost.cli.output.progress import announce, bars, lines, progress_bar
from se_cost.measure.machine.load import SystemLoad
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.arms import three
from se_cost.measure.timing.protocol import silent
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings
from se_cost.nets.zoo.model import model


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.mark.parametrize(("stderr", "quiet"), [(io.StringIO, True), (Terminal, True)])
def test_nothing_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, stderr: type[io.StringIO], quiet: bool
) -> None:
    """One who asked for quiet gets no byte, on a terminal or elsewhere."""
    written = stderr()
    monkeypatch.setattr(sys, "stderr", written)
    with progress_bar(quiet) as progress:
        progress(0.5, "timing")
        assert progress is silent
    assert written.getvalue() == ""


def test_a_log_gets_a_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no terminal, long work shows that it lives, and short work says nothing."""
    clock = iter((0, 59, 60, 100, 121))
    report = lines("infer: ", lambda: next(clock))
    for i in range(4):
        report(i / 4, f"{i} processes")
    assert capsys.readouterr().err.splitlines() == [
        "se-cost: infer: 1 processes (25 % done)",
        "se-cost: infer: 3 processes (75 % done)",
    ]


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


@pytest.mark.parametrize(
    ("names", "settings", "prefixes"),
    [
        (["se_resnet18"], [Settings()], [""]),
        (["se_resnet18"], [Settings(batch=1), Settings(batch=8)], ["batch 1: ", "batch 8: "]),
        (
            ["se_resnet18", "se_vgg16"],
            [Settings(), Settings(mode=Mode.TRAIN)],
            [
                *("se_resnet18, infer: ", "se_resnet18, train: "),
                *("se_vgg16, infer: ", "se_vgg16, train: "),
            ],
        ),
    ],
)
def test_bars_say_what_is_different(
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    settings: list[Settings],
    prefixes: list[str],
) -> None:
    """Of several timings each has a bar, which begins with what tells it from the others."""
    begun: list[str] = []
    monkeypatch.setattr(progress, "progress_bar", lambda quiet, prefix: begun.append(prefix))
    nets = [model(name) for name in names]
    asked = [Asked(net, three(net), one, QuickPlan()) for net in nets for one in settings]
    bar = bars(asked, quiet=False)
    for one in asked:
        bar(one)
    assert begun == prefixes


@pytest.mark.parametrize(
    ("others", "lines"),
    [
        (0.63, ["busy, times may not be conclusive: other processes use 63 % of the CPU"]),
        (0.02, []),
    ],
)
def test_the_limit_and_the_load_are_told_first(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    others: float,
    lines: list[str],
) -> None:
    """How long it may take in all; and how busy the machine is, with what, if it is."""
    load = SystemLoad(0, others, None, None)
    monkeypatch.setattr(progress, "LOOK", 0)
    monkeypatch.setattr("se_cost.measure.machine.load.watch_load", lambda: lambda: load)
    plan = QuickPlan(max_time=90)
    announce([plan, plan])
    first, *rest = capsys.readouterr().err.splitlines()
    assert first == "se-cost: 2 timings, at most 180 s in all"
    assert len(rest) == len(lines)
    assert all(line in told for line, told in zip(lines, rest, strict=True))
    announce([plan], compiling=True)
    first, *_ = capsys.readouterr().err.splitlines()
    assert first == "se-cost: a timing, at most 90 s in all beside compiling"
