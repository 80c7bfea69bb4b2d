"""What a fresh process can be asked to do, and what it answers; needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass

from se_cost.measure.peaks import Peak
from se_cost.measure.protocol import Plan
from se_cost.measure.run import Process
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Timed:
    """The job to time networks against each other; `seed` decides the layout of memory."""

    networks: Mapping[str, Recipe]
    settings: Settings
    plan: Plan
    seed: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """The job to find the peak memory of one network."""

    network: Recipe
    settings: Settings


@dataclass(frozen=True, slots=True)
class Metered:
    """The job to find the energy of networks, per image."""

    networks: Mapping[str, Recipe]
    settings: Settings


Job = Timed | Weighed | Metered
Answer = Process | Peak | dict[str, float]
