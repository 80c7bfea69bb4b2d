"""torch.compile, and its many ways to fail."""

from collections.abc import Callable

import torch
from torch import nn

from se_cost.errors import MeasurementError


def compiled(network: nn.Module) -> nn.Module:
    """Return the network compiled as a whole; its first call compiles it.

    `fullgraph`: a part that cannot be compiled is an error; otherwise it would be left to the
    interpreter without a word and timed as compiled. Not `dynamic`: the second network, whose
    shapes differ from those of the first, would get code for any shape.
    """
    return torch.compile(network, fullgraph=True, dynamic=False)  # type: ignore[return-value]


def compile_now(iteration: Callable[[], None]) -> None:
    """Run the first iteration, which compiles; raise MeasurementError if that fails.

    Common causes: no C++ compiler, for a GPU no Triton or a GPU that is too old for it.
    """
    from torch._dynamo.exc import FailOnRecompileLimitHit, TorchDynamoException

    try:
        iteration()
    except (TorchDynamoException, FailOnRecompileLimitHit) as error:
        raise MeasurementError(f"torch.compile failed: {in_one_line(error)}") from None


def in_one_line(error: BaseException) -> str:
    """Return the type of an error and the first line that it says, of its cause if it has one."""
    cause = getattr(error, "inner_exception", error)
    said = str(cause).strip().splitlines()
    return f"{type(cause).__name__}: {said[0]}" if said else type(cause).__name__
