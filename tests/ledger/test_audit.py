"""Blocks beside the closed form: the rule behind their bottlenecks, and every gap in words."""

from itertools import pairwise
from typing import Any

import pytest
from stored import stored

from se_cost.ledger.audit import Reduction, audited, reduction
from se_cost.ledger.find import AttentionBlock
from se_cost.ledger.gates.find import find
from se_cost.ledger.rows import Row
from se_cost.ledger.traced_rows import attention


def block(
    channels: int,
    hidden: int | None,
    entering: int | None = None,
    kind: str = "se",
    *others: Row,
) -> AttentionBlock:
    """Return a block of two FCs with biases, or of one, and of other rows."""
    widths = (channels, hidden, channels) if hidden else (channels, channels)
    rows = [
        Row(f"fc{n}", "linear", ((a,),), (b,), a * b, b, a * b, reads=())
        for n, (a, b) in enumerate(pairwise(widths))
    ]
    every = (*rows, *others)
    return AttentionBlock("se", kind, 2, channels, 7, 7, hidden, None, every, entering)


@pytest.mark.parametrize(
    ("blocks", "rule"),
    [
        ([(256, 16), (512, 32)], Reduction(16)),
        ([(64, 5), (48, 4)], Reduction(12)),  # the remainder is lost
        ([(32, 8, 32), (96, 4, 16), (144, 6, 24)], Reduction(4, entering=True)),
        ([(72, 24), (120, 32), (480, 120)], Reduction(4, divisor=8, least=0.9)),
        ([(72, 16), (120, 32)], Reduction(4, divisor=8)),
        ([(72, 20), (120, 32)], Reduction(4, divisor=4, least=0.9)),
        ([(96, 8, 24), (96, 16, 64)], Reduction(4, entering=True, divisor=8, least=0.9)),
        ([(64, 64), (128, 64), (256, 128)], None),
        ([], None),
    ],
)
def test_the_plainest_rule(blocks: list[Any], rule: Reduction | None) -> None:
    """Of the map, of what enters, rounded to a multiple; one rule for all blocks, or none."""
    assert reduction([block(a, b, *entering[:1]) for a, b, *entering in blocks]) == rule


def test_widths_by_a_rule() -> None:
    """By hand: 72/4 = 18, whose next multiple of 8 is 16; that is less than nine tenths of it."""
    assert Reduction(4, divisor=8).width(block(72, 1)) == 16
    assert Reduction(4, divisor=8, least=0.9).width(block(72, 1)) == 24
    assert Reduction(16).width(block(8, 1)) == 1
    assert Reduction(4, entering=True).width(block(72, 1)) is None


def test_no_gap_but_biases() -> None:
    """The closed form is right: 2 * 64^2 / 4."""
    (found,) = audited([block(64, 16)])
    assert (found.r, found.formula, found.weights, found.biases, found.norms) == (
        *(4, 2048, 2048),
        *(16 + 64, 0),
    )
    assert found.gap == "80 biases"


NORM = Row("norm", "norm", ((4,),), (4,), 4, 4, 0, reads=())
GROUPED = Row("more", "conv", ((4,),), (4,), 12, 0, 0, reads=())


@pytest.mark.parametrize(
    ("one", "others", "gap"),
    [
        (
            block(96, 4, 16),
            [block(32, 8, 32)],
            "hidden is 1/4 of the 16 that enter the module, not of the 96 gated: 4; 100 biases",
        ),
        (
            block(72, 24),
            [block(120, 32)],
            "hidden is 1/4 of 72, rounded to a multiple of 8: 24; 96 biases",
        ),
        (block(64, 64), [block(128, 64)], "no one r: the widths are 64-64-64; 128 biases"),
        (block(8, None, None, "ese"), [], "one FC of 8 x 8, no bottleneck; 8 biases"),
        (block(8, 4, None, "sk"), [], "no closed form for sk: its layers are counted; 12 biases"),
        (block(8, 4, None, "se", NORM), [], "12 biases; 8 in norms"),
        (block(8, 4, None, "se", GROUPED), [], "12 weights of other layers; 12 biases"),
    ],
)
def test_the_gap_in_words(one: AttentionBlock, others: list[AttentionBlock], gap: str) -> None:
    """What the bottleneck is of, what else there is, biases and norms."""
    assert audited([one, *others])[0].gap == gap


def test_an_fc_alone_is_a_square() -> None:
    """C^2, whatever the r of others."""
    found = audited([block(8, None, None, "ese"), block(64, 16)])[0]
    assert (found.r, found.formula) == (None, 64)


def test_of_traces() -> None:
    """What enters is found in the calls; a second place of one module has no weights of its own."""
    run = stored("FCs")
    (found,) = attention(run, find(run))
    assert found.entering == 3  # the image: the network itself is what is around the block
    run = stored("one_module_at_two_places")
    first, second = audited(attention(run, find(run)))
    assert first.weights == 128
    assert second.gap == "its weights are those of an earlier block"
    run = stored("rows_columns")
    (found,) = attention(run, find(run))
    assert audited([found])[0].gap.startswith("no closed form for ca: its layers are counted; ")
