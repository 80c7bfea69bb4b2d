"""Modules as graphs of torch.fx: a part with its children as they are, or all of it exported."""

import warnings
from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.utils._python_dispatch import _get_current_dispatch_mode
from torch.utils._pytree import tree_map

from se_cost.errors import MeasurementError
from se_cost.measure.models.recorder import Recorder, tensors
from se_cost.measure.models.tracing import Given


class ByMode(nn.Module):
    """A module as two graphs over the same parameters: in evaluation, and in training."""

    def __init__(self, evaluated: nn.Module, trained: nn.Module) -> None:
        super().__init__()
        self.evaluated = evaluated
        self.trained = trained

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the graph of the mode returns."""
        return (self.trained if self.training else self.evaluated)(*args, **kwargs)


class Noted(nn.Module):
    """Runs a graph node by node, and notes which of them ran each operator of a recording."""

    def __init__(self, graph: fx.GraphModule) -> None:
        super().__init__()
        self.graph = graph
        self.nodes: dict[int, fx.Node] = {}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the graph returns."""
        bound = signature(self.graph.forward).bind(*args, **kwargs)
        bound.apply_defaults()
        return _Noting(self.graph, self.nodes).run(*bound.args)


class _Noting(fx.Interpreter):
    def __init__(self, graph: fx.GraphModule, nodes: dict[int, fx.Node]) -> None:
        super().__init__(graph)
        self._nodes = nodes

    def run_node(self, n: fx.Node) -> Any:
        """Return the result of a node, whose operators are noted."""
        recorder = _get_current_dispatch_mode()
        if not isinstance(recorder, Recorder):
            return super().run_node(n)
        before = len(recorder.ops)
        result = super().run_node(n)
        self._nodes.update(dict.fromkeys(range(before, len(recorder.ops)), n))
        return result


class _Part(fx.Tracer):
    """Traces one module alone: its children are leaves, and what is no tensor is as it was."""

    def __init__(self, fixed: Mapping[str, Any]) -> None:
        super().__init__()
        self._fixed = fixed

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return True: children stay as they are."""
        return True

    def create_args_for_root(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function and its arguments, the fixed ones with their values."""
        function, given = super().create_args_for_root(*args, **kwargs)
        return function, [
            self._fixed.get(one.node.name, one) if isinstance(one, fx.Proxy) else one
            for one in given
        ]


def symbolic(module: nn.Module, calls: Sequence[Given]) -> fx.GraphModule:
    """Return a module as a graph, for its recorded calls; raise MeasurementError if it has none."""
    first, *others = (_fixed(module, call) for call in calls)
    if any(one != first for one in others):
        raise MeasurementError("it is called with different arguments")
    try:
        return fx.GraphModule(module, _Part(first).trace(module)).train(module.training)
    except Exception as error:
        raise MeasurementError(_reason(error)) from None


def _fixed(module: nn.Module, given: Given) -> dict[str, Any]:
    """Return the arguments of a call that hold no tensor, by their names."""
    bound = signature(module.forward).bind(*given[0], **given[1])
    bound.apply_defaults()
    return {
        name: one for name, one in bound.arguments.items() if not any(True for _ in tensors(one))
    }


def exported(module: nn.Module, calls: Sequence[Given]) -> fx.GraphModule:
    """Return a network as one graph, for any batch; raise MeasurementError if it has none."""
    inputs, _ = calls[0]
    batches = tree_map(_any_batch, inputs)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            program = torch.export.export(module, inputs, dynamic_shapes=batches, strict=False)
            return program.module(check_guards=False)
    except Exception as error:
        raise MeasurementError(_reason(error)) from None


def _any_batch(leaf: Any) -> Any:
    """Return what torch.export is told of the shape of an input; None of one without a batch."""
    return {0: torch.export.Dim.AUTO} if isinstance(leaf, Tensor) and leaf.dim() else None


def over(network: nn.Module, graph: fx.GraphModule) -> fx.GraphModule:
    """Return a graph over the parameters and the parts of the module that it was made of.

    Raises MeasurementError for a constant whose values are lost.
    """
    used = [node.target for node in graph.graph.nodes if node.op in ("get_attr", "call_module")]
    return fx.GraphModule({target: _held(network, graph, target) for target in used}, graph.graph)


def _held(network: nn.Module, graph: fx.GraphModule, target: str) -> Any:
    path, _, name = target.rpartition(".")
    try:
        return getattr(network.get_submodule(path), name)
    except AttributeError:  # a constant that torch.export made
        found = getattr(graph.get_submodule(path), name)
    real = not any(tensor.is_meta for tensor in network.parameters())
    if isinstance(found, Tensor) and found.is_meta and real:
        raise MeasurementError(f"the constant {target} is made while the model runs")
    return found


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
