"""What launches cost, from timings whose truth is known."""

import pytest
from documents.every import SE50, both_ways

from measure.made_up import result, timing
from se_cost.measure.timing.arms import NETWORK
from se_cost.measure.timing.launches import launches
from se_cost.measure.timing.run import Run
from se_cost.measure.timing.settings import StoppingRule


def test_eager_less_replayed() -> None:
    """Of 10 ms 6 are launches, of 11 ms 6.8: 8 % of 10 ms are launches of the attention."""
    found = launches(both_ways(SE50).run)
    assert found is not None
    for part, truth in ((found.baseline, 60), (found.network, 68), (found.attention, 8)):
        assert part is not None
        assert part.percent == pytest.approx(truth, abs=0.01)
        assert part.low is not None
        assert part.high is not None
        assert part.low < truth < part.high
    assert found.replayed is not None
    assert found.replayed.percent == pytest.approx(100 * (0.42 / 0.40 - 1), abs=0.01)


def test_of_processes() -> None:
    """By the full protocol the interval is that over processes."""
    each = [{NETWORK: 1.1, "baseline_replayed": 0.4 + 0.001 * number} for number in range(-4, 5)]
    processes = tuple(result(truth, 2, number) for number, truth in enumerate(each))
    found = launches(Run(processes, StoppingRule()))
    assert found is not None
    assert found.baseline.low is not None
    assert found.baseline.percent == pytest.approx(60, abs=0.01)
    assert found.baseline.low == pytest.approx(59.7, abs=0.1)
    assert (found.network, found.attention, found.replayed) == (None, None, None)


def test_without_replays() -> None:
    """Nothing is said of launches."""
    assert launches(timing(SE50).run) is None
