"""The page of a timed comparison, made of timings whose truth is known."""

import pytest
from documents.every import SE50, exchanging, weighed
from measure.made_up import ENVIRONMENT, full, timing

from report.pages.tables import column, row, sentences, titled
from se_cost.documents.doubts import NOT_WARM, TOO_FEW
from se_cost.documents.time import TimeDocument, timed
from se_cost.measure.timing.arms import NETWORK, TRIMMED, itself, ladder
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import DType, Mode, Settings
from se_cost.measure.timing.statistics import Estimate
from se_cost.measure.timing.verdict import overhead
from se_cost.nets.imported import Removal
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.pages.time import PAIRED, QUICK, REMOVED, basis, heading, page, sentence

DOCUMENT = timed(timing(SE50))
NOISE, ALL_REDUCE = "Noise", "All-reduce"


def test_rows_tell_the_truth() -> None:
    """The plain network takes 10 ms, with SE 10 % more, without the final stage 4 % more."""
    plain, network, trimmed = page(DOCUMENT).tables[0].rows
    assert plain == ("ResNet-50", pytest.approx(10), pytest.approx(100), *[None] * 4)
    assert network[0] == "SE-ResNet-50"
    assert network[1:4] == pytest.approx((11, 1000 / 11, 10), rel=2e-3)
    assert trimmed[0] == "without stage 5"
    assert trimmed[1:4] == pytest.approx((10.4, 1000 / 10.4, 4), rel=2e-3)
    assert (network[6], trimmed[6]) == ("slower", "slower")


def test_intervals_stand_beside_their_overheads() -> None:
    """Those of the document."""
    table = page(DOCUMENT).tables[0]
    assert column(table, "low")["SE-ResNet-50"] == DOCUMENT.overhead.low
    assert column(table, "high")["SE-ResNet-50"] == DOCUMENT.overhead.high


def test_noise() -> None:
    """The check reads 0, and says that it should."""
    null = row(titled(page(DOCUMENT), NOISE), "null (A/A)")
    assert null["change %"] == pytest.approx(0, abs=1e-9)
    assert (null["low"], null["high"]) == (DOCUMENT.null.low, DOCUMENT.null.high)
    assert str(null["what it should be"]).startswith("0")
    drift = row(titled(page(DOCUMENT), NOISE), "drift")
    assert drift["change %"] == DOCUMENT.drift.percent


@pytest.mark.parametrize(
    ("truth", "verdict"), [(1.1, "slower"), (0.9, "faster"), (1.0, "same"), (1.005, "inconclusive")]
)
def test_verdicts(truth: float, verdict: str) -> None:
    """Table and sentence give the same one."""
    document = timed(timing(SE50, truth={NETWORK: truth, TRIMMED: 1.0}))
    assert row(page(document).tables[0], "SE-ResNet-50")["verdict"] == verdict
    said = f": {verdict}, but no more than" if verdict == "inconclusive" else f": {verdict}."
    assert said in sentence(document)


def test_sentence() -> None:
    """The overhead, its interval and what it stands beside are said in one sentence."""
    change = DOCUMENT.overhead
    assert sentence(DOCUMENT) == (
        f"{change.percent:+.2f} % time beside ResNet-50 "
        f"(95 % interval {change.low:+.2f} to {change.high:+.2f}): slower."
    )
    assert sentence(DOCUMENT).startswith("+10.0")
    assert sentences(page(DOCUMENT)) == [
        f"SE-ResNet-50, r = 16, input 3x224x224: {sentence(DOCUMENT)}",
        QUICK,
        PAIRED,
    ]


def test_without_an_interval_it_is_said() -> None:
    """With five quads there is a value, no interval, no verdict, and a warning."""
    document = timed(timing(SE50, quads=5))
    assert document.overhead.percent is None
    assert page(document).tables[0].rows[1][3:] == (None, None, None, "not measured well enough")
    assert sentence(document).startswith("not measured well enough: too few comparisons")
    assert "run it again on a quiet machine, or with a longer --max-time" in sentence(document)
    assert page(document).warnings == [TOO_FEW]


def test_a_remedy_is_named_once() -> None:
    """A doubt that ends with one is not followed by another."""
    document = replace(DOCUMENT, overhead=overhead(Estimate(0, None, None)), doubts=(NOT_WARM,))
    assert sentence(document) == f"not measured well enough: {NOT_WARM}."


def of_itself(percent: float) -> TimeDocument:
    """Return a network against itself, which seems slower by some per cent."""
    run = timing(SE50, truth={NETWORK: 1 + percent / 100})
    return timed(replace(run, networks=itself(SE50)))


def test_a_network_against_itself() -> None:
    """It is named twice, and it is said whether zero is in the interval."""
    document = of_itself(0)
    assert [row[0] for row in page(document).tables[0].rows] == [
        *("SE-ResNet-50", "the same, built again")
    ]
    assert sentence(document).endswith(": contains zero.")
    assert "beside itself (95 % interval" in sentence(document)
    assert sentence(of_itself(3)).endswith(": excludes zero, as in 1 run of 20.")


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
    document = timed(timing(SE50, settings))
    assert heading(document).startswith(words)
    assert page(document).tables[0].title == heading(document)


def test_heading_names_what_changes_the_numbers() -> None:
    """Float32 on a GPU may convolve in TF32, other types never do."""
    gpu = replace(ENVIRONMENT, device="cuda", cudnn_tf32=1, threads=1)

    def on_gpu(dtype: DType) -> str:
        return heading(replace(timed(timing(SE50, Settings(dtype=dtype))), environment=gpu))

    assert on_gpu(DType.FLOAT32).endswith("(1 thread, TF32 convolutions, torch 2.99)")
    assert on_gpu(DType.BFLOAT16).endswith("(1 thread, torch 2.99)")


def test_names_of_arms() -> None:
    """Networks are called as people call them, also those of a ladder."""
    dropped = model("se_resnet50", drop_stages=(5,))
    names = [row[0] for row in page(timed(timing(dropped))).tables[0].rows]
    assert names == ["ResNet-50", "SE-ResNet-50", "without stage 4"]
    networks = ladder(SE50)
    (result,) = timing(SE50).run.processes
    quads = tuple(
        replace(quad, arm=arm) for quad in result.quads for arm in networks if arm != "baseline"
    )
    run = replace(timing(SE50).run, processes=(replace(result, quads=quads),))
    rungs = timed(replace(timing(SE50), networks=networks, run=run))
    assert [row[0] for row in page(rungs).tables[0].rows][2:] == [
        *("without stage 5", "without stages 5, 4", "without stages 5, 4, 3")
    ]


def test_one_stage_of_attention() -> None:
    """Where the final stage is the only one, there is nothing between plain and full."""
    document = timed(timing(model("se_resnet50", stages=(4,)), truth={NETWORK: 1.1}))
    assert [row[0] for row in page(document).tables[0].rows] == ["ResNet-50", "SE-ResNet-50"]


def test_memory_and_energy_stand_beside_the_times() -> None:
    """Each network has its own, in MiB and in joules; where neither was measured, no columns."""
    table = page(timed(weighed(timing(SE50)))).tables[0]
    assert [*column(table, "peak MiB").values()] == [1024, 2048, 3072]
    assert [*column(table, "J/image").values()] == [0.25, 0.5, 0.75]
    assert [*column(table, "least J").values()] == [0.2, 0.4, 0.6]
    assert [*column(table, "most J").values()] == pytest.approx([1 / 3, 2 / 3, 1])
    assert not {"peak MiB", "J/image", "least J"} & {*page(DOCUMENT).tables[0].header}


def test_the_all_reduce_of_gradients() -> None:
    """A step of 250 ms, 195 without it on the slower rank, waits for 55."""
    document = timed(exchanging(timing(SE50, Settings(batch=2, mode=Mode.TRAIN, nproc=2))))
    table = titled(page(document), ALL_REDUCE)
    assert [row[0] for row in table.rows] == ["ResNet-50", "SE-ResNet-50", "without stage 5"]
    cells = row(table, "SE-ResNet-50")
    assert [*cells.values()][1:4] == pytest.approx([250, 195, 55])
    assert cells["each rank without, ms"] == "190.00, 195.00"
    assert len(page(DOCUMENT).tables) == 2


@pytest.mark.parametrize(
    ("stop", "end"),
    [
        (Stop.TARGET, "until every interval was within the target of ±1 %."),
        (Stop.TIME, "until 600 s were over, short of the target of ±1 %."),
        (Stop.PROCESSES, "as many as are allowed, short of the target of ±1 %."),
        (Stop.INTERRUPTED, "until it was interrupted."),
        (Stop.FAILED, "until it failed."),
    ],
)
def test_how_much_was_measured(stop: Stop, end: str) -> None:
    """Processes, quads of each network, the target, and why there are no more."""
    document = timed(full(SE50, processes=12, quads=5, stop=stop))
    expected = f"12 fresh processes, 60 comparisons of four timings for each network, {end}"
    assert basis(document) == expected
    assert expected in sentences(page(document))


def test_one_process_is_no_basis() -> None:
    """The quick protocol says so; one process of the full one is singular."""
    assert basis(DOCUMENT) == QUICK
    assert basis(timed(full(SE50, processes=1))).startswith("1 fresh process, 5 comparisons")


def test_a_batch_that_shrank_says_so() -> None:
    """Its own page names the batch that was asked for among the doubts."""
    document = timed(replace(timing(SE50, Settings(batch=128)), asked=256))
    assert page(document).warnings == [
        "256 images did not fit into the memory: all networks were timed with 128"
    ]


@pytest.mark.parametrize("level", Removal)
def test_how_attention_was_taken_out_of_a_model_of_the_users(level: Removal) -> None:
    """In one sentence; networks of ours are built without it, and need none."""
    document = replace(DOCUMENT, removal=level)
    assert REMOVED[level] in sentences(page(document))
    assert not set(REMOVED.values()) & set(sentences(page(DOCUMENT)))
