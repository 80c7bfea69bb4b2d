"""The networks of a comparison, ready to run: one step function for each."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from se_cost.measure.module import module
from se_cost.measure.settings import DType, Layout, Mode, Settings
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import build

Step = Callable[[], None]

DTYPES = {
    DType.FLOAT32: torch.float32,
    DType.BFLOAT16: torch.bfloat16,
    DType.FLOAT16: torch.float16,
}
FORMATS = {Layout.NCHW: torch.contiguous_format, Layout.NHWC: torch.channels_last}


def steps(arms: Mapping[str, Recipe], settings: Settings, device: torch.device) -> dict[str, Step]:
    """Return what runs one iteration of every arm; all arms share one random input."""
    torch.manual_seed(settings.seed)
    shape = (settings.batch, *next(iter(arms.values())).input)
    x = _placed(torch.randn(shape), settings, device)
    make = _training if settings.mode is Mode.TRAIN else _inference
    return {name: make(_network(recipe, settings, device), x) for name, recipe in arms.items()}


def _placed(x: Tensor, settings: Settings, device: torch.device) -> Tensor:
    memory_format = FORMATS[settings.layout]
    return x.to(device, DTYPES[settings.dtype], memory_format=memory_format)


def _network(recipe: Recipe, settings: Settings, device: torch.device) -> nn.Module:
    network = module(build(recipe)).to(device, DTYPES[settings.dtype])
    return network.to(memory_format=FORMATS[settings.layout])  # type: ignore[call-overload, no-any-return]


def _inference(network: nn.Module, x: Tensor) -> Step:
    network.eval()

    def step() -> None:
        with torch.inference_mode():
            network(x)

    return step


def _training(network: nn.Module, x: Tensor) -> Step:
    """Return forward and backward pass, without loss and optimiser."""
    network.train()
    with torch.no_grad():
        gradient = torch.randn_like(network(x))

    def step() -> None:
        network.zero_grad(set_to_none=True)
        network(x).backward(gradient)

    return step
