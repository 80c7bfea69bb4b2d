"""The all-reduce of gradients, from made-up timings."""

from random import Random

import pytest

from se_cost.measure.timing.all_reduce import AllReduce, measure_all_reduce, merged

TWO = AllReduce(
    steps=((0.011, 0.010), (0.013, 0.012), (0.030, 0.012)),
    without=((0.007, 0.009), (0.008, 0.010), (0.007, 0.011)),
)


def test_the_slowest_rank_is_the_step() -> None:
    """Figures are medians over timings, in each of which the slowest rank counts."""
    assert TWO.step_ms == pytest.approx(13)
    assert TWO.without_ms == pytest.approx(10)
    assert TWO.exposed_ms == pytest.approx(3)
    assert TWO.ranks_ms == pytest.approx([7, 10])


@pytest.mark.parametrize(
    ("ranks", "straggler"),
    [
        ((10.0, 10.0, 10.9, 10.0), None),
        ((10.0, 10.0, 11.1, 10.0), 2),
        ((13.0, 10.0, 12.0, 10.0, 10.0), 0),
        ((5.0, 10.0, 10.0), None),
        ((7.0, 10.0), 1),
    ],
)
def test_a_straggler_is_far_slower_than_most(
    ranks: tuple[float, ...], straggler: int | None
) -> None:
    """More than 10 % above the median of ranks; one that is quicker than others is none."""
    assert AllReduce(steps=(ranks,), without=(ranks,)).straggler == straggler


def test_processes_are_joined_by_their_timings() -> None:
    """The samples of several processes are those of all of them."""
    both = merged([TWO, TWO])
    assert both.steps == TWO.steps * 2
    assert both.without == TWO.without * 2


def test_every_arm_is_timed_in_both_orders() -> None:
    """Quads of both kinds of steps, every timing after an untimed one, in seconds of one step."""
    calls: list[tuple[str, str, int]] = []

    def steps(arm: str, iterations: int) -> list[float]:
        calls.append(("steps", arm, iterations))
        return [3.0 * iterations, 6.0 * iterations]

    def without(arm: str, iterations: int) -> list[float]:
        calls.append(("without", arm, iterations))
        return [2.0 * iterations, 4.0 * iterations]

    found = measure_all_reduce(steps, without, ["a", "b"], 4, lambda: False, Random(1))
    expected = AllReduce(steps=((3.0, 6.0),) * 4, without=((2.0, 4.0),) * 4)
    assert found == {"a": expected, "b": expected}
    assert [iterations for _, _, iterations in calls] == [1, 4] * (len(calls) // 2)
    timed = [kind for kind, _, iterations in calls if iterations == 4]
    orders = {tuple(timed[i : i + 4]) for i in range(0, len(timed), 4)}
    assert orders == {
        ("steps", "without", "without", "steps"),
        ("without", "steps", "steps", "without"),
    }


def test_one_round_is_always_taken() -> None:
    """When the time is up, every arm still has one quad."""
    found = measure_all_reduce(
        lambda arm, iterations: [1.0],
        lambda arm, iterations: [1.0],
        "ab",
        1,
        lambda: True,
        Random(0),
    )
    assert [len(one.steps) for one in found.values()] == [2, 2]
