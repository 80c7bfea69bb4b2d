"""A bar with the remaining time on stderr; where that is no terminal, a line a minute."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from se_cost.cli.output.streams import say
from se_cost.measure.ranks.torchrun import outer
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.settings import Protocol

if TYPE_CHECKING:
    from se_cost.measure.session.several import Asked


LOOK = 1.0  # seconds in which it is seen how busy the machine is
EVERY = 60.0  # seconds between two lines


def announce(protocols: Sequence[Protocol], *, compiling: bool = False) -> None:
    """Say how long timings may take, and at once if the machine is too busy for them.

    The ranks of an outer torchrun are busy with each other's start, which says nothing.
    """
    from se_cost.measure.machine.load import busy, watch_load

    load_since = watch_load()
    sleep(LOOK)
    number, limit = len(protocols), sum(protocol.max_time for protocol in protocols)
    count = f"{number} timings" if number > 1 else "a timing"
    beside = " beside compiling" * compiling
    say(f"se-cost: {count}, at most {limit:g} s in all{beside}")
    if outer() is None and (who := busy(load_since())):
        say(f"se-cost: warning: this machine is busy, times may not be conclusive: {who}")


def lines(prefix: str, now: Callable[[], float] = monotonic) -> Progress:
    """Return what prints a line a minute; work that takes less prints none."""
    last = now()

    def report(done: float, what: str) -> None:
        nonlocal last
        moment = now()
        if moment - last >= EVERY:
            last = moment
            say(f"se-cost: {prefix}{what} ({100 * done:.0f} % done)")

    return report


@contextmanager
def progress_bar(quiet: bool, prefix: str = "") -> Iterator[Progress]:
    """Yield what long work reports its progress to; `prefix` says which part of it this is."""
    if quiet:
        yield silent
        return
    if not sys.stderr.isatty():
        yield lines(prefix)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    console = Console(stderr=True, no_color=True)  # --no-color need not come here
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda done, what: bar.update(task, completed=done, description=f"{prefix}{what}")


def bars(
    asked: "Sequence[Asked]", quiet: bool
) -> "Callable[[Asked], AbstractContextManager[Progress]]":
    """Return what opens a bar for each of several timings, which says what is different in it."""
    names = len({one.model.arch for one in asked}) > 1
    modes = len({one.settings.mode for one in asked}) > 1
    batches = len({one.settings.batch for one in asked}) > 1

    def bar(one: "Asked") -> AbstractContextManager[Progress]:
        parts = [one.model.arch] * names + [one.settings.mode.value] * modes
        parts += [f"batch {one.settings.batch}"] * batches
        return progress_bar(quiet, f"{', '.join(parts)}: " if parts else "")

    return bar
