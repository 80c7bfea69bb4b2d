"""Squeeze-and-Excitation, and where in a network it goes (Hu et al., arXiv 1709.01507).

`SE` is the block, `Place` the spot within a residual block (section 6.5 and figure 5 of the
paper), `Attention` the two together with the stages that have them.
"""

from dataclasses import dataclass
from enum import StrEnum

from se_cost.nets.nodes import RELU, Act, Conv, Fn, Gate, GlobalPool, Linear, Reduce, gate


class Squeeze(StrEnum):
    """How a map is squeezed into a vector; NONE is the paper's NoSqueeze (its table 16)."""

    AVG = "avg"
    MAX = "max"
    NONE = "none"


class Place(StrEnum):
    """Where the block sits, relative to the residual branch and the sum."""

    STANDARD = "standard"  # on the residual branch, before the sum
    PRE = "pre"  # before the residual branch
    POST = "post"  # after the sum and its ReLU
    IDENTITY = "identity"  # on the identity branch, after its projection if it has one
    INNER = "inner"  # after the 3x3 convolution, its norm and its ReLU (the paper's SE_3x3)
    BLOCK = "block"  # after each dense block and each transition, in DenseNets only


RESIDUAL_PLACES = (Place.STANDARD, Place.PRE, Place.POST, Place.IDENTITY, Place.INNER)


GATES = (Fn.SIGMOID, Fn.RELU, Fn.TANH, Fn.HARDSIGMOID)


@dataclass(frozen=True, slots=True)
class SE:
    """One Squeeze-and-Excitation block, whatever the number of channels it is put on."""

    r: int = 16
    squeeze: Squeeze = Squeeze.AVG
    gate: Fn = Fn.SIGMOID
    bias: bool = True

    def hidden(self, channels: int) -> int:
        """Return the width of the bottleneck, `channels // r` and at least 1."""
        return max(1, channels // self.r)

    def block(self, channels: int) -> Gate:
        """Return the block for maps of `channels` channels: squeeze, excite, scale."""
        hidden = self.hidden(channels)
        if self.squeeze is Squeeze.NONE:
            return gate(
                reduce=Conv(channels, hidden, bias=self.bias),
                relu=RELU,
                expand=Conv(hidden, channels, bias=self.bias),
                gate=Act(self.gate),
            )
        return gate(
            squeeze=GlobalPool(Reduce(self.squeeze.value)),
            reduce=Linear(channels, hidden, self.bias),
            relu=RELU,
            expand=Linear(hidden, channels, self.bias),
            gate=Act(self.gate),
        )


@dataclass(frozen=True, slots=True)
class Attention:
    """Which stages have which block, and its place in them; no stages is the plain network."""

    stages: tuple[tuple[int, SE], ...] = ()
    place: Place = Place.STANDARD

    def at(self, stage: int) -> "Site":
        """Return what to put into the blocks of `stage`."""
        return Site(dict(self.stages).get(stage), self.place)


@dataclass(frozen=True, slots=True)
class Site:
    """The attention of one block: a recipe asks it at every place and splices in the answer."""

    se: SE | None
    place: Place

    def __call__(self, here: Place, channels: int) -> dict[str, Gate]:
        """Return `{"se": block}` if the block belongs `here`, else nothing."""
        return {"se": self.se.block(channels)} if self.se and self.place is here else {}


PLAIN = Attention()
