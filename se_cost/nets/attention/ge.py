"""Gather-excite without parameters (Hu et al., arXiv 1810.12348, section 3): GE-θ-."""

from typing import ClassVar

from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import Act, Fn, Gate, GlobalPool, gate


class GE(Kind, tag="ge"):
    """s = sigmoid(avg(x)), gathered over the whole map."""

    name: ClassVar[str] = "ge"
    title: ClassVar[str] = "GE"
    signature: ClassVar[tuple[str, ...]] = ("global_avg_pool", "sigmoid", "scale")
    formula: ClassVar[str] = "Σ N·0"

    def weights(self, channels: int) -> int:
        """Return that there are none."""
        return 0

    def term(self, channels: int) -> str:
        """Return the closed form of one block."""
        return "0"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of any number of channels."""
        return gate(squeeze=GlobalPool(), gate=Act(Fn.SIGMOID))
