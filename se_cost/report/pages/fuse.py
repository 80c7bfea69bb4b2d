"""What was done to every attention block, the proof, and what it saves."""

import re
from collections.abc import Iterator

from msgspec import UNSET

from se_cost.documents.fuse import FuseDocument
from se_cost.measure.fuse.record import FusedBlock, Movement, TrainedBlock
from se_cost.measure.timing.settings import Mode
from se_cost.measure.timing.verdict import Overhead
from se_cost.nets.words import described
from se_cost.report.page import Block, Column, Page, Table, Text, answer
from se_cost.report.pages import time
from se_cost.report.pages.words import MIB, MORE, UNMEASURED, bounds, known
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
TRAINED = (
    Column("path", lambda block: block.path),
    Column("kind", lambda block: block.kind, minor=True),
    Column("fused", lambda block: "yes" if block.fused else "no"),
    Column("norm before it", lambda block: "taken along" if block.norm else "stays"),
)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])")  # not those of 3x3, say


def page(document: FuseDocument) -> Page:
    """Return the page: the answer, a line for each block, and the timing if there is one.

    A terminal shows no line for each block.
    """
    blocks = Table.of("What was done to each block", *_table(document))
    timed = [] if document.time is UNSET else time.tables([document.time])
    doubts = (*document.disagreements, *document.doubts)
    sentences, reasons = _sentences(document), [Text(why) for why in _reasons(document)]
    whole = answer(sentences, [blocks, *timed], doubts)
    screen: tuple[Block, ...] = (*map(Text, sentences), *reasons, *timed, Text(MORE))
    return Page((*whole.blocks, *reasons), screen=screen)


def _table(
    document: FuseDocument,
) -> tuple[tuple[Column, ...], tuple[FusedBlock, ...] | tuple[TrainedBlock, ...]]:
    if document.settings.mode is Mode.TRAIN:
        return TRAINED, document.trained
    return BLOCKS, document.blocks


def _sentences(document: FuseDocument) -> list[str]:
    blocks = _table(document)[1]
    done = [block for block in blocks if block.fused]
    proof = document.proof
    same, what = "Same function", "outputs differ"
    if document.settings.mode is Mode.TRAIN:
        same, what = "Same training", "outputs and gradients differ"
    sentences = [
        f"{described(document.recipe)}: {len(done)} of {plural(len(blocks), 'block')} rewritten.",
        (
            f"{same}: {what} by {proof.float64:.1e} of the largest in float64, by "
            f"{proof.working:.1e} in {proof.dtype}."
        ),
        *_passes(document),
        *_saved(document),
    ]
    if document.time is not UNSET:
        sentences += [f"Before: {time.sentence(document.time)}", *_fused(document)]
    unread = (f"{path} was left alone: {why}." for path, why in document.unread.items())
    return [*sentences, *unread]


def _passes(document: FuseDocument) -> Iterator[str]:
    number = len(document.blocks)
    if number:
        first = sum(block.e_passes_before for block in document.blocks) / number
        then = sum(block.e_passes_after for block in document.blocks) / number
        yield f"A block adds {first:.2f} passes over its map (E-passes) before, {then:.2f} after."
    if (before := document.before) and (after := document.after):
        yield (
            f"In eager PyTorch the attention moves {_mib(before)} in "
            f"{plural(before.operators, 'operator')} before, {_mib(after)} in "
            f"{after.operators} after."
        )


def _mib(movement: Movement) -> str:
    return f"{movement.bytes / MIB:,.2f} MiB"


def _saved(document: FuseDocument) -> Iterator[str]:
    """Yield what a saved network takes."""
    match document.any_batch:
        case True:
            yield "The saved network takes any number of images."
        case False:
            images = plural(document.settings.batch, "image")
            yield f"The saved network takes {images} at a time: its weights are scaled for them."


def _fused(document: FuseDocument) -> Iterator[str]:
    """Yield the overhead that is left, with its interval, and how the other forms did."""
    assert document.time is not UNSET
    plain = time.plain(document.time)
    for rung in document.time.ladder:
        change = known(rung.overhead)
        if change and known(rung.fused) is document.how:
            yield f"Fused: {time.beside(plain, change)}"
    if part := document.beside_in_place:
        beside = f"beside {plain} with its sums in place, too"
        yield f"A fused sum is written in place; {beside}, fused {_took(part)}."
    for form in document.forms:
        yield f"--how {form.how} {_took(form.change, ' beside the choice of the rule')}."


def _took(part: Overhead, beside: str = "") -> str:
    if part.percent is None:
        return f"was {UNMEASURED}{beside}"
    interval = bounds(part.low, part.high, "+.2f")
    return f"takes {part.percent:+.2f} % time{beside} {interval} ({part.verdict})"


def _reasons(document: FuseDocument) -> list[str]:
    """Return why the blocks became what they are, blocks of the same words together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for block in _table(document)[1]:
        if why := _why(block):
            groups.setdefault(tuple(NUMBER.split(why)), []).append(why)
    return [f"{plural(len(whys), 'block')}: {_ranging(whys)}." for whys in groups.values()]


def _why(block: FusedBlock | TrainedBlock) -> str:
    match block:
        case FusedBlock():
            return "; ".join(filter(None, (block.squeeze_reason, block.scale_reason)))
        case TrainedBlock():
            return block.reason


def _ranging(texts: list[str]) -> str:
    """Return texts that differ in their numbers as one, with the range of each number."""
    each = zip(*map(NUMBER.findall, texts), strict=True)
    ends = [(min(same, key=float), max(same, key=float)) for same in each]
    ranges = iter([low if low == high else f"{low} to {high}" for low, high in ends])
    return NUMBER.sub(lambda _: next(ranges), texts[0])
