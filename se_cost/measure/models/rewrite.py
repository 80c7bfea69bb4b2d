"""Attention taken out of a module that does more: its forward is rewritten as a graph.

The smallest module that holds a block is traced symbolically with its children as they are. In the
graph, the product hands on its map; what nothing reads then is gone. A traced copy is not as quick
as the module itself, so a network that keeps the block is given the same copy, unchanged.
"""

import operator
from collections import Counter
from collections.abc import Iterator, Sequence

import torch
from torch import fx, nn

from se_cost.errors import MeasurementError
from se_cost.ledger.gates.find import TracedBlock
from se_cost.ledger.trace import Trace

PRODUCTS = (operator.mul, operator.imul, torch.mul)
METHODS = ("mul", "mul_")
SUMS = (operator.add, operator.iadd, torch.add, torch.maximum, torch.max)
SUM_METHODS = ("add", "add_", "maximum", "max")


class _Whole(fx.Tracer):
    """Traces one module alone: every child is a leaf."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return True: children stay as they are."""
        return True


def graph_of(module: nn.Module, path: str) -> fx.GraphModule:
    """Return a copy of a module whose forward is a graph; raise MeasurementError if it has none."""
    try:
        return fx.GraphModule(module, _Whole().trace(module)).train(module.training)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise MeasurementError(f"the attention in {path} cannot be taken out: {reason}") from None


def hand_on(graph: fx.GraphModule, seen: Trace, block: TracedBlock) -> None:
    """Let the products of a block in a graph hand on their maps, and sums of two of one map it."""
    nodes = list(_products(graph.graph))
    numbers = [
        number
        for number, op in enumerate(seen.ops)
        if op.call == block.call and op.name == "mul" and not op.view
    ]
    if len(nodes) != len(numbers):
        raise MeasurementError(f"the attention in {block.path} cannot be taken out of its graph")
    readers: Counter[fx.Node] = Counter()  # of the products
    for cut in block.cuts:
        if cut.op not in numbers:
            raise MeasurementError(f"{block.path}: a gate stands in a module within it")
        node = nodes[numbers.index(cut.op)]
        readers.update(list(node.users))
        node.replace_all_uses_with(_map(node, seen.ops[cut.op].reads, cut.map))
        graph.graph.erase_node(node)
    for node, products in readers.items():
        if products == len(node.args) == 2 and node.args[0] is node.args[1] and _sums(node):
            node.replace_all_uses_with(node.args[0])  # type: ignore[arg-type]
            graph.graph.erase_node(node)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    graph.delete_all_unused_submodules()


def _map(node: fx.Node, reads: Sequence[int], gated: int) -> fx.Node:
    """Return the operand of a product that is the map."""
    operands = [arg for arg in node.args if isinstance(arg, fx.Node)]
    return operands[reads.index(gated)]


def _sums(node: fx.Node) -> bool:
    of_function = node.op == "call_function" and node.target in SUMS
    return of_function or (node.op == "call_method" and node.target in SUM_METHODS)


def _products(graph: fx.Graph) -> Iterator[fx.Node]:
    for node in graph.nodes:
        tensors = [arg for arg in node.args if isinstance(arg, fx.Node)]
        of_function = node.op == "call_function" and node.target in PRODUCTS
        of_method = node.op == "call_method" and node.target in METHODS
        if (of_function or of_method) and len(tensors) == 2:
            yield node
