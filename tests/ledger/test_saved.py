"""What autograd keeps, on networks small enough to reason about."""

import pytest

from se_cost.ledger.rows import INPUT
from se_cost.ledger.saved import saved as saved_of
from se_cost.ledger.walk import ledger
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.nodes import (
    IDENTITY,
    RELU,
    Act,
    Conv,
    Flatten,
    Fn,
    GlobalPool,
    Linear,
    Node,
    Norm,
    Reduce,
    add,
    seq,
)

C = 16


def saved(node: Node) -> frozenset[str]:
    """Return what a network saves of a map of 16 channels."""
    return saved_of(ledger(node, (C, 8, 8)))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (seq(conv=Conv(C, C), norm=Norm(C)), {INPUT, "conv"}),
        (seq(conv=Conv(C, C), relu=RELU), {INPUT, "relu"}),
        (seq(norm=Norm(C), gate=Act(Fn.HARDSIGMOID)), {INPUT, "norm"}),
        (seq(conv=Conv(C, C), pool=GlobalPool(), fc=Linear(C, C)), {INPUT, "pool"}),
        (seq(conv=Conv(C, C), pool=GlobalPool(Reduce.MAX)), {INPUT, "conv"}),
        (seq(conv=Conv(C, C), flat=Flatten(), fc=Linear(C * 64, C)), {INPUT, "conv"}),
        (seq(sum=add(a=Norm(C), b=IDENTITY), conv=Conv(C, C)), {INPUT, "sum"}),
    ],
)
def test_a_layer_keeps_what_its_derivative_needs(node: Node, expected: set[str]) -> None:
    """Convolutions, norms and products keep inputs, activations outputs, means and sums nothing."""
    assert saved(node) == expected


@pytest.mark.parametrize(
    ("squeeze", "vectors"),
    [
        (Squeeze.AVG, {"se.squeeze", "se.relu", "se.gate"}),
        (Squeeze.MAX, {"se.squeeze", "se.relu", "se.gate"}),
        (Squeeze.NONE, {"se.relu", "se.gate"}),
    ],
)
def test_a_gate_keeps_its_map_and_its_factor(squeeze: Squeeze, vectors: set[str]) -> None:
    """Before a sum, which keeps nothing, the map is one more that is kept."""
    plain = seq(sum=add(branch=seq(norm=Norm(C)), shortcut=IDENTITY))
    gated = seq(sum=add(branch=seq(norm=Norm(C), se=SE().block(C)), shortcut=IDENTITY))
    assert saved(gated) - saved(plain) == {
        "sum.branch.norm",
        *(f"sum.branch.se.{part}" for part in ("squeeze", "relu", "gate")),
    }
    alone = seq(norm=Norm(C), se=SE(squeeze=squeeze).block(C))
    assert saved(alone) == {INPUT, "norm", *vectors}


def test_a_map_that_is_kept_anyhow_costs_nothing_more() -> None:
    """After a ReLU and before a mean, a gate adds vectors alone."""
    end = {"pool": GlobalPool()}
    plain, gated = seq(relu=RELU, **end), seq(relu=RELU, se=SE().block(C), **end)
    assert saved(gated) - saved(plain) == {"se.squeeze", "se.relu", "se.gate"}


def test_the_product_keeps_the_factor() -> None:
    """Also where the function that made it keeps its input, not its output."""
    gated = seq(norm=Norm(C), se=SE(gate=Fn.HARDSIGMOID).block(C))
    vectors = {"se.squeeze", "se.relu", "se.expand", "se.gate"}
    assert saved(gated) == {INPUT, "norm", *vectors}
