"""What `fuse` finds: the same function with attention that costs less, and what that saves."""

from msgspec import UNSET, UnsetType

from se_cost.documents.base import Document
from se_cost.documents.time import TimeDocument, timed
from se_cost.measure.fuse.record import (
    ARMS,
    HOWS,
    Done,
    FusedBlock,
    How,
    Movement,
    Proof,
    TrainedBlock,
)
from se_cost.measure.timing.arms import FUSED, IN_PLACE
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Settings
from se_cost.measure.timing.verdict import Overhead, TimeVerdict, overhead
from se_cost.nets.model import Model
from se_cost.record import Record

TOLERANCE = 1e-10  # of the double precision, relative to the largest output


class OtherForm(Record):
    """The time of one form beside that of the rule's choice, both with attention and fused."""

    how: How
    change: Overhead


class FuseDocument(Document, tag="fuse", kw_only=True):
    """What was done to each block of a network, and the proof that its function is the same."""

    recipe: Model
    settings: Settings  # for which the forms were chosen
    how: How
    blocks: tuple[FusedBlock, ...]
    unread: dict[str, str]  # modules that may hold attention of a form that is not read, and why
    proof: Proof
    trained: tuple[TrainedBlock, ...] = ()  # in the place of `blocks`, if fused for training
    before: Movement | None = None  # of the attention, beyond the plain network; null in training
    after: Movement | None = None  # the same, fused
    any_batch: bool | None = None  # whether the saved network takes any; null if none was saved
    time: TimeDocument | UnsetType = UNSET  # plain, with attention, and fused; all norms folded
    forms: tuple[OtherForm, ...] = ()  # that were timed beside the choice of the rule
    beside_in_place: Overhead | None = None  # of fused, beside plain with its sums in place, too


def fused(
    model: Model, settings: Settings, how: How, done: Done, timing: Timing | None = None
) -> FuseDocument:
    """Return what was done to the attention of a model, and what it is worth."""
    time = timed(timing) if timing else UNSET
    forms = _forms(timing) if timing else ()
    return FuseDocument(
        recipe=model,
        settings=settings,
        how=how,
        blocks=done.blocks,
        unread=dict(done.unread),
        proof=done.proof,
        trained=done.trained,
        before=done.before,
        after=done.after,
        any_batch=done.any_batch,
        time=time,
        forms=forms,
        beside_in_place=_beside_in_place(timing, how) if timing else None,
        doubts=(*map(_wrong_rule, filter(_faster, forms)), *(time.doubts if time else ())),
        disagreements=tuple(_disagreements(done.proof)),
    )


def _disagreements(proof: Proof) -> list[str]:
    if proof.float64 <= TOLERANCE:  # which nan is not
        return []
    return [f"THE OUTPUTS DISAGREE: by {proof.float64:.2g} of the largest in double precision"]


def _forms(timing: Timing) -> tuple[OtherForm, ...]:
    """Return the forms that were timed beside the choice of the rule."""
    pairs = ((how, timing.run.between(arm, FUSED)) for arm, how in HOWS.items() if arm != FUSED)
    return tuple(OtherForm(how, overhead(found)) for how, found in pairs if found)


def _beside_in_place(timing: Timing, how: How) -> Overhead | None:
    found = timing.run.between(ARMS[how], IN_PLACE)
    return overhead(found) if found else None


def _faster(form: OtherForm) -> bool:
    return form.change.verdict is TimeVerdict.FASTER


def _wrong_rule(form: OtherForm) -> str:
    change = form.change
    interval = f"95 % interval {change.low:+.1f} to {change.high:+.1f}"
    return (
        f"the rule by bytes chose wrongly here: --how {form.how} takes {change.percent:+.1f} % "
        f"time beside its choice, {interval}: {change.verdict}"
    )
