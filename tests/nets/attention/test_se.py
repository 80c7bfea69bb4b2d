"""The SE block as a value."""

from se_cost.nets.attention.kinds import PLAIN, Attention
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.nodes import Act, Conv, Fn, Gate, GlobalPool, Linear, Reduce


def test_block_is_its_definition() -> None:
    """Squeeze, reduce, ReLU, expand and sigmoid, gating what comes in."""
    assert SE(r=16).block(64) == Gate(
        (
            ("squeeze", GlobalPool(Reduce.AVG)),
            ("reduce", Linear(64, 4)),
            ("relu", Act(Fn.RELU)),
            ("expand", Linear(4, 64)),
            ("gate", Act(Fn.SIGMOID)),
        )
    )


def test_variants() -> None:
    """Pooling, function of the factors and biases are those that were asked for."""
    children = dict(SE(2, Squeeze.MAX, Fn.TANH, bias=False).block(8).children)
    assert children["squeeze"] == GlobalPool(Reduce.MAX)
    assert children["gate"] == Act(Fn.TANH)
    assert children["reduce"] == Linear(8, 4, bias=False)


def test_no_squeeze_convolves() -> None:
    """Without squeeze the two FCs are 1x1 convolutions on the whole map."""
    children = dict(SE(4, Squeeze.NONE).block(8).children)
    assert list(children) == ["reduce", "relu", "expand", "gate"]
    assert children["expand"] == Conv(2, 8, bias=True)


def test_bottleneck_is_never_empty() -> None:
    """A ratio above the channels leaves one hidden unit."""
    assert [SE(r).hidden(256) for r in (1, 2, 16, 100, 256, 3000)] == [256, 128, 16, 2, 1, 1]


def test_a_site_answers_at_its_place_only() -> None:
    """A network may ask at every place; one of them gets the block."""
    attention = Attention(Place.PRE, (SE(stage=3),))
    assert list(attention.at(3)(Place.PRE, 64)) == ["se"]
    assert attention.at(3)(Place.STANDARD, 64) == {}
    assert attention.at(2)(Place.PRE, 64) == {}
    assert PLAIN.at(3)(Place.STANDARD, 64) == {}
