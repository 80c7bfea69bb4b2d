"""How values are read by people."""

import pytest

from gate.budgeted import entry, timed
from se_cost.documents.baseline import Figure
from se_cost.gate.quantities import QUANTITIES, percent


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        (Figure.PARAMS, 28_088_024, "28,088,024"),
        (Figure.ACTIVATIONS, 111 * 2**20, "111.00 MiB"),
        (Figure.ACTIVATIONS, 2**20 // 10 + 1, "0.10 MiB"),
        (Figure.ACTIVATIONS, 2**20 // 10, "104,857 bytes"),
        (Figure.ACTIVATIONS, -5_000, "-5,000 bytes"),
        (Figure.PEAK_MEMORY, 2**31, "2,048.00 MiB"),
        (Figure.OVERHEAD, 12.3456, "12.35 %"),
    ],
)
def test_values_have_their_unit(key: Figure, value: float, text: str) -> None:
    """Counts have thousands set apart, bytes are binary, shares have four digits."""
    assert QUANTITIES[key].shown(value) == text


def test_shares_differ_by_points_and_their_parts_are_counts() -> None:
    """One per cent more of ten per cent is 0.1 points; a part of a share is a number of MACs."""
    share = QUANTITIES[Figure.ATTENTION_MACS]
    assert share.shown_change(1.2345678) == "1.235 points"
    assert share.shown_part(12_345) == "12,345"
    bytes_ = QUANTITIES[Figure.ACTIVATIONS]
    assert (bytes_.shown_change(10), bytes_.shown_part(10)) == ("10 bytes", "10 bytes")


def test_percent_is_readable_at_any_size() -> None:
    """No power of ten stands in a sentence."""
    assert [percent(0.0652), percent(1078.4), percent(-3.21, "+"), percent(98765, "+")] == [
        *("0.0652 %", "1,078 %", "-3.21 %", "+98,765 %"),
    ]
    assert [percent(999.4), percent(999.5), percent(-1000)] == ["999 %", "1,000 %", "-1,000 %"]


def test_every_figure_is_a_quantity() -> None:
    """What documents can name can be limited, each under its own key."""
    assert list(QUANTITIES) == list(Figure)
    assert all(quantity.key is key for key, quantity in QUANTITIES.items())


def test_counted_and_measured_are_apart() -> None:
    """An entry has counts, a time has what was measured; neither has the other's."""
    net, time = entry(), timed(overhead=10, peak_memory=5)
    assert {key for key, q in QUANTITIES.items() if q.of(net) is not None} == {
        key for key, q in QUANTITIES.items() if q.count
    }
    assert QUANTITIES[Figure.PEAK_MEMORY].measured(time) == 5
    assert QUANTITIES[Figure.OVERHEAD].measured(time) == time.overhead.percent
    assert QUANTITIES[Figure.PARAMS].measured(time) is None
