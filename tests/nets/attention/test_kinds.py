"""Every kind of attention: what it builds, what it says it costs, and how it is registered."""

from pathlib import Path

import pytest

from se_cost.ledger.costs import costs
from se_cost.ledger.find import find, without
from se_cost.ledger.formula import spelled
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


@pytest.mark.parametrize("kind", ["simam", "ge"])
def test_attention_without_parameters(kind: str) -> None:
    """Adds none, and no multiply-accumulates of layers."""
    assert (added(kind).params, added(kind).macs) == (0, 0)


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
    network = ledger(seq(conv=conv(3, 64, 1), here=kind.block(64), norm=Norm(64)), (3, 8, 8))
    (block,) = find(network)
    assert (block.path, block.kind, block.channels) == ("here", name, 64)
    assert block.hidden == kind.hidden(64)
    assert [row.path for row in without(network, [block]).rows] == ["conv", "norm"]
    assert block.gated == "conv"


@pytest.mark.parametrize("name", KINDS)
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
