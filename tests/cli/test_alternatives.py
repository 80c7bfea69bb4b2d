"""`se-cost alternatives`: the table, what is asked for, and how it ends; nothing is timed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import GATING_KINDS
from measure.made_up import of_kinds

from cli.conftest import Run, Time, assert_refused
from se_cost.errors import MeasurementError
from se_cost.ledger.traffic import total, traffic
from se_cost.ledger.walk import walk
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.arms import BASELINE
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Mode, QuickPlan
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.srm import SRM
from se_cost.nets.model import Model
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


def attended(one: Asked) -> list[Model]:
    """Return the networks that are timed beside the plain one."""
    return [net for net in one.networks.values() if net.stages]


def kinds(run: Run, *words: str) -> list[str]:
    """Return the kinds of the table, in its order."""
    data = json.loads(run(*SMALL, *words, "--format", "json").stdout)
    return [one["kind"] for one in data["alternatives"]]


def test_every_kind_is_a_row(run: Run) -> None:
    """Of the network that the name says, whatever attention that has."""
    assert kinds(run) == ["none", *GATING_KINDS]
    data = json.loads(run("alternatives", "--format", "json").stdout)
    assert data["recipe"]["arch"] == "resnet50"
    params = {one["kind"]: one["params"] for one in data["alternatives"]}
    assert list(params) == ["none", *KINDS]
    assert (params["se"], params["mhsa"]) == (28_088_024, 20_848_424)


def test_a_kind_without_a_place(run: Run) -> None:
    """Is no row where nobody asked for it, and is refused where somebody did."""
    assert "mhsa" not in kinds(run, "--place", "stage")
    assert_refused(run(*SMALL, "--kinds", "se,mhsa"), 2, "mhsa has no place in resnet18")
    words = ("--kinds", "mhsa", "--stages", "5", "--format", "json")
    data = json.loads(run("alternatives", "--arch", "resnet50", *words).stdout)
    assert data["alternatives"][1]["blocks"] == 3


FILE = Path(__file__).parents[1] / "data" / "models" / "nets.py"


def of_yours(run: Run, net: str, *words: str) -> dict[str, Any]:
    """Return the rows for a model of the user's, by kind."""
    model = ("--model", f"{FILE}:{net}", "--input", "3x32x32")
    result = run("alternatives", *model, *words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return {one["kind"]: one for one in json.loads(result.stdout)["alternatives"]}


def test_a_model_of_yours_with_attention(run: Run) -> None:
    """Its own is a row, and every kind stands where that does; SimAM has nothing to be found by."""
    rows = of_yours(run, "Net")
    assert list(rows) == ["none", "own", *(kind for kind in GATING_KINDS if kind != "simam")]
    assert all(row["blocks"] == 2 for kind, row in rows.items() if kind != "none")
    assert rows["own"]["params"] - rows["none"]["params"] == 2_680
    eca = rows["eca"]["attention"]
    assert (eca["params"], eca["traffic"]["operators_forward"]) == (6, 8)
    assert rows["eca"]["without_final_stage"]["params"] == 3
    assert list(of_yours(run, "Net", "--kinds", "eca,se")) == ["none", "eca", "se"]


def test_a_model_of_yours_without_attention(run: Run) -> None:
    """Every kind stands after the modules that are named; r is for those that have one."""
    words = ("--insert-after", "conv", "--kinds", "se,eca", "--r", "2")
    rows = of_yours(run, "Plain", *words)
    assert list(rows) == ["none", "se", "eca"]
    assert rows["se"]["attention"]["params"] == 2 * 8 * 4 + 8 + 4


def test_traffic_of_one_image(run: Run) -> None:
    """A norm of vectors cannot be trained on one, so that it is taken from two and three."""
    rows = of_yours(run, "Net", "--kinds", "srm")
    found = rows["srm"]["attention"]["traffic"]
    maps = ((32, 16, 16), (64, 8, 8))
    blocks = [row for shape in maps for row in walk(SRM().block(shape[0]), shape).rows]
    expected = total(traffic(row, 1, 4) for row in blocks)
    assert found["forward"] == expected.forward
    assert found["operators_forward"] == expected.operators_forward


def test_a_model_of_yours_is_timed(run: Run, asked: list[Asked]) -> None:
    """Beside itself without attention, all kinds in one run."""
    words = ("--kinds", "se,eca", "--time", "--quick", "--device", "cpu")
    rows = of_yours(run, "Net", *words)
    assert [list(one.networks) for one in asked] == [[BASELINE, "se", "eca"]] * 2
    assert asked[0].networks[BASELINE] == asked[0].networks["se"].plain
    assert rows["eca"]["train"]["overhead"]["percent"] == pytest.approx(10)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kinds", "mhsa"), "takes the place of a layer"),
        (("--kinds", "simam"), "simam has no weights"),
        (("--classes", "10"), "--classes is for the networks"),
        (("--place", "pre"), "--place is for the networks"),
        (("--arch", "resnet18"), "two networks"),
        (("--kinds", "eca", "--r", "4"), "none of eca has one"),
        (("--insert-after", "nothing"), "fits no module"),
    ],
)
def test_bad_words_for_a_model_of_yours(run: Run, words: tuple[str, ...], said: str) -> None:
    """One line."""
    given = ("--model", f"{FILE}:Net", "--input", "3x32x32", *words)
    assert_refused(run("alternatives", *given), 2, said)


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
    assert result.stdout.count("not measured well enough") == 2 * 2
    for mode in ("inference", "training"):
        assert f"{mode} was not timed: interrupted before there was a result" in result.stderr


def test_what_cannot_be_measured_leaves_what_is_counted(run: Run, timed_by: Use) -> None:
    """The table is whole, the reason is on stderr, and the exit code is 3."""

    def fail(one: Asked) -> Timing:
        raise MeasurementError("not one comparison fits")

    timed_by(fail)
    result = run(*SMALL, "--kinds", "se,eca", "--time", "--device", "cpu")
    assert result.exit_code == 3
    assert "ECA" in result.stdout
    assert "not one comparison fits" in result.stderr


def test_interrupted_between_the_modes(run: Run, timed_by: Use) -> None:
    """What is finished is shown, and what is not is missing."""

    def stop(one: Asked) -> Timing:
        if one.settings.mode is Mode.TRAIN:
            raise KeyboardInterrupt
        return of_kinds(attended(one), one.settings, (1.1, 1.2))

    timed_by(stop)
    result = run(*SMALL, "--kinds", "se,eca", "--time", "--device", "cpu", "--format", "json")
    assert result.exit_code == 130
    data = json.loads(result.stdout)
    assert all(row["infer"] and row["train"] is None for row in data["alternatives"][1:])
    assert data["modes"] == ["infer", "train"]
    assert data["doubts"][-1].startswith("training was not timed: interrupted")


@pytest.mark.parametrize("mode", Mode)
def test_one_mode_alone(run: Run, asked: list[Asked], mode: Mode) -> None:
    """Takes half of the time; memory is not weighed, which no limit would count."""
    words = ("--time", "--mode", mode, "--quick", "--device", "cpu", "--sort", mode)
    result = run(*SMALL, "--kinds", "se,eca", *words, "--format", "json")
    assert json.loads(result.stdout)["modes"] == [mode]
    (one,) = asked
    assert (one.settings.mode, one.memory) == (mode, False)
    other = next(word for word in Mode if word is not mode)
    assert_refused(run(*SMALL, *words[:-1], other), 2, f"--sort {other}", f"take --mode {other}")


def test_what_it_will_take_is_said_first(run: Run) -> None:
    """How many kinds, and what an interval takes; nothing with --quiet."""
    words = (*SMALL, "--kinds", "se,eca", "--time", "--device", "cpu")
    assert (
        "2 kinds, beside plain in one process or in turns; an interval takes 7 processes"
        in run(*words).stderr
    )
    assert "an interval takes 6 comparisons of a kind" in run(*words, "--quick").stderr
    assert run(*words, "--quiet").stderr == ""


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
