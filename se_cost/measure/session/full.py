"""A timed comparison by the full protocol, from networks to result; needs no torch itself."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from time import monotonic
from typing import Any

from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.models.costs import to_be_timed
from se_cost.measure.session.jobs import EnergyJob, MemoryJob, TimeJob
from se_cost.measure.session.parent import expect_no_worker, patience, work
from se_cost.measure.timing.arms import (
    FUSED,
    expect_possible,
    expect_trainable,
    fitted,
    of_arm,
    with_replayed,
)
from se_cost.measure.timing.collect import Start, WorkerLostError, collect
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.result import Joules, PeakMemory, Timing
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.schedule import (
    first_share,
    in_turn,
    least_of,
    seconds_of_quad,
    share,
)
from se_cost.measure.timing.settings import Protocol, QuickPlan, Runtime, Settings, StoppingRule
from se_cost.nets.model import Model
from se_cost.record import replace

METERING = 120.0  # seconds: every network runs six times for two to four, and waits for ticks
PADDING = 4096  # bytes of environment, and of a memory page

Work = Callable[..., Any]  # (job, seconds at most, padding) to the answer of a fresh process


def time_by(
    protocol: Protocol,
    model: Model,
    networks: Mapping[str, Model],
    settings: Settings | None = None,
    progress: Progress = silent,
    *,
    energy: bool = False,
    before: Sequence[ProcessResult] = (),
    memory: bool = True,
) -> Timing:
    """Time `networks` against BASELINE, the first of them: fully by a rule, or quickly by a plan.

    A full timing goes on from the processes that ran `before`, and ends with the `memory` of every
    network, beyond the time of the rule.

    Raises UsageError for settings that contradict each other, MeasurementError if they cannot be
    timed here.
    """
    expect_no_worker()
    networks = with_replayed(networks, settings or Settings())
    if isinstance(protocol, StoppingRule):
        return time_fully(
            *(model, networks, settings, protocol, progress, work),
            energy=energy,
            memory=memory,
            before=before,
        )
    if energy:
        raise UsageError("--energy is measured in a process of its own: leave out --quick")
    from se_cost.measure.session.quick import time_quick

    settings = settings or Settings()
    plan = replace(protocol, seed=settings.seed)
    return time_quick(model, networks, settings, plan, progress)


def time_fully(
    model: Model,
    networks: Mapping[str, Model],
    settings: Settings | None = None,
    rule: StoppingRule | None = None,
    progress: Progress = silent,
    work: Work = work,
    *,
    energy: bool = False,
    memory: bool = True,
    laps: bool = False,
    before: Sequence[ProcessResult] = (),
) -> Timing:
    """Time `networks` against the first of them in fresh processes, until the rule says stop.

    Energy comes first: few machines measure it, and a refusal should not cost ten minutes. A batch
    that does not fit into the memory of a GPU is halved for all networks together. Raises
    UsageError for settings that contradict each other, MeasurementError if no process can measure.
    """
    settings, rule = settings or Settings(), rule or StoppingRule()
    expect_possible(settings)
    expect_trainable(model, settings)
    networks = {arm: to_be_timed(network) for arm, network in networks.items()}

    def attempt(fitting: Settings) -> tuple[Run, dict[str, Joules]]:
        progress(0, "measuring energy" if energy else "starting")
        joules = _joules(networks, fitting, work) if energy else {}
        start = _start(networks, fitting, rule, work, laps)
        return collect(start, rule, progress, before=before), joules

    (run, joules), fitting = fitted(settings, attempt)
    if not run.processes:
        raise MeasurementError(run.reason)
    asked = None if fitting == settings else settings.batch
    timing = Timing(model, fitting, networks, run, asked, joules=joules)
    ended = run.stop in (Stop.INTERRUPTED, Stop.FAILED)
    if ended or not memory or not _weighable(settings):
        return timing
    progress(1, "measuring memory")
    try:
        return replace(timing, peaks=_peaks(networks, fitting, rule, work))
    except KeyboardInterrupt:
        return replace(timing, run=run.stopped(Stop.INTERRUPTED))
    except (WorkerLostError, MeasurementError) as error:
        return replace(timing, memory_error=str(error))  # the times are kept


def _start(
    networks: Mapping[str, Model], settings: Settings, rule: StoppingRule, work: Work, laps: bool
) -> Start:
    """Return what runs one process, whose memory layout follows from the seed and its number."""
    seconds, (plain, *others) = _share(rule), networks
    limit = patience(seconds, settings, networks.values())
    found: list[ProcessResult] = []
    least, setup = least_of(others), 0.0  # seconds that a network takes before its first quad

    def start(number: int, lost: int) -> ProcessResult:
        nonlocal setup
        part = first_share(seconds, others)
        if found:
            part = share(seconds, setup, seconds_of_quad(found), len(others), least)
        random = Random(f"{settings.seed}-{number + lost}")
        plan = QuickPlan(quads=part.quads, max_time=seconds, least=1, seed=random.getrandbits(32))
        some = {arm: networks[arm] for arm in (plain, *in_turn(others, part.arms, found))}
        job = TimeJob(some, settings, plan, random.getrandbits(32), number, laps)
        begun = monotonic()
        result: ProcessResult = work(job, limit, padding=random.randrange(PADDING))
        found.append(result)
        timed = len(result.quads) * seconds_of_quad([result])
        idle = monotonic() - begun - timed - result.process.compiling
        setup = max(0.0, idle / len(some))
        return result

    return start


def _joules(networks: Mapping[str, Model], settings: Settings, work: Work) -> dict[str, Joules]:
    if settings.nproc > 1:
        raise UsageError("--energy needs --nproc 1")
    try:
        limit = patience(METERING, settings, networks.values())
        found: dict[str, Joules] = work(EnergyJob(networks, settings), limit)
    except WorkerLostError as error:
        raise MeasurementError(f"no energy: {error}") from None
    return found


def _weighable(settings: Settings) -> bool:
    """Return whether the peak of a process is that of a network.

    Ranks are several; for another runtime torch exports the network, which takes more than to run.
    """
    return settings.nproc == 1 and settings.runtime is Runtime.TORCH


def _peaks(
    networks: Mapping[str, Model], settings: Settings, rule: StoppingRule, work: Work
) -> dict[str, PeakMemory]:
    """Return the peak memory of every network, each in a process of its own.

    A fused network has none: the one that it is made of would count too.
    """
    share = _share(rule)
    alone = {arm: network for arm, network in networks.items() if not arm.startswith(FUSED)}
    return {
        arm: work(MemoryJob(network, of_arm(arm, settings)), patience(share, settings, [network]))
        for arm, network in alone.items()
    }


def _share(rule: StoppingRule) -> float:
    """Return the seconds of one process, so that there is time for enough of them."""
    return rule.max_time / rule.at_least
