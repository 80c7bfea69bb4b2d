"""Several networks beside each other in one table, as a paper has it."""

from se_cost.documents.base import Document
from se_cost.documents.flops import FlopsDocument, SeveralFlops
from se_cost.documents.params import SeveralParams
from se_cost.nets.words import distinct
from se_cost.record import Record
from se_cost.report.page import Column, Page, Table, answer
from se_cost.report.pages.words import percent


class NamedDocument(Record):
    """The document of one network, by the name that tells it apart."""

    name: str
    document: Document


PARAMS = (
    Column("network", lambda one: one.name),
    Column("plain", lambda one: one.document.baseline.params),
    Column("with attention", lambda one: one.document.network.params),
    Column("attention", lambda one: one.document.attention.params),
    Column("growth %", lambda one: one.document.attention.percent, ".2f"),
    Column(
        "without its final stage %",
        lambda one: one.document.without_final_stage.percent,
        ".2f",
        minor=True,
    ),
)
FLOPS = (
    Column("network", lambda one: one.name),
    Column("plain", lambda one: one.document.baseline.macs),
    Column("with attention", lambda one: one.document.network.macs),
    Column("attention", lambda one: one.document.attention.macs),
    Column("growth %", lambda one: one.document.attention.percent, ".3f"),
    Column("as the SE paper counts %", lambda one: one.document.paper_percent, ".3f", minor=True),
    Column("bytes moved %", lambda one: _bytes(one.document), ".2f", minor=True),
)
OF_PARAMS = "Parameters: weights and biases, those of norms included"
OF_MACS = "MACs of one image: multiply-accumulates, which the SE paper calls FLOPs; 1 MAC = 2 FLOPs"


def page(document: SeveralParams | SeveralFlops) -> Page:
    """Return the page: one table with a row for each network."""
    names = distinct([one.recipe for one in document.networks])
    rows = [NamedDocument(*both) for both in zip(names, document.networks, strict=True)]
    if isinstance(document, SeveralParams):
        table = Table.of(OF_PARAMS, PARAMS, rows)
    else:
        table = Table.of(OF_MACS, FLOPS, rows)
    return answer((), [table], (*document.disagreements, *document.doubts))


def _bytes(document: FlopsDocument) -> float | None:
    return percent(document.attention.bytes, document.baseline.bytes)
