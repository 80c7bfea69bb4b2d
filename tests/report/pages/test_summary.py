"""What attention adds, in one sentence."""

from documents.every import SE50, of_one
from measure.made_up import timing

from se_cost.documents.report import ReportDocument
from se_cost.documents.time import timed
from se_cost.measure.timing.arms import NETWORK, TRIMMED
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.pages.summary import asked, growth, headings, span, summary


def slower(name: str, ratio: float, quads: int = 8) -> ReportDocument:
    """Return the report on a network that is as many times slower with attention."""
    net = model(name)
    run = timing(net, truth={NETWORK: ratio, TRIMMED: 1.0}, quads=quads)
    return replace(of_one(net), time=(timed(run),))


def test_summary_without_times() -> None:
    """Counts alone make a sentence too."""
    expected = "SE-ResNet-50 beside ResNet-50: parameters +9.90 %, MACs +0.065 %."
    assert summary(of_one(SE50)) == expected


def test_every_time_has_its_interval() -> None:
    """In brackets, behind the estimate."""
    document = of_one(SE50, *Mode)
    infer, train = (
        f"{time.overhead.percent:+.1f} % [{time.overhead.low:+.1f}, {time.overhead.high:+.1f}] "
        f"({time.overhead.verdict})"
        for time in document.time
    )
    assert infer == train == "+10.0 % [+9.9, +10.1] (slower)"
    assert growth(document) == (
        f"time of inference {infer}, time of a training step {train}, "
        "parameters +9.90 %, MACs +0.065 %"
    )


def test_without_an_interval_it_is_said() -> None:
    """Too few timings give no interval, and so no number in the headline."""
    few = growth(slower("se_resnet50", 1.1, quads=2))
    counts = "parameters +9.90 %, MACs +0.065 %"
    assert few == f"time of inference not measured well enough, {counts}"


def test_span() -> None:
    """The least and the greatest of everything, each with its network and its interval."""
    named = {
        "a": slower("se_resnet50", 1.1),
        "b": slower("se_vgg16", 1.2),
        "c": slower("se_resnet50", 1.3, quads=2),
    }
    assert span(named) == (
        "What attention adds: time of inference +10.0 % [+9.9, +10.1] (slower) for a to "
        "+20.0 % [+19.9, +20.2] (slower) for b; parameters +0.17 % for b to +9.90 % for a; "
        "MACs +0.001 % for b to +0.065 % for a."
    )


def test_ways_to_time_are_told_apart() -> None:
    """Two batches of one mode are two times, and no span of one."""
    small, large = slower("se_resnet50", 1.1), slower("se_vgg16", 1.2)
    other = replace(large.time[0], asked_batch=8, settings=Settings(batch=8))
    both = span({"a": small, "b": replace(large, time=(other,))})
    assert "time of inference (one image, float32, nchw) +10.0 % [+9.9, +10.1] (slower) for" in both
    assert "time of inference (8 images, float32, nchw) +20.0 % [+19.9, +20.2] (slower) for" in both
    assert growth(replace(large, time=(large.time[0], other))).count("time of inference (") == 2


def test_a_batch_that_shrank_is_the_one_that_was_asked_for() -> None:
    """Networks of which one did not fit into the memory were timed in one way."""
    shrunk = replace(slower("se_vgg16", 1.2).time[0], asked_batch=8)
    asked_for = replace(slower("se_resnet50", 1.1).time[0], asked_batch=8)
    assert asked(shrunk) == asked(replace(asked_for, settings=Settings(batch=8)))
    assert list(headings([shrunk, asked_for]).values()) == ["Time of inference"]
