"""Every kind of attention: what it builds, what it says it costs, and how it is registered."""

from pathlib import Path

import pytest

from se_cost.ledger.costs import costs
from se_cost.ledger.formula import spelled
from se_cost.ledger.walk import walk
from se_cost.nets.attention import kinds
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.ese import ESE
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.nodes import Act, ChannelConv, Fn, Gate, GlobalPool, Linear
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


@pytest.mark.parametrize("name", KINDS)
def test_closed_form_is_what_the_block_has(name: str) -> None:
    """For any number of channels."""
    kind = KINDS[name]()
    for channels in (1, 7, 16, 64, 255, 1024):
        rows = walk(kind.block(channels), (channels, 2, 2)).rows
        assert sum(row.weights for row in rows) == kind.weights(channels)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_one_file_and_one_line(name: str) -> None:
    """No other file of the product names the class of a kind, but SE's, whose closed form it is."""
    product = Path(kinds.__file__).parents[2]
    own = product / "nets" / "attention" / f"{name}.py"
    class_name = KINDS[name].__name__
    users = [
        path.relative_to(product).as_posix()
        for path in product.rglob("*.py")
        if path != own and f"import {class_name}" in path.read_text()
    ]
    assert own.exists()
    allowed = {"__init__.py", "nets/attention/kinds.py"}
    assert set(users) <= allowed or name == "se"
