"""ResNeXt and SENet-154 against the SE paper and released models."""

import pytest

from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.nets.attention.place import RESIDUAL_PLACES, Place
from se_cost.nets.model import Head
from se_cost.nets.zoo.model import model


def plain(name: str) -> Ledger:
    """Return the ledger of a network without attention."""
    return costs(model(name)).plain


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("resnext50_32x4d", 25_028_904),
        ("se_resnext50_32x4d", 27_559_896),
        ("resnext101_32x4d", 44_177_704),
        ("se_resnext101_32x4d", 48_955_416),
        ("se_senet154", 115_088_984),
    ],
)
def test_parameters_are_those_of_released_models(name: str, params: int) -> None:
    """Torchvision has the first; timm and Cadene's pretrained-models.pytorch have all."""
    assert costs(model(name)).network.params == params


@pytest.mark.parametrize(
    ("name", "printed", "printed_se"),
    [("se_resnext50_32x4d", 4.24, 4.25), ("se_resnext101_32x4d", 7.99, 8.00)],
)
def test_table_2_is_nearly_reached(name: str, printed: float, printed_se: float) -> None:
    """Table 2 of the SE paper prints bases up to 0.3 % higher; the differences agree."""
    both = costs(model(name))
    base = total(both.plain, paper) / 1e9
    assert 0.997 * printed < base < printed
    added = total(both.attention, paper) / 1e9
    assert added == pytest.approx(printed_se - printed, abs=0.01)


@pytest.mark.parametrize(
    ("name", "groups", "reduced"), [("resnext101_32x4d", 32, 128), ("senet154", 64, 128)]
)
def test_widths(name: str, groups: int, reduced: int) -> None:
    """Stage 2 has groups of 4 channels, and 1x1 convolutions to `reduced`; later stages double."""
    width = 4 * groups
    for row in plain(name).rows:
        if row.stage in (2, 3, 4, 5) and row.op == "conv" and "residual" in row.path:
            c_in, c_out, scale = row.operands[0][0], row.output[0], 2 ** (row.stage - 2)
            match row.path.rpartition(".")[2]:
                case "conv1":
                    assert c_out == reduced * scale
                case "conv2":
                    assert (c_in, c_out) == (reduced * scale, width * scale)
                    assert row.weights == 9 * c_in * c_out // groups
                case "conv3":
                    assert (c_in, c_out) == (width * scale, 256 * scale)


@pytest.mark.parametrize("name", ["resnext50_32x4d", "senet154"])
def test_the_stride_is_in_the_grouped_convolution(name: str) -> None:
    """On residual branches only the 3x3 convolutions that open stages 3 to 5 halve the size."""
    halving = [
        row.path
        for row in plain(name).rows
        if "residual" in row.path and row.operands[0][1:] != row.output[1:]
    ]
    assert halving == [f"stage{stage}.block1.sum.residual.conv2" for stage in (3, 4, 5)]


def test_stem_and_head_of_senet154() -> None:
    """Its appendix: three 3x3 convolutions as the stem, and dropout before the classifier."""
    rows = plain("senet154").rows
    stem = [row for row in rows if row.stage == 1 and row.op in ("conv", "max_pool")]
    assert [row.output for row in stem] == [
        (64, 112, 112),
        (64, 112, 112),
        (128, 112, 112),
        (128, 56, 56),
    ]
    assert [row.weights for row in stem] == [9 * 3 * 64, 9 * 64 * 64, 9 * 64 * 128, 0]
    assert [row.op for row in rows[-3:]] == ["global_avg_pool", "dropout", "linear"]


def test_projections_of_senet154() -> None:
    """Its appendix: projections with a stride, that is in stages 3 to 5, are 3x3."""
    rows = plain("senet154").rows
    projections = [row for row in rows if row.path.endswith("shortcut.conv")]
    assert [row.weights for row in projections] == [
        128 * 256,
        9 * 256 * 512,
        9 * 512 * 1024,
        9 * 1024 * 2048,
    ]


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("se_resnext50_32x4d", [3, 4, 6, 3]),
        ("se_resnext101_32x4d", [3, 4, 23, 3]),
        ("se_senet154", [3, 8, 36, 3]),
    ],
)
@pytest.mark.parametrize("place", RESIDUAL_PLACES)
def test_every_block_has_one_site(name: str, blocks: list[int], place: Place) -> None:
    """At every place there are as many sites as the ResNet of that depth has blocks."""
    stages = costs(model(name, place=place)).stages
    assert [(cost.stage, cost.blocks) for cost in stages] == list(enumerate(blocks, start=2))


@pytest.mark.parametrize("name", ["resnext50_32x4d", "resnext101_32x4d", "senet154"])
def test_without_a_head(name: str) -> None:
    """The trunk of each ends in 2048 maps of 7x7."""
    trunk = costs(model(name, head=Head.NONE)).network
    assert trunk.rows[-1].output == (2048, 7, 7)
