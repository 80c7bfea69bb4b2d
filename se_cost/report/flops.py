"""How much computing attention adds, by operator, stage and counter."""

from collections.abc import Sequence

from se_cost.ledger.compare import Comparison, compare, parts
from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.ledger.rows import Ledger
from se_cost.ledger.stages import stage_costs
from se_cost.measure.counts import Counts
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import title
from se_cost.report.page import Cell, Column, Data, Page, Table
from se_cost.report.recipes import described, document

COUNTED_AS = {
    "macs": "multiply-accumulates of convolutions and FCs",
    "flops": "2 per MAC",
    "paper": "MACs, 1 per gated value",
    "torch": "FlopCounterMode: 2 per MAC",
    "fvcore": "MACs, 2 per norm value, 1 per pooled value",
    "thop": "MACs, 4 per norm value, 1 per pooled value",
    "ptflops": "MACs, biases, 2 per norm, ReLU and pooled value",
}


def page(recipe: Recipe, counts: Sequence[Counts] | None = None) -> Page:
    """Return the page for a recipe; `counts` are those of the built network and its baseline."""
    whole = compare(recipe)
    wrong = _disagreements(whole, counts)
    tables = (_counters(whole, counts), _stages(whole), _operators(whole))
    return Page(_lines(whole), tables, _data(whole, counts), tuple(wrong), failed=bool(wrong))


def _lines(whole: Comparison) -> tuple[str, ...]:
    plain = f"{title(whole.recipe.baseline)}'s {whole.baseline.macs:,}"
    if not whole.attention.rows:
        return (f"{described(whole.recipe)}: no attention, so no MACs beside {plain}.",)
    growth, as_the_paper = _growth(whole, "macs"), _growth(whole, "paper")
    trimmed = _growth(compare(whole.recipe.without_final_stage), "macs")
    return (
        f"{described(whole.recipe)}, one image:",
        (
            f"{whole.attention.macs:,} MACs (+{growth:.3f} %) beside {plain}; "
            f"+{trimmed:.3f} % without the attention of the final stage."
        ),
        f"As the SE paper counts, with one multiply for each gated value: +{as_the_paper:.3f} %.",
    )


def _counters(whole: Comparison, counts: Sequence[Counts] | None) -> Table:
    rows = [
        (name, *_row(total(whole.network, count), total(whole.baseline, count)), COUNTED_AS[name])
        for name, count in CONVENTIONS.items()
    ]
    for name, (network, baseline) in (_measured(counts) if counts else {}).items():
        rows.append(
            (f"{name}, measured".replace("_", " "), *_row(network, baseline), MEASURED_AS[name])
        )
    columns = (
        Column("counter"),
        Column("network"),
        Column("plain"),
        Column("attention"),
        Column("growth %", ".3f"),
        Column("what it counts"),
    )
    heading = "One image, as counters count it"
    return Table(heading, columns, tuple(rows), len(rows) - len(CONVENTIONS))


MEASURED_AS = {
    "fvcore": "fvcore's total of the built network",
    "fvcore_complete": "the same with the operators it leaves out",
    "torch": "FlopCounterMode, forward",
    "torch_backward": "FlopCounterMode, backward",
}


def _measured(counts: Sequence[Counts]) -> dict[str, tuple[int, int]]:
    """Return the totals of the counters for network and baseline, by name of the counter."""
    network, baseline = counts
    found = {
        "fvcore": (network.fvcore.total, baseline.fvcore.total),
        "fvcore_complete": (network.fvcore.complete, baseline.fvcore.complete),
        "torch": (network.torch.forward, baseline.torch.forward),
    }
    if network.torch.backward is not None and baseline.torch.backward is not None:
        found["torch_backward"] = (network.torch.backward, baseline.torch.backward)
    return found


def _row(network: int, baseline: int) -> tuple[Cell, ...]:
    return (network, baseline, network - baseline, 100 * (network / baseline - 1))


def _stages(whole: Comparison) -> Table:
    """Return squeeze, excite and scale of every stage."""
    stages = [(str(cost.stage), *_parts(cost.added, whole)) for cost in stage_costs(whole)]
    totals = [("all", *_parts(whole.attention, whole))] if stages else []
    if stages:
        trimmed = compare(whole.recipe.without_final_stage).attention
        totals.append((f"without stage {whole.recipe.final_stage}", *_parts(trimmed, whole)))
    columns = (
        Column("stage"),
        Column("squeeze ops"),
        Column("excite MACs"),
        Column("excite ops"),
        Column("scale ops"),
        Column("moved MiB", ".2f"),
        Column("growth of MACs %", ".3f"),
    )
    heading = "Attention by stage: MACs, other element operations, float32 bytes moved"
    return Table(heading, columns, (*stages, *totals), len(totals))


def _parts(added: Ledger, whole: Comparison) -> tuple[Cell, ...]:
    part = parts(added)
    return (
        part["squeeze"].elements,
        part["excite"].macs,
        part["excite"].elements,
        part["scale"].elements,
        added.bytes / 2**20,
        100 * added.macs / whole.baseline.macs,
    )


def _operators(whole: Comparison) -> Table:
    """Return every operator of the network, and how much of it is attention."""
    added = whole.attention.by_op()
    rows = []
    for op, ledger in whole.network.by_op().items():
        part = added.get(op, Ledger(()))
        cost = (len(ledger.rows), ledger.macs, ledger.elements, ledger.bytes / 2**20)
        rows.append((op, *cost, len(part.rows), part.macs, part.elements, part.bytes / 2**20))
    columns = (
        Column("operator"),
        Column("layers"),
        Column("MACs"),
        Column("other ops"),
        Column("MiB", ".2f"),
        Column("attention layers"),
        Column("attention MACs"),
        Column("attention other ops"),
        Column("attention MiB", ".2f"),
    )
    return Table("Operators of the network, and those of its attention", columns, tuple(rows))


def _growth(whole: Comparison, convention: str) -> float:
    """Return what attention adds to the total of a counter, in per cent."""
    count = CONVENTIONS[convention]
    return 100 * (total(whole.network, count) / total(whole.baseline, count) - 1)


def _disagreements(whole: Comparison, counts: Sequence[Counts] | None) -> list[str]:
    """Return a sentence for every counter that does not count what the ledger explains."""
    wrong = []
    for ledger, counted in zip((whole.network, whole.baseline), counts or (), strict=False):
        explained = {
            "fvcore": (total(ledger, CONVENTIONS["fvcore"]), counted.fvcore.total),
            "fvcore_complete": (complete(ledger), counted.fvcore.complete),
            "torch": (total(ledger, CONVENTIONS["torch"]), counted.torch.forward),
        }
        wrong += [
            f"THE COUNTS DISAGREE: {name} is {theirs:,} measured, {ours:,} by the ledger"
            for name, (ours, theirs) in explained.items()
            if ours != theirs
        ]
    return wrong


def complete(ledger: Ledger) -> int:
    """Return MACs and other operations; no handle can see the biases that fvcore leaves out."""
    biases = sum(row.elements for row in ledger.rows if row.op in ("conv", "deconv", "linear"))
    return ledger.macs + ledger.elements - biases


def _data(whole: Comparison, counts: Sequence[Counts] | None) -> Data:
    data = document("flops", whole.recipe) | {
        "baseline": {"macs": whole.baseline.macs},
        "network": {"macs": whole.network.macs},
        "attention": _growth_data(whole),
        "stages": [
            {"stage": cost.stage, "blocks": cost.blocks} | _attention_data(cost.added)
            for cost in stage_costs(whole)
        ],
        "final_stage": whole.recipe.final_stage,
        "without_final_stage": _growth_data(compare(whole.recipe.without_final_stage)),
        "conventions": {name: total(whole.network, c) for name, c in CONVENTIONS.items()},
    }
    if counts:
        data["measured"] = {
            name: {"network": network, "baseline": baseline}
            for name, (network, baseline) in _measured(counts).items()
        }
    return data


def _growth_data(whole: Comparison) -> Data:
    return _attention_data(whole.attention) | {"percent": _growth(whole, "macs")}


def _attention_data(added: Ledger) -> Data:
    part = parts(added)
    return {
        "macs": added.macs,
        "squeeze": part["squeeze"].elements,
        "excite": part["excite"].macs,
        "scale": part["scale"].elements,
        "bytes": added.bytes,
    }
