"""The places of a network that are decided about, and what each can take."""

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import groupby
from operator import add

from se_cost.ledger.costs import costs
from se_cost.ledger.find import AttentionBlock
from se_cost.ledger.traffic import Traffic, by_block
from se_cost.measure.explain.prediction import SIZES
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.kinds import AnyKind
from se_cost.nets.model import Zoo
from se_cost.planning.amounts import Amounts
from se_cost.planning.words import By
from se_cost.record import Record


class SiteOption(Record):
    """What a site can take: a kind with its options, or nothing."""

    kind: AnyKind | None
    amounts: Amounts = Amounts()
    blocks: int = 0
    widths: int = 1  # the product of the hidden widths; a block without a bottleneck counts as 1


NOTHING = SiteOption(None)


class Site(Record):
    """A stage, or a block of one, and its candidates: as they were listed, and nothing last."""

    stage: int
    path: str  # of the block without the attention; of a stage, its name
    candidates: tuple[SiteOption, ...]


def sites(models: Sequence[Zoo], settings: Settings, by: By) -> tuple[Site, ...]:
    """Return the sites of a network in its order.

    `models` are the same network, with attention in the same stages; each is one candidate.
    """
    every = [_candidates(model, settings, by) for model in models]
    return tuple(
        Site(found[0].stage, found[0].path, (*(one.candidate for one in found), NOTHING))
        for found in zip(*every, strict=True)
    )


class Placed(Record):
    """A candidate where it was found."""

    stage: int
    path: str
    candidate: SiteOption


def _candidates(model: Zoo, settings: Settings, by: By) -> list[Placed]:
    """Return what one model puts into each site."""
    whole = costs(model)
    traffics = by_block(whole, settings.batch, SIZES[settings.dtype])
    kinds = {kind.stage: kind for kind in model.attention.stages}
    found = []
    for place, group in groupby(whole.blocks, lambda block: _place(block, by)):
        blocks = list(group)
        stage = blocks[0].stage or 0
        amounts = reduce(add, (_amounts(b, traffics[b.path], settings) for b in blocks))
        widths = reduce(lambda product, block: product * (block.hidden or 1), blocks, 1)
        found.append(Placed(stage, place, SiteOption(kinds[stage], amounts, len(blocks), widths)))
    return found


def _place(block: AttentionBlock, by: By) -> str:
    return f"stage{block.stage}" if by is By.STAGE else block.path.rpartition(".")[0]


def _amounts(block: AttentionBlock, traffic: Traffic, settings: Settings) -> Amounts:
    cost, training = block.cost, settings.mode is Mode.TRAIN
    return Amounts(
        params=cost.params,
        macs=cost.macs,
        bytes=traffic.forward + training * traffic.backward,
        saved=traffic.saved,
        activations=cost.activation_bytes,
        operators=traffic.operators_forward + training * traffic.operators_backward,
    )


def taken(sites: Sequence[Site], choice: Iterable[int]) -> list[SiteOption]:
    """Return the candidates that a choice names by their places in the lists of the sites."""
    return [site.candidates[i] for site, i in zip(sites, choice, strict=True)]


def summed(candidates: Iterable[SiteOption]) -> Amounts:
    """Return what some candidates add together."""
    return sum((candidate.amounts for candidate in candidates), Amounts())
