"""Data-parallel timing with two real processes, which reduce gradients over gloo."""

import json
import os
import pickle
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from measure.made_up import result
from measure.session.rank_programs import DELAY, FOLDER, NET, TRAIN
from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.ranks import replicas
from se_cost.measure.ranks.replicas import Replicas
from se_cost.measure.ranks.torchrun import Rank, torchrun
from se_cost.measure.session import rank as module
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.parent import work
from se_cost.measure.session.quick import time_quick
from se_cost.measure.session.rank import one_rank
from se_cost.measure.timing.arms import BASELINE, NETWORK, three
from se_cost.measure.timing.collect import WorkerLostError
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings
from se_cost.record import replace

PLAN = QuickPlan(quads=1, max_time=3, shortest=0.001)
JOB = TimeJob(three(NET), TRAIN, PLAN, seed=0)
LONG = 120.0  # seconds; no test takes as long unless it fails
TESTS = Path(__file__).parents[2]


def variables(folder: Path) -> dict[str, str]:
    """Return the environment in which ranks find the programs, and a folder for what they leave."""
    usual = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    path = os.pathsep.join(filter(None, [str(TESTS), usual.get("PYTHONPATH")]))
    return usual | {"PYTHONPATH": path, FOLDER: str(folder)}  # torchrun then takes one thread


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the ranks of a worker leave their files."""
    for name, value in variables(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return tmp_path


def program(name: str) -> list[str]:
    """Return the command that runs one of the programs in two ranks."""
    return [*torchrun(2, "measure.session.rank_programs"), name]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run two ranks that train; return where they left their files, and what they printed."""
    folder = tmp_path_factory.mktemp("trained")
    done = subprocess.run(
        program("train"),
        capture_output=True,
        text=True,
        timeout=LONG,
        env=variables(folder),
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_gradients_are_those_of_all_images(trained: tuple[Path, str]) -> None:
    """A step leaves the gradients of the gathered batch, and under no_sync it does not."""
    for rank in range(2):
        told = json.loads((trained[0] / f"gradients{rank}").read_text())
        assert told["with"] < 1e-7 < 1e-3 < told["largest"]
        assert told["without"] > 1e-3 * told["largest"]
        assert told["images"] == [2, 2]
        assert told["apart"] > 0


def test_an_outer_torchrun_and_a_slow_rank(trained: tuple[Path, str]) -> None:
    """All ranks hold the same times, those of the slow one, which is named; it is printed once."""
    folder, printed = trained
    assert json.loads(printed) == [2, 2, 1]  # ranks in the settings and found, and threads
    first, second = (pickle.loads((folder / f"result{rank}").read_bytes()) for rank in range(2))
    assert first == second
    _, quads, exchanges = first
    assert all(seconds > DELAY for quad in quads for seconds in quad.seconds)
    assert list(exchanges) == [BASELINE, NETWORK]
    for one in exchanges.values():
        assert one.straggler == 1
        assert one.step_ms > 1000 * DELAY
        assert one.ranks_ms[0] < 1000 * DELAY < one.ranks_ms[1]


@pytest.mark.usefixtures("folder")
def test_a_plain_process_starts_ranks_itself() -> None:
    """`nproc` alone is enough: rank 0 answers; inference has no gradients to reduce."""
    settings = Settings(device="cpu", batch=2, nproc=2, threads=1)
    plan = QuickPlan(quads=1, max_time=9, shortest=0.001)
    timing = time_quick(NET, three(NET), settings, plan)
    assert timing.median_ms(NETWORK) > 0
    assert timing.environment.ranks == 2
    assert timing.exchanges == {}


def expect_none_left(folder: Path) -> None:
    """Assert that both ranks had started, and that both have ended, or do so at once."""
    pids = [int((folder / f"pid{rank}").read_text()) for rank in range(2)]
    until = time.monotonic() + 10
    while any(map(alive, pids)):
        assert time.monotonic() < until, f"processes {pids} are left"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Return whether a process runs; one that only waits to be collected has ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in ("", "Z")


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("die", WorkerLostError, "a process died: rank 1 ended with -9"),
        ("crash", WorkerLostError, "a process died: rank 1 ended with 1: ZeroDivisionError: a bug"),
        ("fail", MeasurementError, "this rank cannot"),
    ],
)
def test_one_rank_ends_all(fault: str, error: type[Exception], said: str, folder: Path) -> None:
    """A rank that dies or fails ends the job long before its limit, and the parent hears why."""
    begun = time.monotonic()
    with pytest.raises(error, match=f"^{said}$"):
        work(JOB, LONG, program(fault))
    assert time.monotonic() - begun < LONG / 2
    expect_none_left(folder)


def test_a_rank_that_hangs_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the limit all ranks are ended, although torchrun gave them sessions of their own."""

    def expire(process: "subprocess.Popen[bytes]", timeout: float) -> None:
        while not (folder / "hangs1").exists() and process.poll() is None:
            time.sleep(0.1)
        raise subprocess.TimeoutExpired(process.args, timeout)

    monkeypatch.setattr(subprocess.Popen, "communicate", expire)
    with pytest.raises(WorkerLostError, match="no answer within 7 s"):
        work(JOB, 7, program("hang"))
    monkeypatch.undo()
    expect_none_left(folder)


def test_a_remainder_is_refused() -> None:
    """A batch that cannot be shared fails in one line, before anything is started."""
    settings = Settings(device="cpu", batch=15, nproc=2)
    with pytest.raises(UsageError, match=r"^batch 15 does not divide over 2 .*14 or 16$"):
        time_quick(NET, three(NET), settings, PLAN)


def test_torchrun_decides_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that contradict the outer torchrun are refused before any rank waits."""
    for name, value in {"RANK": "0", "WORLD_SIZE": "4", "LOCAL_RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match="--nproc 2 contradicts torchrun"):
        time_quick(NET, three(NET), Settings(device="cpu", batch=4, nproc=2), PLAN)


class MadeUpRank:
    """A rank whose group and networks are made up, and whose clock is ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, training: bool) -> None:
        self.seconds = 1000.0
        self.limits: list[float] = []  # of the timings
        arms = dict.fromkeys((BASELINE, NETWORK), lambda: None)
        self.replicas = Replicas(arms, arms if training else {})
        self.interrupted = False
        for name, value in {
            "join": lambda device: None,
            "replicate": lambda *given: self.replicas,
            "gather": lambda value: [value],
            "monotonic": lambda: self.seconds,
            "timed": self.timed,
            "measure_all_reduce": self.measure_all_reduce,
        }.items():
            monkeypatch.setattr(module, name, value)

    def timed(self, steps: object, job: TimeJob, *rest: object) -> ProcessResult:
        """Note the time there is."""
        self.limits.append(job.plan.max_time)
        return result({NETWORK: 1.1}, 1, interrupted=self.interrupted)

    def measure_all_reduce(self, *given: object, **named: object) -> dict[str, object]:
        """Use up the time there is, second by second."""
        begun, expired = self.seconds, SimpleNamespace(**named).expired
        while not expired():
            self.seconds += 1
        self.limits.append(self.seconds - begun - 1)
        return {}

    def run(self) -> ProcessResult:
        """Return what the rank measures in 100 seconds."""
        job = replace(JOB, plan=replace(PLAN, max_time=100))
        return one_rank(Rank(0, 2, 0), job)


def test_a_quarter_of_the_time_is_for_the_all_reduce(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is for the timings of the networks."""
    rank = MadeUpRank(monkeypatch, training=True)
    assert rank.run().environment.ranks == 2
    assert rank.limits == [75, 25]


def test_without_gradients_all_of_the_time_is_for_the_networks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Inference has nothing to reduce; and after Ctrl-C nothing more is measured."""
    rank = MadeUpRank(monkeypatch, training=False)
    rank.run()
    assert rank.limits == [100]
    rank = MadeUpRank(monkeypatch, training=True)
    rank.interrupted = True
    assert rank.run().process.interrupted
    assert rank.limits == [75]


def test_ctrl_c_during_the_all_reduce_keeps_the_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was finished before is returned, and said to be interrupted."""
    rank = MadeUpRank(monkeypatch, training=True)

    def interrupt(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "measure_all_reduce", interrupt)
    found = rank.run()
    assert found.process.interrupted
    assert len(found.quads) == 1
    assert found.exchanges == {}


@pytest.mark.cuda
@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="torch sees fewer than two CUDA devices")
def test_trains_on_two_gpus() -> None:
    """Two ranks on two GPUs reduce gradients over NCCL."""
    settings = Settings(device="cuda", mode=Mode.TRAIN, batch=16, nproc=2)
    timing = time_quick(NET, three(NET), settings, QuickPlan(quads=2, max_time=60))
    assert timing.environment.device_name == torch.cuda.get_device_name()
    assert timing.exchanges[NETWORK].step_ms > 0


def test_ranks_keep_statistics_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their broadcast would pass for all-reduce, which `no_sync` leaves out with it."""
    asked: list[dict[str, object]] = []

    def parallel(own: torch.nn.Module, on: object, **how: object) -> torch.nn.Module:
        asked.append(how)
        return own

    monkeypatch.setattr(replicas, "DistributedDataParallel", parallel)
    monkeypatch.setattr(replicas, "without_all_reduce", lambda wrapped, step: step)
    settings = replace(TRAIN, nproc=1)
    replicas.replicate(Rank(0, 1, 0), three(NET), settings, torch.device("cpu"))
    assert asked == [{"broadcast_buffers": False}] * len(three(NET))
