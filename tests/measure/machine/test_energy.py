"""Joules of an image, on a simulated GPU whose power and speed are known."""

import sys
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace

import pytest
import torch

from se_cost.errors import MeasurementError
from se_cost.measure.machine import energy as module
from se_cost.measure.machine.clocks import stopwatch
from se_cost.measure.machine.energy import at_a_tick, counter, energy, joules
from se_cost.measure.steps.steps import steps
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.settings import Settings
from se_cost.nets.zoo.model import model

GPU = torch.device("cuda")
NET = model("se_resnet18", input=32)
NETWORKS = {BASELINE: NET.plain, NETWORK: NET}


@dataclass
class Board:
    """A GPU that draws `watts` for every arm, more and more as it warms up."""

    watts: dict[str, float]
    seconds: dict[str, float]  # of one iteration
    drift: float = 0.0  # of the power, per measured run
    tuning: float = 0.0  # seconds that the first call of all takes on top
    joules: float = 0.0
    calls: list[tuple[str, int]] = field(default_factory=list)

    def watch(self, arm: str, iterations: int) -> float:
        """Run an arm and return how long it took."""
        self.calls.append((arm, iterations))
        taken = iterations * self.seconds[arm] + self.tuning * (len(self.calls) == 1)
        self.joules += taken * self.watts[arm] * (1 + self.drift * len(self.calls))
        return taken

    def measured(self) -> list[tuple[str, int]]:
        """Return the calls of the last twelve runs, which are those between two readings."""
        return self.calls[-12:]


def test_joules_of_an_image() -> None:
    """300 W for 10 ms are 3 J for a batch of 4, and 330 W for 12 ms are 3.96 J."""
    board = Board({"a": 300, "b": 330}, {"a": 0.010, "b": 0.012})
    readings = 0

    def counted() -> float:
        nonlocal readings
        readings += 1
        return board.joules

    found = energy(board.watch, counted, ["a", "b"], images=4)
    assert (found["a"].mean, found["b"].mean) == pytest.approx((3 / 4, 3.96 / 4))
    assert readings == 2 * 6 * 2  # before and after six runs of each


def test_arms_take_turns_and_last() -> None:
    """Three rounds of ABBA, each run for the seconds asked for, up to twice as long."""
    board = Board({"a": 300, "b": 300}, {"a": 0.010, "b": 0.012}, tuning=5)
    energy(board.watch, lambda: board.joules, ["a", "b"], images=1, seconds=2, rounds=3)
    assert [arm for arm, _ in board.measured()] == list("abba" * 3)
    assert all(2 <= n * board.seconds[arm] < 4 for arm, n in board.measured())


def test_drift_cancels() -> None:
    """A board that draws more with every run does not favour the arm that came first."""
    same = dict.fromkeys("abc", 300.0), dict.fromkeys("abc", 0.01)
    board = Board(*same, drift=0.01)
    found = energy(board.watch, lambda: board.joules, list("abc"), images=1)
    assert found["a"].mean == pytest.approx(found["b"].mean)
    assert found["a"].mean == pytest.approx(found["c"].mean)
    assert found["a"].mean > 3


def test_the_spread_is_that_of_the_runs() -> None:
    """The first run of a drifting board takes the least, the last one the most."""
    board = Board({"a": 300}, {"a": 0.01}, drift=0.01)
    found = energy(board.watch, lambda: board.joules, ["a"], images=1)["a"]
    first, *_, last = (
        1 + 0.01 * call for call in range(len(board.calls) - 5, len(board.calls) + 1)
    )
    assert (found.low, found.high) == pytest.approx((3 * first, 3 * last))


def test_read_when_it_moves() -> None:
    """The counter is behind until its next tick; one that stands still is read after a while."""
    ticks = iter([5.0, 5.0, 5.0, 7.0, 7.0])
    assert at_a_tick(lambda: next(ticks), now=lambda: 0.0)() == 7
    time = count()
    assert at_a_tick(lambda: 5.0, now=lambda: float(next(time)))() == 5


def test_a_counter_that_stands_still() -> None:
    """No energy is not an answer."""
    board = Board({"a": 0}, {"a": 0.01})
    with pytest.raises(MeasurementError, match="did not move in 2 s"):
        energy(board.watch, lambda: board.joules, ["a"], images=1)


class Nvml(SimpleNamespace):
    """The part of pynvml that is used here."""

    class NVMLError(Exception):
        """What it raises."""


def fake(monkeypatch: pytest.MonkeyPatch, millijoules: list[int], sliced: int = 0) -> None:
    """Put a made-up NVML in the place of the real one; its counter says what it is given."""

    def total(handle: str) -> int:
        assert handle == "GPU-of-torch"
        if not millijoules:
            raise Nvml.NVMLError("Not Supported")
        return millijoules.pop(0)

    nvml = Nvml(
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByUUID=lambda uuid: uuid,
        nvmlDeviceGetTotalEnergyConsumption=total,
        nvmlDeviceGetMigMode=lambda handle: [sliced, sliced],
    )
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    properties = SimpleNamespace(uuid="of-torch")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: properties)


def test_counter_is_in_joules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver counts millijoules."""
    fake(monkeypatch, [0, 1500, 4000])
    read = counter(GPU)
    assert (read(), read()) == (1.5, 4)


def test_no_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU, a GPU that does not count and a missing package each get one line with a remedy."""
    with pytest.raises(
        MeasurementError, match=r"^energy needs a GPU and pip install 'se-cost\[cuda"
    ):
        counter(torch.device("cpu"))
    fake(monkeypatch, [])
    with pytest.raises(
        MeasurementError, match="cuda counts no energy, Volta and later do: Not Supp"
    ):
        counter(GPU)
    fake(monkeypatch, [0, 1], sliced=1)
    with pytest.raises(MeasurementError, match="slice of a GPU"):
        counter(GPU)
    monkeypatch.setitem(sys.modules, "pynvml", None)  # an import of it now fails
    with pytest.raises(MeasurementError, match=r"pip install 'se-cost\[cuda\]'"):
        counter(GPU)


def test_a_cpu_counts_no_energy() -> None:
    """It is refused before anything is built."""
    with pytest.raises(MeasurementError, match="energy needs a GPU"):
        joules(NETWORKS, Settings(device="cpu"))


def test_every_network_has_its_energy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter that moves by 8 J a run, over runs of 4 s at 1 s an iteration of 2 images."""
    ticks = count(0, 4)  # it is read twice before a run, and twice behind it
    monkeypatch.setattr(module, "counter", lambda device: lambda: float(next(ticks)))
    monkeypatch.setattr(module, "stopwatch", lambda *given: lambda arm, iterations: iterations)
    found = joules(NETWORKS, Settings(device="cpu", batch=2))
    assert {arm: of.mean for arm, of in found.items()} == {BASELINE: 2, NETWORK: 2}


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
def test_on_a_gpu() -> None:
    """The counter of a real GPU never goes back, and a longer run takes more."""
    pytest.importorskip("pynvml")
    settings = Settings(device="cuda", batch=8)
    arms = {"small": model("resnet18", input=64), "large": model("resnet18")}
    runs = {arm: steps({arm: one}, settings, GPU)[arm] for arm, one in arms.items()}
    found = energy(stopwatch(runs, GPU), counter(GPU), list(arms), images=8, rounds=1)
    assert 0 < found["small"].mean < found["large"].mean
