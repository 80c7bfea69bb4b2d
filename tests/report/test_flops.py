"""The page that counts computing, against figures that were found without this project."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from se_cost.measure.counts import Counts
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe
from se_cost.report.flops import page
from se_cost.report.page import Table

SE50 = recipe("se_resnet50", r=16)
# shared/counting.md, section 1: FC weights, which are the MACs of the FCs, and sum of C*H*W
STAGES = {
    2: (24_576, 2_408_448),
    3: (131_072, 1_605_632),
    4: (786_432, 1_204_224),
    5: (1_572_864, 301_056),
}
PLAIN, WITH_SE = 3_857_973_248, 3_860_488_192
MAPS = 5_519_360


def row(table: Table, first: str) -> tuple[Any, ...]:
    """Return the row that begins with a word."""
    return next(row for row in table.rows if row[0] == first)


def test_totals_are_the_known_ones() -> None:
    """Networks, their difference and its growth are those counted independently."""
    counters = page(SE50).tables[0]
    assert row(counters, "macs")[1:4] == (WITH_SE, PLAIN, 2_514_944)
    assert row(counters, "macs")[4] == pytest.approx(0.065, abs=0.0005)
    assert row(counters, "flops")[1:4] == (2 * WITH_SE, 2 * PLAIN, 2 * 2_514_944)
    assert row(counters, "paper")[1:4] == (WITH_SE + MAPS, PLAIN, 2_514_944 + MAPS)
    assert row(counters, "paper")[4] == pytest.approx(0.208, abs=0.0005)
    assert row(counters, "torch")[1:] == (*row(counters, "flops")[1:5], row(counters, "torch")[5])


def test_stages_are_the_known_ones() -> None:
    """Each stage pools and scales every value of its maps once, and multiplies by its FCs."""
    stages = page(SE50).tables[1]
    for stage, (weights, maps) in STAGES.items():
        squeeze, excite, _, scale, moved, growth = row(stages, str(stage))[1:]
        assert (squeeze, excite, scale) == (maps, weights, maps)
        assert moved * 2**20 > 4 * 3 * maps
        assert growth == pytest.approx(100 * weights / PLAIN)


def test_columns_add_up() -> None:
    """Stages add up to `all`, and to `without stage 5` if the last is left out."""
    stages = page(SE50).tables[1]
    assert stages.totals == 2
    numbers: list[tuple[Any, ...]] = [r[1:] for r in stages.rows[:4]]
    assert list(row(stages, "all")[1:]) == pytest.approx(
        [sum(c) for c in zip(*numbers, strict=True)]
    )
    trimmed = [sum(c) for c in zip(*numbers[:3], strict=True)]
    assert list(row(stages, "without stage 5")[1:]) == pytest.approx(trimmed)


def test_operators_add_up() -> None:
    """Operators add up to both networks, and the attention is 16 blocks of two FCs."""
    operators = page(SE50).tables[2]
    rows: tuple[tuple[Any, ...], ...] = operators.rows
    assert sum(r[2] for r in rows) == WITH_SE
    assert sum(r[6] for r in rows) == 2_514_944
    assert row(operators, "conv")[1:3] == (53, PLAIN - 2_048_000)
    assert row(operators, "add")[1] == 16
    assert row(operators, "linear")[1:3] == (33, 2_048_000 + 2_514_944)
    assert row(operators, "linear")[5] == 32
    assert row(operators, "scale")[5::2] == (16, MAPS)


def test_the_sentence_holds_what_matters() -> None:
    """Added MACs, growth by both ways to count, and without the final stage."""
    text = "\n".join(page(SE50).lines)
    for words in ("2,514,944 MACs (+0.065 %)", "3,857,973,248", "+0.024 % without", "+0.208 %"):
        assert words in text


def test_data() -> None:
    """The json has every number of the contract, and they are the known ones."""
    data = page(SE50).data
    assert (data["schema_version"], data["command"]) == (1, "flops")
    assert data["baseline"] == {"macs": PLAIN}
    assert data["network"] == {"macs": WITH_SE}
    added = {name: data["attention"][name] for name in ("macs", "squeeze", "excite", "scale")}
    assert added == {"macs": 2_514_944, "squeeze": MAPS, "excite": 2_514_944, "scale": MAPS}
    assert [s["stage"] for s in data["stages"]] == [2, 3, 4, 5]
    assert [(s["excite"], s["squeeze"], s["scale"]) for s in data["stages"]] == [
        (weights, maps, maps) for weights, maps in STAGES.values()
    ]
    assert data["without_final_stage"]["macs"] == 942_080
    assert data["without_final_stage"].keys() == data["attention"].keys()
    assert data["conventions"]["macs"] == WITH_SE
    assert data["conventions"]["torch"] == 2 * WITH_SE
    assert all(type(total) is int for total in data["conventions"].values())
    assert "measured" not in data


def test_plain_network() -> None:
    """Without attention the page says so, and nothing grows."""
    answer = page(recipe("resnet50"))
    assert len(answer.lines) == 1
    assert "no attention, so no MACs" in answer.lines[0]
    assert answer.tables[1].rows == ()
    assert {r[3] for r in answer.tables[0].rows} == {0}
    assert answer.data["attention"]["macs"] == 0


def test_measured(small: Recipe, counts: Sequence[Counts]) -> None:
    """What the counters measured stands below, agrees, and is in the json with both networks."""
    answer = page(small, counts)
    assert not answer.failed
    counters = answer.tables[0]
    assert counters.totals == 4
    assert row(counters, "fvcore, measured")[1:4] == row(counters, "fvcore")[1:4]
    assert row(counters, "torch, measured")[1:4] == row(counters, "torch")[1:4]
    measured = answer.data["measured"]
    assert measured["torch"]["network"] == 2 * answer.data["network"]["macs"]
    assert measured["torch"]["baseline"] == 2 * answer.data["baseline"]["macs"]
    assert measured["fvcore"]["network"] == answer.data["conventions"]["fvcore"]
    assert measured.keys() == {"fvcore", "fvcore_complete", "torch", "torch_backward"}
    assert all(type(n) is int for pair in measured.values() for n in pair.values())


def test_without_backward_there_is_no_row_for_it(small: Recipe, counts: Sequence[Counts]) -> None:
    """A pass that was not counted is left out, not shown as 0."""
    forward = [replace(c, torch=replace(c.torch, backward=None)) for c in counts]
    answer = page(small, forward)
    assert answer.data["measured"].keys() == {"fvcore", "fvcore_complete", "torch"}
    assert answer.tables[0].totals == 3


def more(count: dict[str, int]) -> dict[str, int]:
    """Return a count by operator that is 1 too high."""
    operator = next(iter(count))
    return {**count, operator: count[operator] + 1}


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("counter", "named"),
    [
        ("own", ["fvcore", "fvcore_complete"]),
        ("left_out", ["fvcore_complete"]),
        ("torch", ["torch"]),
    ],
)
def test_counter_that_disagrees(
    small: Recipe, counts: Sequence[Counts], which: int, counter: str, named: list[str]
) -> None:
    """One operation too many, in either network, fails the page, which names counter and sums."""
    wrong = list(counts)
    one = counts[which]
    wrong[which] = {
        "own": replace(one, fvcore=replace(one.fvcore, own=more(one.fvcore.own))),
        "left_out": replace(one, fvcore=replace(one.fvcore, left_out=more(one.fvcore.left_out))),
        "torch": replace(one, torch=replace(one.torch, forward=one.torch.forward + 1)),
    }[counter]
    answer = page(small, wrong)
    assert answer.failed
    assert [warning.split()[3] for warning in answer.warnings] == named
    assert all("THE COUNTS DISAGREE" in warning for warning in answer.warnings)
    if counter == "torch":
        assert f"is {one.torch.forward + 1:,} measured" in answer.warnings[0]
        assert f"{one.torch.forward:,} by the ledger" in answer.warnings[0]


def test_moved_bytes_are_those_of_pen_and_paper() -> None:
    """An SE block reads and writes 3CHW + 2Ch + 7C + 5h values; the table shows them in MiB.

    The map is read to be pooled, read and written to be scaled; C and h are counted once for each
    vector that is read, written, or holds biases.
    """
    gated, weights, channels, hidden = 5_519_360, 2_514_944, 15_104, 944
    moved = 4 * (3 * gated + weights + 7 * channels + 5 * hidden)
    stages = next(t for t in page(SE50).tables if "moved MiB" in t.header)
    (row,) = [row for row in stages.rows if row[0] == "all"]
    assert row[stages.header.index("moved MiB")] == moved / 2**20
