"""What one process measures, so that enough of them fit into the time."""

from functools import partial
from math import inf, log

import pytest
from simulator import GPU, NOISY, QUIET, Machine, Noise

from measure.made_up import result
from se_cost.measure.timing.arms import NETWORK, TRIMMED
from se_cost.measure.timing.collect import collect
from se_cost.measure.timing.run import Run, Stop, half_width
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.schedule import (
    LEAST,
    OF_EQUALS,
    QUADS,
    Share,
    first_share,
    in_turn,
    least_of,
    seconds_of_quad,
    share,
)
from se_cost.measure.timing.settings import StoppingRule

EFFECT = log(1.015)


@pytest.mark.parametrize(
    ("seconds", "found"),
    [
        (1000, Share(2, QUADS)),
        (13, Share(2, 5)),
        (7, Share(2, LEAST)),
        (6.9, Share(1, 4)),
        (4, Share(1, LEAST)),
        (1, Share(1, LEAST)),  # less would be no comparison
    ],
)
def test_every_arm_gets_its_least_before_any_gets_more(seconds: float, found: Share) -> None:
    """And long iterations take fewer arms before they take fewer comparisons."""
    assert share(seconds, setup=1, quad=1, others=2) == found


@pytest.mark.parametrize(
    ("seconds", "found"), [(37, Share(12, 2)), (36.9, Share(12, 1)), (24, Share(11, 1))]
)
def test_equals_get_one_comparison_each_before_any_gets_more(seconds: float, found: Share) -> None:
    """Thirteen networks of a second each to set up; only processes make an interval."""
    assert share(seconds, setup=1, quad=1, others=12, least=OF_EQUALS) == found


def test_the_first_process_tells_how_long_things_take() -> None:
    """By the arm that is asked about and those after it, or by one of those that are all alike."""
    both, kinds = [NETWORK, TRIMMED], ["se", "eca", "cbam"]
    assert first_share(30, both) == Share(2, QUADS)
    assert first_share(29, both) == Share(2, LEAST)
    assert first_share(60, kinds) == Share(1, LEAST)


def test_equals_take_turns() -> None:
    """Those that the fewest processes measured come first, in their order."""
    kinds = ["se", "eca", "cbam", "gc"]
    assert least_of(kinds) == OF_EQUALS
    found: list[ProcessResult] = []
    seen = []
    for number in range(5):
        turn = in_turn(kinds, 3, found)
        seen.append(turn)
        found.append(result(dict.fromkeys(turn, 1.0), 1 + number % 2, number))
    assert seen == [
        ["se", "eca", "cbam"],
        ["gc", "se", "eca"],
        ["cbam", "gc", "se"],
        ["eca", "cbam", "gc"],
        ["se", "eca", "cbam"],
    ]


def test_the_arm_that_is_asked_about_is_always_measured() -> None:
    """The others follow if there is time for them, the same ones in every process."""
    arms = [NETWORK, TRIMMED, "without_stages_5_4"]
    assert least_of(arms) == LEAST
    found = [result(dict.fromkeys(arms[:2], 1.0), 1)]
    assert in_turn(arms, 2, found) == [NETWORK, TRIMMED]
    assert in_turn(arms, 1, found) == [NETWORK]


def test_a_quad_takes_its_untimed_iterations_too() -> None:
    """Four timings of five iterations, and one more before each new arm: 23 of some 10 ms."""
    taken = seconds_of_quad([result({"network": 1.0}, 4)])
    assert taken == pytest.approx(23 * 0.010, rel=0.01)


@pytest.mark.parametrize("quads", [LEAST, OF_EQUALS])
@pytest.mark.parametrize("noise", [QUIET, NOISY, GPU], ids=["quiet", "noisy", "gpu"])
def test_a_short_limit_keeps_the_coverage(noise: Noise, quads: int) -> None:
    """Eight processes of as few comparisons as there may be: 93 % of the intervals or more hold.

    The interval of eight values is wider than its 95 %, since few values have few ranks.
    """
    held = 0
    for seed in range(200):
        machine = Machine(noise, {"network": EFFECT}, seed)
        clock = iter(range(0, 10_000, 10))
        rule = StoppingRule(target=1e-9, max_time=85, at_least=8)
        found = collect(partial(machine.process, quads=quads), rule, now=clock.__next__)
        assert (found.stop, len(found.processes)) == (Stop.TIME, 8)
        estimate = found.effect("network")
        assert estimate.low is not None
        assert estimate.high is not None
        held += estimate.low <= EFFECT <= estimate.high
    assert held / 200 >= 0.93


def test_an_arm_that_was_left_out_is_not_waited_for() -> None:
    """It was in the first processes only, so that it never has an interval."""
    both, one = {"network": 1.1, "without_final_stage": 1.05}, {"network": 1.1}
    processes: list[ProcessResult] = [result(both, 2)]
    processes += [result(one, 2, number) for number in range(1, 10)]
    run = Run(tuple(processes), StoppingRule())
    assert run.effect("without_final_stage").low is None
    assert half_width(run) < inf


def test_an_arm_that_takes_turns_is_waited_for() -> None:
    """It was not in the last process, but in the one before."""
    kinds = ["se", "eca"]
    processes = [result({kinds[number % 2]: 1.1}, 1, number) for number in range(16)]
    assert half_width(Run(tuple(processes), StoppingRule())) < inf
    last = result({"se": 1.1}, 1, 0)
    processes = [last] * 8 + [result({"eca": 1.1}, 1), *[last] * 7]
    assert half_width(Run(tuple(processes), StoppingRule())) == inf
