"""The records of a trace, and where an operator leaves the channels."""

import pytest

from se_cost.ledger.channels import along_channels, channel_of
from se_cost.ledger.stages import area, stage_of
from se_cost.ledger.trace import Call, Op, Parameter, Trace, Value

Shape = tuple[int, ...]


@pytest.mark.parametrize(
    ("name", "before", "channel", "dims", "after", "expected"),
    [
        ("relu", (1, 8, 6, 6), 1, (), (1, 8, 6, 6), 1),
        ("permute", (1, 8, 6, 5), 1, (0, 2, 3, 1), (1, 6, 5, 8), 3),
        ("transpose", (1, 8, 36), 1, (1, 2), (1, 36, 8), 2),
        ("t", (8, 4), 1, (), (4, 8), 0),
        ("unsqueeze", (1, 8), 1, (1,), (1, 1, 8), 2),
        ("unsqueeze", (1, 8), 1, (2,), (1, 8, 1), 1),
        ("select", (1, 2, 8, 6), 2, (1,), (1, 8, 6), 1),
        ("select", (1, 8, 6), 1, (1,), (1, 6), None),
        ("stack", (1, 8, 6, 6), 1, (1,), (1, 2, 8, 6, 6), 2),
        ("mean", (1, 8, 6, 6), 1, (2, 3), (1, 8), 1),
        ("mean", (1, 6, 6, 8), 3, (1, 2), (1, 8), 1),
        ("mean", (1, 8, 6, 6), 1, (1,), (1, 6, 6), None),
        ("mean", (1, 8, 6, 6), 1, (1,), (1, 1, 6, 6), 1),
        ("mean", (1, 8, 6, 6), 1, (), (), None),
        ("expand", (8, 1, 1), 0, (), (1, 8, 6, 6), 1),
        ("view", (1, 8, 6, 6), 1, (), (1, 8, 36), 1),
        ("view", (1, 36, 8), 2, (), (36, 8), 1),
        ("view", (1, 16, 6, 6), 1, (), (1, 2, 8, 6, 6), 2),
        ("view", (1, 2, 8, 6, 6), 2, (), (1, 16, 6, 6), 1),
        ("view", (1, 8, 1, 1), 1, (), (1, 1, 8), 2),
        ("view", (1, 8, 6, 6), 1, (), (1, 288), 1),
        ("view", (1, 1, 6, 6), 1, (), (1, 1, 36), 1),
        ("view", (1, 1, 6, 6), 1, (), (36, 1, 1), 1),
        ("view", (1, 1, 6, 6), 1, (), (1, 36), None),
        ("convolution", (1, 3, 6, 6), 1, (), (1, 8, 6, 6), 1),
        ("convolution", (1, 1, 8), 2, (), (1, 1, 8), 2),
        ("relu", (1, 6), None, (), (1, 6), None),
    ],
)
def test_where_the_channels_go(
    name: str, before: Shape, channel: int | None, dims: Shape, after: Shape, expected: int | None
) -> None:
    """One operand."""
    x = Value(before, live=True, channel=channel)
    assert channel_of(name, [x], dims, after) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (Value((36, 8), live=True, channel=1), Value((8, 4)), 1),  # learned: new channels
        (Value((1, 36, 8), live=True), Value((1, 8, 4)), 2),
        (Value((4, 8)), Value((8, 36), live=True, channel=0), 0),
        (Value((1, 8, 36), live=True, channel=1), Value((1, 36, 1), live=True), 1),  # a context
        (Value((1, 36, 36), live=True), Value((1, 36, 8), live=True, channel=2), 2),  # attention
        (Value((1, 36, 8), live=True, channel=2), Value((1, 8, 36), live=True, channel=1), None),
    ],
)
def test_channels_of_a_product(a: Value, b: Value, expected: int | None) -> None:
    """The rows', the columns', new ones, or none."""
    shape = (*a.shape[:-1], b.shape[-1])
    assert channel_of("bmm" if len(shape) == 3 else "mm", [a, b], (), shape) == expected


def test_a_sum_has_the_channels_of_the_map() -> None:
    """Not those of what is spread over it."""
    vector, whole = Value((8,), channel=0), Value((1, 6, 8), live=True, channel=2)
    assert channel_of("add", [vector, whole], (), (1, 6, 8)) == 2
    assert channel_of("add", [Value((1,)), vector], (), (1, 6, 8)) == 2
    assert channel_of("arange", [], (), (3,)) is None


def test_along_channels() -> None:
    """A convolution whose input has its channels where positions are."""
    assert along_channels(Value((1, 1, 8), channel=2))
    assert not along_channels(Value((1, 8, 6), channel=1))
    assert not along_channels(Value((1, 4, 8), channel=2))
    assert not along_channels(Value((1, 1, 8)))


def test_sizes_of_a_value() -> None:
    """Channels and positions, whatever the order of dimensions."""
    for value in (Value((1, 8, 6, 5), channel=1), Value((1, 6, 5, 8), channel=3)):
        assert (value.elements, value.channels, value.positions) == (240, 8, 30)
    assert (Value((4, 9)).channels, Value((4, 9)).positions) == (1, 9)


def run(*values: Value) -> Trace:
    """Return a trace of some values, the first of which is the input."""
    ops = (Op("relu", 1, (0,), (1,), macs=6), Op("mul", 0, (1,), (2,), macs=10))
    calls = (Call(""), Call("a", parent=0))
    return Trace(values, ops, calls, (Parameter("w", 3), Parameter("b", 2)), (0,), (2,))


def test_sums_of_a_trace() -> None:
    """MACs are of one image, parameters of all."""
    trace = run(Value((2, 3, 8, 8), channel=1))
    assert (trace.batch, trace.macs, trace.macs_of([0]), trace.params) == (2, 8, 3, 5)
    assert (trace.path(0), trace.path(1), trace.params_of([1])) == ("a", "", 2)
    assert run(Value(())).batch == 1


@pytest.mark.parametrize(
    ("value", "stage"),
    [
        (Value((1, 64, 56, 56), channel=1), 2),
        (Value((1, 7, 7, 64), channel=3), 5),
        (Value((1, 197, 64), channel=2), 4),
        (Value((1, 2, 64, 28, 28), channel=2), 3),
        (Value((1, 64, 8, 14, 14), channel=1), 4),
        (Value((1, 64, 448, 448), channel=1), 0),
    ],
)
def test_stage_of_a_map(value: Value, stage: int) -> None:
    """How often the sides were halved; of a video, those of its frames."""
    assert stage_of(run(Value((1, 3, 224, 224), channel=1)), value) == stage
    assert area(value) > 1
