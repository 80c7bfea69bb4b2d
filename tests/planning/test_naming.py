"""What a choice is called leads back to the same network, or is said not to."""

import tomllib

import pytest
from cli.options.drawn import models as drawn
from hypothesis import given, settings

from planning.searched import models
from se_cost.cli.config.lists import parsed
from se_cost.cli.options.budget import one_budget
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.model import model
from se_cost.planning.naming import BLOCKS_DIFFER, KINDS_DIFFER, call, model_of, table, unnamed
from se_cost.planning.sites import sites, taken
from se_cost.planning.words import By


@settings(max_examples=60, deadline=None)
@given(drawn())
def test_python_and_pyproject_make_the_same_model(net: Zoo) -> None:
    """The call, evaluated; and the table, read as `check` reads it, with its exact counts."""
    import se_cost

    assert eval(call(net), {"se_cost": se_cost}) == net
    (budget,) = tomllib.loads(table(net, 3.5))["tool"]["se-cost"]["budgets"]
    found = parsed(one_budget, budget, {}, "")
    assert found.model == net
    network = costs(net).network
    counts = {"params": network.params, "macs": network.macs}
    assert found.most == counts | ({"overhead-percent": 3.5} if net.attention.stages else {})


def test_a_choice_is_its_model() -> None:
    """r by stage, and none in some."""
    each = models("se_resnet50")
    places = sites(each, Settings(), By.STAGE)
    chosen = taken(places, (0, 6, 2, 3))
    assert model_of(each[0], places, chosen) == model(
        "se_resnet50", r=(2, 16, 8, 16), drop_stages=3
    )
    assert model_of(each[0], places, taken(places, (6, 6, 6, 6))) == model("resnet50")


def test_blocks_that_are_alike_have_a_name() -> None:
    """Where those of a stage differ there is none."""
    each = models("se_resnet18")
    places = sites(each, Settings(), By.BLOCK)
    alike = taken(places, (0, 0, 6, 6, 2, 2, 3, 3))
    assert model_of(each[0], places, alike) == model("se_resnet18", r=(2, 16, 8, 16), drop_stages=3)
    other = taken(places, (0, 1, 6, 6, 2, 2, 3, 3))
    assert model_of(each[0], places, other) is None
    assert unnamed(each[0], places, other) == BLOCKS_DIFFER


@pytest.mark.parametrize(("choice", "why"), [((0, 1, 2, 0), KINDS_DIFFER), ((1, 1, 2, 1), "")])
def test_kinds_differ(choice: tuple[int, ...], why: str) -> None:
    """No option gives one stage SE and another ECA."""
    each = (model("se_resnet50"), model("resnet50", attention="eca"))
    places = sites(each, Settings(), By.STAGE)
    assert unnamed(each[0], places, taken(places, choice)) == why
