"""What the attention of any model moves: by formulas for those of the zoo, by metering for others.

A model of the user's is metered with all of its attention, then with less and less of it, the last
first, until it is plain: each difference is what that attention moves, so that the parts add up to
the whole, and that without the final stage to what is metered without it.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from se_cost.errors import MeasurementError
from se_cost.ledger import traffic as formulas
from se_cost.ledger.costs import Costs
from se_cost.ledger.folding import folded_costs
from se_cost.ledger.traffic import Traffic, total
from se_cost.measure.models.costs import costs
from se_cost.measure.timing.settings import SIZES, Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model, Zoo
from se_cost.record import Record, replace

if TYPE_CHECKING:
    from se_cost.measure.models.metering import Metered


class PlainTraffic(Record):
    """What a plain network moves in one iteration, and saves in training."""

    forward: int
    backward: int | None  # None of a network of the zoo, whose backward pass has no formula
    saved: int


def by_part(model: Model, settings: Settings) -> dict[tuple[int | None, str], Traffic]:
    """Return the traffic of the attention of one iteration by stage and operator.

    Of a model of the user's the operators are those that torch ran. Raises MeasurementError if it
    cannot be run, or attention cannot be taken out of it.
    """
    if not isinstance(model, Imported):
        return formulas.by_part(_costs(model, settings), *_numbers(settings))
    return {
        (stage, name): part
        for stage, parts in zip(model.stages, _stages(model, settings), strict=True)
        for name, part in parts.items()
    }


def by_stage(model: Model, settings: Settings) -> dict[int | None, Traffic]:
    """Return the traffic of every stage that holds attention; raise as `by_part` does."""
    if not isinstance(model, Imported):
        return formulas.by_stage(_costs(model, settings), *_numbers(settings))
    parts = map(_whole, _stages(model, settings))
    return dict(zip(model.stages, parts, strict=True))


def of_one_image(model: Model) -> dict[int | None, Traffic]:
    """Return the traffic of every stage for one image, in training and float32; raise as `by_part`.

    A norm of vectors cannot be trained on one image. It is then what two images take, less what a
    third takes more: traffic is linear in their number.
    """
    try:
        return by_stage(model, Settings(mode=Mode.TRAIN, batch=1))
    except MeasurementError:
        two, three = (by_stage(model, Settings(mode=Mode.TRAIN, batch=n)) for n in (2, 3))
        return {stage: part + part - three[stage] for stage, part in two.items()}


def by_block(model: Model, settings: Settings) -> dict[str, Traffic]:
    """Return the traffic of every block by its path; raise as `by_part` does.

    Blocks of a model of the user's that have one path go together.
    """
    if not isinstance(model, Imported):
        return formulas.by_block(_costs(model, settings), *_numbers(settings))
    paths = list(dict.fromkeys(block.path for block in costs(model).blocks))
    gone = [replace(model, patterns=(*model.patterns, *paths[i:])) for i in range(len(paths) + 1)]
    return dict(zip(paths, map(_whole, _differences(gone, settings)), strict=True))


def plain_traffic(model: Model, settings: Settings) -> PlainTraffic:
    """Return the traffic of the plain network of a model; raise as `by_part` does."""
    if not isinstance(model, Imported):
        network, numbers = _costs(model, settings).plain, _numbers(settings)
        moved = formulas.forward_bytes(network, *numbers)
        return PlainTraffic(moved, None, formulas.saved_bytes(network, *numbers))
    whole = _whole(_metered(model.plain, _settings(settings)))
    return PlainTraffic(whole.forward, whole.backward, whole.saved)


def _costs(model: Zoo, settings: Settings) -> Costs:
    """Return the ledgers of a network as it is run."""
    return folded_costs(costs(model)) if settings.fold_norms else costs(model)


def _numbers(settings: Settings) -> tuple[int, int]:
    """Return the images of an iteration and the bytes of a number."""
    return settings.batch, SIZES[settings.dtype]


def _stages(model: Imported, settings: Settings) -> list["Metered"]:
    """Return what the attention of each stage moves, by operator."""
    gone = [model.without(model.stages[i:]) for i in range(len(model.stages) + 1)]
    return _differences(gone, settings)


def _differences(models: Sequence[Imported], settings: Settings) -> list["Metered"]:
    """Return what each model moves more than the one before it."""
    metered = [_metered(model, _settings(settings)) for model in models]
    return [_more(whole, less) for less, whole in pairwise(metered)]


def _more(whole: "Metered", less: "Metered") -> "Metered":
    """Return by operator what one run moves more than another."""
    nothing = Traffic()
    every = {name: whole.get(name, nothing) - less.get(name, nothing) for name in {**whole, **less}}
    return {name: part for name, part in every.items() if part != nothing}


def _whole(parts: "Metered") -> Traffic:
    return total(parts.values())


def _settings(settings: Settings) -> Settings:
    """Return the settings on which traffic depends, and no others."""
    return Settings(
        mode=settings.mode, batch=settings.batch, dtype=settings.dtype, layout=settings.layout
    )


@lru_cache(maxsize=512)
def _metered(model: Imported, settings: Settings) -> "Metered":
    from se_cost.measure.models.metered import metered

    return metered(model, settings)
