"""The full protocol with processes that are made up: no network is built or run."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from measure.made_up import TRUTH, result
from se_cost.errors import MeasurementError, OutOfMemoryError, UsageError
from se_cost.measure.session.full import time_by, time_fully
from se_cost.measure.session.jobs import EnergyJob, Job, MemoryJob, TimeJob
from se_cost.measure.timing.arms import (
    BASELINE,
    NETWORK,
    REPLAYED,
    TRIMMED,
    each,
    three,
    two,
    with_fused,
)
from se_cost.measure.timing.collect import WorkerLostError
from se_cost.measure.timing.result import Joules, PeakMemory, Timing
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import Graphs, Mode, QuickPlan, Settings, StoppingRule
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18", input=32)
NETWORKS = three(NET)
GIB = 2**30


class Workers:
    """What answers jobs, and remembers them."""

    def __init__(self, trouble: Callable[[Job], None] = lambda job: None) -> None:
        self.jobs: list[Job] = []
        self.limits: list[float] = []
        self.paddings: list[int] = []
        self.trouble = trouble

    def __call__(self, job: Job, limit: float, padding: int = 0) -> Any:
        """Return ten comparisons whose truth is known, or a peak."""
        self.jobs.append(job)
        self.limits.append(limit)
        self.paddings.append(padding)
        self.trouble(job)
        if isinstance(job, MemoryJob):
            return PeakMemory(GIB * (1 + len(job.network.stages)), None)
        if isinstance(job, EnergyJob):
            return dict.fromkeys(job.networks, Joules(0.25, 0.2, 0.3))
        return result(TRUTH, job.plan.quads, job.number)

    @property
    def timed(self) -> list[TimeJob]:
        """Return the jobs to time."""
        return [job for job in self.jobs if isinstance(job, TimeJob)]


def timing(workers: Workers, settings: Settings | None = None, **rule: Any) -> Timing:
    """Time the three networks."""
    return time_fully(NET, NETWORKS, settings, StoppingRule(**rule), work=workers)


def test_ten_processes_that_agree_are_enough() -> None:
    """The answer is the truth, over the processes, and each has its quads of both networks."""
    workers = Workers()
    found = timing(workers)
    assert (len(found.run.processes), found.run.stop) == (10, Stop.TARGET)
    assert found.overhead(NETWORK).percent == pytest.approx(10, abs=0.01)
    assert found.overhead(TRIMMED).percent == pytest.approx(4, abs=0.01)
    assert len(found.run.quads) == 10 * 2 * 8
    assert found.asked is None


def test_little_time_takes_fewer_networks_before_fewer_comparisons() -> None:
    """A quad takes 0.24 s: two fit into the 0.6 s of a process, after a first one that tells."""
    workers = Workers()
    timing(workers, max_time=5, at_least=8)
    first, *rest = workers.timed
    assert (list(first.networks), first.plan.quads) == ([BASELINE, NETWORK, TRIMMED], 2)
    assert len(rest) >= 7
    assert {(*job.networks, job.plan.quads) for job in rest} == {(BASELINE, NETWORK, 2)}
    assert {job.plan.least for job in workers.timed} == {1}


def test_little_time_takes_every_kind_in_turn() -> None:
    """No kind is asked about more than others: after seven rounds of them all have an interval."""
    models = [model("resnet18", attention=kind, input=32) for kind in ("se", "eca", "srm", "ge")]

    class Timed(Workers):
        def __call__(self, job: Job, limit: float, padding: int = 0) -> Any:
            super().__call__(job, limit, padding)
            assert isinstance(job, TimeJob)
            truth = dict.fromkeys((arm for arm in job.networks if arm != BASELINE), 1.1)
            return result(truth, job.plan.quads, job.number)

    workers, rule = Timed(), StoppingRule(max_time=2.4, at_least=8, target=0.02, at_most=30)
    found = time_fully(models[0], each(models), rule=rule, work=workers, memory=False)
    first, *rest = workers.timed
    assert (list(first.networks), first.plan.quads) == ([BASELINE, "se"], 2)
    assert {(len(job.networks), job.plan.quads) for job in rest} == {(2, 1)}
    assert found.run.stop is Stop.TARGET
    taken = Counter(arm for job in workers.timed for arm in job.networks)
    assert taken.pop(BASELINE) == len(workers.timed)
    assert set(taken.values()) <= {7, 8}
    assert all(found.overhead(kind).low is not None for kind in ("se", "eca", "srm", "ge"))


def test_every_process_has_a_layout_and_an_order_of_its_own() -> None:
    """Seeds and paddings differ from process to process, and come again with the same seed."""
    runs = [Workers(), Workers(), Workers()]
    for workers, seed in zip(runs, (0, 0, 1), strict=True):
        timing(workers, Settings(seed=seed))
    seeds = [[(job.seed, job.plan.seed) for job in workers.timed] for workers in runs]
    assert len(set(seeds[0])) == 10
    assert seeds[0] == seeds[1] != seeds[2]
    paddings = [workers.paddings[:10] for workers in runs]
    assert len(set(paddings[0])) > 5
    assert all(0 <= padding < 4096 for padding in paddings[0])
    assert paddings[0] == paddings[1] != paddings[2]


def test_a_process_that_is_lost_is_tried_again_with_another_layout() -> None:
    """It has the same number, for processes are counted as they finish, and another seed."""
    workers = Workers()

    def trouble(job: Job) -> None:
        if len(workers.jobs) == 3:
            raise WorkerLostError("killed")

    workers.trouble = trouble
    found = timing(workers)
    assert [job.number for job in workers.timed] == [0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9]
    assert len({job.seed for job in workers.timed}) == 11
    numbers = [process.quads[0].process for process in found.run.processes]
    assert numbers == list(range(10))


def test_memory_is_a_pass_of_its_own() -> None:
    """Each network is weighed in a process of its own, after all are timed."""
    workers = Workers()
    found = timing(workers)
    last = [job.network for job in workers.jobs[-3:] if isinstance(job, MemoryJob)]
    assert last == list(NETWORKS.values())
    assert [peak.allocated // GIB for peak in found.peaks.values()] == [1, 5, 4]
    assert list(found.peaks) == [BASELINE, NETWORK, TRIMMED]


def test_a_fused_network_is_not_weighed() -> None:
    """Its process would hold the network that it is made of, too."""
    workers = Workers()
    time_fully(NET, with_fused(two(NET), NET), Settings(), StoppingRule(), work=workers)
    weighed = [job.network for job in workers.jobs if isinstance(job, MemoryJob)]
    assert weighed == [NET.plain, NET]


@pytest.mark.parametrize(
    "error", [WorkerLostError("killed"), MeasurementError("unknown"), KeyboardInterrupt()]
)
def test_times_outlive_a_failure_to_weigh(error: BaseException) -> None:
    """Nothing that was timed is lost."""

    def trouble(job: Job) -> None:
        if isinstance(job, MemoryJob):
            raise error

    found = timing(Workers(trouble))
    assert (len(found.run.processes), found.peaks) == (10, {})
    assert found.interrupted is isinstance(error, KeyboardInterrupt)
    assert found.memory_error == str(error)


def test_a_batch_that_does_not_fit_shrinks_for_all_networks() -> None:
    """It is halved until it fits; what was asked for is remembered."""

    def trouble(job: Job) -> None:
        if job.settings.batch > 64:
            raise OutOfMemoryError("out of memory")

    workers = Workers(trouble)
    found = timing(workers, Settings(batch=256))
    assert [job.settings.batch for job in workers.timed[:3]] == [256, 128, 64]
    assert {job.settings.batch for job in workers.jobs[2:]} == {64}
    assert all(job.networks == NETWORKS for job in workers.timed)
    assert (found.settings.batch, found.asked) == (64, 256)


def test_one_image_that_does_not_fit_fails() -> None:
    """There is nothing smaller."""

    def trouble(job: Job) -> None:
        raise OutOfMemoryError("out of memory")

    workers = Workers(trouble)
    with pytest.raises(OutOfMemoryError):
        timing(workers, Settings(batch=4))
    assert [job.settings.batch for job in workers.timed] == [4, 2, 1]


def test_out_of_memory_later_on_keeps_what_is_finished() -> None:
    """A batch is never changed in the middle of a comparison."""
    workers = Workers()

    def trouble(job: Job) -> None:
        if len(workers.jobs) == 5:
            raise OutOfMemoryError("out of memory")

    workers.trouble = trouble
    found = timing(workers, Settings(batch=8))
    assert (found.run.stop, len(found.run.processes)) == (Stop.FAILED, 4)
    assert (found.settings.batch, found.asked, found.peaks) == (8, None, {})


def test_processes_that_all_die_are_an_error() -> None:
    """With nothing finished there is no result, but the reason."""

    def trouble(job: Job) -> None:
        raise WorkerLostError("a process died: SIGKILL")

    workers = Workers(trouble)
    with pytest.raises(MeasurementError, match="SIGKILL"):
        timing(workers)
    assert len(workers.jobs) == 3


def test_a_process_has_its_share_of_the_time() -> None:
    """A tenth of it for timings, and a limit on top after which it hangs."""
    workers = Workers()
    timing(workers, max_time=300)
    assert {job.plan.max_time for job in workers.timed} == {30}
    assert set(workers.limits) == {2 * 30 + 60}


def test_what_cannot_be_run_is_refused_before_anything_is() -> None:
    """No process is started for it."""
    workers = Workers()
    with pytest.raises(UsageError, match="--optimizer needs --mode train"):
        timing(workers, Settings(optimizer=True))
    with pytest.raises(UsageError, match="too small to train"):
        timing(workers, Settings(mode=Mode.TRAIN))
    assert workers.jobs == []


def test_a_plan_is_the_quick_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of protocol decides; the seed of the settings is that of the plan."""
    seen: list[QuickPlan] = []
    quick = Timing(NET, Settings(), NETWORKS, timing(Workers()).run)

    def time_quick(
        model: object, networks: object, settings: object, plan: QuickPlan, *rest: object
    ) -> Timing:
        seen.append(plan)
        return quick

    monkeypatch.setattr("se_cost.measure.session.quick.time_quick", time_quick)
    assert time_by(QuickPlan(quads=7), NET, NETWORKS, Settings(seed=5)) is quick
    assert seen == [QuickPlan(quads=7, seed=5)]


def test_both_ways_are_four_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain network and the one with attention are timed once more, by either protocol."""
    seen: list[list[str]] = []

    def time(model: object, networks: dict[str, Model], *rest: object, **more: object) -> None:
        seen.append(list(networks))

    monkeypatch.setattr("se_cost.measure.session.quick.time_quick", time)
    monkeypatch.setattr("se_cost.measure.session.full.time_fully", time)
    for protocol in (QuickPlan(), StoppingRule()):
        time_by(protocol, NET, NETWORKS, Settings(cuda_graphs=Graphs.BOTH))
    assert seen == [[BASELINE, NETWORK, TRIMMED, *REPLAYED]] * 2


def test_compiling_takes_nothing_of_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of 11 s that took 100 s, 90 of them to compile, leaves time for all networks."""
    clock = [0.0]

    class Compiling(Workers):
        def __call__(self, job: Job, limit: float, padding: int = 0) -> Any:
            clock[0] += 100
            found = super().__call__(job, limit, padding)
            if not isinstance(job, TimeJob):
                return found
            return replace(found, process=replace(found.process, compiling=90.0))

    monkeypatch.setattr("se_cost.measure.session.full.monotonic", lambda: clock[0])
    workers = Compiling()
    timing(workers, max_time=110, at_least=10)
    assert all(list(job.networks) == [BASELINE, NETWORK, TRIMMED] for job in workers.timed)


def test_energy_comes_first() -> None:
    """It is refused before anything is timed, and stands beside the times."""
    workers = Workers()
    found = time_fully(NET, NETWORKS, work=workers, energy=True)
    assert isinstance(workers.jobs[0], EnergyJob)
    assert found.joules == dict.fromkeys(NETWORKS, Joules(0.25, 0.2, 0.3))
    assert workers.limits[0] == 2 * 120 + 60  # three networks at 24 s, with time to spare

    def trouble(job: Job) -> None:
        raise (
            MeasurementError("energy needs a GPU") if isinstance(job, EnergyJob) else AssertionError
        )

    with pytest.raises(MeasurementError, match="energy needs a GPU"):
        time_fully(NET, NETWORKS, work=Workers(trouble), energy=True)


def test_energy_and_times_are_of_one_batch() -> None:
    """Whichever of them does not fit, both are measured again with half of it."""

    def trouble(job: Job) -> None:
        if job.settings.batch > 8 * (1 + isinstance(job, EnergyJob)):
            raise OutOfMemoryError("out of memory")

    workers = Workers(trouble)
    found = time_fully(NET, NETWORKS, Settings(batch=32), work=workers, energy=True)
    assert found.settings.batch == 8
    assert [j.settings.batch for j in workers.jobs if isinstance(j, EnergyJob)] == [32, 16, 8]


def test_energy_has_its_needs() -> None:
    """One process, and fresh ones for the times."""
    with pytest.raises(UsageError, match="--energy needs --nproc 1"):
        time_fully(NET, NETWORKS, Settings(batch=2, nproc=2), work=Workers(), energy=True)
    with pytest.raises(UsageError, match="leave out --quick"):
        time_by(QuickPlan(), NET, NETWORKS, energy=True)


def test_a_saved_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes that it has stay, and only those that are missing are run."""
    first, rest = Workers(), Workers()
    before = timing(first, at_most=4).run.processes
    assert len(before) == len(first.timed) == 4
    monkeypatch.setattr("se_cost.measure.session.full.work", rest)
    found = time_by(StoppingRule(), NET, NETWORKS, before=before)
    assert found.run.processes[:4] == before
    assert [job.number for job in rest.timed] == [4, 5, 6, 7, 8, 9]
