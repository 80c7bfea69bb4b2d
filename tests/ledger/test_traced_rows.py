"""The rows of a trace: names, paths, parameters, what is left without attention."""

from stored import Written, gate, stored

from se_cost.ledger.gates.find import find
from se_cost.ledger.rows import INPUT
from se_cost.ledger.traced_rows import UNUSED, attention, rows

MAP = (8, 6, 6)


def test_rows_of_a_block() -> None:
    """Operators have the ledger's names, and paths with the operator where a module has several."""
    run = stored("FCs")
    network = rows(run, find(run))
    assert [(row.path, row.op, row.output) for row in network.rows] == [
        ("stem", "conv", (16, 8, 8)),
        ("block:global_avg_pool", "global_avg_pool", (16,)),
        ("block.fcs.0", "linear", (4,)),
        ("block.fcs.1", "relu", (4,)),
        ("block.fcs.2", "linear", (16,)),
        ("block:sigmoid", "sigmoid", (16,)),
        ("block:scale", "scale", (16, 8, 8)),
        ("end", "conv", (2, 8, 8)),
    ]
    scale = network.rows[-2]
    assert scale.operands == ((16, 8, 8), (16, 1, 1))
    assert scale.reads == ("stem", "block:sigmoid")
    assert [(row.weights, row.biases) for row in network.rows if row.params] == [
        (432, 16),
        (64, 4),
        (64, 16),
        (32, 2),
    ]
    assert [row.elements for row in network.rows] == [1024, 1024, 4, 4, 16, 16, 1024, 128]
    assert {row.stage for row in network.rows} == {0}


def test_products_are_scales_only_where_they_are_attention() -> None:
    """Without the blocks a product keeps the name that torch gives it."""
    assert "mul" in {row.op for row in rows(stored("FCs")).rows}


def test_rows_that_are_left_read_the_maps() -> None:
    """Without a block its map is read in place of the product."""
    run = stored("FCs")
    blocks = find(run)
    left = rows(run, blocks, removed=blocks)
    assert [(row.path, row.reads) for row in left.rows] == [("stem", (INPUT,)), ("end", ("stem",))]
    (block,) = attention(run, blocks)
    assert block.cost.params + left.params == run.params
    assert block.rows == rows(run, blocks).rows[1:-1]


def test_shared_parameters_stay_with_the_block_that_is_left() -> None:
    """Of two places of one module, the one that is left has its parameters."""
    run = stored("one_module_at_two_places")
    first, second = blocks = find(run)
    for removed in (first, second):
        assert rows(run, blocks, removed=[removed]).params == run.params
    assert rows(run, blocks, removed=blocks).params == run.params - first.params


def test_calls_of_one_module_are_numbered() -> None:
    """The second row of a path has a number."""
    run = stored("one_module_at_two_places")
    paths = [row.path for row in rows(run).rows]
    assert "block.se.convs.0" in paths
    assert "block.se.convs.0#2" in paths
    assert len(paths) == len(set(paths))


def test_what_is_computed_of_parameters_alone_has_no_row() -> None:
    """Its parameters count to the row that reads it."""
    run = Written(*MAP)
    half = run.op("mul", run.weight(8, 8, 1, 1), run.weight(8, 1, 1, 1), shape=(8, 1, 1))
    out = run.op("convolution", 0, half, run.weight(8), shape=MAP, macs=2304)
    (row,) = rows(run.trace(out)).rows
    assert (row.weights, row.biases, row.macs, row.reads) == (72, 8, 2304, (INPUT,))


def test_parameters_that_nothing_reads() -> None:
    """They are one row."""
    run = Written(*MAP)
    run.weight(5)
    out = run.op("relu", 0, shape=MAP)
    assert [(row.path, row.params) for row in rows(run.trace(out)).rows] == [("", 0), (UNUSED, 5)]


def test_parameters_of_living_and_dying_readers() -> None:
    """What outlives a block is no part of its cost, though the block read it first."""
    run = Written(*MAP)
    weight = run.weight(8, 8, 1, 1)
    squeezed = run.op("mean", 0, shape=(8, 1, 1), dims=(2, 3))
    mixed = run.op("convolution", squeezed, weight, shape=(8, 1, 1), macs=64)
    product = run.op("mul", 0, run.op("sigmoid", mixed, shape=(8, 1, 1)), shape=MAP)
    traced = run.trace(run.op("convolution", product, weight, shape=MAP, macs=2304))
    blocks = find(traced)
    (block,) = attention(traced, blocks)
    assert (block.cost.params, block.cost.macs) == (0, 64)
    for removed in ((), blocks):
        assert rows(traced, blocks, removed=removed).params == 64


def test_unknown_operators_are_rows() -> None:
    """They are named as ATen names them, and have as many elements as they make."""
    run = Written(*MAP)
    out = run.op("erfinv", 0, shape=MAP)
    (row,) = rows(run.trace(out)).rows
    assert (row.op, row.elements) == ("erfinv", 288)


def test_rows_have_the_stage_of_their_maps() -> None:
    """Vectors outside of blocks are the head's; those in a block are of its stage."""
    run = Written(3, 32, 32)
    x = run.op("convolution", 0, run.weight(8, 3, 4, 4), shape=(8, 8, 8))
    product = run.op("mul", x, gate(run, x, 8), shape=(8, 8, 8))
    mean = run.op("mean", product, shape=(8,), dims=(2, 3))
    traced = run.trace(run.op("addmm", run.weight(4), mean, run.weight(8, 4), shape=(4,)))
    stages = [row.stage for row in rows(traced, find(traced)).rows]
    assert stages == [2, 2, 2, 2, 2, None, None]
