"""The full protocol: many fresh processes, each with one estimate.

A process measures one memory layout, however long it runs: only processes are independent. After
at least ten of them every look may end the run, as soon as all intervals are narrow enough. Looking
often makes an interval cover less than it claims, so it is computed for 97 % and reported as 95 %.
"""

from collections.abc import Callable, Sequence
from time import monotonic

from se_cost.errors import SeCostError
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.run import Run, Stop, half_width
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import StoppingRule
from se_cost.measure.timing.verdict import interim

GIVE_UP = 3  # processes lost in a row

Start = Callable[[int, int], ProcessResult]  # (number of the process, how many were lost before it)


class WorkerLostError(Exception):
    """A process died or hung; another one may not."""


def collect(
    start: Start,
    rule: StoppingRule,
    progress: Progress = silent,
    now: Callable[[], float] = monotonic,
    before: Sequence[ProcessResult] = (),
) -> Run:
    """Run processes until the rule says stop, and keep all that are finished, whatever happens.

    Those from `before` count as if they had run here, but took none of the time. Neither does what
    the first processes compile, without which a few networks would leave no time for `at_least`.

    Ctrl-C, an error, or `GIVE_UP` lost processes in a row end it; if nothing was finished by then
    Ctrl-C and the error are passed on, and lost processes leave a run without processes.
    """
    begun, known = now(), len(before)
    run, in_a_row = Run(tuple(before), rule), 0
    if known:
        run = run.stopped(_stop(run, rule, 0, half_width(run), known))
    while run.stop is None:
        try:
            run, in_a_row = _with_one_more(run, start, in_a_row)
            compiling = sum(one.process.compiling for one in run.processes[known:][: rule.at_least])
            elapsed, width = now() - begun - compiling, half_width(run)
            if progress is not silent:  # which need not wait for an estimate
                progress(*_progress(run, rule, elapsed, width))
            stop = Stop.FAILED if in_a_row == GIVE_UP else _stop(run, rule, elapsed, width, known)
            run = run.stopped(stop)
        except (KeyboardInterrupt, SeCostError) as error:
            if not run.processes:
                raise
            if isinstance(error, KeyboardInterrupt):
                return run.stopped(Stop.INTERRUPTED)
            return run.stopped(Stop.FAILED, str(error))
    return run


def _with_one_more(run: Run, start: Start, in_a_row: int) -> tuple[Run, int]:
    """Return the run with one more process, finished or lost, and how many are lost in a row."""
    try:
        return run.with_process(start(len(run.processes), run.lost)), 0
    except WorkerLostError as error:
        return run.with_lost(str(error)), in_a_row + 1


def _stop(run: Run, rule: StoppingRule, elapsed: float, width: float, known: int) -> Stop | None:
    """Return why there will be no further process; one more must fit into the time."""
    taken = len(run.processes) + run.lost
    here = taken - known
    if len(run.processes) >= rule.at_least and width <= rule.target:
        return Stop.TARGET
    if here and elapsed * (here + 1) / here > rule.max_time:
        return Stop.TIME
    return Stop.PROCESSES if taken >= rule.at_most else None


def _progress(run: Run, rule: StoppingRule, elapsed: float, width: float) -> tuple[float, str]:
    """Return the share that is done, as a guess, and what is known so far."""
    done = len(run.processes)
    narrowed = min(1.0, rule.target / width) ** 2 if width else 1.0  # it goes with 1 / sqrt(n)
    share = max(elapsed / rule.max_time, min(narrowed, done / rule.at_least))
    known = f": {_known(run)}" if run.processes else ""
    return min(1.0, share), f"{done} process{'es' * (done != 1)}{known}"


def _known(run: Run) -> str:
    """Return the estimate of the first arm, which has a name if it is one of many."""
    arm = run.others[0]
    found = interim(run.effect(arm))
    return found if arm == NETWORK else f"{arm} {found}"
