"""What one forward pass shows of every module: its maps, and how often it runs."""

from collections import Counter
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

Shapes = dict[nn.Module, torch.Size]


class Seen(NamedTuple):
    """Shapes of the inputs and outputs that are one tensor, and how often a module is used.

    A module that ran once, but is in the network under two names, is used twice.
    """

    inputs: Shapes
    outputs: Shapes
    uses: Counter[nn.Module]
    nhwc: set[nn.Module]  # their input lies in memory with its channels last
    idle: set[nn.Module]  # they returned their very input
    over: set[nn.Module]  # their output lies in the memory of their input
    new: set[nn.Module]  # their output lies in memory that they know nothing of any more

    @classmethod
    def assumed(cls, network: nn.Module) -> "Seen":
        """Return what a run shows that uses every module once, as far as it needs no run."""
        return cls({}, {}, Counter(network.modules()), set(), set(), set(), set())

    def once(self, module: nn.Module) -> bool:
        """Return whether a module is used exactly once."""
        return self.uses[module] == 1


def channels_last(x: Tensor) -> bool:
    """Return whether the channels of a pixel are neighbours in memory, and those only."""
    return (
        x.dim() == len("NCHW")
        and not x.is_contiguous()
        and x.is_contiguous(memory_format=torch.channels_last)
    )


def _memory(value: Any) -> int | None:
    """Return what tells the memory of a tensor from any other, None for what is no tensor."""
    return value.untyped_storage()._cdata if isinstance(value, Tensor) else None


def _held(module: nn.Module) -> list[Any]:
    """Return the tensors that a module keeps."""
    return [*module.parameters(), *module.buffers(), *vars(module).values()]


def run(network: nn.Module, images: Tensor) -> Seen:
    """Run a network and watch every module of it."""
    seen = Seen({}, {}, Counter(), set(), set(), set(), set())

    def watch(module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        seen.uses[module] += 1
        if isinstance(output, Tensor):
            seen.outputs[module] = output.shape
        if len(args) != 1 or not isinstance(args[0], Tensor):
            return
        seen.inputs[module] = args[0].shape
        facts = {
            "nhwc": channels_last(args[0]),
            "idle": output is args[0],
            "over": _memory(output) == _memory(args[0]),
            "new": _memory(output) not in (None, _memory(args[0]), *map(_memory, _held(module))),
        }
        for name in [name for name, holds in facts.items() if holds]:
            getattr(seen, name).add(module)

    handles = [part.register_forward_hook(watch) for part in network.modules()]
    try:
        with torch.no_grad():
            network(images)
    finally:
        for handle in handles:
            handle.remove()
    names = Counter(part for _, part in network.named_modules(remove_duplicate=False))
    return seen._replace(uses=seen.uses | Counter({part: names[part] for part in seen.uses}))
