"""A family: one plain network, and the ways in which it can be varied."""

from collections.abc import Callable
from dataclasses import dataclass

from se_cost.nets.attention import Place
from se_cost.nets.nodes import Seq, Shape
from se_cost.nets.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Family:
    """What a recipe of this family may ask for, and what builds it."""

    name: str  # on the command line
    title: str  # of the plain network, in print
    source: str  # paper and section
    build: Callable[[Recipe], Seq]
    stages: tuple[int, ...]  # those that can hold attention
    places: tuple[Place, ...] = (Place.STANDARD,)
    input: Shape = (3, 224, 224)
    classes: int = 1000  # 0 if the output is no choice among classes
    smallest: int | None = 32  # least height and width; None if the input's size is fixed
    options: frozenset[str] = frozenset()  # of stride_in, head and width, those it knows
    attended: str = ""  # title with attention, if not SE- before the plain one
    note: str = ""  # where its attention goes, if that is not obvious
