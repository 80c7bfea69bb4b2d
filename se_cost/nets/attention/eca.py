"""Efficient channel attention: a convolution along the channels (Wang et al., arXiv 1910.03151)."""

from math import log2
from typing import ClassVar

from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import Act, Fn, Gate, GlobalPool, gate
from se_cost.nets.special import ChannelConv


class ECA(Kind, tag="eca"):
    """s = sigmoid(conv_k(avg(x))), a convolution over k neighbouring channels, without a bias."""

    name: ClassVar[str] = "eca"
    title: ClassVar[str] = "ECA"
    signature: ClassVar[tuple[str, ...]] = ("channel_conv", "scale")
    formula: ClassVar[str] = "Σ N·k"

    def kernel(self, channels: int) -> int:
        """Return k, the odd number at or above ⌊log2(C)/2 + 1/2⌋ (equation 12: γ = 2, b = 1)."""
        k = int(abs(log2(channels) / 2 + 1 / 2))
        return k if k % 2 else k + 1

    def weights(self, channels: int) -> int:
        """Return the weights of the convolution."""
        return self.kernel(channels)

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        return f"{self.kernel(channels)}"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of `channels` channels."""
        conv = ChannelConv(self.kernel(channels))
        return gate(squeeze=GlobalPool(), conv=conv, gate=Act(Fn.SIGMOID))
