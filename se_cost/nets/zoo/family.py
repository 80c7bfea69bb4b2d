"""A family: one plain network, and the ways in which it can be varied."""

from collections.abc import Callable

from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import Seq, Shape
from se_cost.record import Record


class Family(Record):
    """What a model of this family may ask for, and what builds it."""

    name: str  # on the command line
    title: str  # of the plain network, in print
    source: str  # paper and section
    build: Callable[[Zoo], Seq]
    stages: tuple[int, ...]  # those that can hold attention
    places: tuple[Place, ...] = (Place.STANDARD,)
    input: Shape = (3, 224, 224)
    classes: int = 1000  # 0 if the output is no choice among classes
    smallest: int | None = 32  # least height and width; None if the input's size is fixed
    options: frozenset[str] = frozenset()  # of stride_in, head and width, those it knows
    usual: str | None = None  # the kind of attention that its bare name has
    attended: str = ""  # title with that kind, if not SE- before the plain one
    note: str = ""  # where its attention goes, if that is not obvious
