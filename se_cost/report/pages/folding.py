"""What most readers skip, folded away."""

from se_cost.report.page import Block, Details, Page, Table, Warning
from se_cost.text import joined


def folded(of: Page, tables: int) -> tuple[Block, ...]:
    """Return the blocks of a page, of which all that follows its first `tables` is folded away.

    Sentences before the tables and warnings stay.
    """
    first: list[Block] = []
    rest: list[Block] = []
    seen = 0
    for block in of.blocks:
        seen += isinstance(block, Table)
        kept = isinstance(block, Warning) or (seen <= tables and not (rest and seen))
        (first if kept else rest).append(block)
    if not rest:
        return tuple(first)
    named = joined((block.title for block in rest if isinstance(block, Table)), "; ")
    return (*first, Details(named or "What the columns mean", tuple(rest)))
