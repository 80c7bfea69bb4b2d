"""Contrasts of quads."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from se_cost.measure.timing.quads import DRIFT, EFFECT, NULL, Quad

SMALL = st.floats(-0.2, 0.2)


def quad(a: float, b: float, slope: float, *, reverse: bool = False) -> Quad:
    """Return the quad of a machine whose log speed drifts by `slope` for every timing."""
    arms = (b, a, a, b) if reverse else (a, b, b, a)
    w, x, y, z = (exp(level + slope * i) for i, level in enumerate(arms))
    return Quad(0, "network", reverse, (w, x, y, z))


@given(a=SMALL, b=SMALL, slope=SMALL, reverse=st.booleans())
def test_effect_is_free_of_drift(a: float, b: float, slope: float, reverse: bool) -> None:
    """Whatever the order and the drift, the effect is log(B / A)."""
    assert quad(a, b, slope, reverse=reverse).effect == pytest.approx(b - a, abs=1e-9)


@given(a=SMALL, b=SMALL, slope=SMALL, reverse=st.booleans())
def test_null_and_drift(a: float, b: float, slope: float, reverse: bool) -> None:
    """The null is zero for any pair under linear drift; the drift sees the slope alone."""
    found = quad(a, b, slope, reverse=reverse)
    assert found.null == pytest.approx(0, abs=1e-9)
    assert found.drift == pytest.approx(slope * 20**0.5 / 2, abs=1e-9)


def test_contrasts_are_orthonormal() -> None:
    """All three have length one and are uncorrelated, so their noise is the same."""
    weights = (EFFECT, NULL, DRIFT)
    for i, one in enumerate(weights):
        for j, other in enumerate(weights):
            product = sum(x * y for x, y in zip(one, other, strict=True))
            assert product == pytest.approx(float(i == j))


def test_timings_of_each_arm() -> None:
    """The two timings of each arm are found in either order."""
    ordered, reverse = (Quad(0, "network", turned, (2, 3, 4, 5)) for turned in (False, True))
    assert (ordered.of("baseline"), ordered.of("network")) == ([2, 5], [3, 4])
    assert (reverse.of("network"), reverse.of("baseline")) == ([2, 5], [3, 4])
