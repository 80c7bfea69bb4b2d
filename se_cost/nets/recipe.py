"""A recipe: everything that decides which network is built, as one frozen value."""

from dataclasses import dataclass, replace
from enum import StrEnum

from se_cost.nets.attention import PLAIN, Attention
from se_cost.nets.nodes import Shape


class StrideIn(StrEnum):
    """Which convolution of a bottleneck takes the stride of its stage."""

    CONV1X1 = "1x1"
    CONV3X3 = "3x3"


class Head(StrEnum):
    """What follows the last stage."""

    CLASSIFIER = "classifier"
    NONE = "none"  # the trunk alone, as a detector uses it


@dataclass(frozen=True, slots=True)
class Recipe:
    """A network of `family` with `attention`, for one `input` shape (channels, height, width)."""

    family: str
    attention: Attention = PLAIN
    input: Shape = (3, 224, 224)
    classes: int = 1000  # 0 if the output is no choice among classes
    stride_in: StrideIn = StrideIn.CONV1X1
    head: Head = Head.CLASSIFIER
    width: float = 1.0  # multiplies the channels of every layer

    @property
    def name(self) -> str:
        """Return the name as on the command line, for instance `se_resnet50`."""
        return f"se_{self.family}" if self.attention.stages else self.family

    def wide(self, channels: int) -> int:
        """Return `channels` times the width, rounded, at least 1."""
        return max(1, round(channels * self.width))

    @property
    def baseline(self) -> "Recipe":
        """Return the same recipe without attention."""
        return replace(self, attention=PLAIN)

    @property
    def final_stage(self) -> int | None:
        """Return the last stage that holds attention, None for a plain network."""
        return max((stage for stage, _ in self.attention.stages), default=None)

    @property
    def without_final_stage(self) -> "Recipe":
        """Return the same recipe with no attention in its final stage."""
        final = self.final_stage
        kept = tuple((stage, se) for stage, se in self.attention.stages if stage != final)
        return replace(self, attention=replace(self.attention, stages=kept))
