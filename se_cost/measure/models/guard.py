"""Running code of the user's, so that what is ours stays as it is."""

import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import torch

from se_cost.errors import MeasurementError

LIMIT = 300  # seconds that building a model, or one run of it, may take


@contextmanager
def guarded(what: str, limit: int = LIMIT) -> Iterator[None]:
    """Run some of the user's code, and put back what it may have changed.

    What it prints goes to stderr, since stdout is ours. The working directory, the seeds, the
    default type, the number of threads and whether gradients are on are restored. Raises
    MeasurementError if it ends the program, or takes longer than `limit` seconds.
    """
    folder, state = Path.cwd(), random.getstate()
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    gradients = torch.is_grad_enabled()
    try:
        with redirect_stdout(sys.stderr), torch.random.fork_rng(devices=[]), _within(what, limit):
            yield
    except SystemExit as error:
        raise MeasurementError(f"{what} ended with exit code {error.code}") from None
    finally:
        os.chdir(folder)
        random.setstate(state)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


@contextmanager
def _within(what: str, limit: int) -> Iterator[None]:
    """Raise MeasurementError after `limit` seconds, where the system has an alarm."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(number: int, frame: Any) -> None:
        raise MeasurementError(f"{what} took longer than {limit} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(limit)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
