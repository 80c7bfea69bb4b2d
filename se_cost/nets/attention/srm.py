"""Style-based recalibration module (Lee et al., arXiv 1903.10829, section 3)."""

from typing import ClassVar

from se_cost.nets.attention.joins import columns
from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import Act, Conv, Fn, Gate, GlobalPool, Norm, gate
from se_cost.nets.special import GlobalStd


class SRM(Kind, tag="srm"):
    """s = sigmoid(norm(w · [mean(x); standard deviation(x)])), two weights for each channel."""

    name: ClassVar[str] = "srm"
    title: ClassVar[str] = "SRM"
    signature: ClassVar[tuple[str, ...]] = ("global_std", "linear", "scale")
    formula: ClassVar[str] = "3 · Σ N·C"
    factor: ClassVar[int] = 3

    def weights(self, channels: int) -> int:
        """Return two weights for each channel, and the scale of the norm."""
        return 3 * channels

    def term(self, channels: int) -> str:
        """Return a third of the closed form: the factor 3 stands before the sum."""
        return f"{channels}"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of `channels` channels."""
        return gate(
            style=columns(mean=GlobalPool(), std=GlobalStd()),
            weigh=Conv(channels, channels, (2, 1), groups=channels),
            norm=Norm(channels),
            gate=Act(Fn.SIGMOID),
        )
