"""Effective squeeze-and-excitation: one FC of full width (Lee and Park, arXiv 1911.06667)."""

from typing import ClassVar

from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import Act, Fn, Gate, GlobalPool, Linear, gate


class ESE(Kind, tag="ese"):
    """s = hardsigmoid(W avg(x)), W: C to C with a bias, so that no channel is reduced away."""

    name: ClassVar[str] = "ese"
    title: ClassVar[str] = "eSE"
    signature: ClassVar[tuple[str, ...]] = ("linear", "scale")
    formula: ClassVar[str] = "Σ N·C²"

    def weights(self, channels: int) -> int:
        """Return the weights of the FC."""
        return channels * channels

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        return f"{channels}²"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of `channels` channels."""
        return gate(squeeze=GlobalPool(), fc=Linear(channels, channels), gate=Act(Fn.HARDSIGMOID))
