"""What every kind costs in one network: by the ledger, and by what was measured beside it."""

import pytest
from helpers import GATING_KINDS
from measure.made_up import of_kinds, result, timing

from se_cost.documents.alternatives import KEYS, alternatives
from se_cost.documents.order import Order
from se_cost.documents.time import timed
from se_cost.ledger.costs import costs
from se_cost.ledger.traffic import by_stage, gated, total
from se_cost.measure.timing.arms import each
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.settings import Mode, Settings, StoppingRule
from se_cost.nets.zoo.model import model

MODELS = [model("resnet18", attention=kind, input=64) for kind in GATING_KINDS]
EVERY = alternatives(MODELS)


def test_plain_comes_first() -> None:
    """Then the kinds in the order that they are asked for."""
    assert [one.kind for one in EVERY.alternatives] == ["none", *GATING_KINDS]
    plain = EVERY.alternatives[0]
    assert (plain.recipe, plain.blocks, plain.without_final_stage) == (MODELS[0].plain, 0, None)
    assert (plain.attention.params, plain.attention.traffic.forward) == (0, 0)


def test_a_row_is_the_ledger_s() -> None:
    """Totals, what the attention adds, and its traffic for one image in float32."""
    for one, net in zip(EVERY.alternatives[1:], MODELS, strict=True):
        whole = costs(net)
        assert (one.params, one.macs) == (whole.network.params, whole.network.macs)
        assert one.attention.params == whole.network.params - whole.plain.params
        assert one.attention.macs == whole.network.macs - whole.plain.macs
        assert one.attention.traffic == total(by_stage(whole, 1, 4).values())
        assert one.gated_bytes == 4 * gated(whole.attention)


def test_passes_are_bytes_over_the_gated_maps() -> None:
    """By hand for SE: squeeze and scale read and write E three times, and vectors and weights."""
    se = EVERY.alternatives[1]
    assert se.attention.passes_infer == se.attention.traffic.forward / se.gated_bytes
    both = se.attention.traffic.forward + se.attention.traffic.backward
    assert se.attention.passes_train == both / se.gated_bytes
    assert 3 < se.attention.passes_infer < 5


def test_without_the_final_stage_is_that_model() -> None:
    """Dropped from the whole, it is what the smaller model costs by itself."""
    assert EVERY.final_stage == 5
    for one, net in zip(EVERY.alternatives[1:], MODELS, strict=True):
        (smaller,) = alternatives([net.without([5])]).alternatives[1:]
        assert one.without_final_stage == smaller.attention


@pytest.mark.parametrize("order", [order for order in Order if order is not Order.KINDS])
def test_sorted_the_cheapest_first(order: Order) -> None:
    """After the plain network, which stays first."""
    times = [of_kinds(MODELS[:3], Settings(mode=mode), (1.1, 1.3, 1.2)) for mode in Mode]
    found = alternatives(MODELS[:3], order, times)
    assert found.alternatives[0].kind == "none"
    keys = [KEYS[order](one) for one in found.alternatives[1:]]
    assert keys == sorted(keys)
    assert found.sort == order


def test_times_are_those_of_each_kind_alone() -> None:
    """Both modes, each kind beside the plain network."""
    two = MODELS[:2]
    found = alternatives(
        two, timings=[of_kinds(two, Settings(mode=mode), (1.10, 1.02)) for mode in Mode]
    )
    _, se, ese = found.alternatives
    assert se.infer is not None
    assert ese.train is not None
    assert se.infer.overhead == timed(timing(two[0])).overhead
    assert ese.train.overhead.percent == pytest.approx(2)
    assert (se.infer.settings.mode, ese.train.settings.mode) == (Mode.INFER, Mode.TRAIN)


def test_a_doubt_is_said_once() -> None:
    """For all kinds and both modes together, or with those that it concerns."""
    two = MODELS[:2]
    short = [of_kinds(two, Settings(mode=mode), (1.10, 1.02), quads=3) for mode in Mode]
    (doubt,) = alternatives(two, timings=short[:1]).doubts
    assert doubt.startswith("too few comparisons")
    (doubt,) = alternatives(two, timings=short).doubts
    assert doubt.startswith("inference, training: too few comparisons")
    enough = of_kinds(two, Settings(mode=Mode.TRAIN), (1.10, 1.02))
    (doubt,) = alternatives(two, timings=[short[0], enough]).doubts
    assert doubt.startswith("inference: too few comparisons")


def test_a_run_that_fell_short_is_said_once_for_all_kinds() -> None:
    """What the machine can tell is what it can tell of the widest; no such json can go on."""
    two = MODELS[:2]
    found = tuple(result({"se": 1.1 + i / 1000, "ese": 1.02}, 2, i) for i in range(10))
    run = Run(found, StoppingRule(1e-4), stop=Stop.TIME)
    (doubt,) = alternatives(two, timings=[Timing(two[0], Settings(), each(two), run)]).doubts
    assert doubt.startswith("in 10 min this machine can tell")
    assert "--resume" not in doubt
