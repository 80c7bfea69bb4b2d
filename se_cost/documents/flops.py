"""What `flops` finds: the computing that attention adds, by operator, stage and counter."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from se_cost.documents.base import Block, Document, Pair, Whole, blocks
from se_cost.documents.counters import disagreements, torch_differs
from se_cost.ledger.conventions import CONVENTIONS, Convention, total
from se_cost.ledger.costs import Costs, StageCost, parts
from se_cost.ledger.rows import Ledger
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.record import Record

if TYPE_CHECKING:
    from se_cost.measure.counting.counts import Counted, YourCounts

COUNTED_AS = {
    "macs": "multiply-accumulates of convolutions and FCs",
    "flops": "2 per MAC",
    "paper": "MACs, 1 per gated value",
    "torch": "FlopCounterMode: 2 per MAC",
    "fvcore": "MACs, 2 per norm value, 1 per pooled value",
    "thop": "MACs, 4 per norm value, 1 per pooled value",
    "ptflops": "MACs, biases, 2 per norm, ReLU and pooled value",
}
MEASURED_AS = {
    "fvcore": "fvcore's total of the built network",
    "fvcore_complete": "the same with the operators it leaves out",
    "torch": "FlopCounterMode, forward",
    "torch_backward": "FlopCounterMode, backward",
}


class MacCount(Record):
    """What a network computes and moves for one image."""

    macs: Whole
    bytes: int | None = None  # float32 bytes moved; null in documents of older versions


class Computing(Record, kw_only=True):
    """What an attention computes and moves for one image."""

    macs: Whole
    squeeze: int  # element operations of the pooling
    excite: int  # multiply-accumulates of the FCs
    scale: int  # multiplies of the gated values
    bytes: int  # float32 bytes moved
    excite_elements: int | None = None  # biases and activation values of the FCs
    percent: float | None = None  # MACs in per cent of the plain network's


class StageComputing(Computing, kw_only=True):
    """The attention of one stage."""

    stage: int
    blocks: int


class Counter(Record):
    """What one counter says of both networks."""

    name: str
    network: int
    baseline: int
    attention: int
    percent: float  # growth of the plain network's total
    counts: str  # what it counts, in words
    measured: bool  # whether the counter was run; else the ledger follows its convention


class OperatorPart(Record):
    """The layers of one operator, or those of them that are attention."""

    layers: int
    macs: int
    elements: int  # other element operations
    bytes: int  # float32 bytes moved


class Operator(Record):
    """One operator of the network."""

    operator: str
    network: OperatorPart
    attention: OperatorPart


class FlopsDocument(Document, tag="flops", kw_only=True):
    """Multiply-accumulates that attention adds, by ledger and by other counters."""

    recipe: Model
    baseline: MacCount
    network: MacCount
    attention: Computing
    stages: tuple[StageComputing, ...]
    final_stage: int | None
    without_final_stage: Computing
    conventions: dict[str, int]  # totals of the network, as each counter counts
    paper_percent: float | None = None  # growth as the SE paper counts
    counters: tuple[Counter, ...] = ()
    operators: tuple[Operator, ...] = ()
    blocks: tuple[Block, ...] = ()
    measured: dict[str, Pair] | UnsetType = UNSET


class SeveralFlops(Document, tag="flops", kw_only=True):
    """The same for several networks."""

    networks: Annotated[tuple[FlopsDocument, ...], Meta(min_length=1)]


def several(networks: Sequence[FlopsDocument]) -> FlopsDocument | SeveralFlops:
    """Return the document of one network, or of several."""
    if len(networks) == 1:
        return networks[0]
    wrong = tuple(wrong for one in networks for wrong in one.disagreements)
    return SeveralFlops(networks=tuple(networks), disagreements=wrong)


def flops(
    costs: Costs, counted: "Counted | None" = None, yours: "YourCounts | None" = None
) -> FlopsDocument:
    """Return the document of a model; `counted` is what other counters say of its modules.

    `yours` is the same of a model of the user's.
    """
    measured = _measured(counted) if counted else _of_yours(yours) if yours else {}
    return FlopsDocument(
        recipe=costs.model,
        baseline=MacCount(costs.plain.macs, costs.plain.bytes),
        network=MacCount(costs.network.macs, costs.network.bytes),
        attention=_computing(costs, costs.attention),
        stages=tuple(_stage(costs, stage) for stage in costs.stages),
        final_stage=costs.model.final_stage,
        without_final_stage=_computing(costs, costs.without_final_stage),
        conventions={name: total(costs.network, of) for name, of in _conventions(costs).items()},
        paper_percent=growth(costs, "paper"),
        counters=(*_by_convention(costs), *by_counter(measured)),
        operators=tuple(_operators(costs)),
        blocks=blocks(costs),
        measured=measured or UNSET,
        doubts=yours.missing if yours else (),
        disagreements=(
            *(disagreements(costs, counted) if counted else ()),
            *(torch_differs(costs, measured) if yours else ()),
        ),
    )


def growth(costs: Costs, convention: str) -> float:
    """Return what attention adds to the total of a counter, in per cent."""
    count = CONVENTIONS[convention]
    return 100 * (total(costs.network, count) / total(costs.plain, count) - 1)


def _computing(costs: Costs, added: Ledger) -> Computing:
    part = parts(added)
    return Computing(
        macs=added.macs,
        squeeze=part["squeeze"].elements,
        excite=part["excite"].macs,
        excite_elements=part["excite"].elements,
        scale=part["scale"].elements,
        bytes=added.bytes,
        percent=100 * added.macs / costs.plain.macs,
    )


def _stage(costs: Costs, cost: StageCost) -> StageComputing:
    return StageComputing(
        stage=cost.stage, blocks=cost.blocks, **asdict(_computing(costs, cost.added))
    )


def _conventions(costs: Costs) -> Mapping[str, Convention]:
    """Return the conventions that hold for a network.

    What other counters make of the operators of a model of the user's is not known.
    """
    if isinstance(costs.model, Imported):
        return {name: CONVENTIONS[name] for name in ("macs", "flops", "paper", "torch")}
    return CONVENTIONS


def _by_convention(costs: Costs) -> list[Counter]:
    return [
        _counter(name, total(costs.network, of), total(costs.plain, of), COUNTED_AS[name])
        for name, of in _conventions(costs).items()
    ]


def by_counter(measured: Mapping[str, Pair]) -> list[Counter]:
    """Return what the counters say that were run, by their names."""
    return [
        _counter(name, pair.network, pair.baseline, MEASURED_AS.get(name, ""), measured=True)
        for name, pair in measured.items()
    ]


def _counter(name: str, network: int, plain: int, words: str, *, measured: bool = False) -> Counter:
    percent = 100 * (network / plain - 1) if plain else 0.0
    return Counter(name, network, plain, network - plain, percent, words, measured)


def _measured(counted: "Counted") -> dict[str, Pair]:
    """Return the totals of the counters by their names."""
    network, plain = counted.network, counted.plain
    found = {
        "fvcore": Pair(network.fvcore.total, plain.fvcore.total),
        "fvcore_complete": Pair(network.fvcore.complete, plain.fvcore.complete),
        "torch": Pair(network.torch.forward, plain.torch.forward),
    }
    if network.torch.backward is not None and plain.torch.backward is not None:
        found["torch_backward"] = Pair(network.torch.backward, plain.torch.backward)
    return found


def _of_yours(counted: "YourCounts") -> dict[str, Pair]:
    both = [name for name in MEASURED_AS if name in counted.network and name in counted.plain]
    return {name: Pair(counted.network[name], counted.plain[name]) for name in both}


def _operators(costs: Costs) -> list[Operator]:
    added = costs.attention.by_op()
    return [
        Operator(op, _part(ledger), _part(added.get(op, Ledger(()))))
        for op, ledger in costs.network.by_op().items()
    ]


def _part(ledger: Ledger) -> OperatorPart:
    return OperatorPart(len(ledger.rows), ledger.macs, ledger.elements, ledger.bytes)
