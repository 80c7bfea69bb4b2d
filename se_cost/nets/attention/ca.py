"""Coordinate attention (Hou et al., arXiv 2103.02907, section 3.2)."""

from typing import ClassVar

from se_cost.nets.attention.joins import cross
from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import Act, Conv, Cross, Fn, Norm, seq
from se_cost.nets.special import Profiles

LEAST = 8  # channels of the bottleneck


class CA(Kind, tag="ca"):
    """x * sigmoid(F_h f_h) * sigmoid(F_w f_w), f = hardswish(norm(F_1 [x by rows; x by columns])).

    The means of the rows and of the columns go through F_1 side by side; f_h and f_w are their
    parts of f. The least width, r, the biases and hardswish are those of the authors' code.
    """

    r: int = 32

    name: ClassVar[str] = "ca"
    title: ClassVar[str] = "CA"
    signature: ClassVar[tuple[str, ...]] = ("linear", "linear", "linear", "cross")
    formula: ClassVar[str] = "Σ N·(3·C·h + h), h = max(8, ⌊C/r⌋)"

    def hidden(self, channels: int) -> int:
        """Return the width of the bottleneck, `channels // r` and at least `LEAST`."""
        return max(LEAST, channels // self.r)

    def weights(self, channels: int) -> int:
        """Return the weights of the three convolutions, and the scale of the norm."""
        hidden = self.hidden(channels)
        return 3 * channels * hidden + hidden

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        hidden = self.hidden(channels)
        return f"(3·{channels}·{hidden} + {hidden})"

    def block(self, channels: int) -> Cross:
        """Return the block for maps of `channels` channels."""
        hidden = self.hidden(channels)
        shared = seq(
            squeeze=Profiles(),
            reduce=Conv(channels, hidden, bias=True),
            norm=Norm(hidden),
            act=Act(Fn.HARDSWISH),
        )
        sides = seq(conv=Conv(hidden, channels, bias=True), gate=Act(Fn.SIGMOID))
        return cross(shared=shared, height=sides, width=sides)
