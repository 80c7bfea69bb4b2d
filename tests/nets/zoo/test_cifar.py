"""The CIFAR networks against their papers and other people's implementations."""

from collections.abc import Callable

import pytest

from se_cost.errors import UsageError
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.ledger.walk import ledger
from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import Norm, Seq, conv, seq
from se_cost.nets.zoo import cifar
from se_cost.nets.zoo.cifar_blocks import preactivated_bottleneck, shake_shake, wide
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, build
from se_cost.nets.zoo.resnet import classifier
from se_cost.nets.zoo.resnext import stages

NAMES = [family.name for family in cifar.FAMILIES]


def plain(name: str) -> Ledger:
    """Return the ledger of a network without attention."""
    return costs(model(name)).network


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("resnet110_cifar", 1.7),
        ("resnet164_cifar", 1.7),
        ("wrn16_8", 11.0),
        ("shake_shake26_2x96d", 26.2),
        ("shake_even29_2x4x64d", 34.4),
    ],
)
def test_published_parameters(name: str, millions: float) -> None:
    """As the papers compare: the first three in arXiv 1605.07146, the others in 1705.07485."""
    assert round(plain(name).params / 1e6, 1) == millions


def test_preresnet164_is_that_of_imgclsmob() -> None:
    """The README of osmr/imgclsmob gives PreResNet-164(BN) 1,703,258 parameters."""
    assert plain("resnet164_cifar").params == 1_703_258


def test_shake_even_is_resnext29_8x64d_and_a_norm_in_each_block() -> None:
    """Without the last norm of its second branches it has the 34,426,698 of ResNeXt-29 8x64d."""
    rows = plain("shake_even29_2x4x64d").where(lambda row: "branch2.norm3" not in row.path)
    assert rows.params == 34_426_698


Block = Callable[[int, int, int, Slot], Seq]


@pytest.mark.parametrize(
    ("block", "count", "channels", "params"),
    [
        (wide, 2, (16, 160, 320, 640), 17_116_634),  # WRN-16-10
        (wide, 4, (16, 160, 320, 640), 36_479_194),  # WRN-28-10
        (
            preactivated_bottleneck,
            111,
            (16, 64, 128, 256),
            10_327_706,
        ),  # PreResNet-1001
    ],
)
def test_siblings_of_preactivated_networks(
    block: Block, count: int, channels: tuple[int, ...], params: int
) -> None:
    """Built of the same blocks, they have the parameters that osmr/imgclsmob's README gives."""
    net = seq(
        stem=conv(3, channels[0], 3),
        **stages(block, [count] * 3, channels, Zoo("", "")),
        head=cifar.activated_classifier(channels[-1], 10),
    )
    assert ledger(net, (3, 32, 32)).params == params


def test_sibling_of_shake_shake() -> None:
    """Shake-Shake 26 2x32d has 2,923,162 parameters in osmr/imgclsmob's README."""
    net = seq(
        stem=conv(3, 16, 3),
        norm=Norm(16),
        **stages(shake_shake, [4] * 3, (16, 32, 64, 128), Zoo("", "")),
        head=classifier(128, 10),
    )
    assert ledger(net, (3, 32, 32)).params == 2_923_162


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("resnet110_cifar", 110),
        ("resnet164_cifar", 164),
        ("shake_shake26_2x96d", 26),
        ("shake_even29_2x4x64d", 29),
    ],
)
def test_depth_is_in_the_name(name: str, depth: int) -> None:
    """Layers with weights are counted along the first residual branch, without projections."""
    layers = [
        row
        for row in plain(name).rows
        if row.op in ("conv", "linear") and "shortcut" not in row.path and "branch2" not in row.path
    ]
    assert len(layers) == depth


def test_depth_of_a_wide_network_counts_projections() -> None:
    """WRN-16-8 has 6 * 2 + 4 convolutions."""
    assert len(plain("wrn16_8").by_op()["conv"].rows) == 16


def test_shortcuts_of_resnet110_have_no_parameters() -> None:
    """Option A: where the shape changes, every second pixel is taken and zeros are appended."""
    shortcuts = plain("resnet110_cifar").where(lambda row: "shortcut" in row.path)
    assert shortcuts.params == 0
    assert [(row.op, row.output) for row in shortcuts.rows] == [
        ("avg_pool", (16, 16, 16)),
        ("pad", (32, 16, 16)),
        ("avg_pool", (32, 8, 8)),
        ("pad", (64, 8, 8)),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_stages_work_at_32_16_and_8(name: str) -> None:
    """Stages 2, 3 and 4 end in maps of 32x32, 16x16 and 8x8."""
    ends = {row.stage: row.output[1:] for row in plain(name).rows if row.stage}
    assert ends == {1: (32, 32), 2: (32, 32), 3: (16, 16), 4: (8, 8)}


@pytest.mark.parametrize(
    ("name", "params"), [("se_resnet110_cifar", 14_238), ("se_resnet164_cifar", 202_104)]
)
def test_se_adds_what_it_adds_elsewhere(name: str, params: int) -> None:
    """The README of osmr/imgclsmob: 1,744,952 - 1,730,714 and 1,906,258 - 1,704,154."""
    assert costs(model(name)).attention.params == params


def test_the_narrowest_bottleneck_is_one_unit() -> None:
    """16 channels at r = 16 leave a hidden width of 1, and at r = 32 still one."""
    for r in (16, 32):
        first = costs(model("se_resnet110_cifar", r=r)).stages[0]
        assert (first.channels, first.hidden) == ([16], [1])


@pytest.mark.parametrize(
    ("name", "blocks", "channels"),
    [
        ("resnet110_cifar", 18, (16, 32, 64)),
        ("resnet164_cifar", 18, (64, 128, 256)),
        ("wrn16_8", 2, (128, 256, 512)),
        ("shake_shake26_2x96d", 4, (96, 192, 384)),
        ("shake_even29_2x4x64d", 3, (256, 512, 1024)),
    ],
)
def test_every_block_has_one_site(name: str, blocks: int, channels: tuple[int, ...]) -> None:
    """At every place a block is gated once; before the sum, the maps are those of its output."""
    for place in FAMILIES[name].places:
        stages = costs(model(f"se_{name}", place=place)).stages
        assert [cost.blocks for cost in stages] == [blocks] * 3
        if place is Place.STANDARD:
            assert [cost.channels for cost in stages] == [[width] for width in channels]


@pytest.mark.parametrize("name", ["shake_shake26_2x96d", "shake_even29_2x4x64d"])
def test_the_mix_is_gated_not_its_branches(name: str) -> None:
    """Both branches are weighed and summed first, and a place inside them is refused."""
    block = costs(model(f"se_{name}")).network.where(lambda row: ".block2." in row.path)
    ops = [row.op for row in block.rows if row.op in ("constant", "add", "scale")]
    assert ops == ["constant", "constant", "add", "scale", "add"] * 3
    with pytest.raises(UsageError, match="inner"):
        model(f"se_{name}", place=Place.INNER)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [8, (9, 11)])
def test_small_and_odd_inputs(name: str, size: int | tuple[int, int]) -> None:
    """Both branches of every block shrink odd sizes alike."""
    asked = model(f"se_{name}", input=size)
    assert ledger(build(asked), asked.input).rows[-1].output == (10,)
