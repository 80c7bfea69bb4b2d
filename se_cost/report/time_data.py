"""The json document of a timed comparison."""

from dataclasses import asdict

from se_cost.measure.compared import dropped
from se_cost.measure.exchange import Exchange
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.measure.run import Process
from se_cost.measure.stats import Estimate
from se_cost.report.page import Data
from se_cost.report.recipes import document


def data(timing: Timing) -> Data:
    """Return all there is: the estimates, what they depend on, and every timing."""
    arms = {arm: _arm(timing, arm) for arm in timing.arms}
    return document("time", timing.recipe) | {
        "quick": timing.run.quick,
        "self_check": timing.itself,
        "protocol": _protocol(timing),
        "settings": asdict(timing.settings),
        "asked_batch": timing.asked or timing.settings.batch,
        "baseline": arms[BASELINE],
        "network": arms[NETWORK],
        "overhead": arms[NETWORK]["overhead"],
        "final_stage": timing.recipe.final_stage,
        "without_final_stage": arms.get(TRIMMED),
        "ladder": [
            {"dropped": dropped(timing.recipe, timing.networks[arm])} | of
            for arm, of in arms.items()
            if arm not in (BASELINE, NETWORK)
        ],
        "null": _estimate(timing.null),
        "drift": _estimate(timing.drift),
        "exchanges": {arm: _exchange(of) for arm, of in timing.exchanges.items()},
        "samples": _samples(timing),
        "environment": timing.environment,
    }


def _protocol(timing: Timing) -> Data:
    run = timing.run
    rule = run.rule and {
        "target_percent": 100 * run.rule.target,
        "max_time": run.rule.max_time,
        "at_least": run.rule.at_least,
        "at_most": run.rule.at_most,
    }
    return {
        "processes": len(run.processes),
        "lost": run.lost,
        "stop": run.stop,
        "reason": run.reason,
        "rule": rule,
    }


def _arm(timing: Timing, arm: str) -> Data:
    found: Data = {
        "median_ms": timing.median_ms(arm),
        "images_per_second": timing.images_per_second(arm),
    }
    if arm in timing.peaks:
        peak = timing.peaks[arm]
        found["peak_memory_bytes"] = peak.allocated
        found["peak_reserved_bytes"] = peak.reserved
    if arm in timing.joules:
        found["joules_per_image"] = timing.joules[arm]
    if arm != BASELINE:
        overhead = timing.overhead(arm)
        found["overhead"] = _estimate(overhead.percent) | {"verdict": overhead.verdict}
    return found


def _estimate(change: Estimate) -> Data:
    return {"percent": change.value, "low": change.low, "high": change.high}


def _exchange(exchange: Exchange) -> Data:
    return {
        "step_ms": exchange.step_ms,
        "without_ms": exchange.alone_ms,
        "exposed_ms": exchange.exposed_ms,
        "ranks_ms": exchange.ranks_ms,
        "straggler": exchange.straggler,
        "samples": {"steps": exchange.steps, "without": exchange.alone},
    }


def _samples(timing: Timing) -> Data:
    processes = timing.run.processes
    samples = [process.samples for process in processes]
    return {
        "iterations": samples[0].iterations,
        "warm": all(one.warm for one in samples),
        "complete": all(one.complete for one in samples),
        "interrupted": timing.interrupted,
        "preempted": sum(process.surroundings.preempted for process in processes),
        "processes": [_process(process) for process in processes],
        "quads": [
            {"process": number} | asdict(quad)
            for number, one in enumerate(samples)
            for quad in one.quads
        ],
    }


def _process(process: Process) -> Data:
    samples = process.samples
    return asdict(process.surroundings) | {
        "iterations": samples.iterations,
        "warm": samples.warm,
        "complete": samples.complete,
        "dropped": samples.dropped,
        "throttling": process.throttling and asdict(process.throttling),
    }
