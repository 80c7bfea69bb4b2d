"""Edits of a graph: a product hands on its map, and what nothing needs then is erased."""

import operator
from collections.abc import Collection
from typing import Any, NamedTuple

import torch
from torch import fx

from se_cost.errors import MeasurementError
from se_cost.measure.models.graphs import Noted

SUM = 3  # operands of a sum with a product in one
FIXED = ("placeholder", "output")  # nodes that stay
IN_PLACE: dict[Any, Any] = {  # functions of Python, and those that change nothing
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
}


class Product(NamedTuple):
    """A product in the recording of a graph, and which of its operands is the map."""

    op: int
    map: int


def hand_on(noted: Noted, product: Product) -> None:
    """Let the node of a product hand on its map; raise MeasurementError if it does more."""
    node, graph = noted.nodes[product.op], noted.graph.graph
    if node not in graph.nodes:
        return  # it was that of an earlier call, too
    operands = [arg for arg in node.args if isinstance(arg, fx.Node)]
    if node.op == "call_module" or not product.map < len(operands) <= SUM:
        raise MeasurementError(f"a gate stands in a module within it, {node.target}")
    left = operands[product.map]
    users = list(node.users)
    if len(operands) == SUM:
        with graph.inserting_before(node):
            left = graph.call_function(torch.add, (operands[0], left))
    node.replace_all_uses_with(left)
    graph.erase_node(node)
    if any(user not in users for user in left.users):
        for user in users:
            _change_nothing(user, left)


def erase(noted: Noted, needed: Collection[int]) -> None:
    """Erase the nodes that nothing uses, unless one of their operators is `needed`."""
    busy = {node for op, node in noted.nodes.items() if op in needed}
    for node in reversed(noted.graph.graph.nodes):
        if not node.users and node.op not in FIXED and node not in busy:
            noted.graph.graph.erase_node(node)
    noted.graph.recompile()


def _change_nothing(node: fx.Node, left: fx.Node) -> None:
    """Let a node that would change the map in place, which others read, return a new tensor."""
    target = node.target
    if not node.args or node.args[0] is not left:
        return
    if node.op == "call_method" and str(target).endswith("_"):
        node.target = str(target).removesuffix("_")
    elif node.op == "call_function" and target in IN_PLACE:
        node.target = IN_PLACE[target]
    elif isinstance(target, torch._ops.OpOverload) and target._schema.is_mutable:
        name = target._schema.name.partition("::")[2].removesuffix("_")
        node.target = getattr(getattr(torch.ops.aten, name), target._overloadname)
