"""The document that counts computing, against figures that were found without this project."""

import pytest

from documents.every import SMALL, counted
from se_cost.documents.base import Pair
from se_cost.documents.flops import Computing, FlopsDocument, flops
from se_cost.ledger.costs import costs
from se_cost.measure.counting.counts import Counted, Counts
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50 = model("se_resnet50")
# shared/counting.md, section 1: FC weights, which are the MACs of the FCs, and sum of C*H*W
STAGES = {
    2: (24_576, 2_408_448),
    3: (131_072, 1_605_632),
    4: (786_432, 1_204_224),
    5: (1_572_864, 301_056),
}
PLAIN, WITH_SE = 3_857_973_248, 3_860_488_192
ADDED, MAPS = WITH_SE - PLAIN, 5_519_360


def of(net: Model, counts: Counted | None = None) -> FlopsDocument:
    """Return the document of a model."""
    return flops(costs(net), counts)


def test_networks() -> None:
    """Both networks have the known sums."""
    document = of(SE50)
    assert (document.baseline.macs, document.network.macs) == (PLAIN, WITH_SE)
    assert document.paper_percent == pytest.approx(100 * (ADDED + MAPS) / PLAIN)


def test_stages() -> None:
    """Each stage pools and scales every value of its maps once, and multiplies by its FCs."""
    for stage, (number, (weights, maps)) in zip(of(SE50).stages, STAGES.items(), strict=True):
        assert (stage.stage, stage.macs, stage.excite) == (number, weights, weights)
        assert (stage.squeeze, stage.scale) == (maps, maps)
        assert stage.percent == pytest.approx(100 * weights / PLAIN)


def test_sums() -> None:
    """All stages, and all but the final one, are the sums of the stages."""
    document = of(SE50)
    for added, stages in (
        (document.attention, document.stages),
        (document.without_final_stage, document.stages[:3]),
    ):
        for name in Computing.__struct_fields__:
            whole = getattr(added, name)
            assert whole == pytest.approx(sum(getattr(stage, name) for stage in stages))


def test_moved_bytes_are_those_of_pen_and_paper() -> None:
    """An SE block reads and writes 3CHW + 2Ch + 7C + 5h values of four bytes.

    The map is read to be pooled, read and written to be scaled; C and h are counted once for each
    vector that is read, written, or holds biases.
    """
    document, channels, hidden = of(SE50), 15_104, 944
    assert document.attention.bytes == 4 * (3 * MAPS + ADDED + 7 * channels + 5 * hidden)
    assert (document.network.bytes or 0) - (document.baseline.bytes or 0) == (
        document.attention.bytes
    )


def test_counters() -> None:
    """Every convention counts both networks; the totals of the network are in `conventions`."""
    document = of(SE50)
    counters = {counter.name: counter for counter in document.counters}
    assert {name: counter.network for name, counter in counters.items()} == document.conventions
    known = {
        "macs": (WITH_SE, PLAIN, ADDED),
        "flops": (2 * WITH_SE, 2 * PLAIN, 2 * ADDED),
        "paper": (WITH_SE + MAPS, PLAIN, ADDED + MAPS),
        "torch": (2 * WITH_SE, 2 * PLAIN, 2 * ADDED),
    }
    for name, figures in known.items():
        counter = counters[name]
        assert (counter.network, counter.baseline, counter.attention) == figures
    for counter in document.counters:
        assert counter.attention == counter.network - counter.baseline
        assert counter.percent == pytest.approx(100 * counter.attention / counter.baseline)
        assert counter.counts
        assert not counter.measured


def test_operators() -> None:
    """Operators add up to both networks, and the attention is 16 blocks of two FCs."""
    document = of(SE50)
    operators = {one.operator: one for one in document.operators}
    assert sum(one.network.macs for one in document.operators) == WITH_SE
    assert sum(one.attention.macs for one in document.operators) == ADDED
    assert sum(one.network.bytes for one in document.operators) == document.network.bytes
    assert sum(one.attention.bytes for one in document.operators) == document.attention.bytes
    assert operators["conv"].network.layers == 53
    assert operators["conv"].network.macs == PLAIN - 2_048_000
    assert operators["add"].network.layers == 16
    assert operators["linear"].network.layers == 33
    assert operators["linear"].network.macs == 2_048_000 + ADDED
    assert operators["linear"].attention.layers == 32
    assert (operators["scale"].attention.layers, operators["scale"].attention.elements) == (
        *(16, MAPS),
    )


def test_plain_network() -> None:
    """Without attention nothing grows."""
    document = of(model("resnet50"))
    assert (document.attention.macs, document.stages, document.final_stage) == (0, (), None)
    assert {counter.attention for counter in document.counters} == {0}


def test_measured() -> None:
    """What the counters measured is there of both networks, and agrees."""
    document = of(SMALL, counted(SMALL))
    assert isinstance(document.measured, dict)
    assert list(document.measured) == ["fvcore", "fvcore_complete", "torch", "torch_backward"]
    torch = document.measured["torch"]
    assert torch == Pair(2 * document.network.macs, 2 * document.baseline.macs)
    assert document.measured["fvcore"].network == document.conventions["fvcore"]
    run = [counter for counter in document.counters if counter.measured]
    assert {counter.name: Pair(counter.network, counter.baseline) for counter in run} == (
        document.measured
    )
    assert not document.failed


def test_without_backward_there_is_nothing_of_it() -> None:
    """A pass that was not counted is left out, not shown as 0."""
    document = of(SMALL, counted(SMALL, backward=False))
    assert isinstance(document.measured, dict)
    assert list(document.measured) == ["fvcore", "fvcore_complete", "torch"]


def test_real_counters_agree() -> None:
    """What fvcore and torch count in the built modules is what the ledger explains."""
    from se_cost.measure.counting.side_by_side import count

    (counts,) = count([SMALL], backward=True)
    document = of(SMALL, counts)
    assert document.disagreements == ()
    assert isinstance(document.measured, dict)
    assert document.measured["torch"].network == 2 * document.network.macs


def more(counts: Counts, counter: str) -> Counts:
    """Return counts in which one counter counts one operation too many."""
    fvcore, torch = counts.fvcore, counts.torch
    if counter == "torch":
        return replace(counts, torch=replace(torch, forward=torch.forward + 1))
    operators = getattr(fvcore, counter)
    first = next(iter(operators))
    wrong = {**operators, first: operators[first] + 1}
    return replace(counts, fvcore=replace(fvcore, **{counter: wrong}))


@pytest.mark.parametrize("which", ["network", "plain"])
@pytest.mark.parametrize(
    ("counter", "named"),
    [
        ("own", ["fvcore", "fvcore_complete"]),
        ("left_out", ["fvcore_complete"]),
        ("torch", ["torch"]),
    ],
)
def test_counter_that_disagrees(which: str, counter: str, named: list[str]) -> None:
    """One operation too many, in either network, fails and names the counter and both sums."""
    right = counted(SMALL)
    one = getattr(right, which)
    document = of(SMALL, replace(right, **{which: more(one, counter)}))
    assert document.failed
    assert [sentence.split()[3] for sentence in document.disagreements] == named
    if counter == "torch":
        assert document.disagreements[0] == (
            f"THE COUNTS DISAGREE: torch is {one.torch.forward + 1:,} measured, "
            f"{one.torch.forward:,} by the ledger"
        )
