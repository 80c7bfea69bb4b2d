"""Running code of the user's, so that what is ours stays as it is."""

import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import torch

from se_cost.errors import MeasurementError

LIMIT = 300  # seconds that building a model, or one run of it, may take
AGAIN = 1  # seconds after which code is interrupted again that went on all the same
STUBBORN = 10  # times that it may go on
STDOUT, STDERR = 1, 2  # as the system counts them


class _LateError(BaseException):
    """The time is over; no Exception, which the user's code might take for one of its own."""


@contextmanager
def guarded(what: str, limit: int | None = None) -> Iterator[None]:
    """Run some of the user's code, and put back what it may have changed.

    What it prints goes to stderr, since stdout is ours. The working directory, the seeds, the
    default type and device, the number of threads and whether gradients are on are restored, and a
    copy of this process that it made ends here. Raises MeasurementError if it ends the program, or
    takes longer than `limit` seconds, LIMIT unless another is said.
    """
    process, limit = os.getpid(), LIMIT if limit is None else limit
    try:
        with printed_aside(), _restored(), _within(limit, what):
            yield
    except _LateError:
        raise MeasurementError(f"{what} took longer than {limit} s") from None
    except SystemExit as error:
        raise MeasurementError(f"{what} ended with exit code {error.code}") from None
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise MeasurementError(f"{what} raised {type(error).__name__}: {error}") from None
    finally:
        if os.getpid() != process:
            os._exit(0)


@contextmanager
def printed_aside() -> Iterator[None]:
    """Let what is printed go to stderr, also by what is no Python, or a process of its own."""
    try:
        kept = os.dup(STDOUT)
    except OSError:  # there is no stdout
        kept = None
    _flush()
    try:
        if kept is not None:
            with suppress(OSError):
                os.dup2(STDERR, STDOUT)
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _flush()
        if kept is not None:
            os.dup2(kept, STDOUT)
            os.close(kept)


def _flush() -> None:
    """Write what was printed to where it goes now."""
    for stream in (sys.stdout, sys.__stdout__):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()


@contextmanager
def _restored() -> Iterator[None]:
    """Put back what a program shares."""
    folder, state = Path.cwd(), random.getstate()
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    gradients = torch.is_grad_enabled()
    try:
        with torch.random.fork_rng(devices=[]), default_device_kept():
            yield
    finally:
        os.chdir(folder)
        random.setstate(state)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


@contextmanager
def default_device_kept() -> Iterator[None]:
    """Put the default device back that torch.set_default_device changed.

    It stands below the devices of `with torch.device(...)`, so that has to be done within these:
    torch takes off whichever is on top when they end.
    """
    before = _default_device()
    try:
        yield
    finally:
        if _default_device() is not before:
            torch.set_default_device(before and before.device)


def _default_device() -> Any:
    """Return what torch keeps of the default device, None if there is none."""
    return getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)


@contextmanager
def _within(limit: int, what: str) -> Iterator[None]:
    """Raise _LateError after `limit` seconds, and again, where the system has an alarm.

    Code that catches all of them is ended together with this process.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    times = 0

    def late(number: int, frame: Any) -> None:
        nonlocal times
        times += 1
        if times > STUBBORN:
            line = f"se-cost: {what} took longer than {limit} s, and catches what would end it\n"
            os.write(STDERR, line.encode())
            os._exit(MeasurementError.exit_code)
        raise _LateError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, limit, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
