"""Gather-excite (Hu et al., arXiv 1810.12348, section 3)."""

from typing import ClassVar

from se_cost.nets.attention.joins import stretch
from se_cost.nets.attention.place import Kind
from se_cost.nets.nodes import RELU, Act, Fn, Gate, GlobalPool, Node, Norm, Pool, Reduce, conv, gate

EXTENTS = {0: 0, 2: 1, 4: 2, 8: 3}  # and how many convolutions of stride 2 gather over each
WIDEST = max(EXTENTS.values())


class GE(Kind, tag="ge"):
    """s = sigmoid(gather(x)), enlarged to the map by copying.

    GE-θ- gathers by a mean over 2e - 1 positions at every e-th, e the extent, or over the whole
    map where that is 0; it has no parameters. GE-θ gathers by depthwise 3x3 convolutions of stride
    2, with a norm after each and a ReLU between.
    """

    extent: int = 0
    theta: bool = False

    name: ClassVar[str] = "ge"
    title: ClassVar[str] = "GE"
    signature: ClassVar[tuple[str, ...]] = ("global_avg_pool", "sigmoid", "scale")
    variants: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("avg_pool", "stretch", "sigmoid", "scale"),
        *((*("linear",) * n, "stretch", "scale") for n in range(1, WIDEST + 1)),
    )
    formula: ClassVar[str] = "Σ N·10·C·n, n convolutions that gather"

    def __post_init__(self) -> None:
        """Raise ValueError for an extent that cannot be gathered over."""
        if self.extent not in EXTENTS:
            raise ValueError(f"extent {self.extent} is none of 0 (the whole map), 2, 4, 8")
        if self.theta and not self.extent:
            raise ValueError("theta gathers by convolutions of stride 2: take extent 2, 4 or 8")

    @property
    def convolutions(self) -> int:
        """Return how many convolutions gather."""
        return EXTENTS[self.extent] if self.theta else 0

    def weights(self, channels: int) -> int:
        """Return the weights of the depthwise convolutions, and the scales of their norms."""
        return 10 * channels * self.convolutions

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        return f"10·{channels}·{self.convolutions}"

    def block(self, channels: int) -> Gate:
        """Return the block for maps of `channels` channels."""
        sigmoid = Act(Fn.SIGMOID)
        if not self.extent:
            return gate(squeeze=GlobalPool(), gate=sigmoid)
        gather = stretch(**self._convolved(channels)) if self.theta else stretch(mean=self._mean())
        return gate(gather=gather, gate=sigmoid)

    def _mean(self) -> Pool:
        """Return the mean around every e-th position, of those that are within the map."""
        e = self.extent
        return Pool(
            Reduce.AVG, (2 * e - 1, 2 * e - 1), (e, e), (e - 1, e - 1), counts_padding=False
        )

    def _convolved(self, channels: int) -> dict[str, Node]:
        """Return the convolutions, each with its norm, and a ReLU after all but the last."""
        parts: dict[str, Node] = {}
        for i in range(1, self.convolutions + 1):
            parts[f"conv{i}"] = conv(channels, channels, 3, stride=2, groups=channels)
            parts[f"norm{i}"] = Norm(channels)
            parts |= {f"relu{i}": RELU} if i < self.convolutions else {}
        return parts
