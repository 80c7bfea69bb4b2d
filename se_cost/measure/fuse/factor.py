"""The factor of a gate: what it makes of its map, without the product."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from se_cost.measure.fuse.eager import calls_matter

# on vectors, a call of a module takes longer than the work
IN_PLACE = {nn.ReLU: torch.relu_, nn.Sigmoid: torch.sigmoid_, nn.Tanh: torch.tanh_}
ACTIVATIONS = (
    *(nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.GELU),
    *(nn.Sigmoid, nn.Tanh, nn.Hardsigmoid, nn.Hardswish),
)
OF_VECTORS = {nn.Linear, *ACTIVATIONS}  # layers that take a vector as they take several
MATRIX = "matrix_of_the_convolution"  # name of a layer
LARGE = 2**16  # weights


class MeanFactor(nn.Sequential):
    """The factor that layers make of the mean of a map, over the pixels that `stride` keeps."""

    def __init__(self, layers: Mapping[str, nn.Module], stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__(OrderedDict(layers))
        self.stride = stride
        for layer in layers.values():
            if type(layer) is nn.Linear:
                _lay_out(layer)

    def forward(self, x: Tensor) -> Tensor:
        """Return the factor (N, C, 1, 1) of a map (N, C', H, W).

        That of a single map is made here, by the shortest operators and few calls of Python.
        """
        layers = self._modules.values()
        first = next(iter(layers), None)
        short = calls_matter(x) and OF_VECTORS.issuperset(map(type, layers))
        if not short or type(first) is not nn.Linear:  # now: layers may have been exchanged
            return self.of_mean(self.mean(x))
        kept = x if self.stride == (1, 1) else self._kept(x)
        if first._parameters["bias"] is None:
            vector, part = kept.mean((0, 2, 3)), 1.0
        else:  # a mean is a sum and a division, which the product with a matrix takes along
            vector, part = kept.sum((0, 2, 3)), 1 / (kept.shape[2] * kept.shape[3])
        for layer in layers:
            own: dict[str, Any] = layer._parameters  # as attributes they are calls of Python
            if not own:
                vector = IN_PLACE.get(type(layer), layer)(vector)
            elif own["bias"] is None:
                vector = torch.mv(own["weight"], vector)
            else:
                vector, part = torch.addmv(own["bias"], own["weight"], vector, alpha=part), 1.0
        return vector.view(1, -1, 1, 1)

    def mean(self, x: Tensor) -> Tensor:
        """Return the means (N, C') of a map."""
        return self._kept(x).mean((2, 3))

    def of_mean(self, x: Tensor) -> Tensor:
        """Return what the layers make of a vector of its own, which they may overwrite."""
        for layer in self._modules.values():
            if type(layer) is nn.Linear:
                x = functional.linear(x, layer.weight, layer.bias)
            else:
                x = IN_PLACE.get(type(layer), layer)(x)
        return x.unsqueeze(-1).unsqueeze(-1)

    def _kept(self, x: Tensor) -> Tensor:
        rows, columns = self.stride
        return x if self.stride == (1, 1) else x[:, :, ::rows, ::columns]


def _lay_out(layer: nn.Linear) -> None:
    """Store a large matrix that makes more than it takes by columns.

    Its rows times a vector are many short sums, which take a CPU 1.2 to 1.8 times as long.
    """
    weight = layer.weight
    if weight.numel() >= LARGE and weight.shape[0] > weight.shape[1]:
        weight.data = weight.data.t().contiguous().t()


class Factor(nn.Sequential):
    """The factor that layers make of a map in any other way."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the factor of `x` (N, C, H, W), of a shape that multiplies it."""
        factor: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return factor if factor.dim() == x.dim() else factor[..., None, None]


def absorbed(parts: Mapping[str, nn.Module], conv: nn.Conv2d) -> dict[str, nn.Module]:
    """Return the layers of an excitation that takes the mean of the input of a 1x1 convolution.

    mean(W y + b) = W mean(y) + b, so a first FC becomes W1 (W z + b) + b1 = (W1 W) z + (W1 b + b1).
    Any other first layer gets the matrix before it.
    """
    weight, bias = matrix(conv)
    name, first = next(iter(parts.items()), ("", None))
    if not isinstance(first, nn.Linear):
        return {MATRIX: linear(weight, bias, conv.weight), **parts}
    weight1 = first.weight.detach().double()
    bias1 = None if first.bias is None else first.bias.detach().double()
    return {**parts, name: linear(weight1 @ weight, total(weight1, bias, bias1), first.weight)}


def total(weight: Tensor, bias: Tensor | None, own: Tensor | None) -> Tensor | None:
    """Return W b + b1, None if neither bias is there."""
    terms = ([] if bias is None else [weight @ bias]) + ([] if own is None else [own])
    return sum(terms[1:], terms[0]) if terms else None


def matrix(conv: nn.Conv2d) -> tuple[Tensor, Tensor | None]:
    """Return a 1x1 convolution, grouped or not, as one matrix (C_out, C_in) and its bias."""
    groups: Iterable[Tensor] = conv.weight.detach().double().flatten(1).chunk(conv.groups)
    bias = None if conv.bias is None else conv.bias.detach().double()
    return torch.block_diag(*groups), bias  # type: ignore[no-untyped-call]


def linear(weight: Tensor, bias: Tensor | None, like: Tensor) -> nn.Linear:
    """Return the layer of a weight and a bias, of the type of `like`, on its device."""
    c_out, c_in = weight.shape
    layer = nn.Linear(c_in, c_out, bias is not None, device="meta")
    layer.weight = nn.Parameter(weight.detach().to(like), like.requires_grad)
    if bias is not None:
        layer.bias = nn.Parameter(bias.detach().to(like), like.requires_grad)
    return layer.eval()
