"""The residual networks for 32x32 images on which the SE paper tests SE (its tables 4 and 5).

Stage 1 is one convolution; stages 2 to 4 work at 32x32, 16x16 and 8x8.
"""

from collections.abc import Callable

from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import (
    RELU,
    GlobalPool,
    Linear,
    Norm,
    Seq,
    conv,
    seq,
)
from se_cost.nets.zoo import resnet
from se_cost.nets.zoo.cifar_blocks import (
    original,
    preactivated_bottleneck,
    shake_even,
    shake_shake,
    wide,
)
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.resnext import stages


def resnet110(model: Zoo) -> Seq:
    """Return ResNet-110: n = 18.

    The error that the SE paper quotes is that of the pre-activated form (arXiv 1603.05027, table
    2), which has just as many parameters and MACs.
    """
    channels = 16, 16, 32, 64
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3), norm=Norm(channels[0]), relu=RELU),
        **stages(original, [18] * 3, channels, model),
        head=resnet.classifier(channels[-1], model.classes),
    )


def resnet164(model: Zoo) -> Seq:
    """Return ResNet-164: n = 18, bottlenecks with norm and ReLU before each convolution."""
    channels = 16, 64, 128, 256
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3)),
        **stages(preactivated_bottleneck, [18] * 3, channels, model),
        head=activated_classifier(channels[-1], model.classes),
    )


def wrn16_8(model: Zoo) -> Seq:
    """Return WRN-16-8: N = 2 and k = 8."""
    channels = 16, 16 * 8, 32 * 8, 64 * 8
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3)),
        **stages(wide, [2] * 3, channels, model),
        head=activated_classifier(channels[-1], model.classes),
    )


def shake_shake26(model: Zoo) -> Seq:
    """Return Shake-Shake 26 2x96d."""
    channels = 16, 96, 192, 384
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3), norm=Norm(channels[0])),
        **stages(shake_shake, [4] * 3, channels, model),
        head=seq(relu=RELU, pool=GlobalPool(), fc=Linear(channels[-1], model.classes)),
    )


def shake_even29(model: Zoo) -> Seq:
    """Return Shake-Even 29 2x4x64d: ResNeXt-29 8x64d, its 8 groups halved into two branches."""
    channels = 64, 256, 512, 1024
    return seq(
        stage1=seq(conv=conv(3, channels[0], 3), norm=Norm(channels[0]), relu=RELU),
        **stages(shake_even, [3] * 3, channels, model),
        head=resnet.classifier(channels[-1], model.classes),
    )


def activated_classifier(c_in: int, classes: int) -> Seq:
    """Return a classifier for the sum of pre-activated blocks: (C, H, W) to (classes,)."""
    return seq(norm=Norm(c_in), relu=RELU, pool=GlobalPool(), fc=Linear(c_in, classes))


def _family(
    name: str,
    title: str,
    source: str,
    build: Callable[[Zoo], Seq],
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
