"""The records of a baseline: counts that add up, and times that say what they depend on."""

from typing import Any

import msgspec
import pytest
from gate.budgeted import SMALL, elsewhere, entry, params_of, timed

from se_cost.documents.baseline import (
    BaselineDocument,
    Conditions,
    Count,
    Entry,
    TimeEntry,
)
from se_cost.documents.files import encode, parse
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.nets.zoo.model import model
from se_cost.record import replace


def test_percent_is_of_the_plain_network() -> None:
    """SE with r = 16 adds 9.9 % to the parameters of ResNet-50."""
    assert params_of(model("se_resnet50")).percent == pytest.approx(100 * 2_530_992 / 25_557_032)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network": 101}, "the stages sum to 100, but the network has 101"),
        ({"stages": {"head": 100, "stage2": 1}}, "the stages sum to 101, but the network has 100"),
        ({"plain": 91}, "attention sums to 10, but the network has 9 more"),
        ({"attention": {"stage2": 11}}, "attention sums to 11, but the network has 10 more"),
        ({"plain": 0}, "the plain network counts 0, so nothing can be compared with it"),
    ],
)
def test_counts_that_do_not_add_up(changes: dict[str, Any], message: str) -> None:
    """A total that is not the sum of its parts was edited by hand, or merged badly."""
    good: dict[str, Any] = {
        "network": 100,
        "plain": 90,
        "stages": {"head": 60, "stage2": 40},
        "attention": {"stage2": 10},
    }
    assert Count(**good)
    with pytest.raises(ValueError, match=message):
        Count(**good | changes)
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(good | changes, Count)


def test_parts_that_are_not_known_are_not_summed() -> None:
    """Documents of `params` and `flops` know those of the attention, or none."""
    assert Count(100, 90, {}, {}).percent == pytest.approx(100 / 9)


@pytest.mark.parametrize("value", [-1, 2**63, 1.5, "1", True, None])
@pytest.mark.parametrize("key", ["network", "plain", "stages", "attention"])
def test_figures_that_are_no_counts(key: str, value: object) -> None:
    """Every figure is a whole number that a network can have."""
    good: dict[str, Any] = {"network": 2, "plain": 1, "stages": {}, "attention": {}}
    broken = good | {key: {"head": value} if key in ("stages", "attention") else value}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(broken, Count)


def test_settings_as_usual_are_left_out_of_the_json() -> None:
    """Those that always matter are told, and what is unusual beside them."""
    usual = timed().settings
    assert msgspec.to_builtins(usual) == {
        "mode": "infer",
        "batch": 1,
        "dtype": "float32",
        "layout": "nchw",
    }
    compiled = timed(settings=Settings(compile=True, nproc=2)).settings
    assert msgspec.to_builtins(compiled) == {
        **msgspec.to_builtins(usual),
        "compile": True,
        "nproc": 2,
    }


def test_what_is_usual_is_as_when_measuring() -> None:
    """Every setting but device, threads and seed is a condition, with the same default."""
    settings = Settings()
    apart = {"device", "threads", "seed"}
    assert set(Conditions.__struct_fields__) == set(Settings.__struct_fields__) - apart
    usual = Conditions(settings.mode, settings.batch, settings.dtype, settings.layout)
    for name in Conditions.__struct_fields__:
        assert getattr(usual, name) == getattr(settings, name)


def test_what_must_be_the_same_for_times_to_compare() -> None:
    """Mode, options and environment count; the seed does not."""
    time = timed()
    assert timed(settings=Settings(seed=7, device="cpu", threads=4)).where == time.where
    for settings in (Settings(mode=Mode.TRAIN), Settings(batch=2), Settings(compile=True)):
        assert timed(settings=settings).where != time.where
    assert elsewhere(time, torch="3.0").where != time.where


def test_an_interval_of_a_conclusive_time() -> None:
    """Its bounds lie on both sides of the estimate."""
    low, high = timed(overhead=10).interval or (0, 0)
    assert low < 10 < high


@pytest.mark.parametrize(
    "changes", [{"low": None}, {"high": None}, {"verdict": TimeVerdict.INCONCLUSIVE}]
)
def test_no_interval_unless_conclusive(changes: dict[str, Any]) -> None:
    """Too few samples, or an inconclusive verdict, prove nothing."""
    assert timed(**changes).interval is None


def test_entries_hold_what_is_known() -> None:
    """Counts are by their keys; what is not known is left out."""
    whole = entry(SMALL, timed())
    assert list(whole.counts) == ["params", "macs", "activation_bytes"]
    assert list(replace(whole, macs=None).counts) == ["params", "activation_bytes"]
    assert Entry(SMALL).counts == {}


def test_a_time_that_lacks_its_optional_parts() -> None:
    """Peak memory, and the network without its final stage, came with later versions."""
    time = replace(timed(), final_stage=None, without_final_stage=None)
    raw = msgspec.to_builtins(time)
    assert set(raw) == {"settings", "environment", "baseline", "network", "overhead"}
    assert set(raw["network"]) == {"median_ms"}
    assert msgspec.convert(raw, TimeEntry) == time


def test_a_baseline_comes_back() -> None:
    """As it was, times included."""
    document = BaselineDocument(networks={"a": entry(SMALL, timed(peak_memory=5)), "b": entry()})
    assert parse(encode(document).encode(), "file") == document
