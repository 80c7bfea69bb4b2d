"""The forward of a module, traced with its children as leaves and read as our words."""

import operator
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from torch import nn
from torch.fx import Graph, Node, Proxy, Tracer

from se_cost.measure.fuse.words.factors import Words, gated
from se_cost.measure.fuse.words.functions import (
    PRODUCTS,
    STACKS,
    SUMS,
    NotInWordsError,
    Reshaped,
    function,
    is_size,
    name,
    operands,
    overwrites,
)
from se_cost.measure.fuse.words.sums import SumInto
from se_cost.measure.models.layers import Constant, Stack, Sum


def words(module: nn.Module) -> nn.Sequential:
    """Return the forward of a module as modules that follow one another.

    Raises NotInWordsError if it is more than layers, sums, stacks and gates.
    """
    reading = Forward(module)
    graph = reading.graph
    inputs = [node for node in graph.nodes if node.op == "placeholder" and node.users]
    output = next(node for node in graph.nodes if node.op == "output").args[0]
    if len(inputs) != 1 or not isinstance(output, Node):
        raise NotInWordsError("its forward has several inputs or outputs")
    read = reading.sequence(output, inputs[0])
    if any(node.op == "call_module" and node not in reading.read for node in graph.nodes):
        raise NotInWordsError("its forward calls modules and drops what they return")
    return read


class Overwritten(Proxy):
    """A value in a traced forward; `+=` and `*=` are operators of their own."""

    def __iadd__(self, other: Any) -> Any:
        """Note a sum that is written over this value."""
        return self.tracer.create_proxy("call_function", operator.iadd, (self, other), {})

    def __imul__(self, other: Any) -> Any:
        """Note a product that is written over this value."""
        return self.tracer.create_proxy("call_function", operator.imul, (self, other), {})


class Leaves(Tracer):
    """Traces one forward; its children are leaves."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return that every module is a leaf."""
        return True

    def proxy(self, node: Node) -> Proxy:
        """Return what stands for the value of a node."""
        return Overwritten(node, self)


class Forward:
    """A traced forward while it is read from its output back to its input."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.graph = traced(module)
        self.order = list(self.graph.nodes)
        self.before = dominators(self.graph)
        self.read: set[Node] = set()  # every node is one word

    def sequence(self, node: Node, source: Node) -> nn.Sequential:
        """Return what makes the map of `node` of that of `source`."""
        return nn.Sequential(OrderedDict(map(_plain, self._words(node, source))))

    def _words(self, node: Node, source: Node) -> Words:
        found: Words = []
        while node is not source:
            if node in self.read or node.op not in ("call_module", "call_function", "call_method"):
                raise NotInWordsError("its forward is not made of serial and parallel parts")
            self.read.add(node)
            maps = operands(node)
            word = self._word(node, maps)
            if shared(maps[:1]) and (overwrites(node) or getattr(word, "inplace", False)):
                raise NotInWordsError("its forward overwrites a map that others read")
            found.insert(0, (_free(node.name), word))
            node = maps[0] if len(maps) == 1 else self._source(node)
        return found

    def _word(self, node: Node, maps: list[Node]) -> nn.Module:
        """Return what a node does to the maps that it reads."""
        if node.op == "call_module":
            if len(maps) != 1 or len(node.args) != 1 or node.kwargs:
                raise NotInWordsError(f"its forward gives {node.target} more than one map")
            return self.module.get_submodule(str(node.target))
        called, two = name(node), len(maps) == len(("one", "other")) and not node.kwargs
        if called in SUMS and two:
            parts = self._parts(node, sorted(maps, key=self.order.index))
            return SumInto(parts, _free(maps[0].name)) if overwrites(node) else Sum(parts)
        if called in STACKS:
            return Stack(self._parts(node, maps))
        if called in PRODUCTS and two:
            return self._product(node, maps)
        if called in PRODUCTS and len(maps) == 1:
            return Constant(_constant(node))
        return function(node)

    def _parts(self, node: Node, maps: list[Node]) -> Mapping[str, nn.Module]:
        """Return the parallel parts that a node joins, in the order in which they run."""
        source = self._source(node)
        if len(set(maps)) < len(maps):
            raise NotInWordsError("its forward joins a map with itself")
        return {_free(end.name): self.sequence(end, source) for end in maps}

    def _product(self, node: Node, maps: list[Node]) -> nn.Module:
        """Return a gate: one factor is made of the map, which is the other."""
        source = self._source(node)
        if source not in maps or maps[0] is maps[1]:
            raise NotInWordsError("its forward multiplies two maps")
        return gated(self._words(maps[1] if maps[0] is source else maps[0], source))

    def _source(self, node: Node) -> Node:
        source = self.before.get(node)
        if source is None:
            raise NotInWordsError(f"its forward gives {name(node)} what is not made of its input")
        return source


def shared(maps: list[Node]) -> bool:
    """Return whether one of some maps has several readers."""
    return any(sum(not is_size(user) for user in given.users) > 1 for given in maps)


def traced(module: nn.Module) -> Graph:
    """Return the graph of a forward; raise NotInWordsError if it cannot be traced."""
    try:
        return Leaves().trace(module)
    except Exception as error:  # anything may happen when a forward is given proxies
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise NotInWordsError(f"its forward cannot be traced: {reason}") from error


def dominators(graph: Graph) -> dict[Node, Node]:
    """Return, for every node, the nearest one that all paths from the input to it lead through."""
    through: dict[Node, list[Node]] = {}
    nearest = {}
    for node in graph.nodes:
        common: list[Node] = []
        above = [through[given] for given in operands(node) if given in through]
        if above:
            common = [one for one in above[0] if all(one in other for other in above[1:])]
        if common:
            nearest[node] = common[-1]
        through[node] = [*common, node]
    return nearest


def _free(label: str) -> str:
    """Return a name that no attribute of a module has."""
    return f"{label}_" if hasattr(nn.Sequential, label) or hasattr(nn.ModuleDict, label) else label


def _plain(word: tuple[str, nn.Module]) -> tuple[str, nn.Module]:
    """Return a word with what only looks at a map as a layer, outside of gates."""
    label, layer = word
    if not isinstance(layer, Reshaped):
        return label, layer
    if not layer.flattens:
        raise NotInWordsError("its forward changes the shape of a map")
    return label, nn.Flatten()


def _constant(node: Node) -> float:
    factors = [factor for factor in node.args if isinstance(factor, int | float)]
    if len(factors) != 1:
        raise NotInWordsError("its forward multiplies a map with what is not made of its input")
    return float(factors[0])
