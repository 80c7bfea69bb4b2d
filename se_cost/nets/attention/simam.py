"""SimAM, attention without parameters (Yang et al., ICML 2021, equation 7)."""

from typing import ClassVar

from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import Act, Fn, Gate, gate
from se_cost.nets.special import Energy


class SimAM(Kind, tag="simam"):
    """s = sigmoid((x - mean)² / (4 (variance + λ)) + 1/2), one factor for every value."""

    lam: float = 1e-4

    name: ClassVar[str] = "simam"
    title: ClassVar[str] = "SimAM"
    signature: ClassVar[tuple[str, ...]] = ("energy", "sigmoid", "scale")
    formula: ClassVar[str] = "Σ N·0"

    def weights(self, channels: int) -> int:
        """Return that there are none."""
        return 0

    def term(self, channels: int) -> str:
        """Return the closed form of one block."""
        return "0"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of any number of channels."""
        return gate(energy=Energy(self.lam), gate=Act(Fn.SIGMOID))
