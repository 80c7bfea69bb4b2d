"""Squeeze-and-Excitation (Hu et al., arXiv 1709.01507, section 3)."""

from enum import StrEnum
from typing import ClassVar

from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import RELU, Act, Conv, Fn, Gate, GlobalPool, Linear, Reduce, gate


class Squeeze(StrEnum):
    """How a map is squeezed into a vector; NONE is the paper's NoSqueeze (its table 16)."""

    AVG = "avg"
    MAX = "max"
    NONE = "none"


GATES = (Fn.SIGMOID, Fn.RELU, Fn.TANH, Fn.HARDSIGMOID)


class SE(Kind, tag="se"):
    """s = gate(W2 relu(W1 squeeze(x))), W1: C to C // r."""

    r: int = 16
    squeeze: Squeeze = Squeeze.AVG
    gate: Fn = Fn.SIGMOID
    bias: bool = True

    name: ClassVar[str] = "se"
    title: ClassVar[str] = "SE"
    signature: ClassVar[tuple[str, ...]] = ("linear", "linear", "scale")
    formula: ClassVar[str] = "2 · Σ N·C·max(1, ⌊C/r⌋)"
    factor: ClassVar[int] = 2

    def hidden(self, channels: int) -> int:
        """Return the width of the bottleneck, `channels // r` and at least 1."""
        return max(1, channels // self.r)

    def weights(self, channels: int) -> int:
        """Return the weights of the two FCs."""
        return 2 * channels * self.hidden(channels)

    def term(self, channels: int) -> str:
        """Return half of the closed form: the factor 2 stands before the sum."""
        return f"{channels}·{self.hidden(channels)}"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of `channels` channels: squeeze, excite, scale."""
        hidden = self.hidden(channels)
        if self.squeeze == Squeeze.NONE:
            return gate(
                reduce=Conv(channels, hidden, bias=self.bias),
                relu=RELU,
                expand=Conv(hidden, channels, bias=self.bias),
                gate=Act(Fn(self.gate)),
            )
        return gate(
            squeeze=GlobalPool(Reduce(self.squeeze)),
            reduce=Linear(channels, hidden, self.bias),
            relu=RELU,
            expand=Linear(hidden, channels, self.bias),
            gate=Act(Fn(self.gate)),
        )
