"""`se-cost explain`, with explanations that are known; no network is built or run."""

import json
from pathlib import Path
from typing import Any

import pytest
from measure.made_up import explanation

from cli.conftest import Run, assert_refused
from se_cost.cli.options.protocol import EXPLAINED
from se_cost.measure.explain import explain
from se_cost.measure.explain.prediction import Explanation
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import Mode, Protocol, QuickPlan, Settings, StoppingRule
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

EXPLAIN = ("explain", "--device", "cpu")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Have known times on a known machine; return what was asked for."""
    seen: list[tuple[Any, ...]] = []

    def known(
        net: Any, settings: Settings, protocol: Protocol, progress: object, *, fuse: bool
    ) -> object:
        seen.append((net, settings, protocol, fuse))
        return explanation(net, settings, fuse=fuse)

    monkeypatch.setattr(explain, "explain", known)
    return seen


def test_what_is_asked_for(run: Run, asked: list[tuple[Any, ...]]) -> None:
    """Network, settings and plan; how long it may take is told before."""
    words = [
        "--mode",
        "train",
        "--batch",
        "2",
        "--quick",
        "--runs",
        "6",
        "--max-time",
        "7",
        "--seed",
        "5",
    ]
    result = run(*EXPLAIN, *words, "--max-time", "7", "--format", "json")
    assert result.exit_code == 0
    assert result.stderr.startswith("se-cost: a timing, at most 7 s in all\n")
    assert asked == [
        (
            model("se_resnet50"),
            Settings("cpu", Mode.TRAIN, 2, seed=5),
            QuickPlan(quads=6, max_time=7),
            False,
        )
    ]
    assert json.loads(result.stdout)["command"] == "explain"


def test_the_full_protocol_is_the_usual_one(run: Run, asked: list[tuple[Any, ...]]) -> None:
    """Within a limit of its own; quiet says nothing before."""
    result = run(*EXPLAIN, "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [protocol for _, _, protocol, _ in asked] == [EXPLAINED]
    assert isinstance(EXPLAINED, StoppingRule)


def test_one_screen_unless_all_is_asked_for(run: Run) -> None:
    """The first screen says how to get the rest, which --verbose prints, and a file holds."""
    brief, whole = run(*EXPLAIN).stdout, run(*EXPLAIN, "--verbose").stdout
    assert "--verbose prints all of it" in brief
    assert "Published overheads" not in brief
    assert "Published overheads" in whole
    run(*EXPLAIN, "--output", "page.txt")
    assert "Published overheads" in Path("page.txt").read_text()


def test_figure_is_drawn(run: Run) -> None:
    """As SVG; the page is still on stdout."""
    result = run(*EXPLAIN, "--figure", "explain.svg")
    assert result.exit_code == 0
    assert result.stdout.startswith("Why SE-ResNet-50 takes more time")
    assert "<svg" in Path("explain.svg").read_text()


def test_fused(run: Run, asked: list[tuple[Any, ...]]) -> None:
    """It is asked for, stands on the screen, and makes no sense in training."""
    result = run(*EXPLAIN, "--fuse")
    assert [fuse for *_, fuse in asked] == [True]
    assert "Fused, the attention moves" in " ".join(result.stdout.split())
    words = ("--fuse", "--mode", "train", "--batch", "2")
    assert_refused(run(*EXPLAIN, *words), 2, "explain --fuse needs --mode infer")


def test_settings_that_no_formula_covers_are_no_options(run: Run) -> None:
    """They are not there to be given."""
    for word in ("--nproc", "--compile", "--autocast", "--optimizer"):
        assert_refused(run(*EXPLAIN, word), 2, f"no such option '{word}'")


def test_nothing_to_explain(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain network has no attention: exit 3, before anything is measured."""
    monkeypatch.undo()
    result = run(*EXPLAIN, "--arch", "resnet50", "--output", "/dev/null")
    assert_refused(result, 3, "nothing to explain: resnet50 has no attention")


def test_interrupted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C leaves what is finished on the page, and exit code 130."""

    def interrupted(net: Model, settings: Settings, *rest: object, **more: object) -> Explanation:
        found = explanation(net, settings)
        run = found.timing.run.stopped(Stop.INTERRUPTED)
        return replace(found, timing=replace(found.timing, run=run))

    monkeypatch.setattr(explain, "explain", interrupted)
    result = run(*EXPLAIN)
    assert result.exit_code == 130
