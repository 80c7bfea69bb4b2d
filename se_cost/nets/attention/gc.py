"""Global context block (Cao et al., arXiv 1904.11492, section 3.3)."""

from typing import ClassVar

from se_cost.nets.attention.joins import shift, weigh
from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import RELU, Conv, Linear, Shift
from se_cost.nets.special import LayerNorm, Softmax


class GC(Kind, tag="gc"):
    """x + W2 relu(norm(W1 context)), context = sum of x over the map by softmax(W_k x)."""

    r: int = 16

    name: ClassVar[str] = "gc"
    title: ClassVar[str] = "GC"
    signature: ClassVar[tuple[str, ...]] = ("linear", "weigh", "linear", "linear", "shift")
    formula: ClassVar[str] = "Σ N·(2·C·h + C + h), h = max(1, ⌊C/r⌋)"

    def hidden(self, channels: int) -> int:
        """Return the width of the bottleneck, `channels // r` and at least 1."""
        return max(1, channels // self.r)

    def weights(self, channels: int) -> int:
        """Return the weights of W_k, W1 and W2, and the scale of the norm."""
        hidden = self.hidden(channels)
        return 2 * channels * hidden + channels + hidden

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        hidden = self.hidden(channels)
        return f"(2·{channels}·{hidden} + {channels} + {hidden})"

    def block(self, channels: int) -> Shift:
        """Return the block for maps of `channels` channels."""
        hidden = self.hidden(channels)
        return shift(
            context=weigh(key=Conv(channels, 1, bias=True), softmax=Softmax()),
            reduce=Linear(channels, hidden),
            norm=LayerNorm(hidden),
            relu=RELU,
            expand=Linear(hidden, channels),
        )
