"""Which networks a timing compares; needs no torch."""

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import TypeVar

from se_cost.errors import BadInput, CannotMeasure, OutOfMemory
from se_cost.ledger.compare import compare
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe

T = TypeVar("T")
Networks = dict[str, Recipe]  # by arm, the plain one first


def three(recipe: Recipe) -> Networks:
    """Return the plain network, the one with attention, and that without its final stage.

    Dropping the only attention stage would give the plain network again. Raises CannotMeasure if
    there is no attention.
    """
    return dict(list(ladder(recipe).items())[:3])


def ladder(recipe: Recipe) -> Networks:
    """Return what `three` does, and one more network for each further stage that is dropped."""
    if recipe.final_stage is None:
        raise CannotMeasure(f"nothing to compare: {recipe.name} has no attention")
    networks, name = {BASELINE: recipe.baseline, NETWORK: recipe}, TRIMMED
    left = recipe.without_final_stage
    dropped = str(recipe.final_stage)
    while left.final_stage is not None:
        networks[name] = left
        dropped += f"_{left.final_stage}"
        name, left = f"without_stages_{dropped}", left.without_final_stage
    return networks


def itself(recipe: Recipe) -> Networks:
    """Return a network twice: it is built twice, and there is no difference to be found."""
    return {BASELINE: recipe, NETWORK: recipe}


def dropped(recipe: Recipe, other: Recipe) -> list[int]:
    """Return the stages that have attention in `recipe` and none in `other`, the last first."""
    kept = dict(other.attention.stages)
    lost = (stage for stage, _ in recipe.attention.stages if stage not in kept)
    return sorted(lost, reverse=True)


def expect_trainable(recipe: Recipe, settings: Settings) -> None:
    """Raise BadInput if a batch norm would see one value per channel: it has no variance."""
    batch = settings.batch // settings.nproc
    if settings.mode is not Mode.TRAIN:
        return
    for row in compare(recipe).network.rows:
        if row.op == "norm" and batch * prod(row.output[1:]) == 1:
            raise BadInput(
                f"batch {settings.batch} is too small to train at "
                f"{recipe.input[1]}x{recipe.input[2]}: {row.path} would normalise one value per "
                f"channel; take a batch of {2 * settings.nproc}"
            )


def fitted(settings: Settings, attempt: Callable[[Settings], T]) -> tuple[T, Settings]:
    """Return what an attempt gives with the largest batch that fits into the memory, by halving.

    All networks of a comparison shrink together. Raises OutOfMemory if one image does not fit.
    """
    while True:
        try:
            return attempt(settings), settings
        except OutOfMemory:
            smaller = halved(settings)
            if smaller is None:
                raise
        settings = smaller  # out here, where the tensors of the attempt are gone with its error


def halved(settings: Settings) -> Settings | None:
    """Return the settings with half the batch, None if that leaves a process without an image."""
    batch = settings.batch // 2 // settings.nproc * settings.nproc
    return replace(settings, batch=batch) if batch else None
