"""BN-Inception (Ioffe & Szegedy, arXiv 1502.03167, figure 5), as released for Caffe.

The branches of a module see the same map and are stacked. Two modules halve the grid: they have
no 1x1 branch, and hand on their input through a pool. Caffe rounds up where it pools and down
where it convolves, so a map to be halved must be even: inputs of 224 and all multiples of 32 are.
"""

from functools import lru_cache
from typing import NamedTuple

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import (
    RELU,
    Concat,
    Conv,
    Node,
    Norm,
    Pool,
    Reduce,
    Seq,
    Size,
    seq,
)
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.resnet import classifier
from se_cost.record import Record


class Layer(NamedTuple):
    """A convolution, its norm and its ReLU, which Inceptions never part."""

    c_out: int
    kernel: Size = (1, 1)
    stride: int = 1
    padded: bool = True  # if not, figures of the later Inceptions mark it with a V


Chain = tuple[Layer | Pool, ...]

AVG, MAX = Reduce.AVG, Reduce.MAX
K3 = (3, 3)
HALVE = Pool(MAX, K3, (2, 2), ceil=True)


class Module(Record):
    """A row of figure 5: the channels of each branch; a pair is a 1x1 and the 3x3 after it."""

    one: int  # 1x1
    three: tuple[int, int]  # 3x3
    double: tuple[int, int]  # two 3x3
    pool: Reduce
    project: int  # 1x1 after the pool; none in a module that halves the grid

    @property
    def branches(self) -> tuple[Chain, ...]:
        """Return the branches, layer by layer."""
        (reduce, three), (reduce_double, double) = self.three, self.double
        stride = 1 if self.project else 2
        middle: tuple[Chain, ...] = (
            (Layer(reduce), Layer(three, K3, stride)),
            (Layer(reduce_double), Layer(double, K3), Layer(double, K3, stride)),
        )
        if not self.project:
            return (*middle, (HALVE,))
        return (
            (Layer(self.one),),
            *middle,
            (Pool(self.pool, K3, (1, 1), (1, 1)), Layer(self.project)),
        )


STEM: dict[int, Chain] = {  # stages 1 and 2
    1: (Layer(64, (7, 7), 2), HALVE),
    2: (Layer(64), Layer(192, K3), HALVE),
}
MODULES = {  # stages 3 to 5
    3: {
        "a": Module(64, (64, 64), (64, 96), AVG, 32),
        "b": Module(64, (64, 96), (64, 96), AVG, 64),
        "c": Module(0, (128, 160), (64, 96), MAX, 0),
    },
    4: {
        "a": Module(224, (64, 96), (96, 128), AVG, 128),
        "b": Module(192, (96, 128), (96, 128), AVG, 128),
        "c": Module(160, (128, 160), (128, 160), AVG, 128),
        "d": Module(96, (128, 192), (160, 192), AVG, 128),
        "e": Module(0, (128, 192), (192, 256), MAX, 0),
    },
    5: {
        "a": Module(352, (192, 320), (160, 224), AVG, 128),
        "b": Module(352, (192, 320), (192, 224), MAX, 128),
    },
}


def bn_inception(model: Zoo) -> Seq:
    """Return BN-Inception: (3, H, W) to (classes,)."""
    stages: dict[str, Node] = {}
    c_in = 3
    for stage, layers in STEM.items():
        stages[f"stage{stage}"] = chain(c_in, layers)
        c_in = width(c_in, layers)
    for stage, modules in MODULES.items():
        attention, parts = model.attention.at(stage), {}
        for name, module in modules.items():
            parts[f"inception{stage}{name}"] = inception(c_in, module, attention)
            c_in = stacked(c_in, module.branches)
        stages[f"stage{stage}"] = seq(**parts)
    return seq(**stages, head=classifier(c_in, model.classes))


@lru_cache(maxsize=256)
def inception(c_in: int, module: Module, attention: Slot) -> Seq:
    """Return a module: (c_in, H, W) to its stacked branches, at H and W or half of them."""
    return seq(
        stack=stack(c_in, module.branches),
        **attention(Place.STANDARD, stacked(c_in, module.branches)),
    )


def stack(c_in: int, branches: tuple[Chain, ...]) -> Concat:
    """Return parallel chains of layers, stacked."""
    chains = (chain(c_in, layers) for layers in branches)
    return Concat(tuple((f"branch{i}", part) for i, part in enumerate(chains, 1)))


def chain(c_in: int, layers: Chain) -> Seq:
    """Return layers, one after another."""
    parts: dict[str, Node] = {}
    for i, layer in enumerate(layers, 1):
        if isinstance(layer, Pool):
            parts[f"pool{i}"] = layer
            continue
        c_out, kernel, stride, padded = layer
        padding = (kernel[0] // 2, kernel[1] // 2) if padded else (0, 0)
        convolution = Conv(c_in, c_out, kernel, (stride, stride), padding)
        parts[f"layer{i}"] = seq(conv=convolution, norm=Norm(c_out), relu=RELU)
        c_in = c_out
    return seq(**parts)


def width(c_in: int, layers: Chain) -> int:
    """Return the channels of what a chain of layers makes of `c_in`."""
    return next((layer.c_out for layer in reversed(layers) if isinstance(layer, Layer)), c_in)


def stacked(c_in: int, branches: tuple[Chain, ...]) -> int:
    """Return the channels of what a stack of chains makes of `c_in`."""
    return sum(width(c_in, layers) for layers in branches)


FAMILIES = (
    Family(
        name="bn_inception",
        title="BN-Inception",
        source="Ioffe & Szegedy, arXiv 1502.03167, figure 5",
        build=bn_inception,
        stages=tuple(MODULES),
        smallest=64,
        note="on the stacked output of each of the 10 modules; 3c and 4e halve the grid and "
        "count to the stage that they end",
    ),
)
