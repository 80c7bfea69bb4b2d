"""How many parameters attention adds: closed form, ledger and built module side by side."""

from collections.abc import Mapping, Sequence

from se_cost.ledger.compare import Comparison, compare
from se_cost.ledger.formula import Term, spelled, terms, weights
from se_cost.ledger.rows import Ledger, stage_of
from se_cost.ledger.stages import StageCost, stage_costs
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import title
from se_cost.report.page import Cell, Column, Data, Page, Table, listed
from se_cost.report.recipes import described, document

Built = Mapping[str, tuple[int, int]]  # path of a submodule to its weights and biases
Pair = tuple[Built, Built]  # of the network and of its baseline

COLUMNS = (
    Column("stage"),
    Column("blocks"),
    Column("channels"),
    Column("hidden"),
    Column("formula"),
    Column("weights"),
    Column("biases"),
    Column("params"),
    Column("share %", ".2f"),
    Column("growth %", ".2f"),
)


def page(recipe: Recipe, built: Pair | None = None) -> Page:
    """Return the page for a recipe; `built` are the parameters of network and baseline modules."""
    whole = compare(recipe)
    wrong = _disagreements(whole, built)
    tables = (_table(whole, built),)
    return Page(_lines(whole), tables, _data(whole, built), tuple(wrong), failed=bool(wrong))


def _lines(whole: Comparison) -> tuple[str, ...]:
    plain = f"{title(whole.recipe.baseline)}'s {whole.baseline.params:,}"
    if not whole.attention.rows:
        return (f"{described(whole.recipe)}: no attention, so no parameters beside {plain}.",)
    trimmed = compare(whole.recipe.without_final_stage)
    return (
        f"{described(whole.recipe)}:",
        (
            f"{whole.attention.params:,} parameters (+{whole.percent:.2f} %) beside {plain}; "
            f"+{trimmed.percent:.2f} % without the attention of the final stage."
        ),
        f"FC weights: {spelled(terms(whole))}",
    )


def _table(whole: Comparison, built: Pair | None) -> Table:
    stages = [_stage_row(cost, whole) for cost in stage_costs(whole)]
    totals = [*_sums(whole), *_networks(whole)]
    rows, columns = [*stages, *totals], list(COLUMNS)
    if built:
        counts = _built_counts(whole.recipe, built)
        rows = [(*row, counts[str(row[0])]) for row in rows]
        columns.append(Column("built"))
    heading = "Parameters of the attention by stage; share of it, growth of the network"
    return Table(heading, tuple(columns), tuple(rows), len(totals))


def _stage_row(cost: StageCost, whole: Comparison) -> tuple[Cell, ...]:
    shape = (str(cost.stage), cost.blocks, listed(cost.channels), listed(cost.hidden))
    return (*shape, *_added(cost.added, cost.terms, whole))


def _sums(whole: Comparison) -> list[tuple[Cell, ...]]:
    """Return the sum over the stages, and that without the final one."""
    if not whole.attention.rows:
        return []
    parts = {"all": whole, _trimmed_name(whole.recipe): compare(whole.recipe.without_final_stage)}
    return [
        (name, _blocks(part), None, None, *_added(part.attention, terms(part), whole))
        for name, part in parts.items()
    ]


def _networks(whole: Comparison) -> list[tuple[Cell, ...]]:
    """Return the plain network, and after it the one with attention if it is another."""
    plain = whole.baseline
    both = {title(whole.recipe.baseline): plain, title(whole.recipe): whole.network}
    rows: list[tuple[Cell, ...]] = []
    for name, net in both.items():
        growth = 100 * (net.params / plain.params - 1)
        rows.append((name, *[None] * 4, net.weights, net.biases, net.params, None, growth))
    return rows


def _blocks(part: Comparison) -> int:
    return sum(cost.blocks for cost in stage_costs(part))


def _added(part: Ledger, group: Sequence[Term], whole: Comparison) -> tuple[Cell, ...]:
    """Return formula, weights, biases, params, share of all attention, growth of the network."""
    share = 100 * part.params / whole.attention.params
    growth = 100 * part.params / whole.baseline.params
    return (weights(group), part.weights, part.biases, part.params, share, growth)


def _trimmed_name(recipe: Recipe) -> str:
    return f"without stage {recipe.final_stage}"


def _built_counts(recipe: Recipe, built: Pair) -> dict[str, int]:
    """Return the parameters of the built modules for every name in the table's first column."""
    network, baseline = built
    counts: dict[str, int] = {}
    for path in network.keys() - baseline:
        stage = str(stage_of(path))
        counts[stage] = counts.get(stage, 0) + sum(network[path])
    every = sum(counts.values())
    trimmed = every - counts.get(str(recipe.final_stage), 0)
    return counts | {
        "all": every,
        _trimmed_name(recipe): trimmed,
        title(recipe.baseline): _total(baseline),
        title(recipe): _total(network),
    }


def _disagreements(whole: Comparison, built: Pair | None) -> list[str]:
    """Return a sentence for everything that should agree and does not."""
    wrong = []
    formula, noted = weights(terms(whole)), whole.attention.weights
    if formula != noted:
        wrong.append(f"THE COUNTS DISAGREE: formula {formula:,}, ledger {noted:,} weights")
    for ledger, module in zip((whole.network, whole.baseline), built or (), strict=False):
        ours = {row.path: (row.weights, row.biases) for row in ledger.rows if row.params}
        wrong += [
            f"THE COUNTS DISAGREE at {path}: (weights, biases) {ours.get(path)} in the ledger, "
            f"{module.get(path)} in the built module"
            for path in sorted(ours.keys() | module.keys())
            if ours.get(path) != module.get(path)
        ]
    return wrong


def _data(whole: Comparison, built: Pair | None) -> Data:
    data = document("params", whole.recipe) | {
        "baseline": {"params": whole.baseline.params},
        "network": {"params": whole.network.params},
        "attention": _attention_data(whole),
        "formula": {"weights": weights(terms(whole)), "text": spelled(terms(whole))},
        "stages": [_stage_data(cost, whole) for cost in stage_costs(whole)],
        "final_stage": whole.recipe.final_stage,
        "without_final_stage": _attention_data(compare(whole.recipe.without_final_stage)),
    }
    if built:
        data["measured"] = {"network": _total(built[0]), "baseline": _total(built[1])}
    return data


def _stage_data(cost: StageCost, whole: Comparison) -> Data:
    return {
        "stage": cost.stage,
        "blocks": cost.blocks,
        "channels": max(cost.channels),
        "weights": cost.added.weights,
        "biases": cost.added.biases,
        "params": cost.added.params,
        "share": 100 * cost.added.params / whole.attention.params,
    }


def _attention_data(part: Comparison) -> Data:
    added = part.attention
    return {
        "params": added.params,
        "weights": added.weights,
        "biases": added.biases,
        "percent": part.percent,
    }


def _total(built: Built) -> int:
    return sum(map(sum, built.values()))
