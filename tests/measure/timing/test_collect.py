"""The full protocol on simulated machines, with processes that die or are interrupted."""

import re
from collections.abc import Callable
from math import inf, log
from statistics import mean

import pytest
from simulator import GPU, NOISY, QUIET, Machine, Noise

from se_cost.errors import MeasurementError
from se_cost.measure.timing.collect import WorkerLostError, collect
from se_cost.measure.timing.run import Run, Stop, half_width
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import StoppingRule
from se_cost.measure.timing.statistics import hodges_lehmann
from se_cost.record import replace

EFFECT = log(1.015)  # 1.5 %
MODELS = {"quiet": QUIET, "noisy": NOISY, "gpu": GPU}
TRIALS = [200, pytest.param(4000, marks=pytest.mark.slow)]
SLACK = {200: 0.005, 4000: 0.0}  # few trials scatter


@pytest.mark.parametrize("trials", TRIALS)
@pytest.mark.parametrize(
    ("model", "target"),
    [
        *[(model, StoppingRule().target) for model in MODELS],
        *[("quiet", 0.002), ("noisy", 0.005), ("gpu", 0.001)],  # that take more than one look
    ],
)
def test_covers_the_truth(model: str, target: float, trials: int) -> None:
    """With the stopping rule 93 to 98 % of the intervals hold the true 1.5 %, with its sign."""
    held = wrong = 0
    for seed in range(trials):
        machine = Machine(MODELS[model], {"network": EFFECT}, seed)
        run = collect(machine.process, StoppingRule(target, max_time=inf))
        found = run.effect("network")
        assert found.low is not None
        assert found.high is not None
        held += found.low <= EFFECT <= found.high
        wrong += found.value < 0
    assert 0.93 <= held / trials <= 0.98 + SLACK[trials]
    assert wrong <= 0.01 * trials


def test_one_long_process_would_not_cover_it() -> None:
    """The same number of quads in one process holds the truth far less often: the layout is one."""
    held = 0
    for seed in range(100):
        result = Machine(GPU, {"network": EFFECT}, seed).process(0, quads=50)
        found = hodges_lehmann([quad.effect for quad in result.quads])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= EFFECT <= found.high
    assert held < 60


@pytest.mark.parametrize("trials", TRIALS)
def test_a_network_against_itself_holds_zero(trials: int) -> None:
    """Where there is no difference none is found, in 93 to 98 % of the runs."""
    held = 0
    for seed in range(trials):
        run = collect(Machine(NOISY, {"network": 0.0}, seed).process, StoppingRule(max_time=inf))
        found = run.effect("network")
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0 <= found.high
    assert 0.93 <= held / trials <= 0.98 + SLACK[trials]


def test_stops_as_soon_as_all_intervals_are_narrow() -> None:
    """Ten processes at least; then the first look at which every interval is narrow ends it."""
    machine = Machine(QUIET, {"network": EFFECT, "without_final_stage": 0.01}, 1)
    run = collect(machine.process, StoppingRule(target=0.0012, max_time=inf))
    assert run.stop is Stop.TARGET
    assert len(run.processes) >= 10
    assert half_width(run) <= 0.0012
    assert (
        len(run.processes) == 10 or half_width(replace(run, processes=run.processes[:-1])) > 0.0012
    )


def test_narrower_targets_take_more_processes() -> None:
    """A target of a third takes several times as many processes."""
    taken = [
        mean(
            len(
                collect(
                    Machine(NOISY, {"network": 0.0}, seed).process, StoppingRule(t, inf)
                ).processes
            )
            for seed in range(8)
        )
        for t in (0.012, 0.004)
    ]
    assert taken[1] > 3 * taken[0]


def test_stops_when_the_time_is_up() -> None:
    """A process that would not fit into the time is not started, whatever the interval is."""
    clock = iter(range(7_000, 17_000, 100))
    machine = Machine(NOISY, {"network": 0.0}, 0)
    run = collect(machine.process, StoppingRule(1e-9, max_time=500), now=lambda: next(clock))
    assert run.stop is Stop.TIME
    assert len(run.processes) == 5
    assert half_width(run) == inf


def test_stops_at_the_last_process() -> None:
    """There are never more processes than allowed."""
    run = collect(Machine(NOISY, {"network": 0.0}, 0).process, StoppingRule(1e-9, inf, at_most=12))
    assert (run.stop, len(run.processes)) == (Stop.PROCESSES, 12)


def failing(numbers: set[int], error: BaseException) -> Callable[[int, int], ProcessResult]:
    """Return a machine on which some processes, numbered as they start, raise `error`."""
    machine = Machine(QUIET, {"network": 0.0}, 0)

    def process(number: int, lost: int) -> ProcessResult:
        if number + lost in numbers:
            raise error
        return machine.process(number)

    return process


def test_lost_processes_are_counted_and_replaced() -> None:
    """A process that dies is not in the samples, and others follow."""
    run = collect(failing({0, 4, 5}, WorkerLostError("died")), StoppingRule(max_time=inf))
    assert (run.lost, len(run.processes), run.stop) == (3, 10, Stop.TARGET)
    assert run.reason == "died"
    assert [result.quads[0].process for result in run.processes] == list(range(10))


@pytest.mark.parametrize(("numbers", "finished"), [({0, 1, 2}, 0), ({6, 7, 8}, 6)])
def test_gives_up_when_processes_keep_dying(numbers: set[int], finished: int) -> None:
    """Three lost in a row are no accident; what was finished before is kept."""
    run = collect(failing(numbers, WorkerLostError("killed")), StoppingRule(max_time=inf))
    assert (run.stop, run.reason) == (Stop.FAILED, "killed")
    assert (len(run.processes), run.lost) == (finished, 3)


def test_an_error_keeps_what_is_finished() -> None:
    """What cannot be measured any more ends the run; at once it is passed on."""
    run = collect(failing({3}, MeasurementError("no device")), StoppingRule(max_time=inf))
    assert (run.stop, run.reason, len(run.processes)) == (Stop.FAILED, "no device", 3)
    with pytest.raises(MeasurementError, match="no device"):
        collect(failing({0}, MeasurementError("no device")), StoppingRule(max_time=inf))


def test_interrupted_keeps_what_is_finished() -> None:
    """Ctrl-C ends it with the finished processes; before the first it is passed on."""
    run = collect(failing({7}, KeyboardInterrupt()), StoppingRule(max_time=inf))
    assert (run.stop, len(run.processes)) == (Stop.INTERRUPTED, 7)
    with pytest.raises(KeyboardInterrupt):
        collect(failing({0}, KeyboardInterrupt()), StoppingRule(max_time=inf))


def test_interrupted_while_it_tells_keeps_what_is_finished() -> None:
    """Ctrl-C may come at any moment, also between two processes."""
    told = iter(range(100))

    def progress(done: float, what: str) -> None:
        if next(told) == 2:
            raise KeyboardInterrupt

    run = collect(Machine(QUIET, {"network": 0.0}, 0).process, StoppingRule(max_time=inf), progress)
    assert (run.stop, len(run.processes)) == (Stop.INTERRUPTED, 3)


def test_lost_processes_count_towards_the_last() -> None:
    """A machine on which processes die is not tried for ever."""
    run = collect(failing({1, 3, 5}, WorkerLostError("died")), StoppingRule(1e-9, inf, at_most=8))
    assert (run.lost, len(run.processes), run.stop) == (3, 5, Stop.PROCESSES)


Told = list[tuple[float, str]]


def told(noise: Noise, rule: StoppingRule, seconds: float = 0) -> tuple[Told, Run]:
    """Return the progress of a run whose processes take some seconds each, and the run."""
    words: Told = []
    clock = iter(range(1000))
    run = collect(
        Machine(noise, {"network": 0.0}, 0).process,
        rule,
        lambda *word: words.append(word),
        now=lambda: 1e6 + seconds * next(clock),
    )
    return words, run


def test_progress_says_how_narrow_the_interval_is() -> None:
    """The first process has no interval yet."""
    words, _ = told(QUIET, StoppingRule(max_time=inf))
    assert words[0][1] == "1 process: too few for an interval yet"
    assert re.fullmatch(r"10 processes: [+-]0\.\d\d % ±0\.\d\d", words[-1][1])


def test_progress_is_the_share_of_the_time() -> None:
    """Where the target is far away, time ends the run: a tenth of it for each process."""
    words, run = told(NOISY, StoppingRule(1e-9, max_time=1000), seconds=100)
    assert run.stop is Stop.TIME
    assert [done for done, _ in words] == pytest.approx([i / 10 for i in range(1, 11)])


def test_progress_is_at_most_all_of_it() -> None:
    """A process may take longer than there was time for."""
    words, run = told(NOISY, StoppingRule(1e-9, max_time=50), seconds=100)
    assert run.stop is Stop.TIME
    assert [done for done, _ in words] == [1.0]


def test_progress_is_the_share_of_the_least_number() -> None:
    """Where the interval is narrow at once, the least number of processes ends the run."""
    words, run = told(QUIET, StoppingRule(target=1, max_time=inf, at_least=20))
    assert run.stop is Stop.TARGET
    known = [done for done, _ in words[6:]]  # from the seventh on there is an interval
    assert known == pytest.approx([i / 20 for i in range(7, 21)])


def test_progress_is_how_near_the_target_is() -> None:
    """The width shrinks with the root of the number, so progress is the square of its share."""
    rule = StoppingRule(target=0.004, max_time=inf)
    words, run = told(NOISY, rule)
    assert len(words) == len(run.processes) > 15
    for number, (done, _) in enumerate(words[10:-1], start=11):
        width = half_width(replace(run, processes=run.processes[:number]))
        assert done == pytest.approx(min(1.0, (rule.target / width) ** 2))


def test_a_run_that_goes_on_is_the_run_that_never_stopped() -> None:
    """Processes keep their numbers and the rule its say; what is known takes no time here."""
    rule = StoppingRule(0.002, max_time=inf)
    whole = collect(Machine(NOISY, {"network": EFFECT}, 1).process, rule)
    machine = Machine(NOISY, {"network": EFFECT}, 1)
    part = collect(machine.process, replace(rule, at_most=12))
    assert len(part.processes) == 12 < len(whole.processes)
    rest = collect(machine.process, rule, before=part.processes)
    assert rest == whole


def test_a_run_that_is_done_takes_no_further_process() -> None:
    """Its target is met, or it has as many as it may have."""

    def start(number: int, lost: int) -> ProcessResult:
        raise AssertionError

    done = collect(Machine(QUIET, {"network": EFFECT}, 1).process, StoppingRule(max_time=inf))
    again = collect(start, StoppingRule(), before=done.processes)
    assert again.stop is Stop.TARGET
    most = StoppingRule(0.00001, at_most=len(done.processes))
    assert collect(start, most, before=done.processes).stop is Stop.PROCESSES


def test_the_time_is_that_of_the_new_processes() -> None:
    """Ten that are known do not make a process look ten times as quick."""
    known = collect(Machine(NOISY, {"network": EFFECT}, 1).process, StoppingRule(0.9, max_time=inf))
    clock = iter(range(0, 10_000, 10))  # each process takes ten seconds
    machine = Machine(NOISY, {"network": EFFECT}, 2)
    run = collect(
        machine.process,
        StoppingRule(0.00001, max_time=35),
        now=lambda: float(next(clock)),
        before=known.processes,
    )
    assert (run.stop, len(run.processes) - len(known.processes)) == (Stop.TIME, 3)


def test_compiling_is_not_timing() -> None:
    """What the first ten processes compile takes none of the time; what later ones do, does."""
    clock = [0.0]

    def start(number: int, lost: int) -> ProcessResult:
        clock[0] += 70.0
        result = Machine(QUIET, {"network": EFFECT}, number).process(number)
        return replace(result, process=replace(result.process, compiling=60.0))

    run = collect(start, StoppingRule(target=1e-9, max_time=180), now=lambda: clock[0])
    assert run.stop is Stop.TIME
    assert len(run.processes) == 11  # ten take 10 s each, the next 70
