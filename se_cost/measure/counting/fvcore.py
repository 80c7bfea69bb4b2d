"""Operations counted by fvcore, and by handles of ours for the operators that it leaves out."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

import torch
from fvcore.nn import FlopCountAnalysis
from torch import Tensor, nn

from se_cost.measure.counting.counts import FvcoreCount
from se_cost.measure.machine.out_of_memory import enough_memory
from se_cost.measure.models.build import blank_of
from se_cost.nets.model import Model
from se_cost.nets.nodes import Shape

Handle = Callable[[list[Any], list[Any]], int]  # of the traced inputs and outputs of an operator

CPU = torch.device("cpu")


def fvcore_count(model: Model) -> FvcoreCount:
    """Count one image of a model; raise MeasurementError if memory does not suffice."""
    return by_fvcore(blank_of(model), model.input)


def by_fvcore(blank: nn.Module, shape: Shape) -> FvcoreCount:
    """Count one input of a module on the CPU, in eval mode; takes over a blank one.

    Weights are left uninitialised: only shapes matter, and filling them costs time. Raises
    MeasurementError if memory does not suffice.
    """
    _materialise(blank)
    return fvcore_counted(blank, (torch.zeros(1, *shape),))


def fvcore_counted(network: nn.Module, inputs: tuple[Tensor, ...]) -> FvcoreCount:
    """Count one run of a module that has values, in eval mode; raise as `by_fvcore` does."""
    with warnings.catch_warnings(), torch.no_grad(), one_thread(), enough_memory(CPU):
        warnings.simplefilter("ignore")  # the tracer that fvcore uses is deprecated
        analysis = FlopCountAnalysis(network.eval(), inputs)
        analysis.set_op_handle(**LEFT_OUT)
        analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        counted = {f"aten::{op}": int(n) for op, n in analysis.by_operator().items()}
    return FvcoreCount(
        own={op: n for op, n in counted.items() if op not in LEFT_OUT},
        left_out={op: n for op, n in counted.items() if op in LEFT_OUT},
    )


def _materialise(blank: nn.Module) -> None:
    """Give a blank module uninitialised memory on the CPU.

    `to_empty` would do the same, but imports sympy for it, which takes as long as a count.
    """
    state = {name: torch.empty(v.shape, dtype=v.dtype) for name, v in blank.state_dict().items()}
    blank.load_state_dict(state, assign=True)


@contextmanager
def one_thread() -> Iterator[None]:
    """Leave the other cores to the other counter: tracing is single-threaded Python."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _per_input(inputs: list[Any], outputs: list[Any]) -> int:
    """Count one operation for each value read."""
    return int(prod(inputs[0].type().sizes()))


def _per_output(inputs: list[Any], outputs: list[Any]) -> int:
    """Count one operation for each value written."""
    return int(prod(outputs[0].type().sizes()))


def _per_window(inputs: list[Any], outputs: list[Any]) -> int:
    """Count one operation for each value of each window."""
    window = [side.toIValue() for side in inputs[1].node().inputs()]
    return _per_output(inputs, outputs) * int(prod(window))


LEFT_OUT: dict[str, Handle] = {
    "aten::relu": _per_output,
    "aten::relu_": _per_output,
    "aten::sigmoid": _per_output,
    "aten::tanh": _per_output,
    "aten::hardsigmoid": _per_output,
    "aten::hardswish": _per_output,
    "aten::add": _per_output,
    "aten::mul": _per_output,
    "aten::sub": _per_output,
    "aten::div": _per_output,
    "aten::pow": _per_output,
    "aten::sqrt": _per_output,
    "aten::softmax": _per_output,
    "aten::sum": _per_input,
    "aten::mean": _per_input,
    "aten::max": _per_input,
    "aten::var": _per_input,
    "aten::max_pool2d": _per_window,
    "aten::avg_pool2d": _per_window,
    "aten::adaptive_max_pool2d": _per_input,
}
