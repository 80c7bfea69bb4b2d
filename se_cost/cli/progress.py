"""A bar with the remaining time, on stderr, where that is a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from se_cost.measure.protocol import Progress, silent


@contextmanager
def progress_bar(quiet: bool, prefix: str = "") -> Iterator[Progress]:
    """Yield what long work reports its progress to; `prefix` says which part of it this is."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    console = Console(stderr=True, no_color=True)  # --no-color need not come here
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda done, what: bar.update(task, completed=done, description=f"{prefix}{what}")
