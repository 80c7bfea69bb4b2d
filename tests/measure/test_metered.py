"""The energy of networks, with a counter that is made up."""

from itertools import count

import pytest

from se_cost.errors import CannotMeasure
from se_cost.measure import metered
from se_cost.measure.metered import joules
from se_cost.measure.result import BASELINE, NETWORK
from se_cost.measure.settings import Settings
from se_cost.nets.registry import recipe

NET = recipe("se_resnet18", input=32)
NETWORKS = {BASELINE: NET.baseline, NETWORK: NET}


def test_a_cpu_counts_no_energy() -> None:
    """It is refused before anything is built."""
    with pytest.raises(CannotMeasure, match="energy needs a GPU"):
        joules(NETWORKS, Settings(device="cpu"))


def test_every_network_has_its_energy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter that moves by 8 J a run, over runs of 4 s at 1 s an iteration of 2 images."""
    ticks = count(0, 8)
    monkeypatch.setattr(metered, "counter", lambda device: lambda: float(next(ticks)))
    monkeypatch.setattr(metered, "stopwatch", lambda *given: lambda arm, iterations: iterations)
    found = joules(NETWORKS, Settings(device="cpu", batch=2))
    assert found == {BASELINE: pytest.approx(2), NETWORK: pytest.approx(2)}
