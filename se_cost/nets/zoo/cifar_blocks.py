"""The residual blocks of networks for 32x32 images, plain, pre-activated, and with two branches."""

from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.model import StrideIn
from se_cost.nets.nodes import (
    RELU,
    Concat,
    Node,
    Norm,
    Pad,
    Pool,
    Reduce,
    Scale,
    Seq,
    add,
    conv,
    seq,
)
from se_cost.nets.zoo import resnet
from se_cost.nets.zoo.resnet import bottleneck, residual_block

Parts = dict[str, Node]

NO_ATTENTION = Slot(None, Place.STANDARD)


def original(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a block of two 3x3 convolutions, with a shortcut that has no parameters (option A)."""
    resized: Parts = {
        "subsample": Pool(Reduce.AVG, (1, 1), (stride, stride)),
        "zeros": Pad(c_out - c_in),
    }
    shortcut = seq(**(resized if c_in != c_out else {}), **attention(Place.IDENTITY, c_out))
    residual = resnet.basic(c_in, c_out, stride, attention)
    return residual_block(residual, shortcut, c_out, attention)


def preactivated_bottleneck(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a pre-activated block of 1x1, 3x3 and 1x1 convolutions."""
    width = c_out // 4
    convs: Parts = {
        "conv1": conv(c_in, width, 1, stride=stride),
        "norm2": Norm(width),
        "relu2": RELU,
        "conv2": conv(width, width, 3),
        "norm3": Norm(width),
        "relu3": RELU,
        **attention(Place.INNER, width),
        "conv3": conv(width, c_out, 1),
    }
    return preactivated(c_in, convs, c_out, stride, attention)


def wide(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a pre-activated block of two 3x3 convolutions."""
    convs: Parts = {
        "conv1": conv(c_in, c_out, 3, stride=stride),
        "norm2": Norm(c_out),
        "relu2": RELU,
        **attention(Place.INNER, c_out),
        "conv2": conv(c_out, c_out, 3),
    }
    return preactivated(c_in, convs, c_out, stride, attention)


def preactivated(c_in: int, convs: Parts, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a block that begins with a norm and a ReLU, for both branches if one projects."""
    activation: Parts = {"norm1": Norm(c_in), "relu1": RELU}
    if c_in == c_out:
        common, residual, shortcut = {}, activation | convs, {}
    else:
        projection: Parts = {"conv": conv(c_in, c_out, 1, stride=stride)}
        common, residual, shortcut = activation, convs, projection
    return seq(
        **common,
        sum=add(
            residual=seq(
                **attention(Place.PRE, c_in), **residual, **attention(Place.STANDARD, c_out)
            ),
            shortcut=seq(**shortcut, **attention(Place.IDENTITY, c_out)),
        ),
        **attention(Place.POST, c_out),
    )


def shake_shake(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a block of two branches of two 3x3 convolutions, with ReLUs before them."""
    branch = seq(
        relu1=RELU,
        conv1=conv(c_in, c_out, 3, stride=stride),
        norm1=Norm(c_out),
        relu2=RELU,
        conv2=conv(c_out, c_out, 3),
        norm2=Norm(c_out),
    )
    shortcut = two_paths(c_in, c_out, stride) if c_in != c_out else {}
    return seq(
        sum=add(
            residual=mixed(branch, c_in, c_out, attention),
            shortcut=seq(**shortcut, **attention(Place.IDENTITY, c_out)),
        ),
        **attention(Place.POST, c_out),
    )


def shake_even(c_in: int, c_out: int, stride: int, attention: Slot) -> Seq:
    """Return a block of two ResNeXt branches of 4 groups, of 64 channels where 256 come out."""
    branch = bottleneck(c_in, c_out, c_out, stride, NO_ATTENTION, StrideIn.CONV3X3, groups=4)
    residual = mixed(branch, c_in, c_out, attention)
    shortcut = resnet.shortcut(c_in, c_out, stride, attention)
    return residual_block(residual, shortcut, c_out, attention)


def mixed(branch: Seq, c_in: int, c_out: int, attention: Slot) -> Seq:
    """Return two such branches, weighed as they are at test time; SE gates their sum."""
    weighed = Seq((*branch.children, ("weigh", Scale(0.5))))
    return seq(
        **attention(Place.PRE, c_in),
        mix=add(branch1=weighed, branch2=weighed),
        **attention(Place.STANDARD, c_out),
    )


def two_paths(c_in: int, c_out: int, stride: int) -> Parts:
    """Return a projection whose two paths make half of the channels each.

    The second path of the paper sees the map shifted by a pixel; that costs no arithmetic and is
    left out here.
    """
    path = seq(pool=Pool(Reduce.AVG, (1, 1), (stride, stride)), conv=conv(c_in, c_out // 2, 1))
    return {
        "relu": RELU,
        "paths": Concat((("path1", path), ("path2", path))),
        "norm": Norm(c_out),
    }
