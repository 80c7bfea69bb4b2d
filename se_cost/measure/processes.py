"""The full protocol: many fresh processes, each an estimate of its own; needs no torch.

A process measures one memory layout, however long it runs: only processes are independent. After
at least ten of them every look may end the run, as soon as all intervals are narrow enough. Looking
often makes an interval cover less than it says, so the one that is looked at is made for 97 % and
reported as one of 95 %.
"""

from collections.abc import Callable
from time import monotonic

from se_cost.errors import SeCostError
from se_cost.measure.protocol import Progress, silent
from se_cost.measure.quads import so_far
from se_cost.measure.run import Process, Rule, Run, Stop, half_width

GIVE_UP = 3  # processes lost in a row

Start = Callable[[int], Process]  # the number of a process to what it measured


class Lost(Exception):
    """A process died or hung; another one may not."""


def collect(
    start: Start,
    rule: Rule,
    progress: Progress = silent,
    now: Callable[[], float] = monotonic,
) -> Run:
    """Run processes until the rule says stop, and keep all that are finished, whatever happens.

    Ctrl-C, an error, or `GIVE_UP` lost processes in a row end it; if nothing was finished by then
    Ctrl-C and the error are passed on, and lost processes leave a run with none.
    """
    begun = now()
    run, in_a_row = Run(rule=rule), 0
    while run.stop is None:
        try:
            run, in_a_row = _with_one_more(run, start, in_a_row)
            elapsed, width = now() - begun, half_width(run)
            progress(*_progress(run, rule, elapsed, width))
            stop = Stop.FAILED if in_a_row == GIVE_UP else _stop(run, rule, elapsed, width)
            run = run.ended(stop)
        except (KeyboardInterrupt, SeCostError) as error:
            if not run.processes:
                raise
            if isinstance(error, KeyboardInterrupt):
                return run.ended(Stop.INTERRUPTED)
            return run.ended(Stop.FAILED, str(error))
    return run


def _with_one_more(run: Run, start: Start, in_a_row: int) -> tuple[Run, int]:
    """Return the run with one more process, finished or lost, and how many are lost in a row."""
    try:
        return run.having(start(len(run.processes) + run.lost)), 0
    except Lost as error:
        return run.losing(str(error)), in_a_row + 1


def _stop(run: Run, rule: Rule, elapsed: float, width: float) -> Stop | None:
    """Return why there will be no further process; one more must fit into the time."""
    taken = len(run.processes) + run.lost
    if len(run.processes) >= rule.at_least and width <= rule.target:
        return Stop.TARGET
    if elapsed * (taken + 1) / taken > rule.max_time:
        return Stop.TIME
    return Stop.PROCESSES if taken >= rule.at_most else None


def _progress(run: Run, rule: Rule, elapsed: float, width: float) -> tuple[float, str]:
    """Return the share that is done, at a guess, and what is known so far."""
    done = len(run.processes)
    narrowed = min(1.0, rule.target / width) ** 2 if width else 1.0  # it goes with 1 / sqrt(n)
    share = max(elapsed / rule.max_time, min(narrowed, done / rule.at_least))
    known = f": {so_far(run.effect(run.others[0]))}" if run.processes else ""
    return min(1.0, share), f"{done} process{'es' * (done != 1)}{known}"
