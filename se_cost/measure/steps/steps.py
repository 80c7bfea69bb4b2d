"""One iteration of each network of a comparison, ready to run."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils._pytree import tree_map

from se_cost.errors import MeasurementError
from se_cost.ledger.walk import walk
from se_cost.measure.models import foreign
from se_cost.measure.models.build import DTYPES, placed
from se_cost.measure.models.feeding import batched
from se_cost.measure.models.recorder import tensors
from se_cost.measure.models.tracing import numbers, results
from se_cost.measure.steps.arms import built
from se_cost.measure.steps.compiling import compile_now, compiled
from se_cost.measure.steps.cuda_graphs import replayed
from se_cost.measure.steps.runtimes import inference
from se_cost.measure.timing.arms import of_arm
from se_cost.measure.timing.settings import Mode, Runtime, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Head, Model
from se_cost.nets.zoo.registry import build
from se_cost.record import Record

Step = Callable[[], None]

MOMENTUM = 0.9
RATE = 1e-5  # so low that thousands of steps on one batch drive no number to its limits


class Batch(Record):
    """The input of one iteration."""

    images: Tensor  # (N, C, H, W), normally distributed
    targets: Tensor | None  # random classes, (N,) or (N, H, W); None for networks without classes
    given: tuple[Any, ...] = ()  # all inputs of a model of the user's, the images among them

    def through(self, network: Callable[..., Any]) -> Any:
        """Return what a network makes of it."""
        return network(*(self.given or (self.images,)))


class Watch(Protocol):
    """What watches the iterations of a network."""

    def watched(self, network: nn.Module, step: Step) -> Step:
        """Return an iteration of a network that is watched."""


def steps(
    networks: Mapping[str, Model],
    settings: Settings,
    device: torch.device,
    watch: Watch | None = None,
) -> dict[str, Step]:
    """Return what runs one iteration of every arm; all arms share one random batch.

    Raises UsageError and MeasurementError as `step` does.
    """
    torch.manual_seed(settings.seed)
    if settings.compile:
        torch.compiler.reset()  # what an earlier comparison compiled counts towards a limit
    batch = data(next(iter(networks.values())), settings, device)
    found = {}
    for arm, model in networks.items():
        network = built(arm, model, settings, batch.images)
        run = step(network, batch, of_arm(arm, settings))
        found[arm] = watch.watched(network, run) if watch else run
    return found


def data(model: Model, settings: Settings, device: torch.device) -> Batch:
    """Return `settings.batch` random images, and a class for each output that is a choice.

    A model of the user's is given what it takes.
    """
    if isinstance(model, Imported):
        own = tree_map(numbers, batched(foreign.known(model).inputs, settings.batch))
        given = tree_map(partial(placed, settings=settings, device=device), own)
        return Batch(next(tensors(given)), None, given)
    images = placed(torch.randn(settings.batch, *model.input), settings, device)
    if not model.classes or model.head is Head.NONE:
        return Batch(images, None)
    classes, *places = walk(build(model), model.input).shape
    return Batch(images, torch.randint(classes, (settings.batch, *places)).to(device))


def step(network: nn.Module, batch: Batch, settings: Settings) -> Step:
    """Return one iteration of a network, which may be wrapped, as for data-parallel training.

    Compiles and captures before it returns, so no timed iteration does. Raises UsageError for CUDA
    graphs on a CPU, and MeasurementError if compiling, capturing or exporting fails.
    """
    if settings.runtime is not Runtime.TORCH:
        return inference(network, batch.images, settings.runtime)
    runs = compiled(network) if settings.compile else network
    iteration = (_training if settings.mode is Mode.TRAIN else _inference)(runs, batch, settings)
    if settings.compile:
        compile_now(iteration)
    return replayed(iteration, batch.images.device) if settings.cuda_graphs else iteration


def loss(output: Any, targets: Tensor | None) -> Tensor:
    """Return the mean cross-entropy of (N, classes, ...), in float32.

    Without targets (an image, the trunk alone, or whatever a model of the user's returns) it is the
    sum of the means of the squared outputs: a cheap loss with a gradient for every value. Raises
    MeasurementError if there are no outputs.
    """
    if targets is not None:
        return cross_entropy(output.float(), targets)
    means = [one.float().square().mean() for one in results(output) if one.is_floating_point()]
    if not means:
        raise MeasurementError("the model returns no tensor of floating-point numbers")
    return sum(means[1:], means[0])


def _precision(settings: Settings, device: torch.device) -> AbstractContextManager[object]:
    if settings.autocast:
        return torch.autocast(device.type, DTYPES[settings.dtype])
    return nullcontext()


def _inference(network: nn.Module, batch: Batch, settings: Settings) -> Step:
    precision = _precision(settings, batch.images.device)

    def iteration() -> None:
        with torch.inference_mode(), precision:
            batch.through(network)

    return iteration


def _training(network: nn.Module, batch: Batch, settings: Settings) -> Step:
    """Return forward pass, loss and backward pass, and the optimiser's step if it is asked for.

    Float16 has no GradScaler: it protects what is learned, and nothing is learned here. Its few
    operations are left out of both networks alike.
    """
    precision = _precision(settings, batch.images.device)
    parameters = network.parameters()
    optimizer = torch.optim.SGD(parameters, RATE, MOMENTUM) if settings.optimizer else None

    def iteration() -> None:
        network.zero_grad(set_to_none=True)
        with precision:
            error = loss(batch.through(network), batch.targets)
        error.backward()  # type: ignore[no-untyped-call]
        if optimizer is not None:
            optimizer.step()

    return iteration
