"""What several pages write alike."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec import UNSET, UnsetType

from se_cost.report.page import Cell
from se_cost.text import joined

if TYPE_CHECKING:
    from se_cost.measure.timing.statistics import Estimate
    from se_cost.measure.timing.verdict import Change, Overhead

MIB = 2**20
DIGITS = 4  # of a share, behind the point
NO_INTERVAL = "no interval"
UNMEASURED = "not measured well enough"
MORE = "--verbose prints all of it; --output FILE.md or FILE.json keeps it."

T = TypeVar("T")
C = TypeVar("C", bound="Change | Estimate")


def known(value: T | UnsetType | None) -> T | None:
    """Return a value of a document, None if the document leaves it out."""
    return None if value is UNSET else value


def shown(change: C | UnsetType | None) -> C | None:
    """Return a time, or a change of it, that may be shown; None for one without an interval."""
    change = known(change)
    return None if change is None or change.low is None or change.high is None else change


def verdict(change: "Overhead | UnsetType | None") -> str | None:
    """Return the verdict on a time, or that there is none; None where nothing was timed."""
    change = known(change)
    if change is None:
        return None
    return change.verdict if shown(change) else UNMEASURED


def owned(name: str, number: int) -> str:
    """Return a number that is that of a network: of `ResNet-50`, or of `Net without attention`."""
    return f"the {number:,} of {name}" if " " in name else f"{name}'s {number:,}"


def rounded(value: float | None) -> float | None:
    """Return a value without digits that nobody reads; a count stays as it is."""
    return value if value is None or isinstance(value, int) else round(value, DIGITS)


def listed(values: Sequence[int]) -> Cell:
    """Return the value if there is one, all of them as a text if there are several."""
    return values[0] if len(values) == 1 else joined(values) or None


def spanned(numbers: Sequence[int]) -> str:
    """Return the number if all are the same, else the least and the most."""
    least, most = min(numbers), max(numbers)
    return f"{least}" if least == most else f"{least} to {most}"


def percent(part: float | None, whole: float | None) -> float | None:
    """Return a part in per cent of the whole, None where one of them is missing."""
    return 100 * part / whole if part is not None and whole else None


def bounds(low: float | None, high: float | None, spec: str = "+.1f") -> str:
    """Return an interval as it follows its estimate: no overhead is written without."""
    if low is None or high is None:
        return f"({NO_INTERVAL})"
    return f"[{low:{spec}}, {high:{spec}}]"
