"""Data-parallel timing with two real processes, which exchange gradients over gloo."""

import json
import os
import pickle
import subprocess
import time
from pathlib import Path

import pytest
import torch
from rank_programs import DELAY, FOLDER, NET, TRAIN

from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure.compared import three
from se_cost.measure.device import resolve
from se_cost.measure.jobs import Timed
from se_cost.measure.launch import Place, torchrun
from se_cost.measure.processes import Lost
from se_cost.measure.protocol import Plan, Samples
from se_cost.measure.ranks import own_device
from se_cost.measure.result import BASELINE, NETWORK
from se_cost.measure.settings import Mode, Settings
from se_cost.measure.timing import time_arms
from se_cost.measure.worker import work

PLAN = Plan(quads=1, max_time=3, shortest=0.001)
JOB = Timed(three(NET), TRAIN, PLAN, seed=0)
LONG = 120.0  # seconds; no test takes as long unless it fails


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ranks find the programs, and a folder for what they leave."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)  # torchrun then takes one thread
    monkeypatch.setenv(FOLDER, str(tmp_path))


def program(name: str) -> list[str]:
    """Return the command that runs one of the programs in two ranks."""
    return [*torchrun(2, "rank_programs"), name]


def run(name: str) -> str:
    """Run one of the programs, and return what it printed."""
    done = subprocess.run(program(name), capture_output=True, text=True, timeout=LONG)
    assert done.returncode == 0, done.stderr
    return done.stdout


def expect_none_left(folder: Path) -> None:
    """Hold that both ranks had started, and that both have ended, or do so at once."""
    pids = [int((folder / f"pid{rank}").read_text()) for rank in range(2)]
    until = time.monotonic() + 10
    while any(map(alive, pids)):
        assert time.monotonic() < until, f"processes {pids} are left"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Return whether a process runs; one that only waits to be collected has ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in ("", "Z")


def test_gradients_are_those_of_all_images(tmp_path: Path) -> None:
    """A step leaves the gradients of the gathered batch, and without exchange it does not."""
    run("gradients")
    for rank in range(2):
        told = json.loads((tmp_path / f"gradients{rank}").read_text())
        assert told["with"] < 1e-7 < 1e-3 < told["largest"]
        assert told["without"] > 1e-3 * told["largest"]
        assert told["images"] == [2, 2]
        assert told["apart"] > 0


def test_an_outer_torchrun_and_a_slow_rank(tmp_path: Path) -> None:
    """All ranks hold the same times, those of the slow one, which is named; it is printed once."""
    (printed,) = run("straggle").splitlines()
    nproc, environment = json.loads(printed)
    assert nproc == environment["ranks"] == 2
    assert environment["threads"] == 1
    first, second = (pickle.loads((tmp_path / f"samples{rank}").read_bytes()) for rank in range(2))
    assert first == second
    samples, exchanges = first
    assert isinstance(samples, Samples)
    assert all(seconds > DELAY for quad in samples.quads for seconds in quad.seconds)
    assert list(exchanges) == [BASELINE, NETWORK]
    for exchange in exchanges.values():
        assert exchange.straggler == 1
        assert exchange.step_ms > 1000 * DELAY
        assert exchange.ranks_ms[0] < 1000 * DELAY < exchange.ranks_ms[1]


def test_a_plain_process_starts_ranks_itself() -> None:
    """`nproc` alone is enough: rank 0 answers; inference has no gradients to exchange."""
    settings = Settings(device="cpu", batch=2, nproc=2, threads=1)
    timing = time_arms(NET, three(NET), settings, Plan(quads=1, max_time=9, shortest=0.001))
    assert timing.median_ms(NETWORK) > 0
    assert timing.environment["ranks"] == 2
    assert timing.run.processes[0].exchanges == {}


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ("die", Lost, "a process died: rank 1 ended with -9"),
        ("crash", Lost, "a process died: rank 1 ended with 1: ZeroDivisionError: a bug"),
        ("fail", CannotMeasure, "this rank cannot"),
    ],
)
def test_one_rank_ends_all(fault: str, error: type[Exception], said: str, tmp_path: Path) -> None:
    """A rank that dies or fails ends the job long before its limit, and the parent hears why."""
    begun = time.monotonic()
    with pytest.raises(error, match=f"^{said}$"):
        work(JOB, LONG, program(fault))
    assert time.monotonic() - begun < LONG / 2
    expect_none_left(tmp_path)


def test_a_rank_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the limit all ranks are ended, although torchrun gave them sessions of their own."""

    def expire(process: "subprocess.Popen[bytes]", timeout: float) -> None:
        while not (tmp_path / "hangs1").exists() and process.poll() is None:
            time.sleep(0.1)
        raise subprocess.TimeoutExpired(process.args, timeout)

    monkeypatch.setattr(subprocess.Popen, "communicate", expire)
    with pytest.raises(Lost, match="no answer within 7 s"):
        work(JOB, 7, program("hang"))
    monkeypatch.undo()
    expect_none_left(tmp_path)


def test_a_remainder_is_refused() -> None:
    """A batch that cannot be shared fails in one line, before anything is started."""
    settings = Settings(device="cpu", batch=15, nproc=2)
    with pytest.raises(BadInput, match=r"^batch 15 does not divide over 2 .*14 or 16$"):
        time_arms(NET, three(NET), settings, PLAN)


def test_torchrun_decides_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that contradict the outer torchrun are refused before any rank waits."""
    for name, value in {"RANK": "0", "WORLD_SIZE": "4", "LOCAL_RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match="--nproc 2 contradicts torchrun"):
        time_arms(NET, three(NET), Settings(device="cpu", batch=4, nproc=2), PLAN)


def test_every_rank_has_its_own_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device is the number on the host, not among all ranks, and one too many is refused."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert own_device("auto", Place(3, 4, local=1)) == torch.device("cuda:1")
    assert own_device("cpu", Place(3, 4, local=1)) == resolve("cpu")
    with pytest.raises(CannotMeasure, match="no device cuda:2: torch sees 2"):
        own_device("cuda", Place(2, 3, local=2))


@pytest.mark.cuda
@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="torch sees fewer than two CUDA devices")
def test_trains_on_two_gpus() -> None:
    """Two ranks on two GPUs exchange gradients over NCCL."""
    settings = Settings(device="cuda", mode=Mode.TRAIN, batch=16, nproc=2)
    timing = time_arms(NET, three(NET), settings, Plan(quads=2, max_time=60))
    assert timing.environment["device_name"] == torch.cuda.get_device_name()
    assert timing.run.processes[0].exchanges[NETWORK].step_ms > 0
