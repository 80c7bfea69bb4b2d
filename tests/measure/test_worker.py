"""Fresh processes: real ones that answer, refuse, die, hang, or are interrupted."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure.jobs import Timed, Weighed
from se_cost.measure.peaks import Peak
from se_cost.measure.processes import Lost, collect
from se_cost.measure.protocol import Plan
from se_cost.measure.result import BASELINE, NETWORK
from se_cost.measure.run import Process, Rule, Stop
from se_cost.measure.settings import Settings
from se_cost.measure.worker import PADDING, work
from se_cost.nets.registry import recipe

NET = recipe("se_resnet18", input=32)
NETWORKS = {BASELINE: NET.baseline, NETWORK: NET}
PLAN = Plan(quads=1, max_time=60, shortest=1e-6)
JOB = Weighed(NET, Settings(device="cpu"))


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


def test_a_fresh_process_times() -> None:
    """It answers with samples of both networks, from its own interpreter."""
    job = Timed(NETWORKS, Settings(device="cpu", threads=1), PLAN, seed=1)
    answer = work(job, 120, padding=100)
    assert isinstance(answer, Process)
    assert [quad.arm for quad in answer.samples.quads] == [NETWORK]
    assert answer.environment["threads"] == 1


def test_the_parent_needs_no_torch() -> None:
    """Neither asking nor reading the answer loads it."""
    import subprocess

    code = (
        "import sys\n"
        "from se_cost.measure.jobs import Timed\n"
        "from se_cost.measure.protocol import Plan\n"
        "from se_cost.measure.settings import Settings\n"
        "from se_cost.measure.worker import work\n"
        "from se_cost.nets.registry import recipe\n"
        "net = recipe('se_resnet18', input=32)\n"
        "nets = {'baseline': net.baseline, 'network': net}\n"
        "plan = Plan(quads=1, max_time=60, shortest=1e-6)\n"
        "work(Timed(nets, Settings(device='cpu', threads=1), plan, 0), 120)\n"
        "print('torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_a_fresh_process_weighs() -> None:
    """Its peak is that of a process that has loaded torch."""
    answer = work(JOB, 120)
    assert isinstance(answer, Peak)
    assert answer.allocated > 50 * 2**20


def test_an_error_of_ours_comes_back_as_itself() -> None:
    """A refusal is raised here with its own words and exit code."""
    job = Weighed(NET, Settings(device="cuda:7"))
    with pytest.raises(CannotMeasure, match="no device cuda:7"):
        work(job, 120)
    with pytest.raises(BadInput, match="too small"):
        work(JOB, 60, answering("__import__('se_cost').BadInput('too small')"))


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
    with pytest.raises(Lost, match=words):
        work(JOB, 60, program(text))


def test_no_space_for_a_job_is_a_lost_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses to one process is no end of the run."""

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Lost, match=r"could not be run: .*No space left on device"):
        work(JOB, 60)


def test_a_folder_of_the_user_is_not_imported_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A random.py where the program is started is not taken for Python's."""
    (tmp_path / "random.py").write_text("raise SystemExit('wrong')")
    monkeypatch.chdir(tmp_path)
    assert isinstance(work(JOB, 120), Peak)


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
    with pytest.raises(Lost, match="gave no answer within 3 s"):
        work(JOB, 3, program(child))
    pids = [int(word) for word in note.read_text().split()]
    until = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, pids))


@pytest.mark.skipif(os.name != "posix", reason="sends itself a signal")
def test_ctrl_c_ends_the_process_and_keeps_the_finished() -> None:
    """The child does not see it; what was finished before is kept, at once."""
    job = Timed(NETWORKS, Settings(device="cpu"), PLAN, 0)
    first = work(job, 120)

    def start(number: int) -> Any:
        if number < 2:
            return first
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        return work(job, 120, program("time.sleep(600)"))

    run = collect(start, Rule())
    assert (run.stop, len(run.processes)) == (Stop.INTERRUPTED, 2)


def test_a_worker_killed_in_the_middle_is_replaced() -> None:
    """One of several processes is killed; the others make the result."""
    job = Timed(NETWORKS, Settings(device="cpu"), PLAN, 0)
    first = work(job, 120)

    def start(number: int) -> Any:
        return work(job, 60, program("os.kill(os.getpid(), 9)")) if number == 4 else first

    run = collect(start, Rule(target=10))
    assert (run.lost, len(run.processes), run.stop) == (1, 10, Stop.TARGET)
    assert "SIGKILL" in run.reason
