"""The predictions of a plan beside measurements."""

from se_cost.documents.verification import Verification
from se_cost.report.page import Block, Column, Table, Text
from se_cost.report.pages.words import UNMEASURED
from se_cost.text import joined, plural

VERIFIED = (
    Column("options", lambda one: one.options),
    Column("predicted ms", lambda one: one.predicted_ms, ".3f"),
    Column("measured ms", lambda one: one.measured_ms, "+.3f"),
    Column("low", lambda one: one.low_ms, "+.3f"),
    Column("high", lambda one: one.high_ms, "+.3f"),
    Column("verdict", lambda one: UNMEASURED if one.measured_ms is None else one.verdict),
    Column("off %", lambda one: one.error_percent, "+.0f"),
)


def verified(found: Verification | None) -> list[Block]:
    """Return how well the prediction orders what was timed; nothing if nothing was."""
    if found is None:
        return []
    rank, error = found.rank_correlation, found.largest_error_percent
    if error is None:
        return [Text(f"Prediction against measurement: {UNMEASURED}.")]
    order = "no rank correlation" if rank is None else f"rank correlation {rank:.2f}"
    wrong = [f"{one.quicker} before {one.slower}" for one in found.wrong]
    told = f"ordered wrongly: {joined(wrong, '; ')}" if wrong else "none is ordered wrongly"
    of = f"of {plural(found.judged, 'pair')} whose intervals do not meet"
    sentence = (
        f"Prediction against measurement: {order}, largest error {error:+.0f} %; {of}, {told}."
    )
    heading = "Time that attention adds to an iteration, predicted and measured, with 95 % interval"
    return [Text(sentence), Table.of(heading, VERIFIED, found.choices)]
