"""The kinds of attention there are, by name. A new one is a file beside this and a line here."""

from collections.abc import Mapping
from typing import get_args

from se_cost.nets.attention.bam import BAM
from se_cost.nets.attention.ca import CA
from se_cost.nets.attention.cbam import CBAM
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.ese import ESE
from se_cost.nets.attention.gc import GC
from se_cost.nets.attention.ge import GE
from se_cost.nets.attention.mhsa import MHSA
from se_cost.nets.attention.place import Kind, Place
from se_cost.nets.attention.scse import SCSE
from se_cost.nets.attention.se import SE
from se_cost.nets.attention.simam import SimAM
from se_cost.nets.attention.srm import SRM
from se_cost.nets.nodes import Conv, Node
from se_cost.record import Record

AnyKind = SE | ESE | ECA | CBAM | BAM | SCSE | SRM | GE | GC | SimAM | CA | MHSA
KINDS: Mapping[str, type[Kind]] = {kind.name: kind for kind in get_args(AnyKind)}


class Attention(Record):
    """Which stages have which block, and its place in them; no stages is the plain network."""

    place: Place = Place.STANDARD
    stages: tuple[AnyKind, ...] = ()

    def at(self, stage: int) -> "Slot":
        """Return what to put into the blocks of `stage`."""
        kind = next((kind for kind in self.stages if kind.stage == stage), None)
        return Slot(kind, self.place)


class Slot(Record, cache_hash=True):
    """The attention of one block: a network asks it at every place and splices in the answer."""

    kind: AnyKind | None
    place: Place

    def __call__(self, here: Place, channels: int) -> dict[str, Node]:
        """Return `{name: block}` if the block belongs `here`, else nothing."""
        if self.kind is None or self.place != here:
            return {}
        return {self.kind.name: self.kind.block(channels)}

    def instead(self, name: str, layer: Conv) -> dict[str, Node]:
        """Return `{name: layer}`, or `{name: block}` if a block takes the place of the layer."""
        return self(Place.INSTEAD, layer.c_out) or {name: layer}


PLAIN = Attention()


def ratio(kind: AnyKind) -> int | None:
    """Return the reduction ratio of a kind, None if it has none."""
    r: int | None = getattr(kind, "r", None)
    return r
