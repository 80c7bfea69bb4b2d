"""What the json document of `explain` holds."""

from se_cost.report.schemas.parts import STAGE
from se_cost.report.schemas.words import (
    NAME,
    Keys,
    count,
    items,
    number,
    or_null,
    part,
    table,
)

SECONDS = {
    "value": number("The estimate."),
    "low": or_null(number("Lower end of the 95 % interval; null if there are too few samples.")),
    "high": or_null(number("Upper end of it.")),
}
TRAFFIC: Keys = {
    "forward": count("Bytes read and written by operators of the forward pass."),
    "backward": count("And of the backward pass, which inference does without."),
    "operators_forward": count("At least one kernel each."),
    "operators_backward": count(),
    "saved": count("Bytes that training keeps from one pass to the other."),
}
ATTENTION: Keys = {
    "blocks": count(least=1),
    "macs": count("Multiply-accumulates of one iteration."),
    "macs_per_byte": number("Of the forward pass."),
    "gated_bytes": count("E: one read, or one write, of every gated map.", least=1),
    "traffic": table(TRAFFIC, about="What attention adds."),
    "moved_bytes": count("In the passes that were timed."),
    "operators": count("In the passes that were timed."),
    "predicted": table(
        {
            "seconds": number("Memory and launches, one after the other."),
            "memory": number("Moved bytes by the copy bandwidth."),
            "launches": number("Operators times the latency of one."),
        }
    ),
    "measured_seconds": or_null(table(SECONDS, about="Null if it was not timed.")),
    "e_passes": or_null(table(SECONDS, about="The same in reads or writes of E.")),
}
EXPLAIN: Keys = {
    "recipe": part("recipe"),
    "overhead": part("overhead"),
    "macs_percent": number("Per cent of the plain network's multiply-accumulates."),
    "baseline": table(
        {
            "median_ms": number("Median time of one iteration.", exclusiveMinimum=0),
            "macs_per_byte": number("Of the forward pass.", exclusiveMinimum=0),
        }
    ),
    "machine": table(
        {
            "bandwidth": number("Bytes per second of a copy, read and write.", exclusiveMinimum=0),
            "launch": number("Seconds from one tiny operator to the next.", exclusiveMinimum=0),
        }
    ),
    "total": table(ATTENTION),
    "stages": items(table({"stage": STAGE, **ATTENTION})),
    "operators": items(table({"stage": STAGE, "operator": NAME, **TRAFFIC})),
    "assumptions": items(NAME),
    "references": items(
        table(
            {
                **dict.fromkeys(("network", "setting", "source"), NAME),
                "percent": number("Overhead of SE in time, as others measured it."),
            }
        )
    ),
    "time": part("timing"),
}
