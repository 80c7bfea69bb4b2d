"""The quantities that can be held within a budget, and how people read their values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from se_cost.report.gate.entry import ACTIVATIONS, MACS, PARAMS, Count, Entry, Time

MIB = 2**20


class Unit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    BYTES = "bytes"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One of them; `key` is its word in flags and in pyproject.toml, behind `max-` and `grow-`."""

    key: str
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

    def measured(self, time: Time) -> float | None:
        """Return its value in a timed comparison; None if it is counted, or was not measured."""
        return {OVERHEAD: time.percent, MEMORY: time.peak_memory}.get(self)

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


def percent(value: float, sign: str = "") -> str:
    """Return a change in per cent; `sign` is + for one that is always written."""
    return f"{value:{sign},.0f} %" if abs(value) >= 1000 else f"{value:{sign}.3g} %"


def _bytes(value: float) -> str:
    return f"{value / MIB:,.2f} MiB" if abs(value) >= MIB / 10 else f"{value:,.0f} bytes"


SHOWN: Mapping[Unit, Callable[[float], str]] = {
    Unit.COUNT: lambda value: f"{value:,.0f}",
    Unit.BYTES: _bytes,
    Unit.PERCENT: lambda value: f"{value:.4g} %",
}

OVERHEAD = Quantity(
    "overhead-percent", "time overhead", "% that attention adds to the time", Unit.PERCENT
)
MEMORY = Quantity("peak-memory", "peak memory", "Bytes of memory", Unit.BYTES)
QUANTITIES: Mapping[str, Quantity] = {
    quantity.key: quantity
    for quantity in (
        Quantity("params", "parameters", "Parameters", Unit.COUNT, PARAMS),
        Quantity("macs", "MACs", "MACs of one image", Unit.COUNT, MACS),
        Quantity(
            "activation-bytes",
            "activations",
            "float32 bytes that layers write for one image",
            Unit.BYTES,
            ACTIVATIONS,
        ),
        Quantity(
            "attention-params-percent",
            "parameters added by attention",
            "% that attention adds to the parameters",
            Unit.PERCENT,
            PARAMS,
        ),
        Quantity(
            "attention-macs-percent",
            "MACs added by attention",
            "% that attention adds to the MACs",
            Unit.PERCENT,
            MACS,
        ),
        OVERHEAD,
        MEMORY,
    )
}
