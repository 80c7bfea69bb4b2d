"""The page of a timed comparison, made of timings whose truth is known."""

import json
from dataclasses import replace
from typing import Any

import pytest

from report.made_up import ENVIRONMENT, full, timing
from se_cost.measure.exchange import Exchange
from se_cost.measure.peaks import Peak
from se_cost.measure.quads import Quad
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.measure.settings import DType, Mode, Settings
from se_cost.nets.registry import recipe
from se_cost.report import doubts, time
from se_cost.report.formats import as_json
from se_cost.report.time import basis, heading, name, page, sentence

SE50 = recipe("se_resnet50")
NUMBER = (int, float)


def test_rows_tell_the_truth() -> None:
    """The plain network takes 10 ms, with SE 10 % more, without the final stage 4 % more."""
    plain, network, trimmed = page(timing(SE50)).tables[0].rows
    assert plain == ("ResNet-50", pytest.approx(10), pytest.approx(100), *[None] * 4)
    assert network[0] == "SE-ResNet-50"
    assert network[1:4] == pytest.approx((11, 1000 / 11, 10), rel=2e-3)
    assert trimmed[0] == "without stage 5"
    assert trimmed[1:4] == pytest.approx((10.4, 1000 / 10.4, 4), rel=2e-3)
    assert (network[6], trimmed[6]) == ("slower", "slower")


def test_intervals_hold_the_truth_and_are_as_wide_as_the_scatter() -> None:
    """Both bounds lie around the truth, no further than the timings scatter."""
    for row, truth in zip(page(timing(SE50)).tables[0].rows[1:], (10, 4), strict=True):
        low, high = row[4:6]
        assert isinstance(low, float)
        assert isinstance(high, float)
        assert truth - 0.3 < low < truth < high < truth + 0.3


def test_throughput_counts_every_image_of_a_batch() -> None:
    """Eight images in 10 ms are 800 a second."""
    plain = page(timing(SE50, Settings(batch=8))).tables[0].rows[0]
    assert plain[1:3] == pytest.approx((10, 800))


def test_noise_is_that_of_the_same_network_against_itself() -> None:
    """Without drift the check reads 0, and says that it should."""
    null, drift = page(timing(SE50)).tables[1].rows
    assert null[0] == "null (A/A)"
    assert null[1] == pytest.approx(0, abs=1e-9)
    assert drift[1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("truth", "verdict"), [(1.1, "slower"), (0.9, "faster"), (1.0, "same"), (1.005, "inconclusive")]
)
def test_verdicts(truth: float, verdict: str) -> None:
    """Table, sentence and json give the same verdict."""
    run = timing(SE50, truth={NETWORK: truth, TRIMMED: 1.0})
    answer = page(run)
    assert answer.tables[0].rows[1][6] == verdict
    assert sentence(run).endswith(f": {verdict}.")
    assert answer.data["overhead"]["verdict"] == verdict


def test_sentence() -> None:
    """The overhead, its interval and what it stands beside are said in one sentence."""
    run = timing(SE50)
    change = run.overhead(NETWORK).percent
    assert sentence(run) == (
        f"{change.value:+.2f} % time beside ResNet-50 "
        f"(95 % interval {change.low:+.2f} to {change.high:+.2f}): slower."
    )
    assert sentence(run).startswith("+10.0")
    assert sentence(run) in page(run).lines[0]
    assert time.QUICK in page(run).lines


def test_too_few_quads_for_an_interval() -> None:
    """With five quads there is a value, no interval, no verdict, and a warning."""
    run = timing(SE50, quads=5)
    answer = page(run)
    assert answer.tables[0].rows[1][4:] == (None, None, "inconclusive")
    assert "(no interval): inconclusive." in sentence(run)
    assert answer.warnings == (doubts.TOO_FEW,)
    assert answer.data["overhead"]["low"] is None


@pytest.mark.parametrize(
    ("went", "warnings"),
    [
        ({}, ()),
        ({"warm": False}, (doubts.NOT_WARM,)),
        ({"complete": False}, (doubts.NOT_COMPLETE,)),
        ({"complete": False, "interrupted": True}, (doubts.INTERRUPTED,)),
        ({"complete": False, "warm": False}, (doubts.NOT_COMPLETE, doubts.NOT_WARM)),
    ],
)
def test_warnings(went: dict[str, Any], warnings: tuple[str, ...]) -> None:
    """Whatever casts doubt on a run is said, and nothing else is."""
    assert page(timing(SE50, **went)).warnings == warnings


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), "Inference of one image, float32, nchw, on A | processor (4 threads, torch"),
        (
            Settings(batch=8, mode=Mode.TRAIN),
            "Forward, loss and backward pass of 8 images, float32",
        ),
    ],
)
def test_heading(settings: Settings, words: str) -> None:
    """The table says what was run, on what."""
    assert heading(timing(SE50, settings)).startswith(words)


def test_names_of_arms() -> None:
    """Arms are called as people call the networks."""
    run = timing(recipe("se_resnet50", drop_stages=(5,)))
    assert [name(run, arm) for arm in (BASELINE, NETWORK, TRIMMED)] == [
        *("ResNet-50", "SE-ResNet-50", "without stage 4")
    ]


def test_data() -> None:
    """The json has every key of the contract, with a number where a number is due."""
    run = timing(SE50)
    data: dict[str, Any] = json.loads(as_json(page(run)))
    assert (data["schema_version"], data["command"]) == (1, "time")
    assert data["recipe"]["arch"] == "se_resnet50"
    assert data["baseline"]["median_ms"] == pytest.approx(10)
    assert data["network"]["median_ms"] == pytest.approx(11, rel=2e-3)
    for overhead in (data["overhead"], data["without_final_stage"]["overhead"]):
        assert isinstance(overhead["percent"], NUMBER)
        assert overhead["low"] < overhead["percent"] < overhead["high"]
        assert overhead["verdict"] == "slower"
    assert data["network"]["overhead"] == data["overhead"]
    assert data["without_final_stage"]["median_ms"] == pytest.approx(10.4, rel=2e-3)
    assert data["null"].keys() == {"percent", "low", "high"}
    assert isinstance(data["null"]["percent"], NUMBER)
    assert data["environment"] == ENVIRONMENT
    assert data["settings"] == {
        "device": "auto",
        "mode": "infer",
        "batch": 1,
        "dtype": "float32",
        "layout": "nchw",
        "threads": None,
        "seed": 0,
        **dict.fromkeys(("autocast", "compile", "cuda_graphs", "fold_norms", "optimizer"), False),
        "nproc": 1,
    }


def test_raw_samples_are_in_the_data() -> None:
    """Every timing that was taken is there, so that others can compute their own statistics."""
    run = timing(SE50, quads=7)
    samples = json.loads(as_json(page(run)))["samples"]
    assert len(samples["quads"]) == 14
    for quad, taken in zip(samples["quads"], run.run.quads, strict=True):
        assert quad == {
            "process": 0,
            "arm": taken.arm,
            "reverse": taken.reverse,
            "seconds": list(taken.seconds),
        }
    flags = {name: samples[name] for name in ("warm", "complete", "interrupted")}
    assert flags == {"warm": True, "complete": True, "interrupted": False}
    assert (samples["iterations"], samples["preempted"]) == (5, 3)


def test_one_stage_of_attention_has_no_trimmed_network() -> None:
    """Where the final stage is the only one, there is nothing between plain and full."""
    run = timing(recipe("se_resnet50", stages=(4,)), truth={NETWORK: 1.1})
    answer = page(run)
    assert [row[0] for row in answer.tables[0].rows] == ["ResNet-50", "SE-ResNet-50"]
    assert answer.data["without_final_stage"] is None
    assert answer.data["final_stage"] == 4


def test_a_restless_machine_is_named() -> None:
    """Where the network differs from itself, the run is doubted."""
    run = timing(SE50, quads=8)
    (process,) = run.run.processes
    bent = [Quad(q.arm, q.reverse, (*q.seconds[:3], 1.05 * q.seconds[3])) for q in run.run.quads]
    samples = replace(process.samples, quads=tuple(bent))
    other = replace(run.run, processes=(replace(process, samples=samples),))
    restless = replace(run, run=other)
    assert (restless.null.low or 0) > 0
    assert page(restless).warnings == (doubts.RESTLESS,)


def test_heading_names_what_changes_the_numbers() -> None:
    """Float32 on a GPU may convolve in TF32, other types never do."""
    gpu = ENVIRONMENT | {"device": "cuda", "cudnn_tf32": 1, "threads": 1}

    def on_gpu(dtype: DType) -> str:
        run = timing(SE50, Settings(dtype=dtype))
        (process,) = run.run.processes
        moved = replace(run.run, processes=(replace(process, environment=gpu),))
        return heading(replace(run, run=moved))

    assert on_gpu(DType.FLOAT32).endswith("(1 thread, TF32 convolutions, torch 2.99)")
    assert on_gpu(DType.BFLOAT16).endswith("(1 thread, torch 2.99)")


def exchanging(steps: float, alone: dict[str, float]) -> Timing:
    """Return a timing in which rank 1 takes 5 ms more than rank 0; `alone` is of rank 0, by arm."""
    run = timing(SE50, Settings(batch=2, mode=Mode.TRAIN, nproc=2))
    (process,) = run.run.processes
    of = {
        arm: Exchange(((steps, steps),), ((seconds, seconds + 0.005),))
        for arm, seconds in alone.items()
    }
    return replace(run, run=replace(run.run, processes=(replace(process, exchanges=of),)))


ALONE = {BASELINE: 0.180, NETWORK: 0.190, TRIMMED: 0.185}


def test_the_exchange_of_gradients_is_told() -> None:
    """A step of 250 ms, 185 without exchange on the slower rank, waits for 65."""
    answer = page(exchanging(0.250, ALONE))
    rows = answer.tables[2].rows
    assert [row[0] for row in rows] == ["ResNet-50", "SE-ResNet-50", "without stage 5"]
    assert rows[0][1:4] == pytest.approx((250, 185, 65))
    assert rows[1][1:4] == pytest.approx((250, 195, 55))
    assert rows[1][4] == "190.00, 195.00"
    data = answer.data["exchanges"]
    assert list(data) == [BASELINE, NETWORK, TRIMMED]
    told = [data[NETWORK][key] for key in ("step_ms", "without_ms", "exposed_ms")]
    assert told == pytest.approx([250, 195, 55])
    assert data[NETWORK]["ranks_ms"] == pytest.approx([190, 195])
    assert data[NETWORK]["straggler"] is None
    assert data[NETWORK]["samples"]["without"] == ((0.190, 0.195),)


def test_memory_and_energy_stand_beside_the_times() -> None:
    """Each network has its own, in MiB and in joules; the json has them in bytes."""
    peaks = {arm: Peak(i * 2**30, i * 2**31) for i, arm in enumerate(ALONE, 1)}
    joules = {arm: i / 4 for i, arm in enumerate(ALONE, 1)}
    answer = page(replace(timing(SE50), peaks=peaks, joules=joules))
    table = answer.tables[0]
    found = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    assert [row["peak MiB"] for row in found] == [1024, 2048, 3072]
    assert [row["J/image"] for row in found] == [0.25, 0.5, 0.75]
    for arm, i in (("baseline", 1), ("network", 2), ("without_final_stage", 3)):
        told = answer.data[arm]
        assert told["peak_memory_bytes"] == i * 2**30
        assert told["peak_reserved_bytes"] == i * 2**31
        assert told["joules_per_image"] == i / 4


def test_how_much_was_measured() -> None:
    """Processes, quads of each network, the target and the end of it, in words and as data."""
    run = full(SE50, processes=12, quads=5)
    assert basis(run) == (
        "12 fresh processes, 60 comparisons of four timings for each network, "
        "until every interval was within the target of ±1 %."
    )
    told = page(run).data["protocol"]
    assert (told["processes"], told["lost"], told["stop"]) == (12, 0, "target")
    assert told["rule"]["target_percent"] == 1
    assert basis(timing(SE50)) == time.QUICK
    assert page(timing(SE50)).data["protocol"]["rule"] is None


def test_the_batch_that_was_asked_for() -> None:
    """It is told beside the one that was timed; mostly they are the same."""
    run = timing(SE50, Settings(batch=128))
    assert page(run).data["asked_batch"] == 128
    shrunk = page(replace(run, asked=256)).data
    assert (shrunk["asked_batch"], shrunk["settings"]["batch"]) == (256, 128)
