"""Operators far from their bound: what is said of them, and of which nothing is."""

import pytest

from se_cost.documents.advice import BACKWARD, BETWEEN, CALL, PRODUCT, REDUCTION, WEIGHTS, advice
from se_cost.measure.explain.alone import CALLS, TimedOperator
from se_cost.measure.machine.figures import Machine
from se_cost.record import replace

MACHINE = Machine(bandwidth=1e9, launch=1e-6)
FREE = Machine(bandwidth=1e9, launch=0)


def operator(
    word: str, milliseconds: float, *, backward: bool = False, size: int = 10**6
) -> TimedOperator:
    """Return one whose bytes take a millisecond, unless it has another size."""
    seconds = (milliseconds / 1000,) * 8
    call, shapes = f"aten::{word}", ((1, 8, 4, 4),)
    return TimedOperator(2, word, backward, call, shapes, 1, size, seconds)


def test_what_is_near_its_bound_needs_no_words() -> None:
    """Nor what is far from it, but is a small part of all."""
    near, small = operator("scale", 1.2), operator("relu", 0.02, size=0)
    assert advice([near, small], MACHINE) == ()
    assert advice([], MACHINE) == ()


@pytest.mark.parametrize(
    ("one", "remedy"),
    [
        (operator("scale", 3), PRODUCT),
        (operator("scale", 3, backward=True), BACKWARD),
        (operator("linear", 3), WEIGHTS),
        (operator("linear", 3, size=8), CALL),
        (operator("sigmoid", 3, size=8), CALL),
        (operator("global_avg_pool", 3), REDUCTION),
    ],
)
def test_each_sort_has_its_remedy(one: TimedOperator, remedy: str) -> None:
    """By what it does and what its time is mostly made of."""
    (said,) = advice([one], MACHINE)
    assert said.endswith(remedy)
    assert said.startswith(f"{one.word}{' backward' * one.backward} takes 3 ms, ")


def test_the_worst_comes_first_and_words_go_together() -> None:
    """By how much more than its bound all of one word takes."""
    several = [
        operator("relu", 3),
        operator("scale", 5),
        operator("linear", 4),
        operator("relu", 4),
    ]
    found = advice([*several, operator("tanh", 2)], FREE)
    assert [said.split()[0] for said in found] == ["relu", "scale", "linear"]
    assert found[0].startswith("relu takes 7 ms, 3.5 times its lower bound")


def test_what_stands_between_operators_has_no_bound() -> None:
    """It is told where it is a good part of all, and nothing is told of less than nothing."""
    calls = replace(operator(CALLS, 2, size=0), launches=0)
    assert advice([calls, operator("scale", 1)], MACHINE) == (
        f"what stands between operators takes 2 ms: {BETWEEN}",
    )
    assert advice([replace(calls, seconds=(-0.001,) * 8), operator("scale", 1)], MACHINE) == ()
