"""Fresh processes: each takes one job from a file, does it, and leaves the answer in another.

    python -m se_cost.measure.worker JOB ANSWER

Both are pickles, between a parent and a child of the same program only. What decides the layout of
the child's memory is random: the size of its environment, what lies on its heap, and the order in
which the networks are built. The parent needs no torch.

For several processes, torchrun runs this module in all ranks: each does the job, rank 0 answers. It
starts them in sessions of their own, where no signal to the group of torchrun reaches them. So a
child also ends itself when the pipe that is its stdin is closed at the other end, the parent's.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any, assert_never

from se_cost.errors import SeCostError
from se_cost.measure.jobs import Answer, Job, Metered, Timed, Weighed
from se_cost.measure.launch import cause, outer, torchrun
from se_cost.measure.processes import Lost
from se_cost.measure.settings import Settings

MODULE = "se_cost.measure.worker"
PYTHON = (sys.executable, "-m", MODULE)
PADDING = "SE_COST_PADDING"  # an environment variable that nobody reads
GRACE = 60.0  # seconds to start and to build the networks
COMPILING = 300.0  # seconds for each network, at most


def patience(max_time: float, settings: Settings, networks: int) -> float:
    """Return after how many seconds a process hangs: twice its time, and some to start."""
    compiling = COMPILING * networks if settings.compile else 0.0
    return 2 * max_time + GRACE + compiling


def work(job: Job, limit: float, command: Sequence[str] | None = None, padding: int = 0) -> Any:
    """Return the answer of a fresh process, or of as many as the job asks for, to a job.

    Raises Lost if one dies or gives no answer within `limit` seconds, and what it raised itself if
    that is an error of ours. Whatever happens, the processes and all they have started are ended.
    """
    several = job.settings.nproc > 1
    command = command or (torchrun(job.settings.nproc, MODULE) if several else PYTHON)
    try:
        answer = _answer(job, limit, command, padding)
    except OSError as error:  # no space for the job, no memory for a process, ...
        raise Lost(f"a process could not be run: {error}") from None
    if isinstance(answer, SeCostError):
        raise answer
    return answer


def _answer(job: Job, limit: float, command: Sequence[str], padding: int) -> Any:
    with tempfile.TemporaryDirectory(prefix="se-cost-") as folder:
        asked, answered = Path(folder, "job"), Path(folder, "answer")
        asked.write_bytes(pickle.dumps(job))
        said = _run([*command, str(asked), str(answered)], limit, padding)
        if not answered.exists():
            raise Lost(f"a process died: {said}")
        return pickle.loads(answered.read_bytes())


def _run(command: Sequence[str], limit: float, padding: int) -> str:
    """Run a command to its end; return the last line it wrote to stderr, or how it ended."""
    theirs, ours = os.pipe()
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(padding),
        start_new_session=True,  # so that all it starts can be ended, and Ctrl-C comes to us
    )
    os.close(theirs)
    try:
        _, written = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Lost(f"a process gave no answer within {limit:g} s: raise --max-time") from None
    finally:
        os.close(ours)
        _end(process)
    return _how(written.decode(errors="replace"), process.returncode)


def _environment(padding: int) -> dict[str, str]:
    """Return the environment of a child.

    It imports what this process does, and nothing from the folder that it is started in.
    """
    path = os.pathsep.join(filter(None, sys.path))
    ours = {PADDING: padding * "x", "PYTHONSAFEPATH": "1", "PYTHONPATH": path}
    return os.environ | ours


def _how(said: str, code: int) -> str:
    """Return how a process ended, in one line."""
    lines = [line for line in said.split("\n") if line.strip()]
    if code < 0:
        name = signal.Signals(-code).name
        short = ", as the system does when memory runs out" if name == "SIGKILL" else ""
        return f"ended by {name}{short}"
    return cause(said) or (lines[-1] if lines else f"exit {code}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all it has started; those may outlive it."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def main(asked: Path, answered: Path) -> int:
    """Do the job of one file and write the answer, or an error of ours, to the other, whole.

    Every rank may write an error. Returns the exit code.
    """
    job: Job = pickle.loads(asked.read_bytes())
    try:
        answer: Answer | SeCostError = _done(job)
    except SeCostError as error:
        answer = error
    code = answer.exit_code if isinstance(answer, SeCostError) else 0
    place = outer()
    if code or place is None or place.rank == 0:
        half = answered.with_suffix(f".{os.getpid()}")
        half.write_bytes(pickle.dumps(answer))
        half.replace(answered)
    return code


def _done(job: Job) -> Answer:
    match job:
        case Timed(networks, settings, plan, seed):
            from se_cost.measure.timing import one_process

            random = Random(seed)
            heap = [bytearray(random.randrange(1 << 16)) for _ in range(random.randrange(64))]
            shuffled = dict(random.sample(list(networks.items()), len(networks)))
            process = one_process(shuffled, settings, plan)
            del heap  # it has done its work: to be there
            return process
        case Weighed(network, settings):
            from se_cost.measure.peak import peak

            return peak(network, settings)
        case Metered(networks, settings):
            from se_cost.measure.metered import joules

            return joules(networks, settings)
        case _:
            assert_never(job)


def end_with_parent() -> None:
    """End this process when its stdin, a pipe into which nobody writes, is closed."""

    def watch() -> None:
        os.read(0, 1)  # not by sys.stdin, whose lock would be held when Python ends
        os._exit(1)

    Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    end_with_parent()
    code = main(*map(Path, sys.argv[1:]))
    if code:
        os._exit(code)  # at once: other ranks wait for this one, as it would for them
