"""The networks there are, and what SE adds to each."""

from se_cost.documents.nets import NetsDocument
from se_cost.report.page import Column, Page, Table, answer
from se_cost.report.pages.words import percent
from se_cost.text import joined

COLUMNS = (
    Column("network", lambda family: family.name),
    Column("blocks", lambda family: joined((s.blocks for s in family.stages), "-"), minor=True),
    Column("channels", lambda family: joined((s.channels for s in family.stages), "-"), minor=True),
    Column("input", lambda family: joined(family.input, "x")),
    Column("params M", lambda family: family.params / 1e6, ".2f"),
    Column("MACs G", lambda family: family.macs / 1e9, ".3f"),
    Column("SE params M", lambda family: family.attention.params / 1e6, ".2f"),
    Column("SE params %", lambda family: percent(family.attention.params, family.params), ".2f"),
    Column("SE MACs M", lambda family: family.attention.macs / 1e6, ".2f"),
    Column("SE MACs %", lambda family: percent(family.attention.macs, family.macs), ".3f"),
    Column("source", lambda family: family.source, minor=True),
)
WITH_SE = (
    "Every network is also there with SE, as se_NAME; blocks and channels are those of the stages "
    "that then have it."
)


def page(document: NetsDocument) -> Page:
    """Return every family with its size, and what SE adds to it at r = 16."""
    table = Table.of("Networks, and what SE adds", COLUMNS, document.networks)
    return answer([WITH_SE], [table], document.doubts)
