"""A timed comparison by the full protocol, from networks to result; needs no torch itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure.compared import expect_trainable, fitted
from se_cost.measure.jobs import Metered, Timed, Weighed
from se_cost.measure.peaks import Peak
from se_cost.measure.possible import expect_possible
from se_cost.measure.processes import Lost, collect
from se_cost.measure.protocol import Plan, Progress, silent
from se_cost.measure.result import Timing
from se_cost.measure.run import Process, Rule, Run, Stop
from se_cost.measure.settings import Settings
from se_cost.measure.worker import patience, work
from se_cost.nets.recipe import Recipe

QUADS = 8  # of each arm, in each process
METERING = 120.0  # seconds: every network runs six times for two to four
PADDING = 4096  # bytes of environment, and of a memory page

Protocol = Rule | Plan  # many fresh processes until a rule stops them, or one quick one, this
Work = Callable[..., Any]  # the answer of a fresh process to a job, within a limit of seconds


def time_by(
    protocol: Protocol,
    recipe: Recipe,
    networks: Mapping[str, Recipe],
    settings: Settings | None = None,
    progress: Progress = silent,
    *,
    energy: bool = False,
) -> Timing:
    """Time `networks` against BASELINE, the first of them, fully by a rule, or quickly by a plan.

    Raises BadInput for settings that go with no network, CannotMeasure if it is not possible.
    """
    if isinstance(protocol, Rule):
        return time_fully(recipe, networks, settings, protocol, progress, work, energy=energy)
    if energy:
        raise BadInput("--energy is measured in a process of its own: leave out --quick")
    from se_cost.measure.timing import time_arms

    settings = settings or Settings()
    plan = replace(protocol, seed=settings.seed)
    return time_arms(recipe, networks, settings, plan, progress)


def time_fully(
    recipe: Recipe,
    networks: Mapping[str, Recipe],
    settings: Settings | None = None,
    rule: Rule | None = None,
    progress: Progress = silent,
    work: Work = work,
    *,
    energy: bool = False,
) -> Timing:
    """Time `networks` against the first of them in fresh processes, until the rule says stop.

    Energy comes first, since few machines tell it: nobody waits for a refusal. A batch that does
    not fit into the memory of a GPU is halved for all networks together. Raises BadInput for
    settings that go with no network, CannotMeasure if no process can measure.
    """
    settings, rule = settings or Settings(), rule or Rule()
    expect_possible(settings)
    expect_trainable(recipe, settings)

    def attempt(fitting: Settings) -> tuple[Run, dict[str, float]]:
        progress(0, "measuring energy" if energy else "starting")
        joules = _joules(networks, fitting, work) if energy else {}
        return collect(_start(networks, fitting, rule, work), rule, progress), joules

    (run, joules), fitting = fitted(settings, attempt)
    if not run.processes:
        raise CannotMeasure(run.reason)
    asked = None if fitting == settings else settings.batch
    timing = Timing(recipe, fitting, networks, run, asked, joules=joules)
    if run.stop in (Stop.INTERRUPTED, Stop.FAILED) or settings.nproc > 1:
        return timing
    progress(1, "measuring memory")
    try:
        return replace(timing, peaks=_peaks(networks, fitting, rule, work))
    except KeyboardInterrupt:
        return replace(timing, run=run.ended(Stop.INTERRUPTED))
    except (Lost, CannotMeasure) as error:
        return replace(timing, unweighed=str(error))  # what was timed is worth more


def _start(
    networks: Mapping[str, Recipe], settings: Settings, rule: Rule, work: Work
) -> Callable[[int], Process]:
    """Return what runs one process, whose layout of memory follows from seed and number."""
    plan = Plan(quads=QUADS, max_time=_share(rule))
    limit = patience(plan.max_time, settings, len(networks))

    def start(number: int) -> Process:
        random = Random(f"{settings.seed}-{number}")
        of_this = replace(plan, seed=random.getrandbits(32))
        job = Timed(networks, settings, of_this, random.getrandbits(32))
        process: Process = work(job, limit, padding=random.randrange(PADDING))
        return process

    return start


def _joules(networks: Mapping[str, Recipe], settings: Settings, work: Work) -> dict[str, float]:
    if settings.nproc > 1:
        raise BadInput("--energy needs --nproc 1")
    try:
        limit = patience(METERING, settings, len(networks))
        found: dict[str, float] = work(Metered(networks, settings), limit)
    except Lost as error:
        raise CannotMeasure(f"no energy: {error}") from None
    return found


def _peaks(
    networks: Mapping[str, Recipe], settings: Settings, rule: Rule, work: Work
) -> dict[str, Peak]:
    """Return the peak memory of every network, each in a process of its own."""
    limit = patience(_share(rule), settings, 1)
    return {arm: work(Weighed(net, settings), limit) for arm, net in networks.items()}


def _share(rule: Rule) -> float:
    """Return the seconds of one process, so that there are enough of them."""
    return rule.max_time / rule.at_least
