"""What surrounds every measurement: quiet, the memory watched, and failures in one line."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch

from se_cost.measure.machine.clocks import quiet
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.steps.yours import expected_to_run
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model


@contextmanager
def measuring(models: Iterable[Model], settings: Settings, device: torch.device) -> Iterator[None]:
    """Run what is measured; raise as `enough_memory` and `expected_to_run` do."""
    tuning = settings.cudnn_benchmark
    with (
        quiet(settings.threads, benchmark=tuning),
        expected_to_run(models, settings),
        enough_memory(device, tuning=tuning),
    ):
        yield
