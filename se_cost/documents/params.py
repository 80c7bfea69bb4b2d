"""What `params` finds: the parameters that attention adds, by closed form, ledger and module."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, UnsetType

from se_cost.documents.base import Block, Document, Whole, blocks
from se_cost.ledger import formula
from se_cost.ledger.audit import BlockAudit, audited
from se_cost.ledger.costs import Costs, StageCost
from se_cost.ledger.formula import spelled
from se_cost.ledger.rows import Ledger
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.record import Record

if TYPE_CHECKING:
    from se_cost.measure.counting.counts import Built, Parameters


class ParamCount(Record):
    """The parameters of a network; documents of older versions hold the sum alone."""

    params: Whole
    weights: int | None = None
    biases: int | None = None  # shifts of norms included


class AddedParams(Record):
    """The parameters of an attention."""

    params: int
    weights: int
    biases: int
    percent: float  # of the plain network's parameters
    blocks: int | None = None
    formula: int | None = None  # weights by the closed form


class Formula(Record):
    """The closed form of the attention's weights."""

    weights: int
    text: str  # with its numbers filled in


class StageParams(Record):
    """The attention of one stage."""

    stage: int
    blocks: int
    channels: int  # most that a block of the stage gates
    weights: int
    biases: int
    params: int
    share: float  # per cent of all attention
    gated_channels: tuple[int, ...] = ()  # every number of channels, in order of appearance
    hidden: tuple[int, ...] = ()  # bottleneck widths that belong to gated_channels
    formula: int | None = None  # weights by the closed form
    growth: float | None = None  # per cent of the plain network's parameters
    measured: int | UnsetType = UNSET  # parameters of the built modules


class MeasuredParams(Record):
    """The parameters of the built modules."""

    network: int
    baseline: int
    attention: int | None = None
    without_final_stage: int | None = None


class ParamsDocument(Document, tag="params", kw_only=True):
    """Parameters that attention adds, by closed form, ledger and built module."""

    recipe: Model
    baseline: ParamCount
    network: ParamCount
    attention: AddedParams
    formula: Formula
    stages: tuple[StageParams, ...]
    final_stage: int | None
    without_final_stage: AddedParams
    blocks: tuple[Block, ...] = ()
    measured: MeasuredParams | UnsetType = UNSET
    audit: tuple[BlockAudit, ...] | UnsetType = UNSET  # of the blocks of a model of the user's


class SeveralParams(Document, tag="params", kw_only=True):
    """The same for several networks."""

    networks: Annotated[tuple[ParamsDocument, ...], Meta(min_length=1)]


def several(networks: Sequence[ParamsDocument]) -> ParamsDocument | SeveralParams:
    """Return the document of one network, or of several."""
    if len(networks) == 1:
        return networks[0]
    wrong = tuple(wrong for one in networks for wrong in one.disagreements)
    return SeveralParams(networks=tuple(networks), disagreements=wrong)


def params(costs: Costs, built: "Built | None" = None) -> ParamsDocument:
    """Return the document of a model; `built` are the parameters of its built modules."""
    added = _stage_params(built, costs) if built else {}
    return ParamsDocument(
        recipe=costs.model,
        baseline=_count(costs.plain),
        network=_count(costs.network),
        attention=_added(costs, costs.attention, costs.stages),
        formula=Formula(formula.weights(costs.terms), spelled(costs.terms)),
        stages=tuple(_stage(stage, costs, added) for stage in costs.stages),
        final_stage=costs.model.final_stage,
        without_final_stage=_added(
            costs,
            costs.without_final_stage,
            [stage for stage in costs.stages if stage.stage != costs.model.final_stage],
        ),
        blocks=blocks(costs),
        measured=_measured(built, added, costs.model.final_stage) if built else UNSET,
        audit=audited(costs.blocks) if isinstance(costs.model, Imported) else UNSET,
        disagreements=tuple(_disagreements(costs, built)),
    )


def _count(ledger: Ledger) -> ParamCount:
    return ParamCount(ledger.params, ledger.weights, ledger.biases)


def _added(costs: Costs, part: Ledger, stages: Sequence[StageCost]) -> AddedParams:
    return AddedParams(
        params=part.params,
        weights=part.weights,
        biases=part.biases,
        percent=100 * part.params / costs.plain.params,
        blocks=sum(stage.blocks for stage in stages),
        formula=sum(formula.weights(stage.terms) for stage in stages),
    )


def _stage(cost: StageCost, costs: Costs, built: dict[int | None, int]) -> StageParams:
    added = cost.added
    return StageParams(
        stage=cost.stage,
        blocks=cost.blocks,
        channels=max(cost.channels),
        weights=added.weights,
        biases=added.biases,
        params=added.params,
        share=100 * added.params / costs.attention.params,
        gated_channels=tuple(cost.channels),
        hidden=tuple(cost.hidden),
        formula=formula.weights(cost.terms),
        growth=100 * added.params / costs.plain.params,
        measured=built.get(cost.stage, 0) if built else UNSET,
    )


def _stage_params(built: "Built", costs: Costs) -> dict[int | None, int]:
    """Return the parameters that the built network has and the plain one has not, by stage."""
    stages = {row.path: row.stage for row in costs.network.rows}
    stages |= {block.path: block.stage for block in costs.blocks}
    found: dict[int | None, int] = {}
    for path, own in built.network.items():
        if more := sum(own) - sum(built.plain.get(path, ())):
            stage = next((stages[part] for part in _upwards(path) if part in stages), None)
            found[stage] = found.get(stage, 0) + more
    return found


def _upwards(path: str) -> Iterator[str]:
    """Yield a path, and those of the parts that it is within."""
    yield path
    while path:
        path = path.rpartition(".")[0]
        yield path


def _measured(built: "Built", added: dict[int | None, int], final: int | None) -> MeasuredParams:
    every = sum(added.values())
    return MeasuredParams(
        network=_total(built.network),
        baseline=_total(built.plain),
        attention=every,
        without_final_stage=every - added.get(final, 0),
    )


def _total(parameters: "Parameters") -> int:
    return sum(map(sum, parameters.values()))


def _disagreements(costs: Costs, built: "Built | None") -> list[str]:
    """Return a sentence for everything that should agree and does not."""
    closed, noted = formula.weights(costs.terms), costs.attention.weights
    wrong = []
    if closed != noted and not isinstance(costs.model, Imported):  # whose blocks state no form
        wrong.append(f"THE COUNTS DISAGREE: formula {closed:,}, ledger {noted:,} weights")
    if built and isinstance(costs.model, Imported):  # whose rows are of operators, not of modules
        wrong += _total_differs("network", costs.network, built.network)
        wrong += _total_differs("plain network", costs.plain, built.plain)
    elif built:
        wrong += _differences(costs.network, built.network)
        wrong += _differences(costs.plain, built.plain)
    return wrong


def _total_differs(name: str, ledger: Ledger, module: "Parameters") -> list[str]:
    ours, theirs = ledger.params, _total(module)
    wrong = (
        f"THE COUNTS DISAGREE: the {name} has {ours:,} parameters in its trace, {theirs:,} built"
    )
    return [wrong] * (ours != theirs)


def _differences(ledger: Ledger, module: "Parameters") -> list[str]:
    ours = {row.path: (row.weights, row.biases) for row in ledger.rows if row.params}
    return [
        f"THE COUNTS DISAGREE at {path}: (weights, biases) {ours.get(path)} in the ledger, "
        f"{module.get(path)} in the built module"
        for path in sorted(ours.keys() | module.keys())
        if ours.get(path) != module.get(path)
    ]
