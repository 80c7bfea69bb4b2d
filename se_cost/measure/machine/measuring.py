"""What surrounds every measurement: quiet, the memory watched, and failures in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from se_cost.measure.machine.clocks import quiet
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.timing.settings import Settings


@contextmanager
def measuring(settings: Settings, device: torch.device) -> Iterator[None]:
    """Run what is measured with these settings; raise as `enough_memory` does."""
    tuning = settings.cudnn_benchmark
    with quiet(settings.threads, benchmark=tuning), enough_memory(device, tuning=tuning):
        yield
