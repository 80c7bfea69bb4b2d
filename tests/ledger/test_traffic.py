"""Bytes and operators by hand; tests/measure/test_trace.py holds them against real operators."""

import pytest

from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger, Row
from se_cost.ledger.traffic import (
    Traffic,
    by_block,
    by_part,
    by_stage,
    forward_bytes,
    gated,
    saved_bytes,
    total,
    traffic,
)
from se_cost.nets.zoo.model import model

SE50 = costs(model("se_resnet50"))
MAP, VECTOR = (64, 8, 8), (64,)
E, C = 2 * 64 * 64, 2 * 64  # of two images


def test_gated_maps_of_se_resnet50() -> None:
    """The sum over its 16 blocks, by pen and paper."""
    sizes = {56: (3, 256), 28: (4, 512), 14: (6, 1024), 7: (3, 2048)}
    by_hand = sum(blocks * channels * side**2 for side, (blocks, channels) in sizes.items())
    assert gated(SE50.attention) == by_hand == 5_519_360


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row("", "global_avg_pool", (MAP,), VECTOR), Traffic(4 * (E + C), 4 * (E + C), 1, 1)),
        (
            Row("", "global_max_pool", (MAP,), VECTOR),  # with positions of 8 bytes
            Traffic(4 * (E + 3 * C), 4 * (E + 3 * C), 1, 1),
        ),
        (Row("", "sigmoid", (VECTOR,), VECTOR), Traffic(4 * 2 * C, 4 * 3 * C, 1, 1)),
        (
            Row("", "scale", (MAP, VECTOR), MAP),
            Traffic(4 * (2 * E + C), 4 * (3 * E + (E + C) + (2 * E + C)), 1, 3),
        ),
        (Row("", "scale", (MAP, MAP), MAP), Traffic(4 * 3 * E, 4 * 6 * E, 1, 2)),
        (
            Row("", "linear", (VECTOR,), (4,), weights=256, biases=4),
            Traffic(4 * (C + 8 + 260), 4 * (2 * (C + 8 + 256) + 8 + 4), 1, 3),
        ),
        (
            Row("", "linear", (VECTOR,), (4,), weights=256),
            Traffic(4 * (C + 8 + 256), 4 * 2 * (C + 8 + 256), 1, 2),
        ),
    ],
)
def test_an_operator_reads_operands_and_writes_its_result(row: Row, expected: Traffic) -> None:
    """Every formula, with float32 numbers and a batch of two."""
    assert traffic(row, 2, 4) == expected


def test_gradients_of_what_is_read_twice_are_summed() -> None:
    """The map, for squeeze and scale: two are read and one is written, where it is read last."""
    parts = by_part(SE50, 1, 4)
    products = total(part for (_, operator), part in parts.items() if operator == "scale")
    e, c = gated(SE50.attention), 3 * 256 + 4 * 512 + 6 * 1024 + 3 * 2048
    assert products.backward == 4 * (3 * e + (e + c) + (2 * e + c) + 3 * e)
    assert products.operators_backward == 16 * 4


def test_a_block_of_two_gates_gates_one_map() -> None:
    """E is that of SE, whatever a block does in between."""
    for kind in ("cbam", "bam", "scse", "gc", "ca"):
        assert gated(costs(model("resnet50", attention=kind)).attention) == 5_519_360


def test_an_operator_of_no_attention_is_refused() -> None:
    """Rather than counted as nothing."""
    with pytest.raises(ValueError, match=r"stem\.up: no attention has the operator deconv"):
        traffic(Row("stem.up", "deconv", (MAP,), MAP), 1, 4)


def test_three_passes_forward_and_ten_backward() -> None:
    """What is known of eager PyTorch, once weights and vectors are a small part of a batch."""
    batch = 1000
    e = batch * 4 * gated(SE50.attention)
    whole = total(by_stage(SE50, batch, 4).values())
    assert whole.forward / e == pytest.approx(3, rel=0.01)
    assert whole.backward / e == pytest.approx(10, rel=0.01)
    assert whole.saved / e == pytest.approx(1, rel=0.01)
    assert (whole.operators_forward, whole.operators_backward) == (16 * 6, 16 * 13)


def test_stages_and_operators_have_the_same_total() -> None:
    """A stage is the sum of its operators, the whole the sum of the stages."""
    stages, parts = by_stage(SE50, 3, 2), by_part(SE50, 3, 2)
    assert list(stages) == [2, 3, 4, 5]
    assert [operator for stage, operator in parts if stage == 3] == [
        *("global_avg_pool", "linear", "relu", "sigmoid", "scale")
    ]
    for stage, whole in stages.items():
        assert total(part for (of, _), part in parts.items() if of == stage) == whole


def test_maps_that_are_kept_count_as_the_product_s() -> None:
    """The product of map and factor is why the map is kept."""
    products = [part for (_, operator), part in by_part(SE50, 1, 4).items() if operator == "scale"]
    assert total(products).saved == 4 * gated(SE50.attention)


def test_bytes_follow_the_size_of_a_number() -> None:
    """Half the size is half the bytes, with the same operators."""
    single, half = by_stage(SE50, 1, 4)[5], by_stage(SE50, 1, 2)[5]
    assert (single.forward, single.backward, single.saved) == (
        *(2 * amount for amount in (half.forward, half.backward, half.saved)),
    )
    assert single.operators_backward == half.operators_backward == 39


def test_blocks_have_the_total_of_their_stages() -> None:
    """Each block by itself, with what it saves; the first of a stage is no different here."""
    blocks, stages = by_block(SE50, 2, 4), by_stage(SE50, 2, 4)
    assert list(blocks) == [block.path for block in SE50.blocks]
    assert total(blocks.values()) == total(stages.values())
    assert total(part for path, part in blocks.items() if path.startswith("stage4")) == stages[4]


def test_whole_networks() -> None:
    """Two layers by pen and paper: forward once for each image, weights once for all of them."""
    conv = Row("a", "conv", ((3, 4, 4),), (8, 4, 4), 216, 0, 3456)
    relu = Row("b", "relu", ((8, 4, 4),), (8, 4, 4), reads=("a",))
    two = Ledger((conv, relu))
    assert forward_bytes(two, 5, 4) == 4 * (5 * (48 + 128 + 128 + 128) + 216)
    assert saved_bytes(two, 5, 4) == 4 * 5 * (48 + 128)  # the input, and what ReLU writes
