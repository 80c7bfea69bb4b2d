"""Concurrent spatial and channel squeeze and excitation (Roy et al., arXiv 1803.02579)."""

from typing import ClassVar

from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import RELU, Act, Add, Conv, Fn, GlobalPool, Linear, add, gate


class SCSE(Kind, tag="scse"):
    """x * s_c + x * s_s: s_c as SE's with r = 2, s_s = sigmoid(1x1 convolution to one channel)."""

    r: int = 2
    bias: bool = True

    name: ClassVar[str] = "scse"
    title: ClassVar[str] = "scSE"
    signature: ClassVar[tuple[str, ...]] = ("linear", "linear", "scale", "linear", "scale", "add")
    formula: ClassVar[str] = "Σ N·(2·C·max(1, ⌊C/r⌋) + C)"

    def hidden(self, channels: int) -> int:
        """Return the width of the bottleneck, `channels // r` and at least 1."""
        return max(1, channels // self.r)

    def weights(self, channels: int) -> int:
        """Return the weights of the two FCs and of the convolution."""
        return 2 * channels * self.hidden(channels) + channels

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        return f"(2·{channels}·{self.hidden(channels)} + {channels})"

    def block(self, channels: int) -> Add:
        """Return the block for maps of `channels` channels."""
        hidden = self.hidden(channels)
        return add(
            channel=gate(
                squeeze=GlobalPool(),
                reduce=Linear(channels, hidden, self.bias),
                relu=RELU,
                expand=Linear(hidden, channels, self.bias),
                gate=Act(Fn.SIGMOID),
            ),
            spatial=gate(conv=Conv(channels, 1, bias=self.bias), gate=Act(Fn.SIGMOID)),
        )
