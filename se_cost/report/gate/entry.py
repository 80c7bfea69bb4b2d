"""What is known of one network: its recipe, what was counted of it, and what was timed.

A baseline, and the documents of `check`, `params`, `flops`, `time` and `report`, are all read into
entries, so that any two of them can be compared.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache

from se_cost.ledger.compare import Comparison, compare
from se_cost.ledger.rows import Ledger
from se_cost.measure.settings import Settings
from se_cost.nets.attention import SE, Attention, Place, Squeeze
from se_cost.nets.nodes import Fn
from se_cost.nets.recipe import Head, Recipe, StrideIn
from se_cost.report.gate.reading import Part
from se_cost.report.page import Data
from se_cost.report.recipes import recipe_data

PARAMS, MACS, ACTIVATIONS = "params", "macs", "activation_bytes"
COUNTED: Mapping[str, Callable[[Ledger], int]] = {
    PARAMS: lambda ledger: ledger.params,
    MACS: lambda ledger: ledger.macs,
    ACTIVATIONS: lambda ledger: ledger.activation_bytes,
}
HEAD = "head"  # the rows that belong to no stage
ELSEWHERE = ("device", "threads", "seed")  # settings: in the environment, or without influence
ALWAYS = ("mode", "batch", "dtype", "layout")  # settings that are told even if they are as usual
USUAL = asdict(Settings())


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted of a network, of the plain one, and of each of its stages.

    `stages` are of the whole network, `attention` is what attention adds to them; a document that
    does not say leaves them empty.
    """

    network: int
    plain: int
    stages: Mapping[str, int]
    attention: Mapping[str, int]

    @property
    def percent(self) -> float:
        """Return what attention adds, in per cent of the plain network."""
        return 100 * (self.network - self.plain) / self.plain

    @property
    def data(self) -> Data:
        """Return it as json holds it."""
        return {
            "network": self.network,
            "plain": self.plain,
            "stages": dict(self.stages),
            "attention": dict(self.attention),
        }


@dataclass(frozen=True, slots=True)
class Time:
    """One timed comparison: what it depends on, and what came out of it."""

    settings: Mapping[str, object]
    environment: Mapping[str, object]
    medians: tuple[float, float]  # ms, of the plain network and of the network
    percent: float  # overhead
    low: float | None
    high: float | None
    verdict: str
    peak_memory: int | None  # bytes, of the network
    final_stage: int | None = None  # with attention
    trimmed: float | None = None  # overhead without it, if that was timed too

    @property
    def where(self) -> dict[str, object]:
        """Return all that must be the same for two times to be comparable."""
        return self.told | dict(self.environment)

    @property
    def told(self) -> dict[str, object]:
        """Return the settings that matter; older documents do not name all that are as usual."""
        return {
            name: value
            for name, value in self.settings.items()
            if name in ALWAYS or (name not in ELSEWHERE and value != USUAL.get(name))
        }

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the bounds of the overhead; None if the verdict is not conclusive."""
        if self.low is None or self.high is None or self.verdict == "inconclusive":
            return None
        return self.low, self.high

    @property
    def data(self) -> Data:
        """Return it as json holds it, under the keys that `time` writes."""
        memory = {} if self.peak_memory is None else {"peak_memory_bytes": self.peak_memory}
        return {
            "settings": self.told,
            "environment": dict(self.environment),
            "baseline": {"median_ms": self.medians[0]},
            "network": {"median_ms": self.medians[1]} | memory,
            "overhead": {
                "percent": self.percent,
                "low": self.low,
                "high": self.high,
                "verdict": self.verdict,
            },
        }


@dataclass(frozen=True)
class Entry:
    """One network: its recipe as json holds it, its counts by name, and its times."""

    recipe: Data
    counts: Mapping[str, Count]
    times: tuple[Time, ...] = ()

    @property
    def data(self) -> Data:
        """Return it as json holds it."""
        counts = {name: count.data for name, count in self.counts.items()}
        times = {"times": [time.data for time in self.times]} if self.times else {}
        return {"recipe": self.recipe} | counts | times

    @cached_property
    def rebuilt(self) -> Comparison | None:
        """Return the ledgers of the recipe, if this se-cost knows it and counts the same."""
        whole = _compared(self.recipe)
        if whole is None:
            return None
        for name, count in self.counts.items():
            ours = COUNTED[name](whole.network), COUNTED[name](whole.baseline)
            if ours != (count.network, count.plain):
                return None
        return whole


@lru_cache(maxsize=1024)
def counted(recipe: Recipe) -> Entry:
    """Return what the ledger says of a recipe."""
    whole = compare(recipe)
    stages, added = _by_stage(whole.network), _by_stage(whole.attention)
    return Entry(recipe_data(recipe), {name: _count(name, stages, added) for name in COUNTED})


def _by_stage(ledger: Ledger) -> dict[str, Ledger]:
    return {stage_name(stage): part for stage, part in ledger.by_stage().items()}


def stage_name(stage: int | None) -> str:
    """Return the name of a stage as documents have it: that of the submodule."""
    return HEAD if stage is None else f"stage{stage}"


def _count(name: str, stages: Mapping[str, Ledger], added: Mapping[str, Ledger]) -> Count:
    of = COUNTED[name]
    whole = {stage: of(part) for stage, part in stages.items()}
    attention = {stage: of(part) for stage, part in added.items()}
    network = sum(whole.values())
    return Count(network, network - sum(attention.values()), whole, attention)


def with_times(entry: Entry, older: Entry | None) -> Entry:
    """Return an entry that keeps the older times of its recipe, where it has none like them."""
    if older is None or older.recipe != entry.recipe:
        return entry
    newer = [time.where for time in entry.times]
    kept = [time for time in older.times if time.where not in newer]
    times = sorted((*entry.times, *kept), key=lambda time: str(sorted(time.where.items())))
    return replace(entry, times=tuple(times))


def read_entry(part: Part) -> Entry:
    """Return the entry that stands in a baseline or in a document of `check`."""
    counts = {name: part.maybe(name, read_count) for name in COUNTED}
    return Entry(
        recipe=part["recipe"].table(),
        counts={name: count for name, count in counts.items() if count},
        times=tuple(map(read_time, part.maybe("times", Part.list) or ())),
    )


def read_count(part: Part) -> Count:
    """Return a count, with all its stages."""
    plain = part["plain"].count() or part["plain"].fail("is 0: nothing can be compared with it")
    return Count(
        network=part["network"].count(),
        plain=plain,
        stages={stage: value.count() for stage, value in part["stages"].parts().items()},
        attention={stage: value.count() for stage, value in part["attention"].parts().items()},
    )


def read_time(part: Part) -> Time:
    """Return a time, from a baseline or from a document of `time`."""
    overhead, network = part["overhead"], part["network"]
    return Time(
        settings=part["settings"].table(),
        environment=part["environment"].table(),
        medians=(part["baseline"]["median_ms"].number(), network["median_ms"].number()),
        percent=overhead["percent"].number(),
        low=overhead.maybe("low", Part.number),
        high=overhead.maybe("high", Part.number),
        verdict=overhead["verdict"].text(),
        peak_memory=network.maybe("peak_memory_bytes", Part.count),
        final_stage=part.maybe("final_stage", Part.count),
        trimmed=part.maybe("without_final_stage", _overhead),
    )


def _overhead(arm: Part) -> float:
    return arm["overhead"]["percent"].number()


def _compared(data: Data) -> Comparison | None:
    """Return the ledgers of a recipe that json holds; None if it is not one of this se-cost's."""
    try:
        recipe = _recipe(data)
        known = recipe_data(recipe)
        if any(known[key] != value for key, value in data.items()):
            return None
        return compare(recipe)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
        return None  # made by another version, or by hand


def _recipe(data: Data) -> Recipe:
    """Return the recipe; what an old document does not name was as usual then."""
    attention, usual = data["attention"], Recipe("")
    stages = tuple((int(stage["stage"]), _se(stage)) for stage in attention["stages"])
    return Recipe(
        family=data["family"],
        attention=Attention(stages, Place(attention["place"])),
        input=tuple(map(int, data["input"])),
        classes=int(data["classes"]),
        stride_in=StrideIn(data.get("stride_in", usual.stride_in)),
        head=Head(data.get("head", usual.head)),
        width=float(data.get("width", usual.width)),
    )


def _se(stage: Data) -> SE:
    bias = bool(stage["bias"])
    return SE(int(stage["r"]), Squeeze(stage["squeeze"]), Fn(stage["gate"]), bias)
