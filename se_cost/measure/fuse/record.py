"""What was done to the attention of a network; imports no torch."""

from collections.abc import Mapping
from enum import StrEnum

from se_cost.measure.timing.arms import FUSED
from se_cost.record import Record, field


class How(StrEnum):
    """How to fold the scale; a block that cannot have the form takes the best of the others."""

    AUTO = "auto"  # the form that moves the fewest bytes
    ADDCMUL = "addcmul"
    WEIGHTS = "weights"
    PRODUCT = "product"


# arms of a comparison that are fused, by their form, and the other way round
ARMS = {how: FUSED if how is How.AUTO else f"{FUSED}_{how}" for how in How}
HOWS = {arm: how for how, arm in ARMS.items()}


class SqueezeForm(StrEnum):
    """Where the map is averaged."""

    MOVED = "moved"  # before the 1x1 convolution, which the first FC absorbs
    KEPT = "kept"


class ScaleForm(StrEnum):
    """What became of the multiplication of the map by its factor."""

    ADDCMUL = "addcmul"  # one operator with the sum, or with the norm, that follows
    WEIGHTS = "weights"  # scaled weights of the convolution before or after
    PRODUCT = "product"  # the convolution as a batched matrix product, weights scaled per image
    POOLED = "pooled"  # scales what a pooling makes of the map
    IN_PLACE = "in place"  # a pass of its own, which overwrites the map
    KEPT = "kept"


class FusedBlock(Record):
    """One attention block: what it gates (channels x height x width), and what was done to it.

    An E-pass is one read or write of the gated map; both counts are those that the block adds to
    the plain network. MACs are those of the excitation, for one image.
    """

    path: str  # in the original network
    kind: str
    channels: int
    height: int
    width: int
    squeeze: SqueezeForm
    squeeze_reason: str
    scale: ScaleForm
    into: str  # path of the part that the scale was folded into, empty if there is none
    scale_reason: str
    e_passes_before: float
    e_passes_after: float
    macs_before: int
    macs_after: int

    @property
    def fused(self) -> bool:
        """Return whether anything was done to the block."""
        return self.squeeze is not SqueezeForm.KEPT or self.scale is not ScaleForm.KEPT


class TrainedBlock(Record):
    """One attention block in training: whether it was fused, with the norm before it, and why."""

    path: str
    kind: str
    fused: bool
    norm: bool
    reason: str


class Proof(Record):
    """Largest difference of the outputs over random inputs, relative to the largest output.

    In training also of the gradients, relative to the largest gradient. `float64` is that of the
    same rewriting of the network in double precision.
    """

    float64: float
    working: float
    dtype: str  # the working type, for instance float32


class Movement(Record):
    """Bytes moved and operators run in one forward pass, eager and not compiled."""

    bytes: int
    operators: int

    def __add__(self, other: "Movement") -> "Movement":
        """Return what both move and run."""
        return Movement(self.bytes + other.bytes, self.operators + other.operators)

    def __sub__(self, other: "Movement") -> "Movement":
        """Return what is moved and run beyond another."""
        return Movement(self.bytes - other.bytes, self.operators - other.operators)


class FusedStage(Record):
    """What the attention of one stage adds to the plain network, before and after it is fused.

    Norms are folded in all networks. E-passes are those of all blocks together.
    """

    stage: int | None
    blocks: int
    e_passes_before: float
    e_passes_after: float
    before: Movement
    after: Movement


class FusedTraffic(Record):
    """What the attention of a network moves in inference, before and after, by stage."""

    plain_bytes: int  # that the network moves without any
    stages: tuple[FusedStage, ...]

    @property
    def whole(self) -> FusedStage:
        """Return the sum of all stages."""
        return FusedStage(
            stage=None,
            blocks=sum(part.blocks for part in self.stages),
            e_passes_before=sum(part.e_passes_before for part in self.stages),
            e_passes_after=sum(part.e_passes_after for part in self.stages),
            before=sum((part.before for part in self.stages), Movement(0, 0)),
            after=sum((part.after for part in self.stages), Movement(0, 0)),
        )


class Done(Record):
    """What was done to the blocks of a model, and the proof."""

    proof: Proof
    blocks: tuple[FusedBlock, ...] = ()
    trained: tuple[TrainedBlock, ...] = ()  # in the place of `blocks`, if fused for training
    unread: Mapping[str, str] = field(default_factory=dict)
    others: tuple[How, ...] = ()  # that make another network of it than the rule does
    before: Movement | None = None  # of the attention: beyond the plain network; None in training
    after: Movement | None = None  # the same, fused
    any_batch: bool | None = None  # whether the saved network takes any; None if none was saved
