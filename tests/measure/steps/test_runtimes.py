"""Networks run by other runtimes: the same outputs, or a reason why not."""

from importlib.util import find_spec
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from measure.fuse.nets import difference
from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.steps import runtimes
from se_cost.measure.steps.arms import built
from se_cost.measure.steps.runtimes import PACKAGES, inference, version
from se_cost.measure.steps.steps import data, step
from se_cost.measure.timing.arms import BASELINE, FUSED, NETWORK, fusing, two, with_fused
from se_cost.measure.timing.settings import Runtime, Settings
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=32)
CPU = torch.device("cpu")


def missing(runtime: Runtime) -> bool:
    """Return whether a package of a runtime is not installed."""
    return not all(map(find_spec, PACKAGES[runtime]))


EACH = [
    pytest.param(
        runtime,
        marks=pytest.mark.skipif(
            missing(runtime), reason=f"needs pip install 'se-cost[{runtime}]'"
        ),
    )
    for runtime in PACKAGES
]


@pytest.mark.parametrize("arm", [BASELINE, NETWORK, FUSED])
@pytest.mark.parametrize("runtime", EACH)
def test_same_outputs(runtime: Runtime, arm: str) -> None:
    """Every arm is exported, and an iteration is one run of what was exported."""
    settings = fusing(Settings(device="cpu", batch=2, runtime=runtime))
    batch = data(NET, settings, CPU)
    network = built(arm, with_fused(two(NET), NET)[arm], settings, batch.images)
    iteration: Any = step(network, batch, settings)
    with torch.no_grad():
        assert difference(torch.as_tensor(iteration()), network(batch.images)) < 1e-4


@pytest.mark.parametrize("runtime", EACH)
def test_version(runtime: Runtime) -> None:
    """The environment of a timing names what ran it."""
    assert version(runtime).split()[-1][0].isdigit()


class Chooses(nn.Module):
    """A network whose path depends on its values, which no exporter follows."""

    def forward(self, x: Tensor) -> Tensor:
        """Return one of two results."""
        return x + 1 if x.sum() > 0 else x - 1


@pytest.mark.parametrize("runtime", EACH)
def test_cannot_be_exported(runtime: Runtime) -> None:
    """One line says why."""
    with pytest.raises(MeasurementError, match="cannot take the network: ") as error:
        inference(Chooses(), torch.randn(1, 3, 4, 4), runtime)
    assert "\n" not in str(error.value)


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said how to install it."""
    monkeypatch.setitem(PACKAGES, Runtime.ONNX, ("no_such_runtime",))
    with pytest.raises(MeasurementError, match=r"needs pip install 'se-cost\[onnx\]': No module"):
        inference(nn.Identity(), torch.randn(1, 3, 4, 4), Runtime.ONNX)


def test_other_devices() -> None:
    """A device that was chosen by itself may be a GPU."""
    with pytest.raises(UsageError, match=r"^--runtime onnx runs on the CPU: give --device cpu$"):
        inference(nn.Identity(), torch.randn(1, 3, 4, 4, device="meta"), Runtime.ONNX)


def test_what_computes_something_else_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime is held against torch before it is timed; not a number is no agreement."""
    monkeypatch.setitem(PACKAGES, Runtime.ONNX, ("sys",))
    x = torch.ones(1, 3, 4, 4)
    for made in (x * 1.01, x * float("nan")):
        monkeypatch.setattr(runtimes, "_session", lambda *_, made=made: made.numpy)
        with pytest.raises(MeasurementError, match="outputs of ONNX Runtime and of torch differ"):
            inference(nn.Identity(), x, Runtime.ONNX)
    monkeypatch.setattr(runtimes, "_session", lambda *_: (x * 1.0001).numpy)
    assert inference(nn.Identity(), x, Runtime.ONNX)() is not None
