"""The commands that make a report again."""

from documents.every import SE50, SMALL, both_ways, of_one, weighed
from measure.made_up import full, timing

from se_cost.documents.flops import flops
from se_cost.documents.params import params
from se_cost.documents.report import ReportDocument, report
from se_cost.documents.time import timed
from se_cost.ledger.costs import costs
from se_cost.measure.timing.arms import FUSED, NETWORK
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import DType, Mode, Settings, StoppingRule
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.pages.reproduce import commands

OTHER = model("se_resnet18", input=64, r=8)


def counted(net: Model) -> ReportDocument:
    """Return a report for which nothing was measured."""
    return report(params(costs(net)), flops(costs(net)))


def measured(net: Model, *runs: Timing, max_time: float | None = None) -> ReportDocument:
    """Return a report with some timings."""
    document = of_one(net)
    return report(document.params, document.flops, list(map(timed, runs)), max_time)


def test_counts_alone() -> None:
    """Without torch if it was made without."""
    assert commands([counted(SMALL)]) == (
        "se-cost report --arch se_resnet18 --r 16 --input 64x64 --no-time",
    )


def test_times() -> None:
    """The batch is said, since the usual one depends on the machine; so is the limit of time."""
    runs = [timing(SMALL, Settings(mode=mode, batch=4)) for mode in Mode]
    again = "se-cost report --arch se_resnet18 --r 16 --input 64x64 --batch 4 --quick"
    assert commands([measured(SMALL, *runs)]) == (again,)
    assert commands([measured(SMALL, *runs, max_time=12)]) == (f"{again} --max-time 12",)


def test_the_device_that_was_asked_for() -> None:
    """It is said; that of whoever did not ask is not."""
    run = timing(SMALL, Settings(device="cuda:1", batch=32))
    (again,) = commands([measured(SMALL, run)])
    assert again.endswith("--input 64x64 --device cuda:1 --batch 32 --quick")


def test_a_batch_that_shrank_is_asked_for_again() -> None:
    """Another machine may have the memory."""
    run = replace(timing(SMALL, Settings(batch=128)), asked=256)
    assert commands([measured(SMALL, run)])[0].endswith("--batch 256 --quick")


def test_several_in_one_command() -> None:
    """Where all options are alike."""
    networks = [model("se_vgg16"), model("se_mobilenet")]
    assert commands(list(map(counted, networks))) == (
        "se-cost report --arch se_vgg16,se_mobilenet --r 16 --no-time",
    )
    timings = [measured(net, timing(net)) for net in networks]
    assert commands(timings) == (
        "se-cost report --arch se_vgg16,se_mobilenet --r 16 --batch 1 --quick",
    )


def test_several_in_several_commands() -> None:
    """Where no single command has them all."""
    assert commands([counted(SMALL), measured(OTHER, timing(OTHER))]) == (
        "se-cost report --arch se_resnet18 --r 16 --input 64x64 --no-time",
        "se-cost report --arch se_resnet18 --r 8 --input 64x64 --batch 1 --quick",
    )


def test_timings_that_report_does_not_make_go_first() -> None:
    """The full protocol, and settings that `report` has not; the page then reads their files."""
    train = timing(SMALL, Settings(mode=Mode.TRAIN, dtype=DType.BFLOAT16, autocast=True))
    assert commands([measured(SMALL, full(SMALL), train)]) == (
        "se-cost time --arch se_resnet18 --r 16 --input 64x64 --output time1.json",
        (
            "se-cost time --arch se_resnet18 --r 16 --input 64x64 --mode train --dtype bfloat16 "
            "--autocast --quick --output time2.json"
        ),
        (
            "se-cost report --arch se_resnet18 --r 16 --input 64x64 --from time1.json "
            "--from time2.json"
        ),
    )


def test_the_rule_of_a_timing() -> None:
    """Target, limit and energy, where they are not as usual."""
    run = full(SMALL, rule=StoppingRule(target=0.005, max_time=60))
    first, _ = commands([measured(SMALL, weighed(run))])
    assert first.endswith("--target 0.5 --max-time 60 --energy --output time1.json")


def test_fused_networks() -> None:
    """What `report` times folds norms in inference; other timings are made by `time`."""
    truth = {NETWORK: 1.1, FUSED: 1.02}
    infer, train = Settings(fold_norms=True), Settings(mode=Mode.TRAIN)
    (again,) = commands([measured(SMALL, *(timing(SMALL, one, truth) for one in (infer, train)))])
    assert again.endswith("--batch 1 --fuse --quick")
    first, _ = commands([measured(SMALL, full(SMALL, truth))])
    assert first.endswith("--input 64x64 --fuse --output time1.json")
    folded, _ = commands([measured(SMALL, timing(SMALL, infer))])
    assert folded.endswith("--fold-norms --quick --output time1.json")


def test_saved_timings_beside_counts_without_torch() -> None:
    """Counters that did not run are not run again."""
    document = replace(counted(SMALL), time=(timed(full(SMALL)),))
    assert commands([document])[-1].endswith("--from time1.json --no-time")


def test_the_full_protocol_of_a_page_is_its_own() -> None:
    """It is the usual one, and its limit is known; without a limit `report` did not make it."""
    again = "se-cost report --arch se_resnet18 --r 16 --input 64x64 --batch 1 --max-time 90"
    assert commands([measured(SMALL, full(SMALL), max_time=90)]) == (again,)
    made = replace(measured(SMALL, full(SMALL)), made_here=True)
    assert commands([made]) == (again.removesuffix(" --max-time 90"),)


def test_eager_and_replayed() -> None:
    """Both ways are one option, and what is replayed is no ladder of stages."""
    document = of_one(SE50)
    saved = replace(document, time=(timed(both_ways(SE50)),))
    first, _ = commands([saved])
    assert first.startswith("se-cost time --arch se_resnet50")
    assert "--cuda-graphs both" in first
    assert "--ladder" not in first
