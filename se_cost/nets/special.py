"""Leaves that only attention is made of; most look at a whole map, or a whole vector, at once."""

from se_cost.nets.word import Word


class ChannelConv(Word):
    """Convolution along the channels of a vector, zero-padded so that their number stays."""

    kernel: int


class ColumnSum(Word):
    """Sum of the columns of a map: (C, n, 1) to (C,)."""


class GlobalStd(Word):
    """Standard deviation over the whole map, of all its values: (C, H, W) to (C,)."""


class Profiles(Word):
    """Means of the rows of a map, then those of its columns: (C, H, W) to (C, H + W, 1)."""


class Softmax(Word):
    """Softmax over the positions of each channel: those of a map then sum to one."""


class RowSoftmax(Word):
    """Softmax along the last dimension, so that every row of a map sums to one."""


class Energy(Word):
    """d / (4 (v + lam)) + 1/2, d the squared deviation of a value in its channel, v their mean.

    The mean is over one position less than there are, of which there is at least one.
    """

    lam: float


class Plus(Word):
    """Addition of a constant."""

    term: float


class LayerNorm(Word):
    """Normalisation of a vector over its values, with a scale and a shift for each."""

    channels: int


Special = (
    ChannelConv
    | ColumnSum
    | GlobalStd
    | Profiles
    | Softmax
    | RowSoftmax
    | Energy
    | Plus
    | LayerNorm
)
