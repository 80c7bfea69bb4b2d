"""Other counters on models of the user's: what they say, and what they cannot."""

import sys
from pathlib import Path

import pytest

from se_cost.documents.flops import flops
from se_cost.measure.counting.counts import YourCounts
from se_cost.measure.counting.yours import count_yours
from se_cost.measure.models.costs import costs, resolved
from se_cost.nets.imported import Imported
from se_cost.record import replace

FILE = Path(__file__).parents[2] / "data" / "models" / "nets.py"


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the modules and folders that a test adds."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)


def of(name: str, **rest: object) -> Imported:
    """Return a model of the file."""
    found = resolved(Imported(spec=f"{FILE}:{name}", **{"input": (3, 32, 32), **rest}))  # type: ignore[arg-type]
    assert isinstance(found, Imported)
    return found


@pytest.mark.parametrize("name", ["Net", "Selected"])
def test_both_count_both_networks(name: str) -> None:
    """FlopCounterMode counts what the trace has; the backward pass is more than the forward."""
    model = of(name)
    whole = costs(model)
    found = count_yours(model, backward=True)
    assert found.missing == ()
    assert found.network["torch"] == 2 * whole.network.macs
    assert found.plain["torch"] == 2 * whole.plain.macs
    assert found.network["torch_backward"] > found.network["torch"]
    assert found.network["fvcore"] - found.plain["fvcore"] == whole.attention.macs


def test_several_inputs() -> None:
    """All of them are given; the backward pass is counted only if it is asked for."""
    found = count_yours(of("Two", others=((5,),)))
    assert found.missing == ()
    assert found.network.keys() == {"fvcore", "torch"}


def test_what_cannot_be_counted_is_said() -> None:
    """It is no error: the attention cannot be taken out, so there are no two networks."""
    model = of("Stubborn")
    found = count_yours(model)
    assert (found.network, found.plain) == ({}, {})
    assert [line.partition(" counts nothing: ")[0] for line in found.missing] == [
        "fvcore",
        "FlopCounterMode",
    ]
    document = flops(costs(model), yours=found)
    assert document.doubts == found.missing
    assert document.disagreements == ()
    assert not any(counter.measured for counter in document.counters)


def test_what_does_not_agree_is_told() -> None:
    """A total of FlopCounterMode that is not that of the trace; fvcore's is its own."""
    model = of("Net")
    right = count_yours(model)
    wrong = replace(right, network={"fvcore": 1, "torch": 5})
    assert flops(costs(model), yours=right).disagreements == ()
    (line,) = flops(costs(model), yours=wrong).disagreements
    macs = costs(model).network.macs
    assert line == f"THE COUNTS DISAGREE: torch is 5 measured, {2 * macs:,} by the trace"
    assert flops(costs(model), yours=YourCounts({}, {}, ())).disagreements == ()
