"""What two counters that are not ours say of a network: fvcore, and torch's FlopCounterMode."""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import build


@dataclass(frozen=True, slots=True)
class FvcoreCount:
    """What fvcore counts for one image, by operator: by itself, and what handles of ours add."""

    own: dict[str, int]
    left_out: dict[str, int]

    @property
    def total(self) -> int:
        """Return the total that fvcore prints by itself."""
        return sum(self.own.values())

    @property
    def complete(self) -> int:
        """Return the total with the operators that fvcore leaves out."""
        return self.total + sum(self.left_out.values())


@dataclass(frozen=True, slots=True)
class TorchCount:
    """FLOPs by FlopCounterMode for one image; the backward pass is None where it was not run."""

    forward: int
    backward: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What both counters say of one network."""

    fvcore: FvcoreCount
    torch: TorchCount


def count(recipes: Sequence[Recipe], *, backward: bool = False) -> list[Counts]:
    """Build every network and count it with both counters; `backward` counts that pass too.

    In a process that has not used torch yet, the counters work side by side: FlopCounterMode
    imports for as long as fvcore counts. A process that has may own threads that do not survive a
    fork, so there they take turns. Raises CannotMeasure if memory does not suffice.
    """
    side_by_side = "torch" not in sys.modules and sys.platform == "linux"
    from se_cost.measure.by_fvcore import by_fvcore
    from se_cost.measure.by_torch import by_torch

    count_torch = partial(by_torch, backward=backward)
    networks, shapes = [build(recipe) for recipe in recipes], [recipe.input for recipe in recipes]
    if side_by_side:
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as other:
            torchs = other.map(count_torch, networks, shapes)  # forks now, before torch has threads
            fvcores = list(map(by_fvcore, networks, shapes))
            return list(map(Counts, fvcores, torchs))
    fvcores = list(map(by_fvcore, networks, shapes))
    return list(map(Counts, fvcores, map(count_torch, networks, shapes)))
