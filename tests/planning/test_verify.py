"""How predictions are held against measurements."""

import pytest

from se_cost.planning.verify import Verified, judged_pairs, rank_correlation, wrong_pairs


def verified(*pairs: tuple[float, float]) -> list[Verified]:
    """Return choices of a predicted and a measured time, with intervals of +-0.1."""
    return [Verified(a, b, b - 0.1, b + 0.1) for a, b in pairs]


def test_pairs_that_are_ordered_wrongly() -> None:
    """Predicted quicker and measured slower, beyond their intervals; the quicker comes first."""
    assert list(wrong_pairs(verified((1, 5), (2, 3), (3, 3.15)))) == [(0, 1), (0, 2)]
    assert list(wrong_pairs(verified((2, 3), (1, 5)))) == [(1, 0)]
    assert list(wrong_pairs(verified((1, 1), (2, 2)))) == []
    assert list(judged_pairs(verified((1, 1), (2, 2), (3, 2.1)))) == [(0, 1), (0, 2)]
    assert list(wrong_pairs(verified((1, 5), (1, 3)))) == []


@pytest.mark.parametrize(
    ("pairs", "rank"),
    [
        (((1, 10), (2, 20), (3, 90)), 1.0),
        (((1, 3), (2, 2), (3, 1)), -1.0),
        (((1, 1), (2, 2), (3, 4), (4, 3)), 0.8),
        (((1, 1), (1, 2), (2, 3)), 0.866),
        (((1, 1), (2, 2)), None),
        (((1, 1), (1, 2), (1, 3)), None),
    ],
)
def test_rank_correlation(pairs: tuple[tuple[float, float], ...], rank: float | None) -> None:
    """Spearman's coefficient; equal values share their rank."""
    found = rank_correlation(verified(*pairs))
    assert found == (rank if rank is None else pytest.approx(rank, abs=5e-4))


def test_error() -> None:
    """In per cent of what was measured, signed."""
    assert Verified(1.5, 2.0, 1.9, 2.1).error == pytest.approx(-25)
