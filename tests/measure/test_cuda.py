"""The real thing on a GPU."""

import pytest
import torch

from se_cost.measure.protocol import Plan
from se_cost.measure.result import BASELINE
from se_cost.measure.settings import Mode, Settings
from se_cost.measure.timing import time
from se_cost.nets.registry import recipe

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device"),
]


@pytest.mark.parametrize("mode", Mode)
def test_times_on_a_gpu(mode: Mode) -> None:
    """Events give positive times, and the fingerprint names the GPU."""
    settings = Settings(device="cuda", mode=mode, batch=8)
    timing = time(recipe("se_resnet18"), settings, Plan(quads=2, max_time=30))
    assert timing.median_ms(BASELINE) > 0
    assert timing.environment["device_name"] == torch.cuda.get_device_name()
