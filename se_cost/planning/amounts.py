"""What a choice costs beside the plain network: whole numbers, so that sums are exact."""

from fractions import Fraction

from se_cost.measure.machine.figures import Machine
from se_cost.planning.words import Dimension
from se_cost.record import Record

TICKS = 10**21  # of a second: a time is a whole number of these, and sums like all other costs


class Amounts(Record):
    """What some attention adds."""

    params: int = 0
    macs: int = 0
    bytes: int = 0
    saved: int = 0
    activations: int = 0
    operators: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        """Return what both add."""
        return Amounts(
            self.params + other.params,
            self.macs + other.macs,
            self.bytes + other.bytes,
            self.saved + other.saved,
            self.activations + other.activations,
            self.operators + other.operators,
        )


class Pace(Record):
    """The ticks that a byte and an operator take."""

    byte: int
    operator: int

    def ticks(self, amounts: Amounts) -> int:
        """Return the predicted time."""
        return self.byte * amounts.bytes + self.operator * amounts.operators


def pace(machine: Machine) -> Pace:
    """Return the pace of a machine."""
    return Pace(round(TICKS / Fraction(machine.bandwidth)), round(TICKS * Fraction(machine.launch)))


def seconds(ticks: int) -> float:
    """Return a time in seconds."""
    return ticks / TICKS


def amount(amounts: Amounts, dimension: Dimension, pace: Pace | None) -> int:
    """Return one cost; the time of an unknown machine is 0, and nobody may be told it."""
    if dimension is Dimension.TIME:
        return pace.ticks(amounts) if pace else 0
    found: int = getattr(amounts, dimension.value)
    return found
