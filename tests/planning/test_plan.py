"""From a question to its answer."""

from fractions import Fraction

import pytest

from planning.searched import MACHINE, question
from se_cost.errors import UsageError
from se_cost.nets.zoo.model import model
from se_cost.planning.amounts import pace
from se_cost.planning.plan import items, planned, worth
from se_cost.planning.sites import sites
from se_cost.planning.words import By, Dimension
from se_cost.record import replace

NET = question("se_resnet50")


def test_a_million_parameters() -> None:
    """All blocks are gated, and no wider bottleneck fits."""
    answer = planned(replace(NET, limits={"attention-params": 1_000_000}))
    assert answer.chosen
    assert answer.chosen.model == model("se_resnet50", r=(4, 8, 64, 64))
    assert answer.chosen.amounts.params == 966_016
    assert answer.best[0].model == answer.chosen.model
    assert answer.best[0].marks == ("chosen",)
    assert all(answer.fits(one.amounts) for one in answer.best)


def test_time_decides_where_parameters_do_not() -> None:
    """2 % of 50 ms are 1 ms; the early stages move most, so they go."""
    limits = {"attention-time-percent": 2.0}
    answer = planned(replace(NET, limits=limits, plain_seconds=Fraction(1, 20)))
    assert answer.chosen
    assert answer.pace
    assert answer.pace.ticks(answer.chosen.amounts) <= answer.limits[0].at_most
    assert [candidate.kind is None for candidate in answer.chosen.taken] == [
        True,
        True,
        False,
        True,
    ]


def test_predicted_time_is_that_of_explain() -> None:
    """Bytes over bandwidth and launches, to the millionth part."""
    amounts = planned(NET).choices[0].amounts
    ticks = pace(MACHINE).ticks(amounts)
    seconds = amounts.bytes / MACHINE.bandwidth + amounts.operators * MACHINE.launch
    assert ticks / 1e21 == pytest.approx(seconds, rel=1e-6)


@pytest.mark.parametrize("limits", [{"attention-params": 100}, {"params": 20_000_000}])
def test_nothing_fits(limits: dict[str, int]) -> None:
    """No attention at all is no answer, nor is a plain network that is too large itself."""
    answer = planned(replace(NET, limits=limits))
    assert answer.chosen is None
    assert answer.best == ()


def test_two_budgets_that_only_clash_together() -> None:
    """Each of them alone leaves something."""
    few, quick = {"attention-params": 7_000}, {"attention-time": Fraction("0.0004")}
    assert planned(replace(NET, limits=few)).chosen
    assert planned(replace(NET, limits=quick)).chosen
    assert planned(replace(NET, limits=few | quick)).chosen is None


def test_values_of_stages_are_shared_by_their_blocks() -> None:
    """A stage is worth what was said, however many blocks it has."""
    valued = replace(NET, values=(1, 2, 3, 4))
    places = sites(valued.models, valued.settings, By.BLOCK)
    by_stage = worth(valued, places)
    blocks = {stage: sum(site.stage == stage for site in places) for stage in by_stage}
    totals = [by_stage[stage] * blocks[stage] for stage in by_stage]
    assert [total * 10 // sum(totals) for total in totals] == [1, 2, 3, 4]
    stages = sites(valued.models, valued.settings, By.STAGE)
    assert [site[0].worth for site in items(valued, stages, ())] == totals


def test_the_value_decides() -> None:
    """With room for one stage, the one that is worth most is kept."""
    for values, kept in (((9, 1, 1, 1), 2), ((1, 1, 1, 9), 5)):
        limits = {"attention-bytes": 30_000_000}
        answer = planned(replace(NET, values=values, limits=limits))
        assert answer.chosen
        stages = [
            site.stage
            for site, candidate in zip(answer.chosen.sites, answer.chosen.taken, strict=True)
            if candidate.kind
        ]
        assert kept in stages


def test_the_frontier_is_by_stages_and_named() -> None:
    """Also of a plan by blocks; each choice is there once."""
    answer = planned(replace(NET, by=By.BLOCK, limits={"attention-params": 1_000_000}))
    assert answer.axes == (Dimension.PARAMS, Dimension.TIME)
    assert {len(one.sites) for one in answer.choices} <= {3, 4, 1}
    keys = [one.key for one in answer.choices]
    assert len(set(keys)) == len(keys)
    marks = [mark for one in answer.choices for mark in one.marks]
    assert "paper: r=16" in marks
    assert "without the final stage" in marks


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"limits": {"attention-time": Fraction(1)}}, "--max-attention-time needs two figures"),
        ({"axes": (Dimension.TIME, Dimension.MACS)}, "--frontier needs two figures"),
    ],
)
def test_no_time_without_a_machine(changed: dict[str, object], words: str) -> None:
    """It is refused rather than taken for nothing."""
    with pytest.raises(UsageError, match=words):
        planned(replace(NET, machine=None, **changed))


@pytest.mark.parametrize("values", [(1,), (1, 2, 3, -4), (1, 2, 3, 4, 5)])
def test_values_that_are_none(values: tuple[int, ...]) -> None:
    """One for each stage, none below 0."""
    with pytest.raises(UsageError, match="give 4 numbers, none below 0, for the stages 2, 3, 4, 5"):
        planned(replace(NET, values=values))
