"""The words that every network is written in.

A leaf is one layer; a join (`Seq`, `Add`, `Concat`, `Gate`) says how its parts are put together.
A word carries no cost and no torch code: those are readings of it, each a `match` over `Node`.

Shapes leave out the batch: a feature map is (channels, height, width), a vector (channels,).
"""

from se_cost.nets.functions import Fn as Fn
from se_cost.nets.functions import Interpolation as Interpolation
from se_cost.nets.functions import Reduce as Reduce
from se_cost.nets.functions import Shape as Shape
from se_cost.nets.functions import Size as Size
from se_cost.nets.special import Special
from se_cost.nets.word import Word


class Conv(Word):
    """Convolution, zero-padded by `padding` on both sides."""

    c_in: int
    c_out: int
    kernel: Size = (1, 1)
    stride: Size = (1, 1)
    padding: Size = (0, 0)
    groups: int = 1
    bias: bool = False
    dilation: Size = (1, 1)


class Deconv(Word):
    """Transposed convolution: every input value is spread over a window of the output."""

    c_in: int
    c_out: int
    kernel: Size
    stride: Size
    padding: Size = (0, 0)
    bias: bool = False


class Norm(Word):
    """Batch normalisation with a scale and a shift per channel."""

    channels: int


class Act(Word):
    """Activation function."""

    fn: Fn


class Pool(Word):
    """Pooling over a sliding window; `ceil` keeps a last window that overhangs, as Caffe does."""

    reduce: Reduce
    kernel: Size
    stride: Size
    padding: Size = (0, 0)
    ceil: bool = False
    counts_padding: bool = True  # whether a mean counts the zeros of the padding


class GlobalPool(Word):
    """Pooling over the whole map: (C, H, W) to (C,)."""

    reduce: Reduce = Reduce.AVG


class ChannelPool(Word):
    """Pooling over the channels at each position: (C, H, W) to (1, H, W)."""

    reduce: Reduce = Reduce.AVG


class Linear(Word):
    """Fully connected layer on a vector."""

    c_in: int
    c_out: int
    bias: bool = True


class Upsample(Word):
    """Enlargement of a map by a whole factor."""

    factor: int
    mode: Interpolation = Interpolation.NEAREST


class Shuffle(Word):
    """Channel shuffle: read (groups, C/groups) as its transpose."""

    groups: int


class Scale(Word):
    """Multiplication by a constant."""

    factor: float


class Pad(Word):
    """Channels of zeros after those of the map: (C, H, W) to (C + channels, H, W)."""

    channels: int


class Flatten(Word):
    """The map as a vector: (C, H, W) to (C*H*W,)."""


class Dropout(Word):
    """Random zeros in training, nothing in inference."""

    p: float = 0.5


Children = tuple[tuple[str, "Node"], ...]


class Seq(Word):
    """One part after another; the empty one is the identity."""

    children: Children = ()


class Add(Word):
    """Parallel parts, summed; a map of one channel or one position stands for all of them."""

    children: Children


class Concat(Word):
    """Parallel parts, stacked along the channels."""

    children: Children


class Columns(Word):
    """Parallel parts that make vectors, side by side as a map: n times (C,) to (C, n, 1)."""

    children: Children


class Gate(Word):
    """`x * f(x)`, where f is the parts one after another and f(x) is broadcast over the map."""

    children: Children


class Shift(Word):
    """`x + f(x)`, where f(x) is a vector that is broadcast over the map."""

    children: Children


class Weigh(Word):
    """Sum of `x * f(x)` over the positions, f(x) one number for each: (C, H, W) to (C,)."""

    children: Children


class Cross(Word):
    """`x * f(x) * g(x)`, f(x) for each row of the map and g(x) for each column, of every channel.

    The parts: `shared` makes (c, H + W, 1) of the map, `height` f(x), (C, H, 1), of the first H
    positions of that, and `width` g(x), (C, W, 1), of the others.
    """

    children: Children


class Stretch(Word):
    """f(x), enlarged to the height and the width of x: every position copies the nearest."""

    children: Children


class Scores(Word):
    """How well each position fits every other, by heads: (C, H, W) to (heads, H*W, H*W).

    The parts make the queries q and the keys k, maps (C, H, W) whose channels are divided among
    the heads. The score is q·k / √(C/heads) + q·(a + b), with a learned vector a for the vertical
    distance of two positions of a map of `size` (H, W), and b for the horizontal one.
    """

    children: Children
    heads: int
    channels: int
    size: Size


class Attend(Word):
    """Sums of the values of all positions, for each of them: (C, H, W) to (C, H, W).

    The parts: `by` makes the weights (heads, H*W, H*W), `value` the values (C, H, W).
    """

    children: Children
    heads: int


Layer = Conv | Deconv | Norm | Act | Pool | GlobalPool | ChannelPool | Linear
Shaping = Upsample | Shuffle | Scale | Pad | Flatten | Dropout
Leaf = Layer | Special | Shaping
Join = Seq | Add | Concat | Columns | Gate | Shift | Weigh | Cross | Stretch | Scores | Attend
Node = Leaf | Join

IDENTITY = Seq()
RELU = Act(Fn.RELU)


def seq(**parts: Node) -> Seq:
    """Put named parts one after another."""
    return Seq(tuple(parts.items()))


def add(**parts: Node) -> Add:
    """Sum named parallel parts."""
    return Add(tuple(parts.items()))


def gate(**parts: Node) -> Gate:
    """Multiply the input by what the named parts, one after another, make of it."""
    return Gate(tuple(parts.items()))


def conv(
    c_in: int,
    c_out: int,
    kernel: int,
    *,
    stride: int = 1,
    groups: int = 1,
    bias: bool = False,
    dilation: int = 1,
) -> Conv:
    """Return a square convolution whose padding keeps the size at stride 1."""
    k, s, p, d = ((n, n) for n in (kernel, stride, dilation * (kernel // 2), dilation))
    return Conv(c_in, c_out, k, s, p, groups, bias, d)
