"""The worker's part of a job, in this process."""

import pickle
from pathlib import Path
from random import Random
from typing import Any

import pytest

from measure.made_up import result
from se_cost.errors import MeasurementError
from se_cost.measure.session import quick
from se_cost.measure.session.child import done, heap_blocks, main
from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.timing.arms import NETWORK, ladder
from se_cost.measure.timing.settings import QuickPlan, Settings
from se_cost.nets.zoo.model import model

NETWORKS = ladder(model("se_resnet18", input=32))
JOB = TimeJob(NETWORKS, Settings(), QuickPlan(), seed=0, number=2)
DONE = result({NETWORK: 1.1}, 1)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[TimeJob]:
    """Collect what would be timed."""
    seen: list[TimeJob] = []

    def one_process(job: TimeJob) -> Any:
        seen.append(job)
        return DONE

    monkeypatch.setattr(quick, "one_process", one_process)
    return seen


def test_the_seed_decides_the_order_of_building(jobs: list[TimeJob]) -> None:
    """All networks are built, in an order that comes again with the same seed."""
    orders = []
    for seed in (1, 1, 2, 3):
        assert done(TimeJob(NETWORKS, Settings(), QuickPlan(), seed)) == DONE
        assert dict(jobs[-1].networks) == NETWORKS
        orders.append(list(jobs[-1].networks))
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) == 3


class Largest(Random):
    """A source of random numbers that returns the largest there is, and remembers the limits."""

    def __init__(self) -> None:
        self.limits: list[int] = []
        super().__init__(0)

    def randrange(self, start: int, *rest: Any, **more: Any) -> int:
        """Return the largest number below `start`."""
        self.limits.append(start)
        return start - 1


def test_the_heap_is_padded_by_random_blocks() -> None:
    """Up to 63 of them, each of less than 64 KiB; the same seed gives the same."""
    random = Largest()
    assert [len(block) for block in heap_blocks(random)] == [65_535] * 63
    assert random.limits == [64] + [65_536] * 63
    sizes = [[len(block) for block in heap_blocks(Random(seed))] for seed in (1, 1, 2)]
    assert sizes[0] == sizes[1] != sizes[2]


def test_an_answer_is_whole(jobs: list[TimeJob], tmp_path: Path) -> None:
    """It is there with its last byte, and nothing else is left."""
    asked, answered = tmp_path / "job", tmp_path / "answer"
    asked.write_bytes(pickle.dumps(JOB))
    assert main(asked, answered) == 0
    assert pickle.loads(answered.read_bytes()) == DONE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer", "job"]
    assert [job.number for job in jobs] == [2]


@pytest.mark.parametrize(("rank", "fails"), [(0, False), (1, False), (0, True), (1, True)])
def test_rank_0_answers_and_every_rank_may_fail(
    rank: int, fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranks hold the same result, but not the same errors."""

    def one_process(job: TimeJob) -> Any:
        if fails:
            raise MeasurementError("this rank cannot")
        return DONE

    monkeypatch.setattr(quick, "one_process", one_process)
    for name, value in {"RANK": rank, "WORLD_SIZE": 2, "LOCAL_RANK": rank}.items():
        monkeypatch.setenv(name, str(value))
    asked, answered = tmp_path / "job", tmp_path / "answer"
    asked.write_bytes(pickle.dumps(JOB))
    assert main(asked, answered) == (3 if fails else 0)
    assert answered.exists() is (fails or rank == 0)
