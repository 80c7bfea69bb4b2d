"""Attention is found from data alone: traces that were stored, and traces written by hand."""

import subprocess
import sys
from itertools import combinations

import pytest
from stored import Written, gate, stored

from se_cost.ledger.gates.find import find, refused, without
from se_cost.ledger.gates.liveness import Living
from se_cost.ledger.gates.products import Along, varies
from se_cost.ledger.gates.rules import GateForm, NoGate
from se_cost.ledger.trace import Value

MAP = (8, 6, 6)


@pytest.mark.parametrize(
    ("name", "paths", "kind", "facts"),
    [
        ("FCs", ["block"], "se", (16, 8, 8, 4, 4)),
        ("channels_last", ["block"], "se", (16, 8, 8, 4, 4)),
        ("part_in_place", ["block"], "se", (8, 8, 8, 4, 2)),
        ("one_module_at_two_places", ["block.se", "block.se"], "se", (16, 8, 8, 4, 4)),
        ("two_maps", ["block"], "se", (16, 8, 8, 4, 4)),
        ("channels_then_positions", ["block"], "cbam", (16, 8, 8, 4, 4)),
        ("competing_parts_in_a_list", ["block"], "splat", (16, 8, 8, 4, 4)),
        ("rows_columns", ["block"], "ca", (16, 8, 8, 4, 4)),
        ("carried_state", ["block.gate"] * 3, "dia", (16, 8, 8, None, None)),
        ("added_context", ["block"], "gc", (16, 8, 8, 4, 4)),
        ("response_norm", ["block"], "grn", (16, 8, 8, None, None)),
    ],
)
def test_stored_traces(
    name: str, paths: list[str], kind: str, facts: tuple[int | None, ...]
) -> None:
    """Where the blocks are, and what they gate."""
    blocks = find(stored(name))
    assert [block.path for block in blocks] == paths
    assert {block.kind for block in blocks} == {kind}
    first = blocks[0]
    assert (first.channels, first.height, first.width, first.hidden, first.r) == facts
    assert {(block.stage, block.up) for block in blocks} == {(0, False)}


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("GLU", [NoGate.SIMPLE]),
        ("attention_pooling", [NoGate.POOLING]),
        ("instance_norm", [NoGate.NORM]),
        ("FCs", []),
    ],
)
def test_reasons_of_what_is_none(name: str, reasons: list[NoGate]) -> None:
    """A product that is no gate says why not."""
    assert [reason for _, reason in refused(stored(name))] == [reason.value for reason in reasons]


@pytest.mark.parametrize("name", ["one_module_at_two_places", "carried_state", "rows_columns"])
def test_costs_of_blocks_add_up(name: str) -> None:
    """What blocks share dies with the last of them, and is counted to the first."""
    run = stored(name)
    blocks = find(run)
    left = without(run, blocks)
    assert run.params - left.params == sum(block.params for block in blocks)
    assert run.macs - left.macs == sum(block.macs for block in blocks)
    for some in combinations(blocks, len(blocks) - 1):
        assert without(run, some).params > left.params
    assert not find_again(name)


def find_again(name: str) -> bool:
    """Return whether removing a block twice takes more than once."""
    run = stored(name)
    block = find(run)[0]
    return without(run, [block]) != without(run, [block, block])


def test_one_of_two_shared_blocks_frees_no_parameters() -> None:
    """The module is still needed at its other place."""
    run = stored("one_module_at_two_places")
    first, second = find(run)
    assert (first.params, second.params) == (148, 0)
    assert without(run, [first]).params == without(run, [second]).params == run.params
    assert without(run, [first]).macs == run.macs - first.macs


def test_a_gate_must_be_squeezed_and_weighted() -> None:
    """The rule for a vector, part by part."""
    for last, found in (("sigmoid", True), ("relu", True), ("rsqrt", False), ("sqrt", False)):
        run = Written(*MAP)
        run.op("mul", 0, gate(run, 0, 8, last), shape=MAP)
        assert bool(find(run.trace(len(run.values) - 1))) is found
    bare = Written(*MAP)
    mean = bare.op("mean", 0, shape=(8, 1, 1), dims=(2, 3))
    bare.op("mul", 0, mean, shape=MAP)
    assert refused(bare.trace(len(bare.values) - 1)) == (("", NoGate.NO_WEIGHTS.value),)


def test_a_gate_of_a_vector_is_none() -> None:
    """There is no space that it was squeezed over."""
    run = Written(8)
    mixed = run.op("addmm", run.weight(8), 0, run.weight(8, 8), shape=(8,))
    run.op("mul", 0, run.op("sigmoid", mixed, shape=(8,)), shape=(8,))
    assert find(run.trace(len(run.values) - 1)) == ()


def test_what_is_needed_elsewhere_does_not_die() -> None:
    """A factor that is an output, too, lives on; only its product goes."""
    run = Written(*MAP)
    factor = gate(run, 0, 8)
    product = run.op("mul", 0, factor, shape=MAP)
    (block,) = find(run.trace(product, factor))
    assert (block.params, block.macs) == (0, 0)
    assert block.ops == (block.cuts[0].op,)
    (alone,) = find(run.trace(product))
    assert (alone.params, alone.macs) == (64, 64)


def test_what_was_dead_before_is_no_cost() -> None:
    """An operator that no output needs does not die with a gate."""
    run = Written(*MAP)
    factor = gate(run, 0, 8)
    run.op("convolution", factor, run.weight(8, 8, 1, 1), shape=(8, 1, 1), macs=64)
    product = run.op("mul", 0, factor, shape=MAP)
    (block,) = find(run.trace(product))
    assert block.macs == 64
    assert without(run.trace(product), [block]).macs == 64


def test_a_sum_of_two_gates_of_one_map_dies_with_both() -> None:
    """With one of them gone it sums the map and the other; a residual sum stays."""
    run = Written(*MAP)
    first = run.op("mul", 0, gate(run, 0, 8), shape=MAP)
    second = run.op("mul", 0, gate(run, 0, 8), shape=MAP)
    both = run.op("add", first, second, shape=MAP)
    end = run.op("add", 0, both, shape=MAP)
    traced = run.trace(run.op("relu", end, shape=MAP))
    (block,) = find(traced)
    number = traced.values[both].producer
    assert number in block.ops
    assert traced.values[end].producer not in block.ops
    living = Living(traced)
    assert number not in living.remove(block.cuts[:1]).ops
    assert number in living.remove(block.cuts[1:]).ops
    assert living.source(both) == 0


def test_other_sums_of_gates_stay() -> None:
    """Of a map and its product, and of products of two maps."""
    run = Written(*MAP)
    product = run.op("mul", 0, gate(run, 0, 8), shape=MAP)
    residual = run.op("add", 0, product, shape=MAP)
    other = run.op("relu", residual, shape=MAP)
    second = run.op("mul", other, gate(run, other, 8), shape=MAP)
    end = run.op("add", product, second, shape=MAP)
    traced = run.trace(run.op("relu", end, shape=MAP))
    assert len(find(traced)) == 2
    died = without(traced, find(traced)).dead_ops
    assert not {traced.values[value].producer for value in (residual, end)} & {*died}


def test_gates_in_a_row_die_in_any_order() -> None:
    """The second hands on the map of the first."""
    run = Written(*MAP)
    first = run.op("mul", 0, gate(run, 0, 8), shape=MAP)
    second = run.op("mul", first, gate(run, first, 8), shape=MAP)
    traced = run.trace(run.op("relu", second, shape=MAP))
    blocks = find(traced)
    assert [cut.form for block in blocks for cut in block.cuts] == [GateForm.CHANNEL] * 2
    for order in (blocks, blocks[::-1]):
        assert without(traced, order).dead_parameters == (0, 1)


def test_a_call_of_gates_alone_is_one_block() -> None:
    """The same gates, with nothing beside them."""
    run = Written(*MAP)
    first = run.op("mul", 0, gate(run, 0, 8), shape=MAP)
    second = run.op("mul", first, gate(run, first, 8), shape=MAP)
    (block,) = find(run.trace(second))
    assert len(block.cuts) == 2


def test_the_way_up_is_marked() -> None:
    """A map after smaller ones is on the way up of a U-Net."""
    run = Written(*MAP)
    down = run.op("convolution", 0, run.weight(8, 8, 2, 2), shape=(8, 3, 3))
    up = run.op("upsample_nearest2d", down, shape=MAP)
    product = run.op("mul", up, gate(run, up, 8), shape=MAP)
    below = run.op("mul", down, gate(run, down, 8), shape=(8, 3, 3))
    blocks = find(run.trace(product, below))
    assert [(block.stage, block.up) for block in blocks] == [(0, True), (1, False)]


@pytest.mark.parametrize(
    ("shape", "channel", "factor", "along"),
    [
        ((1, 8, 6, 6), 1, (1, 8, 1, 1), Along.CHANNELS),
        ((1, 8, 6, 6), 1, (8, 1, 1), Along.CHANNELS),
        ((1, 6, 6, 8), 3, (8,), Along.CHANNELS),
        ((1, 36, 8), 2, (1, 1, 8), Along.CHANNELS),
        ((1, 8, 1, 1), 1, (1, 8, 1, 1), Along.CHANNELS),
        ((1, 8, 6, 6), 1, (1, 1, 6, 6), Along.SPACE),
        ((1, 8, 6, 6), 1, (1, 1, 6, 1), Along.SPACE),
        ((1, 8, 6, 6), 1, (1, 8, 6, 1), Along.BOTH),
        ((1, 8, 6, 6), 1, (1, 8, 6, 6), Along.ALL),
        ((1, 1, 6, 6), 1, (1, 1, 6, 6), Along.ALL),
        ((1, 2, 8, 6, 6), 2, (1, 2, 8, 1, 1), Along.BRANCHES),
        ((1, 2, 8, 6, 6), 2, (1, 2, 1, 1, 1), Along.BRANCHES),
        ((1, 2, 8, 6, 6), 2, (1, 1, 8, 1, 1), Along.CHANNELS),
        ((1, 8, 4, 6, 6), 1, (1, 8, 1, 1, 1), Along.CHANNELS),
        ((1, 8, 6, 6), 1, (1, 1, 1, 1), None),
        ((1, 8, 6, 6), 1, (1, 4, 1, 1), None),
        ((1, 8, 6, 6), None, (1, 8, 1, 1), None),
        ((1, 8), 1, (1, 8), None),
    ],
)
def test_along_what_a_factor_varies(
    shape: tuple[int, ...], channel: int | None, factor: tuple[int, ...], along: Along | None
) -> None:
    """Channels, branches, space, some of both, or all."""
    assert varies(Value(shape, channel=channel), factor) is along


def test_no_torch_is_needed() -> None:
    """A trace is read without it."""
    code = (
        "import sys, se_cost.ledger.gates.find, se_cost.ledger.traced_rows;"
        "print('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "False\n"
