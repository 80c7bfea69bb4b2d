"""Every kind of attention: what it builds, what it says it costs, and how it is registered."""

from pathlib import Path
from typing import Any

import pytest
from helpers import GATING_KINDS, fitted

from se_cost.errors import UsageError
from se_cost.ledger.costs import costs
from se_cost.ledger.find import find, without
from se_cost.ledger.formula import spelled
from se_cost.ledger.leaf import ShapeError
from se_cost.ledger.rows import Ledger
from se_cost.ledger.walk import ledger, walk
from se_cost.nets.attention import kinds
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.ese import ESE
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.nodes import Act, Fn, Gate, GlobalPool, Linear, Norm, conv, seq
from se_cost.nets.special import ChannelConv
from se_cost.nets.zoo.model import model


def test_ese_is_its_definition() -> None:
    """Squeeze, one FC of full width with biases, hardsigmoid."""
    assert ESE().block(64) == Gate(
        (
            ("squeeze", GlobalPool()),
            ("fc", Linear(64, 64, bias=True)),
            ("gate", Act(Fn.HARDSIGMOID)),
        )
    )
    rows = walk(ESE().block(64), (64, 8, 8)).rows
    assert sum(row.params for row in rows) == 64**2 + 64


def test_eca_is_its_definition() -> None:
    """Squeeze, a convolution along the channels, sigmoid."""
    assert ECA().block(64) == Gate(
        (("squeeze", GlobalPool()), ("conv", ChannelConv(3)), ("gate", Act(Fn.SIGMOID)))
    )


@pytest.mark.parametrize(
    ("channels", "k"), [(8, 3), (64, 3), (256, 5), (512, 5), (1024, 5), (2048, 7)]
)
def test_kernel_of_eca(channels: int, k: int) -> None:
    """The odd number that equation 12 gives, with γ = 2 and b = 1."""
    assert ECA().kernel(channels) == k


def test_eca_adds_86_weights_to_resnet50() -> None:
    """Three blocks of 5, four of 5, six of 5 and three of 7; no biases."""
    whole = costs(model("resnet50", attention="eca"))
    assert (whole.attention.weights, whole.attention.biases) == (86, 0)
    assert spelled(whole.terms) == "Σ N·k = 3·5 + 4·5 + 6·5 + 3·7 = 86"
    assert whole.attention.macs == 3 * 256 * 5 + 4 * 512 * 5 + 6 * 1024 * 5 + 3 * 2048 * 7


def test_ese_adds_the_square_of_the_channels() -> None:
    """C² weights and C biases for each block of C channels."""
    whole = costs(model("ese_resnet18"))
    sizes = [64, 64, 128, 128, 256, 256, 512, 512]
    assert whole.attention.weights == sum(c * c for c in sizes)
    assert whole.attention.biases == sum(sizes)
    assert spelled(whole.terms) == "Σ N·C² = 2·64² + 2·128² + 2·256² + 2·512² = 696,320"


def added(kind: str) -> Ledger:
    """Return what a kind adds to ResNet-50, whose blocks gate 256, 512, 1024, 2048 channels."""
    return costs(model("resnet50", attention=kind)).attention


BLOCKS = {256: 3, 512: 4, 1024: 6, 2048: 3}
SIDES = {256: 56, 512: 28, 1024: 14, 2048: 7}


def test_cbam_is_what_its_paper_prints() -> None:
    """ResNet-50 with CBAM: 28.09 M and 3.864 G, as SE's 28.09 M and 3.860 G."""
    whole = costs(model("resnet50", attention="cbam")).network
    assert (f"{whole.params / 1e6:.2f}", f"{whole.macs / 1e9:.3f}") == ("28.09", "3.864")
    mlp = sum(n * 2 * c * c // 16 for c, n in BLOCKS.items())
    biases = sum(n * (c + c // 16) for c, n in BLOCKS.items())
    positions = sum(n * SIDES[c] ** 2 for c, n in BLOCKS.items())
    assert added("cbam").params == mlp + biases + 16 * 2 * 7 * 7
    assert added("cbam").macs == 2 * mlp + 2 * 7 * 7 * positions


def test_srm_is_what_its_paper_prints() -> None:
    """Four numbers a channel: ResNet-50 with SRM has 25.62 M parameters."""
    assert added("srm").params == 4 * sum(n * c for c, n in BLOCKS.items()) == 60_416
    assert f"{(25_557_032 + 60_416) / 1e6:.2f}" == "25.62"


def test_ca_by_hand() -> None:
    """Three convolutions with biases and a norm; a multiply for every row and column."""
    expected = macs = 0
    for c, n in BLOCKS.items():
        h = max(8, c // 32)
        expected += n * (c * h + h + 2 * h + 2 * (h * c + c))
        macs += n * (2 * SIDES[c] * c * h + 2 * SIDES[c] * h * c)
    assert (added("ca").params, added("ca").macs) == (expected, macs)


def test_mhsa_by_hand() -> None:
    """Three 1x1 convolutions and the vectors of 26 distances in the place of a 3x3 convolution."""
    c, n, d = 512, 49, 128
    assert added("mhsa").params == 3 * (3 * c * c + 26 * d - 9 * c * c)
    products = 3 * c * c * n + 2 * c * n * n + c * n * 26
    assert added("mhsa").macs == 3 * (products - 9 * c * c * n)
    whole = costs(model("resnet50", attention="mhsa"))
    assert spelled(whole.terms).endswith("3·(3·512² + 3328 - 9·512²) = -4,708,608")
    assert whole.network.params - whole.plain.params == whole.attention.params


def test_mhsa_is_what_its_paper_prints() -> None:
    """BoT50 has 20.8 M parameters."""
    assert f"{costs(model('resnet50', attention='mhsa')).network.params / 1e6:.2f}" == "20.85"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name": "mhsa_mobilenet"}, "it takes place instead, which resnet50, resnet101, resnet15"),
        ({"name": "mhsa_resnet18"}, "mhsa has no place in resnet18"),
        ({"name": "mhsa_resnet50", "place": "post"}, "place of mhsa in resnet50.*instead"),
        ({"name": "se_resnet50", "place": "instead"}, "place in resnet50.*standard"),
        ({"name": "mhsa_resnet50", "stages": 4}, "stage of resnet50.*5"),
        ({"name": "bam_resnet50", "place": "stage", "stages": 5}, "stage of resnet50.*2, 3, 4"),
        ({"name": "mhsa_resnet50", "stride_in": "3x3"}, "stride_in 3x3"),
        ({"name": "mhsa_resnet50", "heads": 0}, "heads 0"),
        ({"name": "se_resnet50", "heads": 2}, "se has no heads: that is for mhsa"),
    ],
)
def test_a_place_that_makes_no_sense(words: dict[str, Any], said: str) -> None:
    """Is refused with those that there are."""
    with pytest.raises(UsageError, match=said):
        model(**words)


def test_heads_divide_the_channels() -> None:
    """Else the layer does not fit, and its path is said."""
    with pytest.raises(ShapeError, match=r"stage5\.block1.*3 heads"):
        costs(model("mhsa_resnet50", heads=3))


def test_bam_at_the_ends_of_stages() -> None:
    """As in its paper: one block each after stages 2, 3 and 4."""
    whole = costs(model("bam_resnet50", place="stage"))
    assert [block.path for block in whole.blocks] == ["stage2.bam", "stage3.bam", "stage4.bam"]
    assert [block.channels for block in whole.blocks] == [256, 512, 1024]
    assert model("bam_resnet50", place="stage").stages == (2, 3, 4)


@pytest.mark.parametrize("kind", ["simam", "ge"])
def test_attention_without_parameters(kind: str) -> None:
    """Adds none, and no multiply-accumulates of layers."""
    assert (added(kind).params, added(kind).macs) == (0, 0)


@pytest.mark.parametrize("extent", [2, 4, 8])
def test_gather_excite_by_hand(extent: int) -> None:
    """No parameters without θ; with it, depthwise convolutions that halve the map, and norms."""
    assert costs(model("ge_resnet50", extent=extent)).attention.params == 0
    expected = macs = 0
    for c, n in BLOCKS.items():
        side = SIDES[c]
        for _ in range({2: 1, 4: 2, 8: 3}[extent]):
            side = (side + 1) // 2
            expected += n * (9 * c + 2 * c)
            macs += n * 9 * c * side**2
    whole = costs(model("ge_resnet50", extent=extent, theta=True))
    assert (whole.attention.params, whole.attention.macs) == (expected, macs)
    assert sum(term.weights for term in whole.terms) == whole.attention.weights


@pytest.mark.parametrize(
    ("options", "said"), [({"extent": 3}, "none of 0"), ({"theta": True}, "take extent 2, 4 or 8")]
)
def test_what_cannot_be_gathered(options: dict[str, Any], said: str) -> None:
    """One line with what can."""
    with pytest.raises(UsageError, match=f"ge cannot be built so: .*{said}"):
        model("ge_resnet50", **options)


def test_bam_by_hand() -> None:
    """An MLP and four convolutions, with biases, and two norms."""
    expected = 0
    for c, n in BLOCKS.items():
        h = c // 16
        mlp = c * h + h + h * c + c + 2 * c
        convolutions = c * h + h + 2 * (9 * h * h + h) + h + 1 + 2
        expected += n * (mlp + convolutions)
    assert added("bam").params == expected


def test_scse_by_hand() -> None:
    """SE with r = 2, and one number for each channel to gate the positions."""
    expected = sum(n * (2 * c * c // 2 + c + c // 2 + c + 1) for c, n in BLOCKS.items())
    assert added("scse").params == expected


def test_gc_by_hand() -> None:
    """A key, two FCs with biases, and a norm of the bottleneck."""
    expected = 0
    for c, n in BLOCKS.items():
        h = c // 16
        expected += n * (c + 1 + c * h + h + 2 * h + h * c + c)
    assert added("gc").params == expected
    macs = sum(n * (2 * c * SIDES[c] ** 2 + 2 * c * c // 16) for c, n in BLOCKS.items())
    assert added("gc").macs == macs


@pytest.mark.parametrize("name", KINDS)
def test_a_block_is_found_as_one(name: str) -> None:
    """Whatever gates and sums it is made of; its path is that of the whole."""
    kind = KINDS[name]()
    block = fitted(KINDS[name], 64, (8, 8))
    network = ledger(seq(conv=conv(3, 64, 1), here=block, norm=Norm(64)), (3, 8, 8))
    (found,) = find(network)
    assert (found.path, found.kind, found.channels) == ("here", name, 64)
    assert found.hidden == kind.hidden(64)
    assert [row.path for row in without(network, [found]).rows] == ["conv", "norm"]
    assert found.gated == "conv"


@pytest.mark.parametrize("name", GATING_KINDS)
def test_closed_form_is_what_the_block_has(name: str) -> None:
    """For any number of channels."""
    kind = KINDS[name]()
    for channels in (1, 7, 16, 64, 255, 1024):
        rows = walk(kind.block(channels), (channels, 2, 2)).rows
        assert sum(row.weights for row in rows) == kind.weights(channels)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_one_file_and_one_line(name: str) -> None:
    """No other file of the product imports from that file, but for SE, which the paper is about."""
    product = Path(kinds.__file__).parents[2]
    own = product / "nets" / "attention" / f"{name}.py"
    users = [
        path.relative_to(product).as_posix()
        for path in product.rglob("*.py")
        if path != own and f"nets.attention.{name} import" in path.read_text()
    ]
    assert own.exists()
    allowed = {"__init__.py", "nets/attention/kinds.py"}
    assert set(users) <= allowed or name == "se"
