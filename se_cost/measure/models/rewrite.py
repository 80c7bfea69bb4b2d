"""Modules that run as graphs, some of them without their attention.

A graph is run once, noting which of its nodes runs each operator of the trace in which attention
was found. A graph is not as quick as the modules that it is made of, so a network that keeps its
attention runs as the same graph, unchanged.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from torch import fx, nn

from se_cost.errors import MeasurementError
from se_cost.ledger.gates.find import find
from se_cost.ledger.gates.liveness import Cut, Living
from se_cost.ledger.gates.same import aligned
from se_cost.ledger.trace import Trace
from se_cost.measure.models.blank import blank_copy
from se_cost.measure.models.editing import Product, erase, hand_on
from se_cost.measure.models.feeding import batched, valued
from se_cost.measure.models.found import FoundAttention
from se_cost.measure.models.graphs import ByMode, Noted, over
from se_cost.measure.models.parts import put
from se_cost.measure.models.tracing import Given, record

PAIR = 2  # images that a graph is made for: training normalises more than one


ToGraph = Callable[[nn.Module, Sequence[Given]], fx.GraphModule]  # of a module and its calls


def rewritten(
    network: nn.Module,
    found: FoundAttention,
    paths: Collection[str],
    gone: Collection[int],
    to_graph: ToGraph,
) -> nn.Module:
    """Let the modules of some paths run as graphs, in place; return the network.

    `gone` are the attention blocks in them that are taken out, by their places among those that
    are found and counted. Raises MeasurementError with the path where that cannot be done.
    """
    if not paths:
        return network
    evaluated, trained = (
        _graphs(blank_copy(network).train(train), found.inputs, paths, gone, to_graph)
        for train in (False, True)
    )
    for path in paths:
        part = network.get_submodule(path)
        one, other = (over(part, graphs[path]) for graphs in (evaluated, trained))
        both = one if one.code == other.code else ByMode(one, other)
        if unread := _within(path, found.unread):
            both.unread = nn.ParameterList(map(network.get_parameter, unread))
        network = put(network, path, both.train(network.training))
    return network


def _graphs(
    network: nn.Module,
    inputs: tuple[Any, ...],
    paths: Collection[str],
    gone: Collection[int],
    to_graph: ToGraph,
) -> Mapping[str, fx.GraphModule]:
    """Return the graphs of some paths of a network on meta, for its mode."""
    run = network
    given: Given = (valued(run, batched(inputs, PAIR)), {})
    seen = record(blank_copy(run), given)
    calls = _calls(blank_copy(run), given, paths)
    noted = {path: Noted(_graph(run, path, calls[path], to_graph)) for path in paths}
    for path, one in noted.items():
        run = put(run, path, one)
    same = aligned(seen, (), record(run, given))
    if same is None:
        raise MeasurementError(f"{_named(paths)} computes something else as a graph")
    cuts = _cuts(seen, gone)
    _take_out(seen, cuts, same, noted)
    if aligned(seen, cuts, record(run, given)) is None:
        raise MeasurementError(f"without it {_named(paths)} computes something else besides")
    return {path: one.graph for path, one in noted.items()}


def _within(path: str, names: Iterable[str]) -> list[str]:
    """Return the names of what is within a path, in order."""
    return sorted(name for name in names if not path or name.startswith(f"{path}."))


def _calls(
    network: nn.Module, given: Given, paths: Collection[str]
) -> Mapping[str, Sequence[Given]]:
    """Return the arguments of all calls of the modules of some paths."""
    found: dict[str, list[Given]] = {path: [] for path in paths}

    def watch(path: str) -> None:
        def enter(part: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            found[path].append((args, kwargs))

        network.get_submodule(path).register_forward_pre_hook(enter, with_kwargs=True)

    for path in paths:
        watch(path)
    record(network, given)
    return found


def _graph(
    network: nn.Module, path: str, calls: Sequence[Given], to_graph: ToGraph
) -> fx.GraphModule:
    try:
        return to_graph(network.get_submodule(path), calls)
    except MeasurementError as error:
        raise MeasurementError(f"{_named([path])} is no graph: {error}") from None


def _cuts(seen: Trace, gone: Collection[int]) -> list[Cut]:
    counted = [block for block in find(seen) if block.counted]
    if any(number >= len(counted) for number in gone):
        raise MeasurementError("less attention is found in training than in evaluation")
    return [cut for number in sorted(gone) for cut in counted[number].cuts]


def _take_out(
    seen: Trace, cuts: Sequence[Cut], same: Mapping[int, int], noted: Mapping[str, Noted]
) -> None:
    """Take gates out of the graphs; `same` are the operators of the run that was noted."""
    living = Living(seen)
    living.remove(cuts)
    maps = {cut.op: seen.ops[cut.op].reads.index(cut.map) for cut in cuts}
    for number, place in (maps | dict.fromkeys(living.joins, 0)).items():
        product = Product(same[number], place)
        path = next((path for path, one in noted.items() if product.op in one.nodes), None)
        if path is None:
            raise MeasurementError(f"{seen.path(number)} stands in none of {_named(noted)}")
        try:
            hand_on(noted[path], product)
        except MeasurementError as error:
            raise MeasurementError(f"{_named([path])}: {error}") from None
    needed = {same[number] for number in living.ops if number in same}
    for one in noted.values():
        erase(one, needed)


def _named(paths: Collection[str]) -> str:
    return ", ".join(path or "the model" for path in paths)
