"""Fresh processes: real ones that answer, refuse, die, hang, or are interrupted."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from measure.made_up import result
from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.models.guard import LIMIT
from se_cost.measure.processes import how
from se_cost.measure.session.jobs import MemoryJob
from se_cost.measure.session.parent import IMPORTING, PADDING, patience, work
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.collect import WorkerLostError, collect
from se_cost.measure.timing.result import PeakMemory
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import Settings, StoppingRule
from se_cost.nets.imported import Imported
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=32)
JOB = MemoryJob(NET, Settings(device="cpu"))
DONE = result({NETWORK: 1.1}, 1)


def program(text: str) -> tuple[str, ...]:
    """Return the command of a child that does something else than our worker."""
    return (
        sys.executable,
        "-c",
        f"import os, pickle, sys, time\njob, answer = sys.argv[1:]\n{text}",
    )


def answering(expression: str) -> tuple[str, ...]:
    """Return a child whose answer is the value of an expression."""
    return program(f"open(answer, 'wb').write(pickle.dumps({expression}))")


def test_patience_is_twice_the_time_and_some_to_start() -> None:
    """A minute to build our networks or more, and five for each of the user's, or compiled."""
    ours, yours = model("se_resnet18"), Imported(spec="timm:seresnet50")
    assert patience(10, Settings(), [ours] * 3) == 2 * 10 + 60
    assert patience(10, Settings(compile=True), [ours] * 3) == 2 * 10 + 60 + 3 * 300
    assert patience(10, Settings(), [ours] * 13) == 2 * 10 + 13 * 10  # where they are many
    assert patience(10, Settings(), [ours, yours, yours]) == 2 * 10 + 10 + 2 * 300
    assert IMPORTING == LIMIT


def test_a_fresh_process_times_and_the_parent_needs_no_torch() -> None:
    """It answers with quads of both networks; neither asking nor reading the answer loads torch."""
    code = """
import sys
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.parent import work
from se_cost.measure.timing.settings import QuickPlan, Settings
from se_cost.nets.zoo.model import model
net = model("se_resnet18", input=32)
networks = {"baseline": net.plain, "network": net}
plan = QuickPlan(quads=1, max_time=20, shortest=1e-6)
job = TimeJob(networks, Settings(device="cpu", threads=1), plan, seed=1, number=5)
found = work(job, 120, padding=100)
(quad,) = found.quads
print(quad.process, quad.arm, found.environment.threads, "torch" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "5 network 1 False\n"


def test_a_fresh_process_has_a_peak_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has loaded torch; a random.py where it is started is not taken for Python's."""
    (tmp_path / "random.py").write_text("raise SystemExit('wrong')")
    monkeypatch.chdir(tmp_path)
    answer = work(JOB, 120)
    assert isinstance(answer, PeakMemory)
    assert answer.allocated > 50 * 2**20


def test_a_fresh_process_imports_what_this_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty entry of the path is the current folder, as in a notebook."""
    (tmp_path / "lies_here.py").write_text("found = 7")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert work(JOB, 60, answering("__import__('lies_here').found")) == 7


def test_an_error_of_ours_comes_back_as_itself() -> None:
    """A refusal is raised here with its own words and exit code."""
    job = MemoryJob(NET, Settings(device="cuda:7"))
    with pytest.raises(MeasurementError, match="no device cuda:7"):
        work(job, 120)
    with pytest.raises(UsageError, match="too small"):
        work(JOB, 60, answering("__import__('se_cost').UsageError('too small')"))


def test_padding_and_answer_arrive() -> None:
    """The environment of the child is padded as asked for."""
    assert work(JOB, 60, answering(f"len(os.environ[{PADDING!r}])"), padding=321) == 321


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sys.exit('no luck today')", "no luck today"),
        ("os.kill(os.getpid(), 9)", "SIGKILL, as the system does when memory runs out"),
        ("os.kill(os.getpid(), 11)", "ended by SIGSEGV$"),
        ("sys.exit(7)", "exit 7"),
        ("open(answer + '.half', 'wb').write(b'1'); sys.exit(5)", "exit 5"),
    ],
    ids=["error", "killed", "crashed", "silent", "half an answer"],
)
def test_a_process_that_dies_is_lost(text: str, words: str) -> None:
    """What it said last, or how it ended, is told; half an answer is none."""
    with pytest.raises(WorkerLostError, match=words):
        work(JOB, 60, program(text))


def test_no_space_for_a_job_is_a_lost_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses to one process is no end of the run."""

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(WorkerLostError, match=r"could not be run: .*No space left on device"):
        work(JOB, 60)


def alive(pid: int) -> bool:
    """Return whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_a_process_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """Its time limit ends it, and its children with it."""
    note = tmp_path / "pids"
    child = f"""
import subprocess
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({str(note)!r}, "w").write(f"{{os.getpid()}} {{inner.pid}}")
time.sleep(600)"""
    with pytest.raises(WorkerLostError, match="gave no answer within 3 s"):
        work(JOB, 3, program(child))
    pids = [int(word) for word in note.read_text().split()]
    until = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, pids))


@pytest.mark.skipif(os.name != "posix", reason="sends itself a signal")
def test_ctrl_c_ends_the_process_and_keeps_the_finished() -> None:
    """The child does not see it; what was finished before is kept, at once."""

    def start(number: int, lost: int) -> ProcessResult:
        if number < 2:
            return DONE
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        found: ProcessResult = work(JOB, 120, program("time.sleep(600)"))
        return found

    run = collect(start, StoppingRule())
    assert (run.stop, len(run.processes)) == (Stop.INTERRUPTED, 2)


def test_a_worker_killed_in_the_middle_is_replaced() -> None:
    """One of several processes is killed; the others make the result."""

    def start(number: int, lost: int) -> ProcessResult:
        if number == 4 and not lost:
            work(JOB, 60, program("os.kill(os.getpid(), 9)"))
        return DONE

    run = collect(start, StoppingRule(target=10))
    assert (run.lost, len(run.processes), run.stop) == (1, 10, Stop.TARGET)
    assert "SIGKILL" in run.reason


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ("Traceback\nValueError: bad\n\n", 1, "ValueError: bad"),
        (
            "torch.AcceleratorError: CUDA error: lost\nCompile with",
            1,
            "torch.AcceleratorError: CUDA",
        ),
        ("first\nlast\n", 1, "last"),
        ("", 4, "exit 4"),
        ("ValueError: bad", -9, "ended by SIGKILL, as the system does when memory runs out"),
    ],
)
def test_how_a_process_ended(said: str, code: int, told: str) -> None:
    """By a signal, or by the error that it wrote, whatever a library wrote behind it."""
    assert how(said, code).startswith(told)
