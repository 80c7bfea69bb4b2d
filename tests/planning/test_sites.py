"""What a site costs: the parts sum to what the ledger says of the whole, whatever is chosen."""

from math import prod

import pytest
from helpers import gating_places
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.searched import RATIOS, models
from se_cost.ledger.costs import costs
from se_cost.ledger.find import without
from se_cost.ledger.rows import INPUT, Ledger
from se_cost.ledger.saved import saved
from se_cost.ledger.traffic import by_stage, total
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.kinds import Attention
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES
from se_cost.planning.amounts import Amounts
from se_cost.planning.sites import Own, sites, summed, taken
from se_cost.planning.words import By
from se_cost.record import replace

TRAIN = Settings(mode=Mode.TRAIN, batch=3)


def amounts(net: Zoo, how: Settings) -> Amounts:
    """Return what the attention of a whole network adds, by its ledger alone."""
    found = costs(net)
    moved = total(by_stage(found, how.batch, 4).values())
    training = how.mode is Mode.TRAIN
    return Amounts(
        params=found.network.params - found.plain.params,
        macs=found.network.macs - found.plain.macs,
        bytes=moved.forward + training * moved.backward,
        saved=moved.saved,
        activations=found.network.activation_bytes - found.plain.activation_bytes,
        operators=moved.operators_forward + training * moved.operators_backward,
    )


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("family", FAMILIES)
def test_parts_sum_to_the_whole(family: str, by: By) -> None:
    """For every family, place and kind."""
    for place in gating_places(family):
        for kind in ("se", "eca", "ese"):
            net = model(family, attention=kind, place=place)
            whole = summed(site.candidates[0] for site in sites((net,), TRAIN, by))
            assert whole == amounts(net, TRAIN)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(("se_resnet18", "se_resnet50", "se_densenet121", "se_shufflenet", "se_vgg16")),
    st.data(),
)
def test_stages_add(arch: str, data: st.DataObject) -> None:
    """Any r in any stages: the sum of the parts is the ledger of the network that has them."""
    each = models(arch)
    places = sites(each, TRAIN, By.STAGE)
    choice = [data.draw(st.integers(0, len(RATIOS))) for _ in places]
    chosen = taken(places, choice)
    kinds = tuple(one.kind for one in chosen if one.kind and not isinstance(one.kind, Own))
    if not kinds:
        assert summed(chosen) == Amounts()
        return
    net = replace(each[0], attention=Attention(each[0].attention.place, kinds))
    assert summed(chosen) == amounts(net, TRAIN)
    assert prod(one.widths for one in chosen) == prod(b.hidden or 1 for b in costs(net).blocks)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(("se_resnet18", "se_resnet50", "se_mobilenet")), st.data())
def test_blocks_add(arch: str, data: st.DataObject) -> None:
    """Any blocks kept, the others removed from the rows: parameters, MACs, writes and savings."""
    net = model(arch)
    found = costs(net)
    places = sites((net,), TRAIN, By.BLOCK)
    choice = [data.draw(st.integers(0, 1)) for _ in places]
    gone = [block for block, i in zip(found.blocks, choice, strict=True) if i]
    left, chosen = without(found.network, gone), summed(taken(places, choice))
    assert chosen.params == left.params - found.plain.params
    assert chosen.macs == left.macs - found.plain.macs
    assert chosen.activations == left.activation_bytes - found.plain.activation_bytes
    assert chosen.saved == 3 * 4 * (kept(left) - kept(found.plain))


def kept(ledger: Ledger) -> int:
    """Return the values that training saves of one image."""
    paths = saved(ledger)
    assert INPUT in paths
    return sum(prod(row.output) for row in ledger.rows if row.path in paths)


def test_what_was_listed_first_stands_first_and_nothing_last() -> None:
    """The order decides ties."""
    for site in sites(models("se_resnet18", (16, 4)), Settings(), By.STAGE):
        assert [getattr(one.kind, "r", None) for one in site.candidates] == [16, 4, None]
        assert site.candidates[-1].amounts == Amounts()
