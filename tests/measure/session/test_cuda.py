"""The real thing on a GPU."""

import pytest
import torch

from se_cost.measure.session.quick import time_quick
from se_cost.measure.timing.arms import BASELINE, three
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings
from se_cost.nets.zoo.model import model

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device"),
]


@pytest.mark.parametrize("mode", Mode)
def test_times_on_a_gpu(mode: Mode) -> None:
    """Events give positive times, and the fingerprint names the GPU."""
    net = model("se_resnet18")
    settings = Settings(device="cuda", mode=mode, batch=8)
    timing = time_quick(net, three(net), settings, QuickPlan(quads=2, max_time=30))
    assert timing.median_ms(BASELINE) > 0
    assert timing.environment.device_name == torch.cuda.get_device_name()
