"""The document of a timed comparison, made of timings whose truth is known."""

import json

import pytest
from measure.made_up import ENVIRONMENT, full, timing
from msgspec import UNSET

from documents.every import both_ways, exchanging, weighed
from se_cost.documents.files import encode
from se_cost.documents.time import Arm, BatchesDocument, Rule, TimeDocument, batches, timed
from se_cost.measure.fuse.record import How
from se_cost.measure.timing.arms import BASELINE, FUSED, NETWORK, TRIMMED
from se_cost.measure.timing.launches import launches
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.measure.timing.verdict import Overhead, TimeVerdict
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50 = model("se_resnet50")


def overhead(arm: Arm | None) -> Overhead:
    """Return the overhead of a network that has one."""
    assert arm is not None
    assert isinstance(arm.overhead, Overhead)
    return arm.overhead


def test_the_truth_is_found() -> None:
    """The plain network takes 10 ms, with SE 10 % more, without the final stage 4 % more."""
    document = timed(timing(SE50))
    assert document.baseline.median_ms == pytest.approx(10)
    assert document.baseline.images_per_second == pytest.approx(100)
    assert document.network.median_ms == pytest.approx(11, rel=2e-3)
    assert document.without_final_stage is not None
    assert document.without_final_stage.median_ms == pytest.approx(10.4, rel=2e-3)
    for arm, truth in ((document.network, 10), (document.without_final_stage, 4)):
        found = overhead(arm)
        assert found.percent == pytest.approx(truth, abs=0.1)
        assert found.low is not None
        assert found.high is not None
        assert truth - 0.3 < found.low < truth < found.high < truth + 0.3
        assert found.verdict is TimeVerdict.SLOWER
    assert document.overhead == document.network.overhead
    assert document.baseline.overhead is UNSET


def test_throughput_counts_every_image_of_a_batch() -> None:
    """Eight images in 10 ms are 800 a second."""
    document = timed(timing(SE50, Settings(batch=8)))
    assert document.baseline.images_per_second == pytest.approx(800)


@pytest.mark.parametrize(
    ("truth", "verdict"), [(1.1, "slower"), (0.9, "faster"), (1.0, "same"), (1.005, "inconclusive")]
)
def test_verdicts(truth: float, verdict: str) -> None:
    """Outside the margin, within it, or on its edge."""
    document = timed(timing(SE50, truth={NETWORK: truth, TRIMMED: 1.0}))
    assert document.overhead.verdict == verdict


def test_noise_is_that_of_a_network_against_itself() -> None:
    """Without drift both contrasts read 0."""
    document = timed(timing(SE50))
    assert document.null.percent == pytest.approx(0, abs=1e-9)
    assert document.drift.percent == pytest.approx(0, abs=1e-9)


def test_too_few_quads_for_an_interval() -> None:
    """With five there is a value, no bounds, and no verdict."""
    found = timed(timing(SE50, quads=5)).overhead
    assert (found.low, found.high, found.verdict) == (None, None, TimeVerdict.INCONCLUSIVE)


def test_what_it_depends_on() -> None:
    """Settings and environment, all of them."""
    settings = Settings(mode=Mode.TRAIN, batch=4)
    document = timed(timing(SE50, settings))
    assert (document.settings, document.environment) == (settings, ENVIRONMENT)
    assert document.recipe == SE50
    assert (document.quick, document.self_check) == (True, False)


def test_raw_samples() -> None:
    """Every timing that was taken is there, so that others can compute their own statistics."""
    run = timing(SE50, quads=7)
    document = timed(run)
    assert list(document.samples.quads) == run.run.quads
    assert len(document.samples.quads) == 14
    flags = (document.samples.warm, document.samples.complete, document.samples.interrupted)
    assert flags == (True, True, False)
    assert (document.samples.iterations, document.samples.preempted) == (5, 3)


def test_how_much_was_measured() -> None:
    """Processes, and why there are no more; the quick protocol has no rule."""
    protocol = timed(full(SE50, processes=12, lost=1, reason="killed")).protocol
    assert (protocol.processes, protocol.lost, protocol.stop) == (12, 1, Stop.TARGET)
    assert protocol.reason == "killed"
    assert protocol.rule == Rule(target_percent=1, max_time=600, at_least=10, at_most=100)
    assert timed(timing(SE50)).protocol.rule is None


def test_one_stage_of_attention_has_no_trimmed_network() -> None:
    """Where the final stage is the only one, there is nothing between plain and full."""
    document = timed(timing(model("se_resnet50", stages=(4,)), truth={NETWORK: 1.1}))
    assert (document.without_final_stage, document.final_stage, document.ladder) == (None, 4, ())


def test_the_ladder_says_what_was_dropped() -> None:
    """Every network but the plain and the full one is a rung."""
    (rung,) = timed(timing(SE50)).ladder
    assert rung.dropped == (5,)
    assert rung.overhead == overhead(timed(timing(SE50)).without_final_stage)


def test_a_fused_network_says_how() -> None:
    """It has all stages; a network that is not fused says nothing."""
    truth = {NETWORK: 1.1, TRIMMED: 1.04, FUSED: 1.02, "fused_weights": 1.03}
    rungs = timed(timing(SE50, truth=truth)).ladder
    assert [(rung.dropped, rung.fused) for rung in rungs] == [
        *(((5,), UNSET), ((), How.AUTO), ((), How.WEIGHTS))
    ]


def test_memory_and_energy() -> None:
    """Each network has its own, in bytes and in joules; what was not measured is left out."""
    document = timed(weighed(timing(SE50)))
    for i, arm in enumerate((document.baseline, document.network, document.without_final_stage), 1):
        assert arm is not None
        assert arm.peak_memory_bytes == i * 2**30
        assert arm.peak_reserved_bytes == i * 2**31
        assert (arm.joules_per_image, arm.joules_low, arm.joules_high) == (i / 4, i / 5, i / 3)
    bare = json.loads(encode(timed(timing(SE50))))["network"]
    assert bare.keys() == {"median_ms", "images_per_second", "overhead"}


def test_launches() -> None:
    """In per cent of the eager plain network; what attention costs without them stands beside."""
    document = timed(both_ways(SE50))
    assert [(rung.replayed, rung.dropped) for rung in document.ladder] == [
        *((True, (5, 4, 3, 2)), (True, ()))
    ]
    assert document.launches == launches(both_ways(SE50).run)
    assert timed(timing(SE50)).launches is None


def test_the_all_reduce_of_gradients() -> None:
    """A step of 250 ms, 195 without it on the slower rank, waits for 55."""
    document = timed(exchanging(timing(SE50, Settings(batch=2, nproc=2))))
    assert list(document.exchanges) == [BASELINE, NETWORK, TRIMMED]
    exchange = document.exchanges[NETWORK]
    figures = (exchange.step_ms, exchange.without_ms, exchange.exposed_ms)
    assert figures == pytest.approx((250, 195, 55))
    assert exchange.ranks_ms == pytest.approx((190, 195))
    assert exchange.straggler is None
    assert exchange.samples.without == ((0.190, 0.195),)


def test_the_batch_that_was_asked_for() -> None:
    """It stands beside the one that was timed; mostly they are the same."""
    run = timing(SE50, Settings(batch=128))
    assert timed(run).asked_batch == 128
    shrunk = timed(replace(run, asked=256))
    assert (shrunk.asked_batch, shrunk.settings.batch) == (256, 128)


def test_doubts_are_in_the_json() -> None:
    """A job that reads the json sees what casts doubt on it."""
    assert timed(timing(SE50)).doubts == ()
    (doubt,) = json.loads(encode(timed(timing(SE50, warm=False))))["doubts"]
    assert doubt.startswith("the timings had not become steady")


def test_several_batches() -> None:
    """One document holds those of all batches, and says of which batch a doubt is."""
    runs = [timing(SE50), timing(SE50, Settings(batch=8), warm=False)]
    document = batches(runs)
    assert isinstance(document, BatchesDocument)
    assert document.batches == tuple(map(timed, runs))
    assert document.recipe == SE50
    assert [doubt.partition(":")[0] for doubt in document.doubts] == ["batch 8"]


def test_one_batch_is_a_document_of_its_own() -> None:
    """There is no list of one."""
    document = batches([timing(SE50)])
    assert isinstance(document, TimeDocument)
    assert document == timed(timing(SE50))
