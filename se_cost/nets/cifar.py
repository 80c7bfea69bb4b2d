"""The residual networks for 32x32 images on which the SE paper tests SE (its tables 4 and 5).

Stage 1 is one convolution; stages 2 to 4 work at 32x32, 16x16 and 8x8.
"""

from collections.abc import Callable

from se_cost.nets import resnet
from se_cost.nets.attention import RESIDUAL_PLACES, Place, Site
from se_cost.nets.family import Family
from se_cost.nets.nodes import (
    RELU,
    Concat,
    GlobalPool,
    Linear,
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
from se_cost.nets.recipe import Recipe
from se_cost.nets.resnext import bottleneck, residual_block, stages

Parts = dict[str, Node]

NO_ATTENTION = Site(None, Place.STANDARD)


def resnet110(recipe: Recipe) -> Seq:
    """Return ResNet-110: n = 18.

    The error that the SE paper quotes is that of the pre-activated form (arXiv 1603.05027, table
    2), which has just as many parameters and MACs.
    """
    channels = 16, 16, 32, 64
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3), norm=Norm(channels[0]), relu=RELU),
        **stages(original, [18] * 3, channels, recipe),
        head=resnet.classifier(channels[-1], recipe.classes),
    )


def resnet164(recipe: Recipe) -> Seq:
    """Return ResNet-164: n = 18, bottlenecks with norm and ReLU before each convolution."""
    channels = 16, 64, 128, 256
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3)),
        **stages(preactivated_bottleneck, [18] * 3, channels, recipe),
        head=activated_classifier(channels[-1], recipe.classes),
    )


def wrn16_8(recipe: Recipe) -> Seq:
    """Return WRN-16-8: N = 2 and k = 8."""
    channels = 16, 16 * 8, 32 * 8, 64 * 8
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3)),
        **stages(wide, [2] * 3, channels, recipe),
        head=activated_classifier(channels[-1], recipe.classes),
    )


def shake_shake26(recipe: Recipe) -> Seq:
    """Return Shake-Shake 26 2x96d."""
    channels = 16, 96, 192, 384
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3), norm=Norm(channels[0])),
        **stages(shake_shake, [4] * 3, channels, recipe),
        head=seq(relu=RELU, pool=GlobalPool(), fc=Linear(channels[-1], recipe.classes)),
    )


def shake_even29(recipe: Recipe) -> Seq:
    """Return Shake-Even 29 2x4x64d: ResNeXt-29 8x64d, its 8 groups halved into two branches."""
    channels = 64, 256, 512, 1024
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3), norm=Norm(channels[0]), relu=RELU),
        **stages(shake_even, [3] * 3, channels, recipe),
        head=resnet.classifier(channels[-1], recipe.classes),
    )


def activated_classifier(c_in: int, classes: int) -> Seq:
    """Return a classifier for the sum of pre-activated blocks: (C, H, W) to (classes,)."""
    return seq(norm=Norm(c_in), relu=RELU, pool=GlobalPool(), fc=Linear(c_in, classes))


def original(c_in: int, c_out: int, stride: int, attention: Site) -> Seq:
    """Return a block of two 3x3 convolutions, with a shortcut that has no parameters (option A)."""
    resized: Parts = {
        "subsample": Pool(Reduce.AVG, (1, 1), (stride, stride)),
        "zeros": Pad(c_out - c_in),
    }
    shortcut = seq(**(resized if c_in != c_out else {}), **attention(Place.IDENTITY, c_out))
    residual = resnet.basic(c_in, c_out, stride, attention)
    return residual_block(residual, shortcut, c_out, attention)


def preactivated_bottleneck(c_in: int, c_out: int, stride: int, attention: Site) -> Seq:
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


def wide(c_in: int, c_out: int, stride: int, attention: Site) -> Seq:
    """Return a pre-activated block of two 3x3 convolutions."""
    convs: Parts = {
        "conv1": conv(c_in, c_out, 3, stride=stride),
        "norm2": Norm(c_out),
        "relu2": RELU,
        **attention(Place.INNER, c_out),
        "conv2": conv(c_out, c_out, 3),
    }
    return preactivated(c_in, convs, c_out, stride, attention)


def preactivated(c_in: int, convs: Parts, c_out: int, stride: int, attention: Site) -> Seq:
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


def shake_shake(c_in: int, c_out: int, stride: int, attention: Site) -> Seq:
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


def shake_even(c_in: int, c_out: int, stride: int, attention: Site) -> Seq:
    """Return a block of two ResNeXt branches of 4 groups, of 64 channels where 256 come out."""
    branch = bottleneck(c_in, c_out, c_out, c_out, 4, stride, NO_ATTENTION)
    residual = mixed(branch, c_in, c_out, attention)
    shortcut = resnet.shortcut(c_in, c_out, stride, attention)
    return residual_block(residual, shortcut, c_out, attention)


def mixed(branch: Seq, c_in: int, c_out: int, attention: Site) -> Seq:
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


def _family(
    name: str,
    title: str,
    source: str,
    build: Callable[[Recipe], Seq],
    places: tuple[Place, ...] = RESIDUAL_PLACES,
    note: str = "",
) -> Family:
    return Family(
        name=name,
        title=title,
        source=source,
        build=build,
        stages=(2, 3, 4),
        places=places,
        input=(3, 32, 32),
        classes=10,
        smallest=8,
        note=note,
    )


PREACTIVATED = "post: after the sum, which no ReLU follows"
SHAKE = "standard: on the mix of the two branches, before the sum with the shortcut"
SHAKE_PLACES = tuple(place for place in RESIDUAL_PLACES if place is not Place.INNER)

RESNETS = "He et al., arXiv 1512.03385, section 4.2"
PRERESNETS = "He et al., arXiv 1603.05027, section 4.1"
WRNS = "Zagoruyko and Komodakis, arXiv 1605.07146, table 1"
SHAKES = "Gastaldi, arXiv 1705.07485, section 2"

FAMILIES = (
    _family("resnet110_cifar", "ResNet-110", RESNETS, resnet110),
    _family("resnet164_cifar", "ResNet-164", PRERESNETS, resnet164, note=PREACTIVATED),
    _family("wrn16_8", "WRN-16-8", WRNS, wrn16_8, note=PREACTIVATED),
    _family(
        "shake_shake26_2x96d",
        "Shake-Shake 26 2x96d",
        SHAKES,
        shake_shake26,
        SHAKE_PLACES,
        f"{SHAKE}; {PREACTIVATED}",
    ),
    _family(
        "shake_even29_2x4x64d", "Shake-Even 29 2x4x64d", SHAKES, shake_even29, SHAKE_PLACES, SHAKE
    ),
)
