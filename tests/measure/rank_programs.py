"""Programs that tests run in the ranks of torchrun: rank_programs NAME ARGUMENTS...

The faults live here, and nowhere in the package.
"""

import json
import os
import pickle
import runpy
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from se_cost.errors import CannotMeasure
from se_cost.measure import ranks
from se_cost.measure.arms import Batch, data, network
from se_cost.measure.compared import three
from se_cost.measure.launch import Place, outer
from se_cost.measure.protocol import Plan
from se_cost.measure.result import NETWORK
from se_cost.measure.settings import Mode, Settings
from se_cost.measure.timing import time_arms
from se_cost.measure.worker import MODULE
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe

NET = recipe("se_resnet18", input=32, stages=[2], classes=10)
TRAIN = Settings(device="cpu", mode=Mode.TRAIN, batch=4, nproc=2)
DELAY = 0.2  # seconds, many times a step
FOLDER = "SE_COST_TEST_FOLDER"  # where ranks leave what the test looks at


def own_place() -> Place:
    """Return the place of this rank; these programs are nothing else."""
    place = outer()
    assert place is not None
    return place


def leave(name: str, content: bytes) -> None:
    """Leave a file of this rank for the test."""
    Path(os.environ[FOLDER], f"{name}{own_place().rank}").write_bytes(content)


def slow(recipe: Recipe, settings: Settings, device: torch.device) -> nn.Module:
    """Build a network whose forward pass takes long on rank 1."""
    built = network(recipe, settings, device)
    if own_place().rank == 1:
        built.register_forward_pre_hook(lambda *_: time.sleep(DELAY))
    return built


def straggle() -> None:
    """Time inference, then training with a slow rank 1, both quickly; rank 0 alone prints."""
    plan = Plan(quads=1, max_time=16, shortest=0.001)
    with patch("se_cost.measure.protocol._warm_up", return_value=(True, 1.0)):
        quick = time_arms(NET, three(NET), Settings(device="cpu", batch=2), plan)
        with patch.object(ranks, "network", slow):
            timing = time_arms(NET, three(NET), TRAIN, plan)
    process = timing.run.processes[0]
    leave("samples", pickle.dumps((process.samples, process.exchanges)))
    if own_place().rank == 0:
        print(json.dumps([quick.settings.nproc, process.environment]))  # noqa: T201


def gradients() -> None:
    """Leave the largest difference between the gradients of a step and those of all images."""
    built: list[nn.Module] = []
    batches: list[Batch] = []

    def exact(recipe: Recipe, settings: Settings, device: torch.device) -> nn.Module:
        built.append(network(recipe, settings, device).double().eval())
        return built[0]

    def kept(recipe: Recipe, settings: Settings, device: torch.device) -> Batch:
        drawn = data(recipe, settings, device)
        batches.append(Batch(drawn.images.double(), drawn.targets))
        return batches[0]

    device = torch.device("cpu")
    ranks.join(device)
    with patch.object(ranks, "network", exact), patch.object(ranks, "data", kept):
        replicas = ranks.replicate(own_place(), {NETWORK: NET}, TRAIN, device)
    expected = gradients_of_all(built[0], batches[0])
    found = []
    for steps in (replicas.steps, replicas.alone):
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


def gradients_of_all(model: nn.Module, own: Batch) -> list[Tensor]:
    """Return the gradients of the mean loss over the images of all ranks, without any exchange."""
    assert own.targets is not None
    images, targets = torch.cat(all_of(own.images)), torch.cat(all_of(own.targets))
    error = cross_entropy(model(images), targets)
    return list(torch.autograd.grad(error, list(model.parameters())))


def all_of(own: Tensor) -> list[Tensor]:
    """Return the tensors of both ranks."""
    both = [torch.empty_like(own) for _ in range(2)]
    torch.distributed.all_gather(both, own)
    return both


def difference(a: Tensor | None, b: Tensor) -> float:
    """Return the largest difference of two tensors."""
    assert a is not None
    return float((a - b).abs().max())


def die(recipe: Recipe, settings: Settings, device: torch.device) -> NoReturn:
    """End this process as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def crash(recipe: Recipe, settings: Settings, device: torch.device) -> NoReturn:
    """Raise an error that nobody expects."""
    raise ZeroDivisionError("a bug")


def fail(recipe: Recipe, settings: Settings, device: torch.device) -> NoReturn:
    """Raise an error of ours."""
    raise CannotMeasure("this rank cannot")


def hang(recipe: Recipe, settings: Settings, device: torch.device) -> NoReturn:
    """Say so, and never return."""
    leave("hangs", b"")
    while True:
        time.sleep(1)


def worker(fault: Callable[..., NoReturn]) -> None:
    """Be the worker of the package, with a fault on rank 1 while it builds its second network."""
    leave("pid", str(os.getpid()).encode())
    calls = iter([network, fault])
    faulty = (lambda *of: next(calls)(*of)) if own_place().rank == 1 else network
    sys.argv[1:] = sys.argv[2:]
    with patch.object(ranks, "network", faulty):
        runpy.run_module(MODULE, run_name="__main__")


PROGRAMS: dict[str, Callable[[], None]] = {
    "straggle": straggle,
    "gradients": gradients,
    "die": lambda: worker(die),
    "crash": lambda: worker(crash),
    "fail": lambda: worker(fail),
    "hang": lambda: worker(hang),
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
