"""Signals that ask the program to end are obeyed as Ctrl-C is: what is finished is kept."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from se_cost.cli.failure import INTERRUPTED
from se_cost.ending import ASKING


class Ended:
    """Which signal has asked the program to end, if any has."""

    number = 0

    def code(self, code: int) -> int:
        """Return an exit code; that of Ctrl-C becomes the one of the signal, as shells know it."""
        return 128 + self.number if self.number and code == INTERRUPTED else code


@contextmanager
def as_ctrl_c() -> Iterator[Ended]:
    """Turn the first of these signals into KeyboardInterrupt; one that is ignored stays so.

    A rank of an outer torchrun is left alone: it waits for other ranks, and torchrun ends it.
    """
    ended, before = Ended(), {}

    def ask(number: int, frame: FrameType | None) -> None:
        if not ended.number:  # or it would disturb what is being put in order
            ended.number = number
            raise KeyboardInterrupt

    main_thread = threading.current_thread() is threading.main_thread()
    if main_thread and "LOCAL_RANK" not in os.environ:
        for number in ASKING:
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, ask)
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
