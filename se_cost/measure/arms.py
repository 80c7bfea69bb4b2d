"""The networks of a comparison, ready to run: one step function for each."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from se_cost.ledger.walk import walk
from se_cost.measure.compiling import compile_now, compiled
from se_cost.measure.folding import fold
from se_cost.measure.graphs import replayed
from se_cost.measure.module import module
from se_cost.measure.settings import DType, Layout, Mode, Settings
from se_cost.nets.recipe import Head, Recipe
from se_cost.nets.registry import build

Step = Callable[[], None]

DTYPES = {
    DType.FLOAT32: torch.float32,
    DType.BFLOAT16: torch.bfloat16,
    DType.FLOAT16: torch.float16,
}
FORMATS = {Layout.NCHW: torch.contiguous_format, Layout.NHWC: torch.channels_last}

MOMENTUM = 0.9
RATE = 1e-5  # so low that thousands of steps on one batch drive no number to its limits


@dataclass(frozen=True, slots=True)
class Batch:
    """What one iteration works on."""

    images: Tensor  # (N, C, H, W), normally distributed
    targets: Tensor | None  # random classes, (N,) or (N, H, W); None if there is no such choice


def steps(arms: Mapping[str, Recipe], settings: Settings, device: torch.device) -> dict[str, Step]:
    """Return what runs one iteration of every arm; all arms share one random batch.

    Raises BadInput and CannotMeasure as `step` does.
    """
    torch.manual_seed(settings.seed)
    if settings.compile:
        torch.compiler.reset()  # what an earlier comparison compiled counts towards a limit
    batch = data(next(iter(arms.values())), settings, device)
    return {
        name: step(network(recipe, settings, device), batch, settings)
        for name, recipe in arms.items()
    }


def data(recipe: Recipe, settings: Settings, device: torch.device) -> Batch:
    """Return `settings.batch` random images, and a class for each output that is a choice."""
    images = torch.randn(settings.batch, *recipe.input)
    placed = images.to(device, _stored(settings), memory_format=FORMATS[settings.layout])
    if not recipe.classes or recipe.head is Head.NONE:
        return Batch(placed, None)
    (classes, *places), _ = walk(build(recipe), recipe.input)
    return Batch(placed, torch.randint(classes, (settings.batch, *places)).to(device))


def network(recipe: Recipe, settings: Settings, device: torch.device) -> nn.Module:
    """Return the network on the device, in its mode, type and layout, folded if that is asked."""
    built = module(build(recipe)).train(settings.mode is Mode.TRAIN)
    if settings.fold_norms:
        fold(built)  # in float32, whatever type follows
    return built.to(device, _stored(settings)).to(memory_format=FORMATS[settings.layout])  # type: ignore[call-overload, no-any-return]


def step(network: nn.Module, batch: Batch, settings: Settings) -> Step:
    """Return one iteration of a network, which may be wrapped, for data-parallel training say.

    Compiles and captures here, so that no iteration that is timed does. Raises BadInput for CUDA
    graphs on a CPU, and CannotMeasure if compiling or capturing fails.
    """
    runs = compiled(network) if settings.compile else network
    iteration = (_training if settings.mode is Mode.TRAIN else _inference)(runs, batch, settings)
    if settings.compile:
        compile_now(iteration)
    return replayed(iteration, batch.images.device) if settings.cuda_graphs else iteration


def loss(output: Tensor, targets: Tensor | None) -> Tensor:
    """Return the mean cross-entropy of (N, classes, ...), in float32.

    Without targets, as for an image or the trunk alone, it is the mean of the squared output: as
    cheap as a loss can be, with a gradient for every value.
    """
    if targets is None:
        return output.float().square().mean()
    return cross_entropy(output.float(), targets)


def _stored(settings: Settings) -> torch.dtype:
    """Return the type of weights and images: autocast lowers what it takes from float32."""
    return torch.float32 if settings.autocast else DTYPES[settings.dtype]


def _precision(settings: Settings, device: torch.device) -> AbstractContextManager[object]:
    if settings.autocast:
        return torch.autocast(device.type, DTYPES[settings.dtype])
    return nullcontext()


def _inference(network: nn.Module, batch: Batch, settings: Settings) -> Step:
    precision = _precision(settings, batch.images.device)

    def iteration() -> None:
        with torch.inference_mode(), precision:
            network(batch.images)

    return iteration


def _training(network: nn.Module, batch: Batch, settings: Settings) -> Step:
    """Return forward pass, loss and backward pass, and the optimiser's step where it is asked for.

    Float16 goes without a GradScaler: what it saves from vanishing matters to what is learned, and
    here nothing is. The few operations of a scaler itself are left out of both networks alike.
    """
    precision = _precision(settings, batch.images.device)
    parameters = network.parameters()
    optimizer = torch.optim.SGD(parameters, RATE, MOMENTUM) if settings.optimizer else None

    def iteration() -> None:
        network.zero_grad(set_to_none=True)
        with precision:
            error = loss(network(batch.images), batch.targets)
        error.backward()  # type: ignore[no-untyped-call]
        if optimizer is not None:
            optimizer.step()

    return iteration
