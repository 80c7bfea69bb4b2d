"""`se-cost explain`, with a stopwatch and a machine that are known; no network is built or run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from report.explained import TRUTH

from cli.conftest import Run
from se_cost.measure.explanation import Machine
from se_cost.measure.protocol import Stopwatch
from se_cost.measure.result import BASELINE

Clock = Callable[[Stopwatch], None]
EXPLAIN = ("explain", "--device", "cpu")
SECONDS = {BASELINE: 0.010} | {arm: 0.010 * ratio for arm, ratio in TRUTH.items()}


@pytest.fixture(autouse=True)
def known(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[torch.device]:
    """Have known times on a known machine; return the devices whose figures were asked for."""
    asked: list[torch.device] = []

    def machine(device: torch.device) -> Machine:
        asked.append(device)
        return Machine(bandwidth=2e10, launch=1e-6)

    clock(lambda arm, iterations: iterations * SECONDS[arm])
    monkeypatch.setattr("se_cost.measure.explain.machine", machine)
    return asked


def test_prints_predicted_and_measured(run: Run) -> None:
    """By stage, with the sentence first."""
    result = run(*EXPLAIN)
    assert result.exit_code == 0
    first, *_ = result.stdout.splitlines()
    assert first.startswith("SE-ResNet-50, r = 16, input 3x224x224: +0.07 % MACs, +10.00 % time")
    whole = [line.split() for line in result.stdout.splitlines() if line.split()[:1] == ["all"]][1]
    assert whole[1:5] == ["3.837", "0.096", "3.933", "+1.000"]


def test_json_holds_every_stage(run: Run, known: list[torch.device]) -> None:
    """One document on stdout, of the settings that were asked for."""
    result = run(*EXPLAIN, "--mode", "train", "--batch", "2", "--runs", "6", "--format", "json")
    data = json.loads(result.stdout)
    assert data["command"] == "explain"
    measured = [stage["measured_seconds"]["value"] for stage in data["stages"]]
    assert measured == pytest.approx([4e-4, 2e-4, 3e-4, -1e-4])
    assert data["total"]["operators"] == 16 * 19
    assert len(data["time"]["samples"]["quads"]) == 5 * 6
    assert (data["time"]["settings"]["mode"], data["time"]["settings"]["batch"]) == ("train", 2)
    assert known == [torch.device("cpu")]


def test_figure_is_drawn(run: Run, tmp_path: Path) -> None:
    """As SVG, beside the page."""
    assert run(*EXPLAIN, "--figure", "explain.svg").exit_code == 0
    assert "stage 5" in (tmp_path / "explain.svg").read_text()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--figure", "a.png"], 2, "--figure draws SVG, not 'a.png': say a.svg"),
        (["--nproc", "2"], 2, "No such option '--nproc'."),
        (["--arch", "resnet50"], 3, "nothing to explain: resnet50 has no attention"),
    ],
)
def test_what_cannot_be_explained_is_one_line(
    run: Run, words: list[str], code: int, message: str
) -> None:
    """It says what is wrong and what to do, and prints nothing else."""
    result = run(*EXPLAIN, *words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(f"se-cost: {message}")
    assert result.stderr.count("\n") == 1


def test_interrupted_prints_what_is_finished(run: Run, clock: Clock) -> None:
    """Ctrl-C leaves the stages that had their turn, and exit code 130."""
    calls = iter(range(10_000))

    def watch(arm: str, iterations: int) -> float:
        if next(calls) == 6 * 12 + 8 * 3 + 1:  # in the fourth quad, after calibration and warm-up
            raise KeyboardInterrupt
        return iterations * SECONDS[arm]

    clock(watch)
    result = run(*EXPLAIN, "--format", "json")
    assert result.exit_code == 130
    stages = json.loads(result.stdout)["stages"]
    assert [stage["measured_seconds"] is None for stage in stages] == [False, False, True, True]
