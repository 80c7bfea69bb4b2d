"""Every word's cost, worked out by hand, and what is said of a layer that does not fit."""

import pytest

from se_cost.ledger.leaf import ShapeError
from se_cost.ledger.rows import INPUT, Ledger, Row
from se_cost.ledger.walk import Walked, ledger, walk
from se_cost.nets.attention.joins import columns, shift, weigh
from se_cost.nets.nodes import (
    RELU,
    Add,
    ChannelPool,
    Concat,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    GlobalPool,
    Interpolation,
    Leaf,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Reduce,
    Scale,
    Seq,
    Shape,
    Shuffle,
    Upsample,
    add,
    conv,
    gate,
    seq,
)
from se_cost.nets.special import ColumnSum, Energy, GlobalStd, LayerNorm, Plus, Softmax

MAP = (4, 6, 8)  # 192 values


@pytest.mark.parametrize(
    ("leaf", "shape", "output", "weights", "biases", "macs", "elements"),
    [
        (conv(4, 5, 3), MAP, (5, 6, 8), 180, 0, 180 * 48, 0),
        (conv(4, 5, 3, stride=2, bias=True), MAP, (5, 3, 4), 180, 5, 180 * 12, 60),
        (Conv(4, 6, (1, 7), padding=(0, 3), groups=2), MAP, (6, 6, 8), 84, 0, 84 * 48, 0),
        (Conv(4, 4, (3, 3), dilation=(2, 2)), MAP, (4, 2, 4), 144, 0, 144 * 8, 0),
        (Deconv(4, 3, (4, 4), (2, 2), (1, 1), bias=True), MAP, (3, 12, 16), 192, 3, 9216, 576),
        (Linear(4, 3), (4,), (3,), 12, 3, 12, 3),
        (Linear(4, 3, bias=False), (4,), (3,), 12, 0, 12, 0),
        (Norm(4), MAP, MAP, 4, 4, 0, 2 * 192),
        (RELU, MAP, MAP, 0, 0, 0, 192),
        (RELU, (4,), (4,), 0, 0, 0, 4),
        (Pool(Reduce.MAX, (3, 3), (2, 2), (1, 1)), MAP, (4, 3, 4), 0, 0, 0, 9 * 48),
        (Pool(Reduce.AVG, (3, 3), (2, 2), ceil=True), MAP, (4, 3, 4), 0, 0, 0, 9 * 48),
        (GlobalPool(), MAP, (4,), 0, 0, 0, 192),
        (ColumnSum(), (4, 6, 1), (4,), 0, 0, 0, 5 * 4),
        (Plus(1.0), MAP, MAP, 0, 0, 0, 192),
        (GlobalStd(), MAP, (4,), 0, 0, 0, 192 + 2 * 4),
        (ChannelPool(Reduce.MAX), MAP, (1, 6, 8), 0, 0, 0, 192),
        (Softmax(), MAP, MAP, 0, 0, 0, 192),
        (Energy(1e-4), MAP, MAP, 0, 0, 0, 6 * 192 + 3 * 4),
        (LayerNorm(4), (4,), (4,), 4, 4, 0, 2 * 4),
        (Upsample(2), MAP, (4, 12, 16), 0, 0, 0, 768),
        (Upsample(2, Interpolation.BILINEAR), MAP, (4, 12, 16), 0, 0, 0, 4 * 768),
        (Shuffle(2), MAP, MAP, 0, 0, 0, 0),
        (Scale(0.5), MAP, MAP, 0, 0, 0, 192),
        (Pad(3), MAP, (7, 6, 8), 0, 0, 0, 0),
        (Flatten(), MAP, (192,), 0, 0, 0, 0),
        (Dropout(), MAP, MAP, 0, 0, 0, 0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_leaf(
    leaf: Leaf, shape: Shape, output: Shape, weights: int, biases: int, macs: int, elements: int
) -> None:
    """A layer has the shape, parameters and operations that pen and paper give it."""
    (row,) = ledger(leaf, shape).rows
    assert row.output == output
    assert (row.weights, row.biases, row.macs, row.elements) == (weights, biases, macs, elements)
    assert row.operands == (shape,)


def test_gate_is_a_product() -> None:
    """A gate has the rows of its parts, then one multiplication for each value of the map."""
    found = ledger(gate(pool=GlobalPool(), fc=Linear(4, 4)), MAP)
    assert [row.path for row in found.rows] == ["pool", "fc", ""]
    assert found.rows[-1] == Row("", "scale", (MAP, (4,)), MAP, elements=192, reads=(INPUT, "fc"))


def test_gate_may_have_a_factor_for_each_value() -> None:
    """A gate whose parts keep the map multiplies value by value."""
    assert ledger(gate(conv=conv(4, 4, 1)), MAP).rows[-1].operands == (MAP, MAP)


def test_gate_by_position_and_by_channel() -> None:
    """One factor for each position, or for each channel of a map of one position, is broadcast."""
    positions = ledger(gate(conv=conv(4, 1, 1)), MAP).rows[-1]
    assert positions.operands == (MAP, (1, 6, 8))
    channels = ledger(gate(squeeze=columns(avg=GlobalPool())), MAP).rows[-1]
    assert channels.operands == (MAP, (4, 1, 1))
    both = add(a=columns(avg=GlobalPool()), b=conv(4, 1, 1))
    assert ledger(both, MAP).rows[-1] == Row(
        "", "add", ((4, 1, 1), (1, 6, 8)), MAP, elements=192, reads=("a", "b")
    )


def test_joins_of_attention() -> None:
    """Vectors side by side are a map; a shift is a sum, a weighed sum a product of matrices."""
    side = ledger(columns(a=GlobalPool(), b=GlobalStd()), MAP).rows[-1]
    assert (side.op, side.output, side.elements) == ("columns", (4, 2, 1), 0)
    shifted = ledger(shift(pool=GlobalPool()), MAP).rows[-1]
    assert shifted == Row("", "shift", (MAP, (4,)), MAP, elements=192, reads=(INPUT, "pool"))
    weighed = ledger(weigh(key=conv(4, 1, 1)), MAP).rows[-1]
    assert weighed == Row("", "weigh", (MAP, (1, 6, 8)), (4,), macs=192, reads=(INPUT, "key"))


def test_add_and_concat() -> None:
    """A sum of n parts costs n - 1 additions a value, stacking costs none."""
    total = ledger(add(a=Seq(), b=Seq(), c=Norm(4)), MAP).rows[-1]
    assert (total.op, total.output, total.elements) == ("add", MAP, 2 * 192)
    stacked = ledger(Concat((("a", Seq()), ("b", conv(4, 2, 1)))), MAP).rows[-1]
    assert (stacked.op, stacked.output, stacked.elements) == ("concat", (6, 6, 8), 0)


def test_empty_sequence_is_the_identity() -> None:
    """The empty sequence has no rows and keeps the shape."""
    assert walk(Seq(), MAP) == Walked(MAP, INPUT, ())


def test_paths_and_stages() -> None:
    """Paths are the names on the way down; a stage is read from the first of them."""
    net = seq(
        stage2=seq(block1=add(residual=seq(conv=conv(4, 4, 3)), shortcut=Seq())), head=Norm(4)
    )
    rows = ledger(net, MAP).rows
    assert [row.path for row in rows] == ["stage2.block1.residual.conv", "stage2.block1", "head"]
    assert [row.stage for row in rows] == [2, 2, None]


def test_bytes_count_operands_results_and_parameters() -> None:
    """Bytes are four for every value read or written; identities in inference move none."""
    (row,) = ledger(conv(4, 5, 1, bias=True), MAP).rows
    assert row.bytes == 4 * (192 + 5 * 48 + 20 + 5)
    assert ledger(add(a=Seq(), b=Seq()), MAP).rows[-1].bytes == 4 * 3 * 192
    assert ledger(seq(d=Dropout(), f=Flatten()), MAP).bytes == 0


def test_views_add_up_to_the_total() -> None:
    """Stages and operators are partitions of the rows."""
    net = seq(stage1=seq(conv=conv(4, 4, 3), norm=Norm(4)), stage2=seq(conv=conv(4, 8, 3)))
    found = ledger(net, MAP)
    for groups in (found.by_stage(), found.by_op()):
        assert sum(part.params for part in groups.values()) == found.params
        assert sum(part.macs for part in groups.values()) == found.macs
    assert list(found.by_stage()) == [1, 2]
    assert found.by_op()["norm"] == Ledger((found.rows[1],))


@pytest.mark.parametrize(
    ("net", "shape", "message"),
    [
        (seq(a=seq(b=conv(3, 4, 3))), MAP, "a.b: expects 3 channels, gets 4"),
        (seq(a=Norm(5)), MAP, "a: expects 5 channels, gets 4"),
        (seq(fc=Linear(3, 2)), (4,), "fc: expects a vector of 3, gets (4,)"),
        (seq(fc=Linear(4, 2)), MAP, "fc: expects a vector of 4, gets (4, 6, 8)"),
        (seq(pool=GlobalPool()), (4,), "pool: expects a feature map, gets a vector (4,)"),
        (seq(c=Conv(4, 4, (9, 9))), MAP, "c: a window of (9, 9) does not fit a map (4, 6, 8)"),
        (seq(c=Conv(4, 4, groups=3)), MAP, "c: 4 channels do not divide into 3 groups"),
        (seq(c=Conv(4, 5, groups=2)), MAP, "c: 5 channels do not divide into 2 groups"),
        (seq(s=Shuffle(3)), MAP, "s: 4 channels do not divide into 3 groups"),
        (
            seq(p=Pool(Reduce.MAX, (2, 2), (2, 2), (2, 2))),
            MAP,
            "p: padding (2, 2) is over half of the window (2, 2)",
        ),
        (
            seq(d=Deconv(4, 4, (1, 1), (1, 1), (4, 4))),
            MAP,
            "d: padding (4, 4) leaves nothing of a map (4, 6, 8)",
        ),
        (
            seq(x=add(a=Seq(), b=conv(4, 5, 1))),
            MAP,
            "x: cannot sum the shapes (4, 6, 8), (5, 6, 8)",
        ),
        (
            seq(x=Concat((("a", Seq()), ("b", conv(4, 4, 3, stride=2))))),
            MAP,
            "x: cannot stack the shapes (4, 6, 8), (4, 3, 4)",
        ),
        (
            seq(x=gate(pool=GlobalPool(), fc=Linear(4, 2))),
            MAP,
            "x: a gate of shape (2,) does not fit a map (4, 6, 8)",
        ),
        (
            seq(x=shift(pool=GlobalPool(), fc=Linear(4, 2))),
            MAP,
            "x: a shift of shape (2,) does not fit a map (4, 6, 8)",
        ),
        (
            seq(x=weigh(conv=conv(4, 2, 1))),
            MAP,
            "x: weights of shape (2, 6, 8) do not fit a map (4, 6, 8)",
        ),
        (
            seq(x=columns(a=GlobalPool(), b=conv(4, 4, 1))),
            MAP,
            "x: no vectors of one length: (4,), (4, 6, 8)",
        ),
        (
            seq(x=add(a=GlobalPool(), b=Seq())),
            MAP,
            "x: cannot sum the shapes (4,), (4, 6, 8)",
        ),
        (seq(s=ColumnSum()), MAP, "s: expects columns side by side, gets a map (4, 6, 8)"),
        (seq(n=LayerNorm(3)), (4,), "n: expects a vector of 3, gets (4,)"),
        (Add((("a", Norm(1)),)), MAP, "a: expects 1 channels, gets 4"),
    ],
)
def test_a_layer_that_does_not_fit_is_named(net: Node, shape: Shape, message: str) -> None:
    """The error begins with the path of the offender and says what is wrong with it."""
    with pytest.raises(ShapeError) as error:
        ledger(net, shape)
    assert str(error.value) == message
    assert error.value.path == message.split(":")[0]


@pytest.mark.parametrize(
    ("size", "padding", "ceil", "count"),
    [
        (112, 0, True, 56),
        (112, 1, True, 57),
        (112, 1, False, 56),
        (113, 0, True, 56),
        (5, 1, True, 3),
    ],
)
def test_pools_count_windows_as_caffe_and_torch_do(
    size: int, padding: int, ceil: bool, count: int
) -> None:
    """A 3x3/2 pool in ceil mode gives 56 from 112, and 57 with padding 1 (`counting.md`)."""
    pool = Pool(Reduce.MAX, (3, 3), (2, 2), (padding, padding), ceil)
    assert walk(pool, (1, size, size)).shape == (1, count, count)
