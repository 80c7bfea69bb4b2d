"""What a row costs, and the sums over rows."""

from math import prod

from se_cost.ledger.costs import costs
from se_cost.ledger.rows import UNMOVED, Ledger, Row
from se_cost.nets.zoo.model import model


def test_activation_bytes_of_a_row() -> None:
    """An output of 2 x 3 x 4 values takes four bytes for each."""
    assert Row("stage1.relu", "relu", ((2, 3, 4),), (2, 3, 4)).activation_bytes == 96


def test_what_only_looks_at_its_input_writes_nothing() -> None:
    """Flattening and, in inference, dropout take no new memory."""
    for op in UNMOVED:
        assert Row("head.x", op, ((2, 3, 4),), (24,)).activation_bytes == 0


def test_activation_bytes_of_a_network_by_hand() -> None:
    """The sum of all outputs of VGG-16 with SE, each read off its row."""
    rows = costs(model("se_vgg16")).network.rows
    ours = Ledger(rows).activation_bytes
    assert ours == 4 * sum(prod(row.output) for row in rows if row.op not in UNMOVED)
    convolutions = 64 * 224**2 * 2 + 128 * 112**2 * 2 + 256 * 56**2 * 3 + 512 * (28**2 + 14**2) * 3
    written = [row for row in rows if row.op == "conv"]
    assert Ledger(tuple(written)).activation_bytes == 4 * convolutions
