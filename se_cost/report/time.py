"""How much slower attention makes a network, with an interval, and how far to trust it."""

from dataclasses import asdict

from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.measure.stats import Estimate
from se_cost.nets.registry import title
from se_cost.report.page import Cell, Column, Data, Page, Table
from se_cost.report.recipes import described, document

QUICK = "quick: one process, not for quoting; another run may differ by more than the interval"
NOT_WARM = "the timings had not become steady before the measurement began: raise --max-time"
NOT_COMPLETE = "the time ran out before all comparisons were made: raise --max-time"
INTERRUPTED = "interrupted: this is what was finished"
RESTLESS = "the null does not hold zero: something else kept the machine busy; close it and repeat"
TOO_FEW = "too few comparisons for a 95 % interval, which takes 6 of each network"

COLUMNS = (
    Column("network"),
    Column("median ms", ".2f"),
    Column("images/s", ".1f"),
    Column("overhead %", "+.2f"),
    Column("low", "+.2f"),
    Column("high", "+.2f"),
    Column("verdict"),
)
NOISE_COLUMNS = (
    Column("check"),
    Column("change %", "+.2f"),
    Column("low", "+.2f"),
    Column("high", "+.2f"),
    Column("what it should be"),
)


def page(timing: Timing) -> Page:
    """Return the page for one timed comparison."""
    tables = (
        Table(heading(timing), COLUMNS, tuple(_row(timing, arm) for arm in timing.arms)),
        Table("The noise of this run", NOISE_COLUMNS, tuple(_noise(timing))),
    )
    return Page(_lines(timing), tables, _data(timing), tuple(_warnings(timing)))


def heading(timing: Timing) -> str:
    """Return what was run, on what."""
    settings, where = timing.settings, timing.environment
    images = "one image" if settings.batch == 1 else f"{settings.batch} images"
    what = {"infer": "inference", "train": "forward and backward pass"}[settings.mode.value]
    return (
        f"{what.capitalize()} of {images}, {settings.dtype.value}, {settings.layout.value}, on "
        f"{where['device_name']} ({where['threads']} threads, torch {where['torch']})"
    )


def name(timing: Timing, arm: str) -> str:
    """Return the name of an arm as people read it."""
    if arm == BASELINE:
        return title(timing.recipe.baseline)
    if arm == NETWORK:
        return title(timing.recipe)
    return f"without stage {timing.recipe.final_stage}"


def sentence(timing: Timing) -> str:
    """Return the overhead of attention in one sentence."""
    overhead = timing.overhead(NETWORK)
    change = overhead.percent
    if change.low is None:
        interval = "no interval"
    else:
        interval = f"95 % interval {change.low:+.2f} to {change.high:+.2f}"
    plain = name(timing, BASELINE)
    return f"{change.value:+.2f} % time beside {plain} ({interval}): {overhead.verdict}."


def _lines(timing: Timing) -> tuple[str, ...]:
    return (f"{described(timing.recipe)}: {sentence(timing)}", QUICK)


def _row(timing: Timing, arm: str) -> tuple[Cell, ...]:
    speed = (name(timing, arm), timing.median_ms(arm), timing.images_per_second(arm))
    if arm == BASELINE:
        return (*speed, None, None, None, None)
    overhead = timing.overhead(arm)
    return (*speed, *_bounds(overhead.percent), overhead.verdict)


def _noise(timing: Timing) -> list[tuple[Cell, ...]]:
    return [
        ("null (A/A)", *_bounds(timing.null), "0: the same network against itself"),
        ("drift", *_bounds(timing.drift), "any: cancelled; the machine's change of speed"),
    ]


def _bounds(change: Estimate) -> tuple[Cell, Cell, Cell]:
    return (change.value, change.low, change.high)


def _warnings(timing: Timing) -> list[str]:
    samples, change = timing.samples, timing.overhead(NETWORK).percent
    causes = {
        INTERRUPTED: samples.interrupted,
        NOT_COMPLETE: not samples.complete and not samples.interrupted,
        NOT_WARM: not samples.warm,
        RESTLESS: not _holds_zero(timing.null),
        TOO_FEW: change.low is None,
    }
    return [warning for warning, holds in causes.items() if holds]


def _holds_zero(change: Estimate) -> bool:
    """Return whether an interval holds zero; one that is not there might."""
    return change.low is None or change.high is None or change.low <= 0 <= change.high


def _data(timing: Timing) -> Data:
    arms = {arm: _arm_data(timing, arm) for arm in timing.arms}
    samples = timing.samples
    return document("time", timing.recipe) | {
        "quick": True,
        "settings": asdict(timing.settings),
        "baseline": arms[BASELINE],
        "network": arms.get(NETWORK),
        "overhead": arms[NETWORK]["overhead"],
        "final_stage": timing.recipe.final_stage,
        "without_final_stage": arms.get(TRIMMED),
        "null": _estimate_data(timing.null),
        "drift": _estimate_data(timing.drift),
        "samples": {
            "iterations": samples.iterations,
            "warm": samples.warm,
            "complete": samples.complete,
            "interrupted": samples.interrupted,
            "preempted": timing.preempted,
            "quads": [asdict(quad) for quad in samples.quads],
        },
        "environment": timing.environment,
    }


def _arm_data(timing: Timing, arm: str) -> Data:
    data: Data = {
        "median_ms": timing.median_ms(arm),
        "images_per_second": timing.images_per_second(arm),
    }
    if arm != BASELINE:
        overhead = timing.overhead(arm)
        data["overhead"] = _estimate_data(overhead.percent) | {"verdict": overhead.verdict}
    return data


def _estimate_data(change: Estimate) -> Data:
    return {"percent": change.value, "low": change.low, "high": change.high}
