"""Programs that tests run in the ranks of torchrun: rank_programs NAME ARGUMENTS...

The faults live here, and nowhere in the package. The programs that need no torch are quick to
start.
"""

import json
import os
import pickle
import runpy
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import repeat
from math import inf
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn
from unittest.mock import patch

from se_cost.errors import MeasurementError
from se_cost.measure.ranks.torchrun import Rank, outer
from se_cost.measure.session.parent import MODULE
from se_cost.measure.timing.arms import NETWORK, three
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from se_cost.measure.steps.steps import Batch

NET = model("se_resnet18", input=32, stages=[2], classes=10)
TRAIN = Settings(device="cpu", mode=Mode.TRAIN, batch=4, nproc=2)
DELAY = 0.2  # seconds, many times a step
FOLDER = "SE_COST_TEST_FOLDER"  # where ranks leave what the test looks at


def own_rank() -> Rank:
    """Return the rank of this process; these programs run under torchrun only."""
    rank = outer()
    assert rank is not None
    return rank


def leave(name: str, content: bytes) -> None:
    """Leave a file of this rank for the test."""
    Path(os.environ[FOLDER], f"{name}{own_rank().rank}").write_bytes(content)


def train() -> None:
    """Time inference, then training with a slow rank 1, then compare gradients."""
    straggle()
    gradients()


def straggle() -> None:
    """Time inference, then training with a slow rank 1, both quickly; rank 0 alone prints."""
    from se_cost.measure.models.build import network
    from se_cost.measure.session.quick import time_quick
    from se_cost.measure.steps import arms

    def slow(model: Model, settings: Settings, device: "torch.device") -> "nn.Module":
        built = network(model, settings, device)
        if own_rank().rank == 1:
            built.register_forward_pre_hook(lambda *_: time.sleep(DELAY))
        return built

    plan = QuickPlan(quads=1, max_time=16, shortest=0.001)
    with patch.multiple("se_cost.measure.timing.protocol", WINDOW=1, STEADY=inf):
        quick = time_quick(NET, three(NET), Settings(device="cpu", batch=2), plan)
        with patch.object(arms, "network", slow):
            timing = time_quick(NET, three(NET), TRAIN, plan)
    (result,) = timing.run.processes
    leave("result", pickle.dumps((result.process.iterations, result.quads, result.exchanges)))
    if own_rank().rank == 0:
        environment = result.environment
        print(json.dumps([quick.settings.nproc, environment.ranks, environment.threads]))  # noqa: T201


def gradients() -> None:
    """Leave the largest difference between the gradients of a step and those of all images."""
    import torch

    from se_cost.measure.models.build import network
    from se_cost.measure.ranks import replicas
    from se_cost.measure.ranks.gather import join
    from se_cost.measure.steps import arms
    from se_cost.measure.steps.steps import Batch, data

    built: list[nn.Module] = []
    batches: list[Batch] = []

    def exact(model: Model, settings: Settings, device: torch.device) -> "nn.Module":
        built.append(network(model, settings, device).double().eval())
        return built[0]

    def kept(model: Model, settings: Settings, device: torch.device) -> Batch:
        drawn = data(model, settings, device)
        batches.append(Batch(drawn.images.double(), drawn.targets))
        return batches[0]

    device = torch.device("cpu")
    join(device)
    with patch.object(arms, "network", exact), patch.object(replicas, "data", kept):
        made = replicas.replicate(own_rank(), {NETWORK: NET}, TRAIN, device)
    expected = gradients_of_all(built[0], batches[0])
    found = []
    for steps in (made.steps, made.no_sync):
        steps[NETWORK]()
        own = [parameter.grad for parameter in built[0].parameters()]
        found.append(max(difference(*pair) for pair in zip(own, expected, strict=True)))
    images = all_of(batches[0].images)
    told = {
        "with": found[0],
        "without": found[1],
        "largest": max(float(gradient.abs().max()) for gradient in expected),
        "images": [len(part) for part in images],
        "apart": difference(*images),
    }
    leave("gradients", json.dumps(told).encode())


def gradients_of_all(network: "nn.Module", own: "Batch") -> "list[Tensor]":
    """Return the gradients of the mean loss over the images of all ranks, without all-reduce."""
    import torch
    from torch.nn.functional import cross_entropy

    assert own.targets is not None
    images, targets = torch.cat(all_of(own.images)), torch.cat(all_of(own.targets))
    error = cross_entropy(network(images), targets)
    return list(torch.autograd.grad(error, list(network.parameters())))


def all_of(own: "Tensor") -> "list[Tensor]":
    """Return the tensors of both ranks."""
    import torch

    both = [torch.empty_like(own) for _ in range(2)]
    torch.distributed.all_gather(both, own)
    return both


def difference(a: "Tensor | None", b: "Tensor") -> float:
    """Return the largest difference of two tensors."""
    assert a is not None
    return float((a - b).abs().max())


def crash() -> None:
    """Be the worker of the package, which meets a bug on rank 1 while rank 0 waits for it."""
    from se_cost.measure.models.build import network
    from se_cost.measure.steps import arms

    def bug(*given: object) -> NoReturn:
        raise ZeroDivisionError("a bug")

    builders: Iterator[Callable[..., Any]] = repeat(network)
    if own_rank().rank == 1:
        builders = iter([network, bug])
    with patch.object(arms, "network", lambda *given: next(builders)(*given)):
        worker()


def worker() -> None:
    """Be the worker of the package."""
    leave("pid", str(os.getpid()).encode())
    sys.argv[1:] = sys.argv[2:]
    runpy.run_module(MODULE, run_name="__main__")


def faulty(fault: Callable[[], NoReturn]) -> None:
    """Be the worker of the package, with a fault in the place of the timing on rank 1."""

    def one_process(job: object) -> NoReturn:
        while own_rank().rank == 0:
            time.sleep(1)
        fault()

    quick = ModuleType("quick")
    quick.one_process = one_process  # type: ignore[attr-defined]
    sys.modules["se_cost.measure.session.quick"] = quick
    worker()


def die() -> NoReturn:
    """End this process as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def fail() -> NoReturn:
    """Raise an error of ours."""
    raise MeasurementError("this rank cannot")


def hang() -> NoReturn:
    """Say so, and never return."""
    leave("hangs", b"")
    while True:
        time.sleep(1)


PROGRAMS: dict[str, Callable[[], None]] = {
    "train": train,
    "crash": crash,
    "die": lambda: faulty(die),
    "fail": lambda: faulty(fail),
    "hang": lambda: faulty(hang),
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
