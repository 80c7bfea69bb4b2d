"""Budgets in whole numbers: shares are of the plain network, whole costs less the plain one."""

from fractions import Fraction

import pytest

from se_cost.errors import UsageError
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.planning.amounts import TICKS
from se_cost.planning.budget import limit, plain_amounts
from se_cost.planning.words import CAPS, Asked

NET = model("se_resnet50")
PLAIN = plain_amounts(NET, Settings(batch=2), Fraction(1, 20))


@pytest.mark.parametrize(
    ("word", "asked", "at_most"),
    [
        ("params", 25_557_032 + 7, 7),
        ("params", 25_557_031, -1),
        ("macs", 3_857_973_248 + 9, 9),
        ("attention-params", 1_000_000, 1_000_000),
        ("attention-params-percent", 10.0, 2_555_703),
        ("attention-macs-percent", 0.1, 3_857_973),
        ("attention-time", Fraction("0.001"), TICKS // 1000),
        ("attention-time-percent", 3.0, 3 * TICKS // 2000),
    ],
)
def test_at_most(word: str, asked: Asked, at_most: int) -> None:
    """What attention may add, rounded down."""
    assert limit(word, asked, PLAIN).at_most == at_most


def test_every_cap_can_be_asked_for() -> None:
    """None asks for more than is known of inference on a known machine."""
    assert all(limit(word, 5, PLAIN).asked == 5 for word in CAPS)


def test_bytes_of_the_plain_network() -> None:
    """Forward: values twice for two images, parameters once; saved: what autograd keeps."""
    plain = costs(NET).plain
    values = plain.bytes // 4 - plain.params
    assert PLAIN.bytes == 4 * (2 * values + plain.params)
    assert PLAIN.saved == 2 * plain_amounts(NET, Settings(), None).saved
    assert PLAIN.activations == plain.activation_bytes


def test_what_is_not_known_is_refused() -> None:
    """The bytes of a training step, and a time that nobody measured."""
    training = plain_amounts(NET, Settings(mode=Mode.TRAIN), None)
    with pytest.raises(UsageError, match=r"--max-attention-bytes-percent 5 needs .* inference"):
        limit("attention-bytes-percent", 5, training)
    with pytest.raises(UsageError, match=r"--max-attention-time-percent 5 needs .* --plain-time"):
        limit("attention-time-percent", 5, training)
