"""`se-cost time`: what is asked for, what is shown, and how it ends; nothing is timed but once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from measure.made_up import full, timing

from cli.conftest import Run, Time, assert_refused
from se_cost.documents.doubts import INTERRUPTED
from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.arms import BASELINE, FUSED, NETWORK, TRIMMED, itself
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings, StoppingRule
from se_cost.nets.zoo.model import model

TIME = ("time", "--device", "cpu")
Use = Callable[[Time], None]


@pytest.fixture(autouse=True)
def asked(timed_by: Use) -> list[Asked]:
    """Return what is asked for; the answers are made up."""
    seen: list[Asked] = []

    def time(one: Asked) -> Timing:
        seen.append(one)
        return timing(one.model, one.settings)

    timed_by(time)
    return seen


def test_prints_a_page(run: Run) -> None:
    """The sentence first, nothing on stderr."""
    result = run(*TIME, "--quick")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("SE-ResNet-50, r = 16, input 3x224x224: +10.00 % time")


def test_what_is_asked_for(run: Run, asked: list[Asked]) -> None:
    """Network, its arms, settings and protocol, and no energy unless it is asked for."""
    words = ("--arch", "se_resnet18", "--mode", "train", "--batch", "2", "--max-time", "40")
    data = json.loads(run(*TIME, *words, "--format", "json").stdout)
    (one,) = asked
    assert one.model == model("se_resnet18")
    assert list(one.networks) == [BASELINE, NETWORK, TRIMMED]
    assert one.settings == Settings("cpu", Mode.TRAIN, 2)
    assert one.protocol == StoppingRule(max_time=40)
    assert not one.energy
    assert (data["schema_version"], data["command"]) == (1, "time")
    assert (data["recipe"]["arch"], data["settings"]["batch"]) == ("se_resnet18", 2)


@pytest.mark.parametrize(
    ("word", "arms"),
    [
        ("--self-check", [BASELINE, NETWORK]),
        ("--ladder", [BASELINE, NETWORK, TRIMMED, "without_stages_5_4", "without_stages_5_4_3"]),
        ("--energy", [BASELINE, NETWORK, TRIMMED]),
        ("--fuse", [BASELINE, NETWORK, TRIMMED, FUSED]),
        ("--fuse --mode train --batch 2", [BASELINE, NETWORK, TRIMMED, FUSED]),
    ],
)
def test_which_networks(run: Run, asked: list[Asked], word: str, arms: list[str]) -> None:
    """A network against itself, with ever fewer stages, or fused, which folds all norms."""
    assert run(*TIME, *word.split()).exit_code == 0
    (one,) = asked
    assert list(one.networks) == arms
    assert (one.networks == itself(one.model)) is (word == "--self-check")
    assert one.energy is (word == "--energy")
    assert one.settings.fold_norms is (word == "--fuse")


def test_fusing_needs_a_plain_network(run: Run, asked: list[Asked]) -> None:
    """A fused network is not the network itself."""
    assert_refused(run(*TIME, "--fuse", "--self-check"), 2, "--fuse makes another network")
    assert asked == []


def test_batches_are_one_document(run: Run, asked: list[Asked]) -> None:
    """Each batch is timed by itself, in order."""
    result = run(*TIME, "--batch", "8,1", "--format", "json")
    assert [one.settings.batch for one in asked] == [8, 1]
    assert [one["settings"]["batch"] for one in json.loads(result.stdout)["batches"]] == [8, 1]


def test_a_bad_batch_is_refused_before_the_good_ones_are_timed(
    run: Run, asked: list[Asked]
) -> None:
    """Nothing is measured in vain."""
    words = ("--mode", "train", "--input", "32", "--batch", "8,1")
    assert_refused(run(*TIME, *words), 2, "batch 1 is too small")
    assert asked == []


def test_doubts_are_warnings(run: Run, timed_by: Use) -> None:
    """With --quiet there is not a byte on stderr."""
    timed_by(lambda asked: timing(asked.model, asked.settings, quads=2))
    assert "se-cost: warning: too few comparisons" in run(*TIME, "--quick").stderr
    assert run(*TIME, "--quick", "--quiet").stderr == ""


def third(error: BaseException) -> Time:
    """Return a timing that raises an error when the batch is 32."""

    def time(asked: Asked) -> Timing:
        if asked.settings.batch == 32:
            raise error
        return timing(asked.model, asked.settings)

    return time


def test_ctrl_c_between_batches_keeps_those_before(run: Run, timed_by: Use) -> None:
    """It is told how many they are, and no further batch is begun."""
    timed_by(third(KeyboardInterrupt()))
    result = run(*TIME, "--batch", "1,8,32,64", "--format", "json")
    assert result.exit_code == 130
    assert len(json.loads(result.stdout)["batches"]) == 2
    missing = [f"batch {n} was not timed: interrupted before it was done" for n in (32, 64)]
    assert result.stderr.splitlines() == [f"se-cost: warning: {line}" for line in missing]
    assert json.loads(result.stdout)["doubts"] == missing


def test_ctrl_c_within_a_timing_keeps_its_part(run: Run, timed_by: Use) -> None:
    """What is finished is printed, and no further batch is begun."""
    seen = []

    def time(asked: Asked) -> Timing:
        seen.append(asked.settings.batch)
        return timing(asked.model, asked.settings, interrupted=True, complete=False)

    timed_by(time)
    result = run(*TIME, "--quick", "--batch", "1,8", "--format", "json")
    assert (result.exit_code, seen) == (130, [1])
    assert json.loads(result.stdout)["samples"]["interrupted"] is True
    assert f"se-cost: warning: {INTERRUPTED}" in result.stderr.splitlines()


def test_an_error_keeps_the_batches_before(run: Run, timed_by: Use) -> None:
    """They are printed, with the error behind them, and that is no success."""
    timed_by(third(MeasurementError("out of memory")))
    result = run(*TIME, "--batch", "1,32", "--format", "json")
    assert result.exit_code == 3
    document, missing = json.loads(result.stdout), "batch 32 was not timed: out of memory"
    assert (document["settings"]["batch"], document["doubts"]) == (1, [missing])
    assert result.stderr.splitlines() == [
        f"se-cost: warning: {missing}",
        "se-cost: out of memory",
    ]


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "interrupted before anything was finished"),
        (MeasurementError("out of memory"), 3, "out of memory"),
    ],
)
def test_nothing_finished(
    run: Run, timed_by: Use, error: BaseException, code: int, line: str
) -> None:
    """There is nothing to print: one line, and the exit code."""
    timed_by(third(error))
    assert_refused(run(*TIME, "--batch", "32"), code, line)


def test_a_failure_within_a_timing_is_no_success(run: Run, timed_by: Use) -> None:
    """What was measured is printed, with the reason, and exit 3."""
    timed_by(lambda asked: full(asked.model, stop=Stop.FAILED, reason="the clock went backwards"))
    result = run(*TIME, "--format", "json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["protocol"]["stop"] == "failed"
    assert "ended early, this is what was finished: the clock went backwards" in result.stderr


def test_a_full_disk_loses_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written is printed instead, and exits 2."""

    def full(path: object, text: str) -> None:
        raise UsageError("cannot write time.json: no space left on device")

    monkeypatch.setattr("se_cost.cli.output.output.write", full)
    result = run(*TIME, "--output", "time.json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["overhead"]["verdict"] == "slower"
    assert "no space left" in result.stderr


@pytest.mark.parametrize("rank", [0, 1])
def test_under_torchrun_one_rank_prints(
    run: Run, monkeypatch: pytest.MonkeyPatch, asked: list[Asked], rank: int
) -> None:
    """The others measure too, and are silent; all of them are one process."""
    for name, value in (("RANK", rank), ("WORLD_SIZE", 2), ("LOCAL_RANK", rank)):
        monkeypatch.setenv(name, str(value))
    result = run(*TIME, "--batch", "2", "--max-time", "30")
    assert result.exit_code == 0
    assert bool(result.stdout) is (rank == 0)
    assert [one.protocol for one in asked] == [QuickPlan(max_time=30)]


def test_environment_names_no_person_and_no_place(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Really timed: neither user, nor host, nor folder is in the document."""
    monkeypatch.undo()
    monkeypatch.chdir(tmp := Path.cwd())
    monkeypatch.setenv("USER", "somebody-special")
    monkeypatch.setattr("platform.node", lambda: "host-of-mine")
    words = ("--quick", "--runs", "1", "--arch", "se_resnet18", "--input", "32", "--format", "json")
    result = run(*TIME, *words)
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert len(data["samples"]["quads"]) == 2
    assert data["environment"]["device"] == "cpu"
    for secret in ("somebody-special", "host-of-mine", str(tmp), "/home", "/root"):
        assert secret not in result.stdout
