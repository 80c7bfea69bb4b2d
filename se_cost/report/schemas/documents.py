"""What every json document holds, by its `command`."""

from collections.abc import Mapping

from se_cost.ledger.conventions import CONVENTIONS
from se_cost.ledger.paper import Verdict as PaperVerdict
from se_cost.nets.attention import Place
from se_cost.report.gate.changes import Trend
from se_cost.report.gate.entry import COUNTED
from se_cost.report.gate.judging import Verdict
from se_cost.report.gate.quantities import QUANTITIES, Unit
from se_cost.report.page import SCHEMA_VERSION
from se_cost.report.schemas.explain import EXPLAIN as EXPLAINED
from se_cost.report.schemas.parts import (
    COMPUTED,
    FINAL_STAGE,
    HOW_IT_RUNS,
    MEMORY,
    PARTS,
    SHAPE,
    SPEED,
    STAGE,
    UNUSUALLY,
)
from se_cost.report.schemas.words import (
    NAME,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Document,
    Keys,
    Schema,
    by_name,
    count,
    items,
    number,
    one_of,
    or_null,
    part,
    table,
)


def _document(command: Document, keys: Keys, optional: Keys | None = None, *, about: str) -> Schema:
    """Return the schema of a document: what all of them begin with, then its own keys."""
    first: Keys = {"schema_version": {"const": SCHEMA_VERSION}, "command": {"const": command.value}}
    return table({**first, **keys}, optional, about=about)


NETWORKS = _document(
    Document.NETS,
    {
        "networks": items(
            table(
                {
                    **dict.fromkeys(("name", "title", "source"), NAME),
                    "input": SHAPE,
                    "places": items(one_of(Place), minItems=1),
                    "stages": items(
                        table(
                            {
                                "stage": STAGE,
                                "blocks": count(least=1),
                                "channels": count(least=1),
                            }
                        )
                    ),
                    "params": count(),
                    "macs": count(),
                    "attention": table({"params": count(), "macs": count()}),
                }
            )
        )
    },
    about="Every family of networks, and what SE with r = 16 adds to it.",
)
NETWORK = _document(
    Document.NETS,
    {
        "recipe": part("recipe"),
        "stages": items(
            table(
                {
                    "stage": or_null(STAGE),
                    "blocks": count("Equal blocks in a row.", least=1),
                    "layers": items(NAME, "Of one block, in words.", minItems=1),
                    "output": SHAPE,
                    "params": count("Of all these blocks."),
                    "macs": count("Of all these blocks."),
                }
            )
        ),
    },
    about="One network, stage by stage.",
)
PARAMS = _document(
    Document.PARAMS,
    {
        "recipe": part("recipe"),
        "baseline": table({"params": count()}),
        "network": table({"params": count()}),
        "attention": part("added_params"),
        "formula": table({"weights": count("Of the FCs."), "text": TEXT}),
        "stages": items(
            table(
                {
                    "stage": STAGE,
                    "blocks": count(least=1),
                    "channels": count("Most that a block of the stage has.", least=1),
                    **{name: count() for name in ("weights", "biases", "params")},
                    "share": number("Per cent of all attention.", minimum=0, maximum=100),
                }
            )
        ),
        "final_stage": FINAL_STAGE,
        "without_final_stage": part("added_params"),
    },
    {"measured": part("pair")},
    about="Parameters that attention adds, by closed form, ledger and built module.",
)
FLOPS = _document(
    Document.FLOPS,
    {
        "recipe": part("recipe"),
        "baseline": table({"macs": count()}),
        "network": table({"macs": count()}),
        "attention": part("added_macs"),
        "stages": items(table({"stage": STAGE, "blocks": count(least=1), **COMPUTED})),
        "final_stage": FINAL_STAGE,
        "without_final_stage": part("added_macs"),
        "conventions": table(
            {name: count() for name in CONVENTIONS},
            about="Total of the network, as each counter counts.",
        ),
    },
    {
        "measured": table(
            {name: part("pair") for name in ("fvcore", "fvcore_complete", "torch")},
            {"torch_backward": part("pair")},
            about="Totals that the counters gave for the built networks.",
        )
    },
    about="Multiply-accumulates that attention adds, by ledger and by other counters.",
)
TIMING = _document(
    Document.TIME,
    {
        "recipe": part("recipe"),
        "quick": YES_OR_NO,
        "self_check": YES_OR_NO,
        "protocol": part("protocol"),
        "asked_batch": count("More than was timed, if it did not fit into the memory.", least=1),
        "settings": table(
            {
                "device": NAME,
                **HOW_IT_RUNS,
                **UNUSUALLY,
                "threads": or_null(count(least=1)),
                "seed": WHOLE,
            }
        ),
        "baseline": table(SPEED, MEMORY),
        "network": part("arm"),
        "overhead": part("overhead"),
        "final_stage": FINAL_STAGE,
        "without_final_stage": or_null(part("arm")),
        "ladder": items(part("rung"), "All others, for instance without its last two stages."),
        "null": part("bounds"),
        "drift": part("bounds"),
        "exchanges": by_name(part("exchange"), "Of gradients, by network; data-parallel only."),
        "samples": part("samples"),
        "environment": part("environment"),
    },
    about="How much slower attention makes a network, on one machine.",
)
BATCHES = _document(
    Document.TIME,
    {"recipe": part("recipe"), "batches": items(part("timing"), minItems=2)},
    about="The same comparison at several batch sizes.",
)
EXPLAIN = _document(
    Document.EXPLAIN,
    EXPLAINED,
    about="Why the time grows more than the multiply-accumulates.",
)
PAPER = _document(
    Document.PAPER,
    {
        "source": TEXT,
        "rows": items(
            table(
                {
                    **dict.fromkeys(("table", "row", "quantity", "unit"), NAME),
                    "published": number("As printed."),
                    "ours": or_null(number("Null where there is nothing to count.")),
                    "verdict": one_of(PaperVerdict),
                    "note": TEXT,
                }
            )
        ),
    },
    {"time": items(part("timing"))},
    about="Every published cost figure beside ours.",
)
REPORT_ON_ONE = _document(
    Document.REPORT,
    {
        "recipe": part("recipe"),
        "params": part("params"),
        "flops": part("flops"),
        "time": items(part("timing"), "Inference, and a training step, where they were timed."),
    },
    about="The documents of the other commands for one network.",
)
REPORT_ON_SEVERAL = _document(
    Document.REPORT,
    {"networks": items(part("report_on_one"), minItems=2)},
    about="The reports on several networks.",
)
CHECK = _document(
    Document.CHECK,
    {
        "verdict": one_of((Verdict.WITHIN, Verdict.OVER, Verdict.UNJUDGED)),
        "networks": by_name(part("entry"), "The figures now, by the name of the network."),
        "findings": items(
            table(
                {
                    "network": NAME,
                    "limit": NAME,
                    "unit": one_of(Unit),
                    "verdict": one_of(Verdict),
                    "baseline": or_null(number("Null if it is not in the baseline.")),
                    "now": or_null(number("Null if it was not measured.")),
                    "at_most": or_null(number("Null if nothing limits it.")),
                    "settings": or_null(table(HOW_IT_RUNS, UNUSUALLY)),
                    "stage": or_null(NAME),
                    "reason": NAME,
                    "remedies": items(NAME),
                }
            )
        ),
        "notes": items(NAME),
    },
    about="Networks within their budgets, or not.",
)
DIFF = _document(
    Document.DIFF,
    {
        "verdict": one_of((Trend.WORSE, Trend.BETTER, Trend.SAME, Trend.UNJUDGED)),
        "networks": by_name(
            table({"old": part("recipe"), "new": part("recipe")}),
            "What was compared, by the name of the network.",
        ),
        "changes": items(
            table(
                {
                    "network": NAME,
                    "figure": one_of(QUANTITIES),
                    "unit": one_of(Unit),
                    "old": number("Before."),
                    "new": number("After."),
                    "percent": or_null(number("Null where the figure is itself per cent.")),
                    "verdict": one_of(Trend),
                    "settings": or_null(table(HOW_IT_RUNS, UNUSUALLY)),
                    "reason": TEXT,
                }
            )
        ),
        "sites": items(
            table(
                {
                    "network": NAME,
                    "stage": NAME,
                    "operator": or_null(NAME),
                    "layers": or_null(WHOLE),
                },
                dict.fromkeys(COUNTED, WHOLE),
            ),
            "Where the counts changed, and by how much.",
        ),
        "only_old": items(NAME, "Networks that the new document lacks."),
        "only_new": items(NAME, "Networks that the old document lacks."),
    },
    about="What changed from one document to another.",
)
BASELINE = _document(
    Document.BASELINE,
    {"networks": by_name(part("entry"), "What is accepted, by the name of the network.")},
    about="The figures that `check` holds networks against.",
)

DOCUMENTS: Mapping[Document, Schema] = {
    Document.NETS: {
        "description": "The networks there are, or one of them stage by stage.",
        "oneOf": [part("networks"), part("network")],
    },
    Document.PARAMS: PARAMS,
    Document.FLOPS: FLOPS,
    Document.TIME: {
        "description": "A timed comparison, at one batch size or at several.",
        "oneOf": [part("timing"), part("batches")],
    },
    Document.EXPLAIN: EXPLAIN,
    Document.PAPER: PAPER,
    Document.REPORT: {
        "description": "All that is known of one network, or of several.",
        "oneOf": [part("report_on_one"), part("report_on_several")],
    },
    Document.CHECK: CHECK,
    Document.DIFF: DIFF,
    Document.BASELINE: BASELINE,
}
DEFINITIONS: Mapping[str, Schema] = {
    **{name.value: document for name, document in DOCUMENTS.items()},
    "networks": NETWORKS,
    "network": NETWORK,
    "timing": TIMING,
    "batches": BATCHES,
    "report_on_one": REPORT_ON_ONE,
    "report_on_several": REPORT_ON_SEVERAL,
    **PARTS,
}
