"""What a kind of attention must say of itself, and where in a network its blocks go.

A block takes a feature map and gives one of the same shape, mostly `x * f(x)`. `Place` is the spot
within a residual block (Hu et al., arXiv 1709.01507, section 6.5 and figure 5), `Attention` says
which stages have which block.
"""

from enum import StrEnum
from typing import ClassVar, Self

from se_cost.nets.nodes import Node, Size
from se_cost.record import Record


class Place(StrEnum):
    """Where the block sits, relative to the residual branch and the sum."""

    STANDARD = "standard"  # on the residual branch, before the sum
    PRE = "pre"  # before the residual branch
    POST = "post"  # after the sum and its ReLU
    IDENTITY = "identity"  # on the identity branch, after its projection if it has one
    INNER = "inner"  # after the 3x3 convolution, its norm and its ReLU (the paper's SE_3x3)
    BLOCK = "block"  # after each dense block and each transition, in DenseNets only
    STAGE = "stage"  # at the end of a stage, after its last block
    INSTEAD = "instead"  # in the place of the 3x3 convolution


RESIDUAL_PLACES = (Place.STANDARD, Place.PRE, Place.POST, Place.IDENTITY, Place.INNER)


# of blocks such as `x * f(x)`, which stand after a layer
GATING = tuple(place for place in Place if place is not Place.INSTEAD)


class Kind(Record, kw_only=True, tag_field="kind"):
    """Base of every kind of attention: the block of one stage, with its options as fields."""

    stage: int = 0  # whose blocks have it; 0 in a template for several stages

    name: ClassVar[str]  # on the command line, in json, and of the submodule
    title: ClassVar[str]  # in print
    signature: ClassVar[tuple[str, ...]]  # its operators by which it is recognised, see find.py
    variants: ClassVar[tuple[tuple[str, ...], ...]] = ()  # the same of its other forms
    formula: ClassVar[str]  # the weights of N blocks of C channels in each stage
    factor: ClassVar[int] = 1  # of the formula, before the sum
    places: ClassVar[tuple[Place, ...]] = GATING  # the first where nothing is said
    implied: ClassVar[tuple[str, ...]] = ("stage",)  # fields that follow from where a block is

    def on(self, size: Size) -> Self:
        """Return the same for maps of a height and a width, on which most do not depend."""
        return self

    def block(self, channels: int) -> Node:
        """Return the block for maps of `channels` channels."""
        raise NotImplementedError

    def weights(self, channels: int) -> int:
        """Return the weights of one block by the closed form."""
        raise NotImplementedError

    def term(self, channels: int) -> str:
        """Return the closed form of one block, without the factor, with its numbers filled in."""
        raise NotImplementedError

    def hidden(self, channels: int) -> int | None:
        """Return the width of the bottleneck, None if there is none."""
        return None
