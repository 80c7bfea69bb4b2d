"""`se-cost alternatives`: the table, what is asked for, and how it ends; nothing is timed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from measure.made_up import of_kinds

from cli.conftest import Run, Time, assert_refused
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.arms import BASELINE
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Mode, QuickPlan
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.model import model

SMALL = ("alternatives", "--arch", "resnet18", "--input", "64")
Use = Callable[[Time], None]


@pytest.fixture(autouse=True)
def asked(timed_by: Use) -> list[Asked]:
    """Return what is asked for; the answers are made up."""
    seen: list[Asked] = []

    def time(one: Asked) -> Timing:
        seen.append(one)
        models = attended(one)
        return of_kinds(models, one.settings, [1.1] * len(models))

    timed_by(time)
    return seen


def attended(one: Asked) -> list[Zoo]:
    """Return the networks that are timed beside the plain one."""
    return [net for net in one.networks.values() if isinstance(net, Zoo) and net.stages]


def kinds(run: Run, *words: str) -> list[str]:
    """Return the kinds of the table, in its order."""
    data = json.loads(run(*SMALL, *words, "--format", "json").stdout)
    return [one["kind"] for one in data["alternatives"]]


def test_every_kind_is_a_row(run: Run) -> None:
    """Of the network that the name says, whatever attention that has."""
    assert kinds(run) == ["none", *KINDS]
    data = json.loads(run("alternatives", "--format", "json").stdout)
    assert data["recipe"]["arch"] == "resnet50"
    assert data["alternatives"][1]["params"] == 28_088_024


def test_kinds_and_order(run: Run) -> None:
    """Those that are asked for, the cheapest first if that is asked for."""
    assert kinds(run, "--kinds", "se,eca,se") == ["none", "se", "eca"]
    assert kinds(run, "--kinds", "se,eca", "--sort", "bytes") == ["none", "eca", "se"]


def test_r_is_for_those_that_have_one(run: Run) -> None:
    """Others keep to their definition; if none has it, that is said."""
    data = json.loads(run(*SMALL, "--kinds", "se,eca", "--r", "4", "--format", "json").stdout)
    attention = [one["recipe"]["attention"]["stages"][0] for one in data["alternatives"][1:]]
    assert [stage.get("r") for stage in attention] == [4, None]
    assert_refused(run(*SMALL, "--kinds", "eca,ge", "--r", "4"), 2, "r 4", "eca, ge")


def test_times_are_asked_for_in_both_modes(run: Run, asked: list[Asked]) -> None:
    """All kinds are arms of one run, paired with the plain network."""
    words = ("--kinds", "se,eca", "--time", "--quick", "--device", "cpu", "--sort", "train")
    assert kinds(run, *words) == ["none", "se", "eca"]
    assert [one.settings.mode for one in asked] == list(Mode)
    assert all(one.settings.batch == 2 for one in asked)
    assert all(isinstance(one.protocol, QuickPlan) for one in asked)
    se = model("resnet18", attention="se", input=64)
    assert list(asked[0].networks) == [BASELINE, "se", "eca"]
    assert asked[0].networks["se"] == se
    assert asked[0].networks[BASELINE] == se.plain


def test_a_batch_that_cannot_train_is_refused_first(run: Run, asked: list[Asked]) -> None:
    """SRM normalises vectors over the batch."""
    words = ("--kinds", "se,srm", "--time", "--batch", "1", "--device", "cpu")
    assert_refused(run(*SMALL, *words), 2, "batch 1 is too small to train", "take a batch of 2")
    assert asked == []


def test_interrupted_at_once(run: Run, timed_by: Use) -> None:
    """The table is whole with what is counted, and the exit code is 130."""

    def stop(one: Asked) -> Timing:
        raise KeyboardInterrupt

    timed_by(stop)
    result = run(*SMALL, "--kinds", "se,eca", "--time", "--device", "cpu")
    assert result.exit_code == 130
    assert "ECA" in result.stdout
    assert "interrupted: 0 of 2 are timed" in result.stderr


def test_interrupted_between_the_modes(run: Run, timed_by: Use) -> None:
    """What is finished is shown, and what is not is missing."""

    def stop(one: Asked) -> Timing:
        if one.settings.mode is Mode.TRAIN:
            raise KeyboardInterrupt
        return of_kinds(attended(one), one.settings, (1.1, 1.2))

    timed_by(stop)
    result = run(*SMALL, "--kinds", "se,eca", "--time", "--device", "cpu", "--format", "json")
    assert result.exit_code == 130
    rows = json.loads(result.stdout)["alternatives"][1:]
    assert all(row["infer"] and row["train"] is None for row in rows)


def test_show_and_figure(run: Run) -> None:
    """The json is the result: shown again, it is the same page; the picture is a file."""
    result = run(*SMALL, "--figure", "kinds.svg")
    assert "<svg" in Path("kinds.svg").read_text()
    run(*SMALL, "--output", "kinds.json")
    assert run("show", "kinds.json").stdout == result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kinds", "cbma"), ("'cbma'", "se, ese, eca", "mean cbam")),
        (("--sort", "infer"), ("--sort infer", "--time")),
        (("--sort", "price"), ("price", "kinds, params")),
        (("--place", "block"), ("block", "standard, pre, post")),
        (("--drop-stages", "2,3,4,5"), ("no stage keeps attention",)),
        (("--attention", "se"), ("no such option",)),
    ],
)
def test_bad_words(run: Run, words: tuple[str, ...], said: tuple[str, ...]) -> None:
    """One line, with what is allowed."""
    assert_refused(run(*SMALL, *words), 2, *said)
