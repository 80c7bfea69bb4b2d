"""Bottleneck attention module (Park et al., arXiv 1807.06514, section 3)."""

from typing import ClassVar

from se_cost.nets.attention.joins import columns
from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import (
    RELU,
    Act,
    Conv,
    Fn,
    Gate,
    GlobalPool,
    Norm,
    Seq,
    add,
    conv,
    gate,
    seq,
)
from se_cost.nets.special import Plus


class BAM(Kind, tag="bam"):
    """s = 1 + sigmoid(norm(MLP(avg(x))) + norm(convolutions of x to one channel)).

    The paper has one block at the end of each stage but the last; here it goes where SE goes.
    """

    r: int = 16
    dilation: int = 4

    name: ClassVar[str] = "bam"
    title: ClassVar[str] = "BAM"
    signature: ClassVar[tuple[str, ...]] = (*("linear",) * 6, "add", "scale")
    formula: ClassVar[str] = "Σ N·(3·C·h + C + 18·h² + h + 1), h = max(1, ⌊C/r⌋)"

    def hidden(self, channels: int) -> int:
        """Return the width of both bottlenecks, `channels // r` and at least 1."""
        return max(1, channels // self.r)

    def weights(self, channels: int) -> int:
        """Return the weights of the MLP, of the convolutions and of both norms."""
        hidden = self.hidden(channels)
        return 3 * channels * hidden + channels + 18 * hidden**2 + hidden + 1

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        hidden = self.hidden(channels)
        return f"(3·{channels}·{hidden} + {channels} + 18·{hidden}² + {hidden} + 1)"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of `channels` channels."""
        both = add(channel=self._channel(channels), spatial=self._spatial(channels))
        return gate(both=both, gate=Act(Fn.SIGMOID), plus=Plus(1.0))

    def _channel(self, channels: int) -> Seq:
        """Return the branch that gives one number for each channel."""
        hidden = self.hidden(channels)
        return seq(
            squeeze=columns(avg=GlobalPool()),
            reduce=Conv(channels, hidden, bias=True),
            relu=RELU,
            expand=Conv(hidden, channels, bias=True),
            norm=Norm(channels),
        )

    def _spatial(self, channels: int) -> Seq:
        """Return the branch that gives one number for each position."""
        hidden = self.hidden(channels)
        return seq(
            reduce=Conv(channels, hidden, bias=True),
            conv1=conv(hidden, hidden, 3, bias=True, dilation=self.dilation),
            conv2=conv(hidden, hidden, 3, bias=True, dilation=self.dilation),
            fold=Conv(hidden, 1, bias=True),
            norm=Norm(1),
        )
