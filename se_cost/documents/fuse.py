"""What `fuse` finds: the same function with attention that costs less, and what that saves."""

from collections.abc import Mapping, Sequence

from msgspec import UNSET, UnsetType

from se_cost.documents.base import Document
from se_cost.documents.time import TimeDocument, timed
from se_cost.measure.fuse.record import FusedBlock, How, Proof
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model

TOLERANCE = 1e-10  # of the double precision, relative to the largest output


class FuseDocument(Document, tag="fuse", kw_only=True):
    """What was done to each block of a network, and the proof that its function is the same."""

    recipe: Model
    settings: Settings  # for which the forms were chosen
    how: How
    blocks: tuple[FusedBlock, ...]
    unread: dict[str, str]  # modules that may hold attention of a form that is not read, and why
    proof: Proof
    time: TimeDocument | UnsetType = UNSET  # plain, with attention, and fused; all norms folded


def fused(
    model: Model,
    settings: Settings,
    how: How,
    blocks: Sequence[FusedBlock],
    unread: Mapping[str, str],
    proof: Proof,
    timing: Timing | None = None,
) -> FuseDocument:
    """Return what was done to the attention of a model, and what it is worth."""
    time = timed(timing) if timing else UNSET
    wrong = []
    if not proof.float64 <= TOLERANCE:
        wrong.append(
            f"THE OUTPUTS DISAGREE: by {proof.float64:.2g} of the largest in double precision"
        )
    return FuseDocument(
        recipe=model,
        settings=settings,
        how=how,
        blocks=tuple(blocks),
        unread=dict(unread),
        proof=proof,
        time=time,
        doubts=() if isinstance(time, UnsetType) else time.doubts,
        disagreements=tuple(wrong),
    )
