"""How values are read by people."""

import pytest

from report.budgeted import entry, timed
from se_cost.report.gate.quantities import QUANTITIES, percent


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("params", 28_088_024, "28,088,024"),
        ("activation-bytes", 111 * 2**20, "111.00 MiB"),
        ("activation-bytes", 5_000, "5,000 bytes"),
        ("activation-bytes", -5_000, "-5,000 bytes"),
        ("peak-memory", 2**31, "2,048.00 MiB"),
        ("overhead-percent", 12.3456, "12.35 %"),
    ],
)
def test_values_have_their_unit(key: str, value: float, text: str) -> None:
    """Counts have thousands set apart, bytes are binary, shares have four digits."""
    assert QUANTITIES[key].shown(value) == text


def test_shares_differ_by_points_and_their_parts_are_counts() -> None:
    """One per cent more of ten per cent is 0.1 points; a part of a share is a number of MACs."""
    share = QUANTITIES["attention-macs-percent"]
    assert share.shown_change(1.2345678) == "1.235 points"
    assert share.shown_part(12_345) == "12,345"
    bytes_ = QUANTITIES["activation-bytes"]
    assert (bytes_.shown_change(10), bytes_.shown_part(10)) == ("10 bytes", "10 bytes")


def test_percent_is_readable_at_any_size() -> None:
    """No power of ten stands in a sentence."""
    assert [percent(0.0652), percent(1078.4), percent(-3.21, "+"), percent(98765, "+")] == [
        *("0.0652 %", "1,078 %", "-3.21 %", "+98,765 %"),
    ]


def test_counted_and_measured_are_apart() -> None:
    """An entry has counts, a time has what was measured; neither has the other's."""
    net, time = entry(), timed(overhead=10, peak_memory=5)
    assert {key for key, q in QUANTITIES.items() if q.of(net) is not None} == {
        key for key, q in QUANTITIES.items() if q.count
    }
    assert QUANTITIES["peak-memory"].measured(time) == 5
    assert QUANTITIES["overhead-percent"].measured(time) == time.percent
    assert QUANTITIES["params"].measured(time) is None
