"""Multi-head self-attention over positions (Srinivas et al., BoTNet, arXiv 2101.11605)."""

from typing import ClassVar, Self

from se_cost.nets.attention.joins import attend, scores
from se_cost.nets.attention.place import Kind, Place
from se_cost.nets.nodes import Attend, Conv, Size, seq
from se_cost.nets.special import RowSoftmax
from se_cost.record import replace


class MHSA(Kind, tag="mhsa"):
    """softmax(q kᵀ / √d + q rᵀ) v in every head, in the place of a 3x3 convolution.

    q, k and v are 1x1 convolutions without biases, d = C / heads, and r are learned vectors for
    the vertical and the horizontal distance of two positions, of which there are 2H - 1 and 2W - 1.
    """

    heads: int = 4
    height: int = 7  # of the map, which follows from the input
    width: int = 7

    name: ClassVar[str] = "mhsa"
    title: ClassVar[str] = "MHSA"
    signature: ClassVar[tuple[str, ...]] = ("linear", "linear", "linear", "attend")
    formula: ClassVar[str] = "Σ N·(3·C² + C/heads·(2·H + 2·W - 2) - 9·C²)"
    places: ClassVar[tuple[Place, ...]] = (Place.INSTEAD,)
    implied: ClassVar[tuple[str, ...]] = ("stage", "height", "width")

    def on(self, size: Size) -> Self:
        """Return the same for maps of a height and a width."""
        return replace(self, height=size[0], width=size[1])

    def weights(self, channels: int) -> int:
        """Return the weights of the three convolutions and of r, less those of the 3x3."""
        return self._relative(channels) - 6 * channels**2

    def term(self, channels: int) -> str:
        """Return the closed form of one block with its numbers filled in."""
        return f"(3·{channels}² + {self._relative(channels)} - 9·{channels}²)"

    def block(self, channels: int) -> Attend:
        """Return the block for maps of `channels` channels, of its height and width."""
        return attend(
            by=seq(
                scores=scores(
                    query=Conv(channels, channels),
                    key=Conv(channels, channels),
                    heads=self.heads,
                    size=(self.height, self.width),
                ),
                softmax=RowSoftmax(),
            ),
            value=Conv(channels, channels),
            heads=self.heads,
        )

    def _relative(self, channels: int) -> int:
        """Return the weights of r."""
        return channels // self.heads * (2 * self.height + 2 * self.width - 2)
