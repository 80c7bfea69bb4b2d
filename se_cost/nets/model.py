"""A model: what every command is asked about, as one frozen value that is also its json."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from se_cost.errors import UsageError
from se_cost.nets.attention.kinds import PLAIN, Attention
from se_cost.nets.imported import NONE, Imported
from se_cost.nets.nodes import Shape
from se_cost.record import Record, replace


class StrideIn(StrEnum):
    """Which convolution of a bottleneck takes the stride of its stage."""

    CONV1X1 = "1x1"
    CONV3X3 = "3x3"


class Head(StrEnum):
    """What follows the last stage."""

    CLASSIFIER = "classifier"
    NONE = "none"  # the trunk alone, as a detector uses it


class Zoo(Record, cache_hash=True, tag_field="source", tag="zoo"):
    """A network of `family` with `attention`, for one `input` shape (channels, height, width)."""

    arch: str  # its name on the command line, for instance se_resnet50
    family: str
    input: Annotated[Shape, Meta(min_length=3, max_length=3)] = (3, 224, 224)
    classes: int = 1000  # 0 if the output is no choice among classes
    stride_in: StrideIn = StrideIn.CONV1X1
    head: Head = Head.CLASSIFIER
    width: float = 1.0  # multiplies the channels of every layer
    attention: Attention = PLAIN

    def wide(self, channels: int) -> int:
        """Return `channels` times the width, rounded, at least 1."""
        return max(1, round(channels * self.width))

    @property
    def stages(self) -> tuple[int, ...]:
        """Return the stages that hold attention."""
        return tuple(kind.stage for kind in self.attention.stages)

    @property
    def kind(self) -> str:
        """Return the kind of its attention, `none` if there is none."""
        return self.attention.stages[0].name if self.attention.stages else NONE

    @property
    def final_stage(self) -> int | None:
        """Return the last stage that holds attention, None for a plain network."""
        return max(self.stages, default=None)

    @property
    def plain(self) -> "Zoo":
        """Return the same network without attention."""
        return self.without(self.stages)

    def without(self, stages: Iterable[int]) -> "Zoo":
        """Return the same network with no attention in `stages`; the one way to make an arm."""
        dropped = frozenset(stages)
        kept = tuple(kind for kind in self.attention.stages if kind.stage not in dropped)
        if kept == self.attention.stages:
            return self
        if kept:
            return replace(self, attention=replace(self.attention, stages=kept))
        return replace(self, arch=self.family, attention=PLAIN)


Model = Zoo | Imported


def expect_model(value: object) -> Model:
    """Return a model as it is; raise UsageError for anything else, as a name alone is."""
    if isinstance(value, Zoo | Imported):
        return value
    if callable(value):  # a module, or what makes one
        name = getattr(value, "__name__", type(value).__name__)
        raise UsageError(f"a {name} is no model yet: take se_cost.model(it, (3, 224, 224))")
    example = value if isinstance(value, str) else "se_resnet50"
    raise UsageError(f"{value!r} is no model: take se_cost.model({example!r})")
