"""MobileNet against its paper, SE's paper and other people's implementations."""

import pytest

from se_cost.ledger.conventions import paper, total
from se_cost.ledger.costs import costs
from se_cost.ledger.walk import ledger
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build


@pytest.mark.parametrize(
    ("width", "macs", "params"),
    [(1.0, 569, 4_231_976), (0.75, 325, 2_585_560), (0.5, 149, 1_331_592), (0.25, 41, 470_072)],
)
def test_widths(width: float, macs: int, params: int) -> None:
    """M MACs are table 6's; parameters are those of osmr/imgclsmob (width 1: also of Keras)."""
    plain = costs(model("mobilenet", width=width)).plain
    assert round(plain.macs / 1e6) == macs
    assert plain.params == params


@pytest.mark.parametrize(("size", "macs"), [(224, 569), (192, 418), (160, 290), (128, 186)])
def test_resolutions(size: int, macs: int) -> None:
    """M MACs are table 7's, which cuts digits off (160 pixels: 290.7) rather than rounding."""
    plain = costs(model("mobilenet", input=size)).plain
    assert plain.macs / 1e6 == pytest.approx(macs, abs=1)


def test_se_is_published() -> None:
    """Table 3 of the SE paper: 569 M and 4.2 M without SE, 572 M and 4.7 M with it."""
    both = costs(model("se_mobilenet"))
    assert round(total(both.plain, paper) / 1e6) == 569
    assert round(total(both.network, paper) / 1e6) == 572
    assert round(both.plain.params / 1e6, 1) == 4.2
    assert round(both.network.params / 1e6, 1) == 4.7


def test_every_pointwise_convolution_is_gated() -> None:
    """The 13 sites are those of table 1, grouped by the size of their maps."""
    sites = costs(model("se_mobilenet")).stages
    assert [(site.stage, site.blocks, site.channels) for site in sites] == [
        (1, 1, [64]),
        (2, 2, [128]),
        (3, 2, [256]),
        (4, 6, [512]),
        (5, 2, [1024]),
    ]


def test_a_stage_is_a_size() -> None:
    """Every pointwise convolution of a stage works at that stage's size, from 112 to 7."""
    rows = ledger(build(model("mobilenet")), (3, 224, 224)).rows
    pointwise = [row for row in rows if row.path.endswith("pointwise")]
    assert {(row.stage, row.output[1:]) for row in pointwise} == {
        (stage, (size, size)) for stage, size in enumerate((112, 56, 28, 14, 7), start=1)
    }


def test_a_width_leaves_a_channel() -> None:
    """However small the multiplier, a layer keeps at least one channel."""
    assert costs(model("se_mobilenet", width=0.001)).network.params > 0
