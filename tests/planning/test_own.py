"""Planning a model of the user's: what its blocks cost, and what a choice of them is called."""

import tomllib
from itertools import product
from pathlib import Path

import pytest

import se_cost
from se_cost.cli.config.lists import parsed
from se_cost.cli.options.budget import one_budget
from se_cost.errors import UsageError
from se_cost.ledger.traffic import total
from se_cost.measure.models.costs import costs, resolved
from se_cost.measure.models.traffic import by_stage, plain_traffic
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.imported import Imported
from se_cost.nets.nodes import Fn
from se_cost.planning.amounts import Amounts
from se_cost.planning.naming import ONE_FOR_ALL, call, model_of, table, unnamed
from se_cost.planning.plan import Question, planned
from se_cost.planning.sites import Own, sites, summed, taken
from se_cost.planning.words import By, Dimension
from se_cost.record import replace

FILE = Path(__file__).parents[1] / "data" / "models" / "nets.py"
TRAIN = Settings(mode=Mode.TRAIN, batch=2)


def net(**rest: object) -> Imported:
    """Return the network of two blocks, which knows its stages."""
    found = resolved(Imported(spec=f"{FILE}:Net", input=(3, 64, 64), **rest))  # type: ignore[arg-type]
    assert isinstance(found, Imported)
    return found


NET = net()


def amounts(model: Imported) -> Amounts:
    """Return what the attention of a whole model adds, by its trace and one difference."""
    found = costs(model)
    moved = total(by_stage(model, TRAIN).values())
    return Amounts(
        params=found.network.params - found.plain.params,
        macs=found.network.macs - found.plain.macs,
        bytes=moved.forward + moved.backward,
        saved=moved.saved,
        activations=found.network.activation_bytes - found.plain.activation_bytes,
        operators=moved.operators_forward + moved.operators_backward,
    )


@pytest.mark.parametrize("by", By)
def test_every_choice_is_its_model(by: By) -> None:
    """The sum of what is kept is what the model costs that the choice is called."""
    places = sites((NET,), TRAIN, by)
    assert [site.path for site in places] == (
        ["stage1", "stage2"] if by is By.STAGE else ["one.se", "two.se"]
    )
    for choice in product((0, 1), repeat=2):
        chosen = taken(places, choice)
        model = model_of(NET, places, chosen)
        assert isinstance(model, Imported)
        assert summed(chosen) == amounts(model)
        left = [path for path, i in zip(("one.se", "two.se"), choice, strict=True) if i == 0]
        assert [block.path for block in costs(model).blocks] == left


def test_blocks_of_one_stage_are_named_by_path() -> None:
    """One of two is left out by --drop."""
    wide = resolved(Imported(spec=f"{FILE}:Twice", input=(3, 64, 64)))
    assert isinstance(wide, Imported)
    places = sites((wide,), TRAIN, By.BLOCK)
    model = model_of(wide, places, taken(places, (1, 0)))
    assert model == replace(wide, patterns=("one.se",))
    assert [block.path for block in costs(model).blocks] == ["two.se"]
    left = replace(wide, patterns=("nothing",))
    assert model_of(left, places, taken(places, (1, 0))) == replace(
        left, patterns=("nothing", "one.se")
    )


def test_another_r_or_kind() -> None:
    """In the place of its own; all blocks must then have the same to be named."""
    each = (NET, net(attention=SE(r=8)), net(attention=ECA()))
    places = sites(each, TRAIN, By.STAGE)
    assert [option.kind for option in places[0].candidates] == [
        Own("se", 4),
        SE(r=8),
        ECA(),
        None,
    ]
    halved = taken(places, (1, 3))
    assert model_of(NET, places, halved) == replace(NET.without((2,)), attention=SE(r=8))
    assert summed(halved) == amounts(net(attention=SE(r=8)).without((2,)))
    mixed = taken(places, (0, 1))
    assert model_of(NET, places, mixed) is None
    assert unnamed(NET, places, mixed) == ONE_FOR_ALL


def test_blocks_of_another_kind_are_named_by_their_own_paths() -> None:
    """A block that is put in the place of another has another path."""
    twice = replace(NET, spec=f"{FILE}:Twice")
    own, other = (resolved(one) for one in (twice, replace(twice, attention=SE(r=8))))
    places = sites((own, other), TRAIN, By.BLOCK)
    model = model_of(own, places, taken(places, (1, 2)))
    assert isinstance(model, Imported)
    (block,) = costs(model).blocks
    assert len(model.patterns) == 1
    assert (block.path.startswith("one."), block.hidden) == (True, 4)


@pytest.mark.parametrize(
    "model",
    [
        NET,
        NET.without((1,)),
        NET.plain,
        net(arguments=(("r", 8), ("width", 16)), patterns=("one.*", "two.s?")),
        net(attention=SE(r=8, gate=Fn.TANH, squeeze=Squeeze.MAX), app_dir="."),
    ],
)
def test_python_and_pyproject_make_the_same_model(model: Imported) -> None:
    """The call, evaluated; and the table, read as `check` reads it, with its exact counts."""
    assert resolved(eval(call(model), {"se_cost": se_cost})) == resolved(model)
    (budget,) = tomllib.loads(table(model))["tool"]["se-cost"]["budgets"]
    found = parsed(one_budget, budget, {}, "")
    assert found.model == resolved(model)
    network = costs(model).network
    assert found.most == {"params": network.params, "macs": network.macs}


def test_a_budget() -> None:
    """1,000 parameters are enough for the first block alone; per cent are of what is metered."""
    question = Question(NET, (NET,), TRAIN, limits={"attention-params": 1_000})
    answer = planned(question)
    assert answer.chosen
    assert answer.chosen.model == NET.without((2,))
    assert {mark for one in answer.choices for mark in one.marks} == {
        "chosen",
        "without the final stage",
        "as usual",
    }
    plain = plain_traffic(NET, TRAIN)
    assert plain.backward
    assert answer.plain.bytes == plain.forward + plain.backward
    assert answer.plain.saved == plain.saved
    share = planned(replace(question, limits={"attention-bytes-percent": 20.0}))
    assert share.chosen
    assert share.chosen.model == NET.without((1,))
    assert share.axes == (Dimension.PARAMS, Dimension.BYTES)


def test_places_that_differ_are_refused() -> None:
    """Attention after every residual branch is not in the place of the model's own."""
    other = net(attention=SE(r=8), after=("down",))
    with pytest.raises(UsageError, match="has attention at 1 places"):
        sites((NET, other), TRAIN, By.STAGE)
