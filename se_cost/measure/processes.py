"""The one place where processes are started, and the one where they are ended; needs no torch.

Whoever starts a process holds the only end of a pipe into which nobody writes. When that closes,
however the parent ended, the process ends itself; on Linux the system ends it too. Both reach a
process in a session of its own, as the ranks of torchrun are.
"""

import os
import pickle
import re
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO, Any, TypeVar

from se_cost.ending import ASKING
from se_cost.errors import MeasurementError

T = TypeVar("T")

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
ENDING = (signal.SIGINT, *ASKING)
LAST_WORDS = 5.0  # seconds that processes may need to see that they are to end


def end_with_parent(pipe: int = 0) -> None:
    """End this process when a pipe, stdin if none is named, is closed at the parent's end."""

    def watch() -> None:
        os.read(pipe, 1)  # not by sys.stdin, whose lock would be held when Python ends
        os._exit(1)

    Thread(target=watch, daemon=True).start()
    with suppress(OSError, AttributeError, ImportError):  # of Linux alone
        import ctypes

        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


def run(command: Sequence[str], limit: float, environment: Mapping[str, str]) -> tuple[str, int]:
    """Run a command to its end; return what it wrote to stderr, and its exit code.

    Raises subprocess.TimeoutExpired if it takes longer than `limit` seconds. In any case it is
    ended with all that it has started.
    """
    theirs, ours = os.pipe()
    try:
        process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # to end all that it starts, and to keep Ctrl-C from it
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    try:
        _, written = process.communicate(timeout=limit)
    finally:
        os.close(ours)
        _end(process)
    return written.decode(errors="replace"), process.returncode


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it has started, which may outlive it.

    Those in sessions of their own have seen the pipe close: they are gone when nobody holds stderr.
    """
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
    if process.stderr and not process.stderr.closed:
        with suppress(subprocess.TimeoutExpired, ValueError):
            process.communicate(timeout=LAST_WORDS)
        process.stderr.close()


@contextmanager
def beside(work: Callable[[], Iterable[T]]) -> Iterator[Iterator[T]]:
    """Fork a process that does the work meanwhile; yield what reads its results one by one.

    It is ended when the block is left. What it raises is raised here; if it dies, it is a
    MeasurementError.
    """
    theirs, ours = os.pipe()
    answers, answering = os.pipe()
    asking = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # Python loses one amid a fork
    try:
        pid = os.fork()
    except OSError as error:
        for end in (theirs, ours, answers, answering):
            os.close(end)
        signal.pthread_sigmask(signal.SIG_SETMASK, asking)
        raise MeasurementError(f"a process could not be started: {error.strerror}") from None
    if not pid:
        os.close(ours)
        _work(work, theirs, answering, asking)
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, asking)
        os.close(theirs)
        os.close(answering)
        with os.fdopen(answers, "rb") as stream:
            yield _results(stream)
    finally:
        os.close(ours)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _work(
    work: Callable[[], Iterable[Any]], lifeline: int, answering: int, mask: Iterable[int]
) -> None:
    """Do the work of a forked process, which holds no stream of its parent; never return."""
    code = 1
    try:
        for number in ASKING:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        end_with_parent(lifeline)
        with os.fdopen(answering, "wb", buffering=0) as out:
            try:
                for result in work():
                    out.write(pickle.dumps((result, None)))
            except Exception as error:
                out.write(pickle.dumps((None, error)))
        code = 0
    finally:
        os._exit(code)


def _results(stream: IO[bytes]) -> Iterator[Any]:
    """Yield the results of a forked process; raise what it raised."""
    while True:
        try:
            result, error = pickle.load(stream)
        except EOFError:
            raise MeasurementError("a process died, as when memory runs out") from None
        if error is not None:
            raise error
        yield result


def told_by(lines: Sequence[str]) -> str | None:
    """Return the last line that names an error, else the last; None without lines.

    What torch adds to an error of CUDA, for instance `Compile with ...`, is no cause.
    """
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Interrupt): \S", line)]
    found = errors or lines
    return found[-1] if found else None


def how(said: str, code: int) -> str:
    """Return how a process ended in one line: by a signal, or by the error it wrote to stderr."""
    lines = [line for line in said.split("\n") if line.strip()]
    if code < 0:
        name = signal.Signals(-code).name
        short = ", as the system does when memory runs out" if name == "SIGKILL" else ""
        return f"ended by {name}{short}"
    return told_by(lines) or f"exit {code}"
