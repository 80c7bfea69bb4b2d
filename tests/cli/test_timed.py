"""What is told before a timing, by every command that times: the limit, and who else is busy."""

import json
from typing import NoReturn

import pytest

from cli import counted
from cli.conftest import Run
from se_cost.errors import MeasurementError
from se_cost.measure.machine.load import SystemLoad

RESNET = "--arch se_resnet18 --input 32 --device cpu"
COMMANDS = {
    f"time {RESNET}": 600,
    f"time {RESNET} --batch 1,2 --quick": 120,
    f"alternatives {RESNET} --kinds se,eca --time --max-time 30": 60,
    f"fuse {RESNET} --time --max-time 30": 30,
    f"explain {RESNET} --max-time 30": 30,
    "paper --time --device cpu --quick": 100,
    f"report {RESNET} --max-time 30": 60,
    f"plan {RESNET} --verify 3 --max-time 30 --bandwidth 20GB/s --launch 2us": 90,
}


@pytest.fixture(autouse=True)
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every timing fail, on a machine of which others use 63 %."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise MeasurementError("timed now")

    load = SystemLoad(0, 0.63, None, None)
    monkeypatch.setattr("se_cost.measure.machine.load.watch_load", lambda: lambda: load)
    monkeypatch.setattr("se_cost.cli.output.progress.LOOK", 0)
    monkeypatch.setattr("se_cost.cli.timed.time_several", fail)
    monkeypatch.setattr("se_cost.measure.explain.explain.explain", fail)
    monkeypatch.setattr("se_cost.measure.counting.side_by_side.count", counted.count)


@pytest.mark.parametrize(("words", "limit"), COMMANDS.items(), ids=lambda value: str(value))
def test_a_busy_machine_is_told_before_the_time_is_spent(run: Run, words: str, limit: int) -> None:
    """How long it may take in all, how busy the machine is and by what: on stderr, and first."""
    result = run(*words.split(), "--format", "json", "--output", "-")
    assert result.exit_code == 3, result.output
    told = result.stderr.split("timed now")[0]
    at_most, busy = (line for line in told.splitlines() if "s in all" in line or "busy" in line)
    assert at_most.endswith(f"at most {limit} s in all")
    assert busy == (
        "se-cost: warning: this machine is busy, times may not be conclusive: "
        "other processes use 63 % of the CPU"
    )
    assert result.stderr.endswith("se-cost: timed now\n")
    assert not result.stdout or json.loads(result.stdout)["command"] == words.split()[0]


@pytest.mark.parametrize("words", COMMANDS)
def test_quiet_is_quiet(run: Run, words: str) -> None:
    """One who asked for it hears of the error alone."""
    result = run(*words.split(), "--quiet")
    assert result.stderr == "se-cost: timed now\n"


def test_ranks_are_not_each_others_load(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of an outer torchrun start at once, and are told the limit alone."""
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    result = run("time", *RESNET.split(), "--mode", "train", "--batch", "4", "--max-time", "30")
    assert result.stderr.splitlines() == [
        "se-cost: a timing, at most 30 s in all",
        "se-cost: timed now",
    ]


def test_a_report_tells_it_before_it_counts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting takes some ten seconds, after which nobody may look any more."""

    def counting(*_: object, **how: object) -> NoReturn:
        raise MeasurementError("counted now")

    monkeypatch.setattr("se_cost.measure.counting.side_by_side.count", counting)
    limit, load, counted = run("report", *RESNET.split()).stderr.splitlines()
    assert "at most 180 s" in limit
    assert "63 % of the CPU" in load
    assert counted == "se-cost: counted now"
