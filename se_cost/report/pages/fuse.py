"""What was done to every attention block, the proof, and what it saves."""

from collections import Counter

from msgspec import UNSET

from se_cost.documents.fuse import FuseDocument
from se_cost.measure.fuse.record import FusedBlock
from se_cost.nets.words import described
from se_cost.report.page import Column, Page, Table, Text, answer
from se_cost.report.pages import time
from se_cost.report.pages.words import known
from se_cost.text import plural

BLOCKS = (
    Column("path", lambda block: block.path),
    Column("kind", lambda block: block.kind, minor=True),
    Column("channels", lambda block: block.channels, minor=True),
    Column("squeeze", lambda block: block.squeeze.value),
    Column("scale", lambda block: block.scale.value),
    Column("E-passes", lambda block: block.e_passes_before, ".2f"),
    Column("then", lambda block: block.e_passes_after, ".2f"),
    Column("MACs", lambda block: block.macs_before),
    Column("then", lambda block: block.macs_after),
)


def page(document: FuseDocument) -> Page:
    """Return the page: the answer, a line for each block, and the timing if there is one."""
    blocks = Table.of("What was done to each block", BLOCKS, document.blocks)
    timed = [] if document.time is UNSET else time.tables([document.time])
    whole = answer(
        _sentences(document), [blocks, *timed], (*document.disagreements, *document.doubts)
    )
    return Page((*whole.blocks, *map(Text, _reasons(document))))


def _sentences(document: FuseDocument) -> list[str]:
    done = [block for block in document.blocks if block.fused]
    before = sum(block.e_passes_before for block in document.blocks)
    after = sum(block.e_passes_after for block in document.blocks)
    number = len(document.blocks)
    sentences = [
        f"{described(document.recipe)}: {len(done)} of {plural(number, 'block')} rewritten.",
        (
            f"Same function: outputs differ by {document.proof.float64:.1e} of the largest in "
            f"float64, by {document.proof.working:.1e} in {document.proof.dtype}."
        ),
    ]
    if number:
        sentences.append(
            f"A block adds {before / number:.2f} passes over its map (E-passes) before, "
            f"{after / number:.2f} after."
        )
    if document.time is not UNSET:
        sentences += [f"Before: {time.sentence(document.time)}", *_fused(document)]
    return [*sentences, *(f"{path} was left alone: {why}." for path, why in _unread(document))]


def _fused(document: FuseDocument) -> list[str]:
    """Return the overhead that is left, with its interval."""
    assert document.time is not UNSET
    plain = time.plain(document.time)
    rungs = [rung for rung in document.time.ladder if known(rung.fused)]
    return [f"Fused: {time.beside(plain, one)}" for rung in rungs if (one := known(rung.overhead))]


def _unread(document: FuseDocument) -> list[tuple[str, str]]:
    return list(document.unread.items())


def _reasons(document: FuseDocument) -> list[str]:
    """Return why the blocks became what they are, each reason once."""
    reasons = Counter(_why(block) for block in document.blocks)
    return [f"{plural(count, 'block')}: {why}." for why, count in reasons.items() if why]


def _why(block: FusedBlock) -> str:
    return "; ".join(filter(None, (block.squeeze_reason, block.scale_reason)))
