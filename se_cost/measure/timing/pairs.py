"""A timing of many networks against one, as one timing of each with that one."""

from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.samples import ProcessResult
from se_cost.record import replace


def pairs(timing: Timing) -> dict[str, Timing]:
    """Return the timing of every arm beside the plain network alone, by arm.

    The quads of an arm hold all timings of the pair, so nothing of another arm is in its result,
    nor any process that did not measure it.
    """
    return {arm: _pair(timing, arm) for arm in timing.arms if arm != BASELINE}


def _pair(timing: Timing, arm: str) -> Timing:
    measured = [found for result in timing.run.processes if (found := _of(result, arm)).quads]
    processes = tuple(_numbered(result, number) for number, result in enumerate(measured))
    network, plain = timing.networks[arm], timing.networks[BASELINE]
    return replace(
        timing,
        model=network,
        networks={BASELINE: plain, NETWORK: network},
        run=replace(timing.run, processes=processes),
        peaks={name: timing.peaks[of] for name, of in _names(arm) if of in timing.peaks},
        joules={name: timing.joules[of] for name, of in _names(arm) if of in timing.joules},
    )


def _names(arm: str) -> tuple[tuple[str, str], ...]:
    return (BASELINE, BASELINE), (NETWORK, arm)


def _of(result: ProcessResult, arm: str) -> ProcessResult:
    quads = tuple(replace(quad, arm=NETWORK) for quad in result.quads if quad.arm == arm)
    return replace(result, quads=quads, exchanges={})


def _numbered(result: ProcessResult, number: int) -> ProcessResult:
    """Return a process as one of those that measured its arm, which are counted from 0."""
    quads = tuple(replace(quad, process=number) for quad in result.quads)
    return replace(result, quads=quads)
