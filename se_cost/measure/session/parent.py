"""Fresh processes: each gets one job in a file, and leaves its answer in another.

    python -m se_cost.measure.session.child JOB ANSWER

Both files are pickles, between a parent and a child of the same program only. The parent needs no
torch and never imports the child. Several ranks are started by torchrun, each in a session of its
own; how none of them outlives the parent stands in processes.py.
"""

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from se_cost.errors import SeCostError, UsageError
from se_cost.measure.processes import how, run
from se_cost.measure.ranks.torchrun import cause, torchrun
from se_cost.measure.session.jobs import Job
from se_cost.measure.timing.collect import WorkerLostError
from se_cost.measure.timing.settings import Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model

MODULE = "se_cost.measure.session.child"
LAUNCHER = "se_cost.measure.session.launcher"
PYTHON = (sys.executable, "-m", MODULE)
PADDING = "SE_COST_PADDING"  # an environment variable that nobody reads: it shifts the stack
GRACE = 60.0  # seconds to start and to build the networks, at least
BUILDING = 10.0  # seconds for each of ours, to build it and to run it for the first time
IMPORTING = 300.0  # seconds for each of the user's: attention may be taken out by torch.export
COMPILING = 300.0  # seconds for each network, at most


def patience(max_time: float, settings: Settings, networks: Iterable[Model]) -> float:
    """Return after how many seconds a process is lost: twice its time, and some to start."""
    models = list(networks)
    building = sum(IMPORTING if isinstance(one, Imported) else BUILDING for one in models)
    compiling = COMPILING * len(models) if settings.compile else 0.0
    return 2 * max_time + max(GRACE, building) + compiling


def expect_no_worker() -> None:
    """Raise UsageError in a worker: its model is of a main file that times whenever it is run."""
    if PADDING in os.environ:
        raise UsageError(
            "a process that was to time a model ran its main file, which times it again: "
            "put that under if __name__ == '__main__'"
        )


def work(job: Job, limit: float, command: Sequence[str] | None = None, padding: int = 0) -> Any:
    """Return the answer of a fresh process to a job, or of as many ranks as the job asks for.

    Raises WorkerLostError if one dies or gives no answer within `limit` seconds, and the
    SeCostError that it raised itself, if any. In any case the processes are ended, with all that
    they have started.
    """
    expect_no_worker()
    several = job.settings.nproc > 1
    command = command or (torchrun(job.settings.nproc, MODULE, LAUNCHER) if several else PYTHON)
    try:
        answer = _answer(job, limit, command, padding)
    except OSError as error:  # no space for the job, no memory for a process, ...
        raise WorkerLostError(f"a process could not be run: {error}") from None
    if isinstance(answer, SeCostError):
        raise answer
    return answer


def _answer(job: Job, limit: float, command: Sequence[str], padding: int) -> Any:
    with tempfile.TemporaryDirectory(prefix="se-cost-", ignore_cleanup_errors=True) as folder:
        asked, answered = Path(folder, "job"), Path(folder, "answer")
        asked.write_bytes(pickle.dumps(job))
        environment = _environment(padding)
        if job.settings.nproc > 1:  # torchrun leaves folders behind
            environment["TMPDIR"] = folder
        try:
            said, code = run([*command, str(asked), str(answered)], limit, environment)
        except subprocess.TimeoutExpired:
            raise WorkerLostError(
                f"a process gave no answer within {limit:g} s: raise --max-time"
            ) from None
        if not answered.exists():
            died = cause(said) if code >= 0 else None
            raise WorkerLostError(f"a process died: {died or how(said, code)}")
        return pickle.loads(answered.read_bytes())


def _environment(padding: int) -> dict[str, str]:
    """Return the environment of a child.

    It imports the same modules as this process: none from the folder that it is started in, unless
    this process does, which then has an empty entry in its path.
    """
    path = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    ours = {PADDING: padding * "x", "PYTHONSAFEPATH": "1", "PYTHONPATH": path}
    ours["PYTHONWARNINGS"] = "ignore"  # of others' code; as errors they would end it
    return os.environ | ours
