"""The quantities that can be held within a budget, and how people read their values."""

from collections.abc import Callable, Mapping

from se_cost.documents.baseline import Count, Entry, Figure, TimeEntry, Unit
from se_cost.measure.timing.verdict import Overhead
from se_cost.record import Record

MIB = 2**20


class Quantity(Record):
    """One of them; `key` is its word in flags and in pyproject.toml, behind `max-` and `grow-`."""

    key: Figure
    title: str
    about: str  # in the help of its limits
    unit: Unit
    count: str | None = None  # the count that it is, or is a share of; None if it is measured

    @property
    def relative(self) -> bool:
        """Return whether it is itself a share: its growth is then in percentage points."""
        return self.unit is Unit.PERCENT

    @property
    def total(self) -> bool:
        """Return whether it is a count of the whole network: such may not grow unasked."""
        return self.count is not None and not self.relative

    def of(self, entry: Entry) -> float | None:
        """Return its value for a network; None if it is measured, or was not counted."""
        count = entry.counts.get(self.count or "")
        if count is None:
            return None
        return count.percent if self.relative else count.network

    def measured(self, time: TimeEntry) -> float | None:
        """Return its value in a timed comparison; None if it is counted, or was not measured.

        An overhead without an interval was not measured.
        """
        match self.key:
            case Figure.OVERHEAD:
                return time.overhead.percent if interval(time.overhead) else None
            case Figure.PEAK_MEMORY:
                return time.network.peak_memory_bytes
            case _:
                return None

    def overhead(self, time: TimeEntry | None) -> Overhead | None:
        """Return the overhead with interval and verdict that it is a value of, if it is one."""
        found = time.overhead if time and self.key is Figure.OVERHEAD else None
        return found if found and interval(found) else None

    def parts(self, count: Count) -> Mapping[str, int]:
        """Return what it is made of, stage by stage."""
        return count.attention if self.relative else count.stages

    def shown(self, value: float) -> str:
        """Return a value with its unit."""
        return SHOWN[self.unit](value)

    def shown_change(self, value: float) -> str:
        """Return the difference of two values; shares differ by points."""
        return f"{value:.4g} points" if self.relative else self.shown(value)

    def shown_part(self, value: float) -> str:
        """Return a part of the count behind it."""
        return SHOWN[Unit.COUNT if self.relative else self.unit](value)


def interval(overhead: Overhead | None) -> str:
    """Return the interval and the verdict that an overhead is told with; empty without them."""
    if overhead is None or overhead.low is None or overhead.high is None:
        return ""
    return f"95 % interval {overhead.low:+.3g} to {overhead.high:+.3g}: {overhead.verdict}"


def percent(value: float, sign: str = "") -> str:
    """Return a change in per cent; `sign` is + for one that is always written."""
    return f"{value:{sign},.0f} %" if abs(value) >= 999.5 else f"{value:{sign}.3g} %"


def _bytes(value: float) -> str:
    return f"{value / MIB:,.2f} MiB" if abs(value) >= MIB / 10 else f"{value:,.0f} bytes"


SHOWN: Mapping[Unit, Callable[[float], str]] = {
    Unit.COUNT: lambda value: f"{value:,.0f}",
    Unit.BYTES: _bytes,
    Unit.PERCENT: lambda value: f"{value:.4g} %",
}

QUANTITIES: Mapping[Figure, Quantity] = {
    quantity.key: quantity
    for quantity in (
        Quantity(Figure.PARAMS, "parameters", "Parameters", Unit.COUNT, "params"),
        Quantity(Figure.MACS, "MACs", "MACs of one image", Unit.COUNT, "macs"),
        Quantity(
            Figure.ACTIVATIONS,
            "activations",
            "float32 bytes that layers write for one image",
            Unit.BYTES,
            "activation_bytes",
        ),
        Quantity(
            Figure.ATTENTION_PARAMS,
            "parameters added by attention",
            "% that attention adds to the parameters",
            Unit.PERCENT,
            "params",
        ),
        Quantity(
            Figure.ATTENTION_MACS,
            "MACs added by attention",
            "% that attention adds to the MACs",
            Unit.PERCENT,
            "macs",
        ),
        Quantity(
            Figure.OVERHEAD, "time overhead", "% that attention adds to the time", Unit.PERCENT
        ),
        Quantity(Figure.PEAK_MEMORY, "peak memory", "Bytes of memory", Unit.BYTES),
    )
}
