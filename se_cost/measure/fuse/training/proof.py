"""The proof that a network that was fused for training learns the same."""

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from se_cost.measure.fuse.record import Proof
from se_cost.measure.fuse.training.network import fuse_training


def proof(original: nn.Module, images: Tensor) -> Proof:
    """Return how far outputs, gradients and statistics of a fused network are from its own.

    Each is compared over a training step with random images like `images` (N, C, H, W) and a random
    gradient of the output, relative to the largest value of its sort in the network.
    """
    double = copy.deepcopy(original).double()
    return Proof(
        float64=_apart(double, images.double()),
        working=_apart(original, images),
        dtype=str(images.dtype).removeprefix("torch."),
    )


def _apart(network: nn.Module, images: Tensor) -> float:
    expected = list(_step(copy.deepcopy(network), images))
    actual = list(_step(fuse_training(network).module, images))
    return max(_difference(a, b) for a, b in zip(actual, expected, strict=True))


def _step(network: nn.Module, images: Tensor) -> Iterator[list[Tensor]]:
    """Yield the output of a training step, all gradients, and all statistics."""
    generator = torch.Generator().manual_seed(0)
    x = images.detach().clone().requires_grad_()
    output = network(x)
    output.backward(torch.randn(output.shape, generator=generator).to(output))
    yield [output.detach()]
    # a fused block has the parameters of norm and gate, in their order
    yield [_some(x.grad), *(_some(values.grad) for values in network.parameters())]
    yield list(network.buffers())


def _some(gradient: Tensor | None) -> Tensor:
    assert gradient is not None
    return gradient


def _difference(actual: list[Tensor], expected: list[Tensor]) -> float:
    """Return the largest difference of tensors, relative to the largest value of all of them."""
    largest = max(float(tensor.double().abs().max()) for tensor in expected)
    return max(
        float((a.double() - b.double()).abs().max()) for a, b in zip(actual, expected, strict=True)
    ) / (largest or 1.0)
