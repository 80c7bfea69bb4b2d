"""Convolutional block attention module (Woo et al., arXiv 1807.06521, section 3)."""

from typing import ClassVar

from se_cost.nets.attention.joins import columns
from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import (
    RELU,
    Act,
    ChannelPool,
    Concat,
    Conv,
    Fn,
    GlobalPool,
    Reduce,
    Seq,
    conv,
    gate,
    seq,
)
from se_cost.nets.special import ColumnSum


class CBAM(Kind, tag="cbam"):
    """First the channels: s = sigmoid(MLP(avg(x)) + MLP(max(x))), one MLP for both.

    Then the positions of the result: s = sigmoid(conv([mean; max] of the channels)), no bias.
    """

    r: int = 16
    kernel: int = 7
    bias: bool = True

    name: ClassVar[str] = "cbam"
    title: ClassVar[str] = "CBAM"
    signature: ClassVar[tuple[str, ...]] = ("linear", "linear", "scale", "linear", "scale")
    formula: ClassVar[str] = "Σ N·(2·C·max(1, ⌊C/r⌋) + 2·k²)"

    def hidden(self, channels: int) -> int:
        """Return the width of the bottleneck, `channels // r` and at least 1."""
        return max(1, channels // self.r)

    def weights(self, channels: int) -> int:
        """Return the weights of the MLP and of the convolution over two maps."""
        return 2 * channels * self.hidden(channels) + 2 * self.kernel**2

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        return f"(2·{channels}·{self.hidden(channels)} + 2·{self.kernel}²)"

    def block(self, channels: int) -> Seq:
        """Return the block; 1x1 convolutions are the MLP of both vectors side by side."""
        hidden = self.hidden(channels)
        return seq(
            channel=gate(
                squeeze=columns(avg=GlobalPool(), max=GlobalPool(Reduce.MAX)),
                reduce=Conv(channels, hidden, bias=self.bias),
                relu=RELU,
                expand=Conv(hidden, channels, bias=self.bias),
                sum=ColumnSum(),
                gate=Act(Fn.SIGMOID),
            ),
            spatial=gate(
                squeeze=Concat((("avg", ChannelPool()), ("max", ChannelPool(Reduce.MAX)))),
                conv=conv(2, 1, self.kernel),
                gate=Act(Fn.SIGMOID),
            ),
        )
