"""What attention may cost: asked in a user's words, and as the whole number that is compared."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor

from se_cost.errors import UsageError
from se_cost.measure.models.costs import costs
from se_cost.measure.models.traffic import plain_traffic
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.model import Model
from se_cost.planning.amounts import TICKS
from se_cost.planning.words import CAPS, Asked, Cap, Dimension
from se_cost.record import Record


class Limit(Record):
    """A limit that was asked for, and the most that attention may then add."""

    cap: Cap
    asked: float  # per cent, seconds, bytes or a count
    at_most: int  # in the unit of the cost; a time in ticks


class PlainAmounts(Record):
    """What the plain network costs in each dimension; None where that is not known."""

    params: int
    macs: int
    bytes: int | None  # of training they are known of a model of the user's only
    saved: int
    activations: int
    ticks: int | None  # measured; a network's own time is not predicted

    def of(self, dimension: Dimension) -> int | None:
        """Return one cost."""
        name = "ticks" if dimension is Dimension.TIME else dimension.value
        found: int | None = getattr(self, name)
        return found


def plain_amounts(model: Model, settings: Settings, seconds: Fraction | None) -> PlainAmounts:
    """Return what the plain network of a model costs; `seconds` is its time, where it is known."""
    plain, moved = costs(model).plain, plain_traffic(model, settings)
    backward = 0 if settings.mode is Mode.INFER else moved.backward
    return PlainAmounts(
        params=plain.params,
        macs=plain.macs,
        bytes=None if backward is None else moved.forward + backward,
        saved=moved.saved,
        activations=plain.activation_bytes,
        ticks=None if seconds is None else floor(seconds * TICKS),
    )


def limit(word: str, asked: Asked, plain: PlainAmounts) -> Limit:
    """Return a limit in whole numbers; raise UsageError if what it is a share of is not known."""
    cap = CAPS[word]
    exact = Fraction(asked)
    of = plain.of(cap.dimension)
    if cap.share:
        if of is None:
            raise UsageError(f"--max-{word} {float(asked):g} {LACKING[cap.dimension]}")
        exact = exact * of / 100
    elif cap.whole:
        exact -= of or 0
    elif cap.dimension is Dimension.TIME:
        exact *= TICKS
    return Limit(cap, float(asked), floor(exact))


LACKING: Mapping[Dimension, str] = {
    Dimension.BYTES: (
        "needs the bytes that the plain network moves, which are known of inference only: "
        "say --max-attention-bytes, or --mode infer"
    ),
    Dimension.TIME: (
        "needs the time of the plain network: give --machine with what `se-cost explain` wrote of "
        "it in this mode and at this batch and input, or say --plain-time"
    ),
}
