"""`se-cost flops`: counted on paper, and by two counters."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from cli.conftest import Run
from se_cost.cli import flops
from se_cost.measure import counts
from se_cost.measure.counts import Counts
from se_cost.nets.recipe import Recipe

SMALL = ("flops", "--arch", "se_resnet18", "--input", "64")


def test_json_without_measurement(run: Run) -> None:
    """Without the counters the document has the ledger's figures, which are the known ones."""
    result = run("flops", "--no-measure", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert (data["schema_version"], data["command"]) == (1, "flops")
    assert data["baseline"]["macs"] == 3_857_973_248
    assert data["network"]["macs"] == 3_860_488_192
    for part in (data["attention"], data["without_final_stage"], *data["stages"]):
        assert all(type(part[key]) is int for key in ("macs", "squeeze", "excite", "scale"))
    assert data["attention"]["squeeze"] == data["attention"]["scale"] == 5_519_360
    assert "measured" not in data


@pytest.fixture(scope="module")
def honest() -> list[tuple[Recipe, Counts]]:
    """Return a place to remember what was counted."""
    return []


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, honest: list[tuple[Recipe, Counts]]) -> None:
    """Count each network once for all tests of this file."""
    count = counts.count

    def remembered(recipes: list[Recipe], *, backward: bool = False) -> list[Counts]:
        known = dict(honest)
        if not set(recipes) <= known.keys():
            honest[:] = list(zip(recipes, count(recipes, backward=True), strict=True))
            known = dict(honest)
        found = [known[recipe] for recipe in recipes]
        forward = [replace(one, torch=replace(one.torch, backward=None)) for one in found]
        return found if backward else forward

    monkeypatch.setattr("se_cost.cli.flops.count", remembered)


@pytest.mark.usefixtures("counted")
def test_measured(run: Run) -> None:
    """By default both counters run, and agree with the ledger."""
    result = run(*SMALL, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert data["measured"].keys() == {"fvcore", "fvcore_complete", "torch"}
    for name in ("network", "baseline"):
        assert data["measured"]["torch"][name] == 2 * data[name]["macs"]
    assert data["measured"]["fvcore"]["network"] == data["conventions"]["fvcore"]


@pytest.mark.usefixtures("counted")
def test_backward_pass(run: Run) -> None:
    """In training mode the backward pass is counted: nearly twice the forward pass."""
    data = json.loads(run(*SMALL, "--mode", "train", "--format", "json").stdout)
    forward, backward = data["measured"]["torch"], data["measured"]["torch_backward"]
    for name in ("network", "baseline"):
        assert 1.8 < backward[name] / forward[name] < 2


def wrong_fvcore(one: Counts) -> Counts:
    """Return a count in which fvcore has one operation more."""
    own = one.fvcore.own | {"aten::addmm": 1 + one.fvcore.own.get("aten::addmm", 0)}
    return replace(one, fvcore=replace(one.fvcore, own=own))


def wrong_torch(one: Counts) -> Counts:
    """Return a count in which torch has one operation more."""
    return replace(one, torch=replace(one.torch, forward=one.torch.forward + 1))


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(("corrupt", "named"), [(wrong_fvcore, "fvcore"), (wrong_torch, "torch")])
@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_disagreement_is_loud(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    corrupt: Callable[[Counts], Counts],
    named: str,
    quiet: list[str],
) -> None:
    """One operation too many: words on stderr, even if quiet, the table all the same, exit 1."""
    count: Callable[..., list[Counts]] = vars(flops)["count"]
    monkeypatch.setattr(
        flops, "count", lambda *given, **rest: [corrupt(one) for one in count(*given, **rest)]
    )
    result = run(*SMALL, *quiet)
    assert result.exit_code == 1
    assert f"THE COUNTS DISAGREE: {named} is " in result.stderr
    assert "One image, as counters count it" in result.stdout


@pytest.mark.usefixtures("counted")
def test_a_wrong_ledger_is_loud(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If what the ledger says of a counter is wrong, that is told the same way."""
    monkeypatch.setattr("se_cost.report.flops.complete", lambda ledger: 0)
    result = run(*SMALL)
    assert result.exit_code == 1
    assert result.stderr.count("THE COUNTS DISAGREE: fvcore_complete") == 2
    assert "0 by the ledger" in result.stderr
