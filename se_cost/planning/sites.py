"""The places of a network that are decided about, and what each can take."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

from se_cost.errors import UsageError
from se_cost.ledger.find import AttentionBlock
from se_cost.ledger.rows import Ledger, Row
from se_cost.ledger.traffic import Traffic, total
from se_cost.measure.models.costs import costs
from se_cost.measure.models.traffic import by_block, by_stage
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.kinds import AnyKind
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.nets.words import described
from se_cost.planning.amounts import Amounts
from se_cost.planning.words import By
from se_cost.record import Record
from se_cost.text import joined


class Own(Record):
    """The attention that a model of the user's has of itself."""

    name: str  # of the kind that was found
    r: int | None = None  # None also if its blocks differ in it


class SiteOption(Record):
    """What a site can take: a kind with its options, what the model has itself, or nothing."""

    kind: AnyKind | Own | None
    amounts: Amounts = Amounts()
    blocks: int = 0
    widths: int = 1  # the product of the hidden widths; a block without a bottleneck counts as 1
    paths: tuple[str, ...] = ()  # of the blocks, in the model that has them


NOTHING = SiteOption(None)


class Site(Record):
    """A stage, or a block of one, and its candidates: as they were listed, and nothing last."""

    stage: int
    path: str  # of the block without the attention; of a stage, its name
    candidates: tuple[SiteOption, ...]


def sites(models: Sequence[Model], settings: Settings, by: By) -> tuple[Site, ...]:
    """Return the sites of a network in its order.

    `models` are the same network, with attention in the same stages; each is one candidate. Raises
    UsageError if a model of the user's has its attention at other places than the first.
    """
    every = [_candidates(model, settings, by) for model in models]
    for model, found in zip(models, every, strict=True):
        if [one.stage for one in found] != [one.stage for one in every[0]]:
            raise UsageError(
                f"{described(model)} has attention at {len(found)} places, "
                f"{described(models[0])} at {len(every[0])} others: plan them one by one"
            )
    return tuple(
        Site(found[0].stage, found[0].path, (*(one.candidate for one in found), NOTHING))
        for found in zip(*every, strict=True)
    )


class Placed(Record):
    """A candidate where it was found."""

    stage: int
    path: str
    candidate: SiteOption


def _candidates(model: Model, settings: Settings, by: By) -> list[Placed]:
    """Return what one model puts into each site."""
    groups: dict[str, list[AttentionBlock]] = {}
    for block in costs(model).blocks:
        groups.setdefault(_place(model, block, by), []).append(block)
    moved = _traffic(model, settings, by)
    found = []
    for place, blocks in groups.items():
        stage = blocks[0].stage or 0
        amounts = _amounts(Ledger(tuple(_rows(blocks))), moved(blocks), settings)
        widths = prod(block.hidden or 1 for block in blocks)
        paths = tuple(dict.fromkeys(block.path for block in blocks))
        option = SiteOption(_kind(model, blocks), amounts, len(blocks), widths, paths)
        found.append(Placed(stage, place, option))
    return found


def _place(model: Model, block: AttentionBlock, by: By) -> str:
    """Return the name of a site; a block of a user's model has the path that --drop takes."""
    if by is By.STAGE:
        return f"stage{block.stage}"
    return block.path if isinstance(model, Imported) else block.path.rpartition(".")[0]


def _kind(model: Model, blocks: Sequence[AttentionBlock]) -> AnyKind | Own:
    """Return the attention that some blocks of one stage are."""
    if not isinstance(model, Imported):
        return next(kind for kind in model.attention.stages if kind.stage == blocks[0].stage)
    if model.attention:
        return model.attention
    ratios = {block.r for block in blocks}
    name = joined(dict.fromkeys(block.kind for block in blocks), "+")
    return Own(name, ratios.pop() if len(ratios) == 1 else None)


def _rows(blocks: Iterable[AttentionBlock]) -> Iterator[Row]:
    for block in blocks:
        yield from block.rows


def _traffic(
    model: Model, settings: Settings, by: By
) -> Callable[[Sequence[AttentionBlock]], Traffic]:
    """Return what tells the traffic of the blocks of a site."""
    if by is By.STAGE:
        stages = by_stage(model, settings)
        return lambda blocks: stages[blocks[0].stage]
    single = by_block(model, settings)
    return lambda blocks: total(single[path] for path in {block.path for block in blocks})


def _amounts(cost: Ledger, traffic: Traffic, settings: Settings) -> Amounts:
    training = settings.mode is Mode.TRAIN
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
