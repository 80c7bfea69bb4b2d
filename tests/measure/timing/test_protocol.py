"""The protocol on a simulated machine, whose truth is known and whose clock is ours."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import exp
from random import Random
from typing import Any

import pytest

from se_cost.errors import MeasurementError
from se_cost.measure.timing.protocol import Instruments, Measured, Progress, measure, silent
from se_cost.measure.timing.settings import QuickPlan
from se_cost.measure.timing.statistics import hodges_lehmann
from se_cost.measure.timing.verdict import Change, change
from se_cost.record import replace

ARMS = ("baseline", "network", "without_final_stage")


@dataclass
class Machine:
    """A clock that only moves while an arm runs, at a speed that drifts and is noisy."""

    truth: dict[str, float]  # seconds per iteration
    noise: float = 0.0
    drift: float = 0.0  # of the log time, per timing
    cold: int = 0  # how many timings are twice as slow
    seed: int = 0
    interrupt_after: int | None = None
    seconds: float = 0.0
    calls: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Seed the noise."""
        self.random = Random(self.seed)

    def watch(self, arm: str, iterations: int) -> float:
        """Return how long the arm takes."""
        self.calls.append((arm, iterations))
        if self.interrupt_after is not None and len(self.calls) > self.interrupt_after:
            raise KeyboardInterrupt
        slow = 2 if len(self.calls) <= self.cold else 1
        level = self.drift * len(self.calls) + self.random.gauss(0, self.noise)
        taken = iterations * slow * self.truth[arm] * exp(level)
        self.seconds += taken
        return taken

    def run(self, plan: QuickPlan, number: int = 0, progress: Progress = silent) -> Measured:
        """Measure all arms."""
        return measure(self.instruments(), ARMS, plan, number, progress)

    def instruments(self, **others: Any) -> Instruments:
        """Return what measures on this machine."""
        return Instruments(self.watch, lambda: self.seconds, **others)


TRUTH = {"baseline": 0.010, "network": 0.011, "without_final_stage": 0.0105}
PLAN = QuickPlan(quads=12, max_time=600)


def effects(samples: Measured, arm: str) -> list[float]:
    """Return the effects of one arm."""
    return [quad.effect for quad in samples.quads if quad.arm == arm]


def estimated(log_ratios: list[float]) -> Change:
    """Return the estimate in per cent."""
    return change(hodges_lehmann(log_ratios))


def test_finds_the_truth_of_a_quiet_machine() -> None:
    """Without noise every quad is the true ratio, in spite of the drift."""
    samples = Machine(TRUTH, drift=0.001).run(PLAN)
    assert effects(samples, "network") == pytest.approx([0.0953] * 12, abs=1e-4)
    assert estimated(effects(samples, "without_final_stage")).percent == pytest.approx(
        5.0, abs=1e-6
    )
    assert (samples.warm, samples.complete, samples.interrupted) == (True, True, False)


def test_intervals_cover_the_truth() -> None:
    """On a noisy, drifting machine 93 to 98 % of the intervals hold the truth."""
    held = 0
    for seed in range(400):
        samples = Machine(TRUTH, noise=0.05, drift=0.0005, seed=seed).run(replace(PLAN, seed=seed))
        change = estimated(effects(samples, "network"))
        assert change.low is not None
        assert change.high is not None
        held += change.low <= 10 <= change.high
    assert 0.93 <= held / 400 <= 0.98


def test_the_sign_is_right() -> None:
    """A true 1.5 % is not mistaken for a gain under 2 % of noise and drift in 200 runs."""
    truth = TRUTH | {"network": 0.01015}
    wrong = sum(
        hodges_lehmann(
            effects(Machine(truth, 0.02, 0.001, seed=s).run(replace(PLAN, seed=s)), "network")
        ).value
        < 0
        for s in range(200)
    )
    assert wrong <= 2


def test_orders_are_balanced_by_a_seeded_coin() -> None:
    """Both orders occur; the same seed gives the same orders, another one others."""
    orders = [
        [quad.reverse for quad in Machine(TRUTH).run(replace(PLAN, seed=s)).quads]
        for s in (1, 1, 2)
    ]
    assert orders[0] == orders[1] != orders[2]
    assert 4 < sum(orders[0]) < 20


def test_arms_take_turns() -> None:
    """Every arm is paired with the baseline equally often, in the same stretch of time."""
    samples = Machine(TRUTH).run(PLAN)
    assert [quad.arm for quad in samples.quads] == list(ARMS[1:]) * 12


@pytest.mark.parametrize(("truth", "iterations"), [(0.010, 5), (0.0499, 2), (0.07, 1), (1.0, 1)])
def test_a_timing_is_long_enough(truth: float, iterations: int) -> None:
    """The quickest arm runs for 50 ms, or once if that is longer."""
    machine = Machine(
        {"baseline": truth, "network": truth * 1.1, "without_final_stage": truth * 1.2}
    )
    samples = machine.run(PLAN)
    assert samples.iterations == iterations
    lengths = [number for _, number in machine.calls]
    assert lengths[:6] == [1] * 6  # one of each arm to allocate and tune, one to calibrate
    untimed = [1, iterations]  # before the first of an arm, in ABBA or BAAB
    assert lengths[-7:] == [*untimed, *untimed, iterations, *untimed]
    assert samples.quads[0].of("baseline") == pytest.approx([truth, truth])


def test_waits_until_it_is_warm() -> None:
    """Slow first timings are not in the samples."""
    samples = Machine(TRUTH, cold=15).run(PLAN)
    assert samples.warm
    assert samples.iterations == 5  # of 10 ms each, not of 20
    assert max(t for quad in samples.quads for t in quad.seconds) < 0.012


def warm_up_seconds(machine: Machine, plan: QuickPlan) -> float:
    """Return how long a machine was warmed up; the first question for disturbances ends it."""
    asked: list[float] = []
    begun: list[float] = []

    def disturbed() -> bool:
        asked.append(machine.seconds)
        return False

    def progress(done: float, what: str) -> None:
        begun.append(machine.seconds)

    measure(machine.instruments(disturbed=disturbed), ARMS, plan, progress=progress)
    return asked[0] - begun[0]


ROUND = 5 * sum(TRUTH.values())  # seconds of one timing of every arm


def test_one_lucky_timing_does_not_shorten_all() -> None:
    """The length of timings follows from the last of the warm-up, not from the quickest ever."""
    calls = 0

    def watch(arm: str, iterations: int) -> float:
        nonlocal calls
        calls += 1
        return iterations * (0.005 if calls == 5 else 0.010)  # the first after four to calibrate

    clock = iter(range(1000))
    instruments = Instruments(watch, lambda: next(clock) / 1000)
    assert measure(instruments, ("a", "b"), replace(PLAN, quads=1)).iterations == 5


def test_warms_up_for_as_long_as_a_gpu_needs() -> None:
    """Clocks of a GPU ramp up: it is kept busy for the time that the plan says."""
    plan = replace(PLAN, quads=1)
    assert warm_up_seconds(Machine(TRUTH), plan) == pytest.approx(6 * ROUND)
    assert 3 <= warm_up_seconds(Machine(TRUTH), replace(plan, busy=3)) < 3 + ROUND


def test_warms_up_for_a_quarter_of_the_time_at_most() -> None:
    """A machine that is never steady, here slower and slower, is measured in the rest."""
    slower = Machine(TRUTH, drift=0.01)
    found = warm_up_seconds(slower, replace(PLAN, quads=1, max_time=20))
    assert 5 <= found < 5 + 5 * ROUND


@pytest.mark.parametrize(("slowed", "rounds"), [(0.0203, 6), (0.0206, 7)])
def test_steady_is_within_two_per_cent(slowed: float, rounds: int) -> None:
    """The median of three rounds of all arms is held against that of the three before."""
    calls = dict.fromkeys(("a", "b"), 0)

    def watch(arm: str, iterations: int) -> float:
        calls[arm] += 1
        first_of_warm_up = 2 < calls[arm] <= 5  # after two to calibrate
        return 0.06 * (1 + slowed * first_of_warm_up)

    clock = iter(range(1000))
    instruments = Instruments(watch, lambda: next(clock) / 1000)
    found = measure(instruments, ("a", "b"), replace(PLAN, quads=1))
    assert found.warm
    outer, inner = ("b", "a") if found.quads[0].reverse else ("a", "b")
    assert calls == {outer: 2 + rounds + 4, inner: 2 + rounds + 3}


def test_noise_is_not_mistaken_for_a_machine_that_warms_up() -> None:
    """Rounds that scatter by 10 % are steady if the last are among those before; a trend is not."""
    noisy = [Machine(TRUTH, noise=0.1, seed=seed) for seed in range(100)]
    plan = replace(PLAN, quads=1)
    rounds = [warm_up_seconds(machine, plan) / ROUND for machine in noisy]
    assert sum(rounds) / len(rounds) < 8
    faster = Machine(TRUTH, noise=0.02, drift=-0.01)  # per timing
    assert warm_up_seconds(faster, replace(plan, max_time=20)) >= 5


def test_a_quad_knows_its_process() -> None:
    """The number of the process goes into every quad."""
    quads = Machine(TRUTH).run(replace(PLAN, quads=2), number=7).quads
    assert [quad.process for quad in quads] == [7] * 4


def test_says_when_it_never_became_warm() -> None:
    """A machine that slows down all the time is measured all the same, and said not to be warm."""
    samples = Machine(TRUTH, drift=0.01).run(replace(PLAN, max_time=20))
    assert not samples.warm


def test_stops_when_the_time_is_up() -> None:
    """The time limit ends it with what there is."""
    samples = Machine(TRUTH).run(replace(PLAN, quads=1000, max_time=20))
    assert not samples.complete
    assert 6 < len(samples.quads) < 2000


def test_the_least_is_measured_even_when_the_time_is_up() -> None:
    """On a busy machine a process that found nothing would have run in vain."""
    samples = Machine(TRUTH).run(replace(PLAN, max_time=1e-9, least=2))
    assert [quad.arm for quad in samples.quads] == list(ARMS[1:]) * 2
    assert not samples.complete
    never = Machine(TRUTH).instruments(disturbed=lambda: True)
    assert measure(never, ARMS, replace(PLAN, max_time=1e-9, least=2)).dropped == 4


def test_interrupted_keeps_what_is_finished() -> None:
    """Ctrl-C ends it; finished quads are kept."""
    whole = Machine(TRUTH)
    whole.run(PLAN)
    machine = Machine(TRUTH, interrupt_after=len(whole.calls) - 12)
    samples = machine.run(PLAN)
    assert samples.interrupted
    assert len(samples.quads) == 22


def test_interrupted_after_the_last_quad() -> None:
    """Ctrl-C while it is reported: all are there, but it did not end by itself."""

    def progress(done: float, what: str) -> None:
        if done == 1:
            raise KeyboardInterrupt

    samples = Machine(TRUTH).run(PLAN, progress=progress)
    assert len(samples.quads) == 24
    assert (samples.complete, samples.interrupted) == (False, True)


def test_interrupted_before_the_first_quad() -> None:
    """Ctrl-C before anything is finished is passed on."""
    with pytest.raises(KeyboardInterrupt):
        Machine(TRUTH, interrupt_after=3).run(PLAN)


@pytest.mark.parametrize("answer", [0.0, -0.5])
def test_a_clock_that_goes_backwards_is_refused(answer: float) -> None:
    """A timing that is not positive is no timing."""
    watch: Callable[[str, int], float] = lambda arm, iterations: answer  # noqa: E731
    with pytest.raises(MeasurementError, match="backwards"):
        measure(Instruments(watch), ARMS, PLAN)


def test_reports_progress() -> None:
    """Progress goes from warming up to done."""
    told: list[tuple[float, str]] = []
    Machine(TRUTH).run(PLAN, progress=lambda *word: told.append(word))
    assert told[0] == (0, "warming up")
    assert told[-1] == (1.0, "+10.00 % ±0.00")
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_every_timing_begins_with_its_own_caches() -> None:
    """A machine that is slow after a switch of arms does not bias null or effect: none is timed."""
    last = ""

    def watch(arm: str, iterations: int) -> float:
        nonlocal last
        switched, last = arm != last, arm
        return iterations * TRUTH[arm] * (1.3 if switched else 1.0)

    clock = iter(range(10**6))
    samples = measure(Instruments(watch, lambda: next(clock) / 1e4), ARMS, PLAN)
    assert estimated([quad.null for quad in samples.quads]).percent == pytest.approx(0, abs=1e-9)
    assert estimated(effects(samples, "network")).percent == pytest.approx(10)


STAGES = {"stage1": 0.2, "stage2": 0.5, "head": 0.3}  # of the time of an iteration


class Staged(Machine):
    """A machine that knows how long the stages took; only the first two arms have a head."""

    lasting: float = 0.0  # seconds since the stages were last asked for

    def watch(self, arm: str, iterations: int) -> float:
        """Return how long the arm takes."""
        taken = super().watch(arm, iterations)
        self.lasting += taken
        return taken

    def laps(self) -> dict[str, float]:
        """Return the seconds of stages since this was last asked."""
        arm = self.calls[-1][0]
        has = [stage for stage in STAGES if (arm, stage) != (ARMS[2], "head")]
        found = {stage: STAGES[stage] * self.lasting for stage in has}
        self.lasting = 0.0
        return found


def test_stages_are_timed_within_the_quads() -> None:
    """Every stage has the quads of the networks that both have it, without what was not timed."""
    machine = Staged(TRUTH)
    instruments = replace(machine.instruments(), laps=machine.laps)
    samples = measure(instruments, ARMS, PLAN)
    assert list(samples.laps) == list(STAGES)
    for stage, quads in samples.laps.items():
        of = [quad for quad in samples.quads if stage != "head" or quad.arm == "network"]
        assert [(quad.arm, quad.reverse) for quad in quads] == [(q.arm, q.reverse) for q in of]
        for quad, whole in zip(quads, of, strict=True):
            assert quad.seconds == pytest.approx([STAGES[stage] * x for x in whole.seconds])


def test_a_stage_of_nothing_has_no_quads() -> None:
    """Its time is no reason to give up the others'."""
    laps = {"stage1": 0.0, "stage2": 1.0}
    samples = measure(replace(Machine(TRUTH).instruments(), laps=lambda: laps), ARMS, PLAN)
    assert list(samples.laps) == ["stage2"]
    assert len(samples.laps["stage2"]) == len(samples.quads)


def test_disturbed_quads_are_dropped_and_taken_again() -> None:
    """A quad during which the device was slowed down is not in the samples, but is counted."""
    asked = iter(range(1000))
    machine = Machine(TRUTH)
    # the first answer is about the warm-up
    instruments = machine.instruments(disturbed=lambda: next(asked) in {0, 2, 3})
    samples = measure(replace(instruments, laps=lambda: {"stage1": 1.0}), ARMS, PLAN)
    assert samples.dropped == 2
    assert len(samples.quads) == len(samples.laps["stage1"]) == 12 * 2
    assert samples.complete
