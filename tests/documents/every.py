"""A document of every kind, made without measuring."""

from collections.abc import Callable, Mapping
from pathlib import Path

from measure.made_up import explanation, full, of_kinds, result, timing

from se_cost.documents.alternatives import alternatives
from se_cost.documents.base import Document
from se_cost.documents.explain import explained
from se_cost.documents.files import read
from se_cost.documents.flops import flops
from se_cost.documents.flops import several as several_flops
from se_cost.documents.fuse import fused
from se_cost.documents.nets import nets
from se_cost.documents.network import network
from se_cost.documents.order import Order
from se_cost.documents.paper import published, study_of
from se_cost.documents.params import params, several
from se_cost.documents.plan import PlanDocument, plan
from se_cost.documents.report import ReportDocument, report, reports
from se_cost.documents.time import batches, timed
from se_cost.ledger.conventions import CONVENTIONS, complete, total
from se_cost.ledger.costs import costs
from se_cost.ledger.rows import Ledger
from se_cost.measure.counting.counts import Built, Counted, Counts, FvcoreCount, TorchCount
from se_cost.measure.fuse.record import Done, FusedBlock, How, Proof, ScaleForm, SqueezeForm
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.all_reduce import AllReduce
from se_cost.measure.timing.arms import BASELINE, FUSED, IN_PLACE, NETWORK, with_replayed
from se_cost.measure.timing.result import Joules, PeakMemory, Timing
from se_cost.measure.timing.run import Run
from se_cost.measure.timing.settings import Graphs, Mode, Settings
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.planning.maps import cells
from se_cost.planning.plan import Question, planned
from se_cost.planning.words import By
from se_cost.record import replace

VERSION_1 = Path(__file__).parents[1] / "data" / "version1"
SE50 = model("se_resnet50")
KINDS = [model("resnet18", attention=kind, input=64) for kind in ("se", "eca")]
SMALL = model("se_resnet18", input=64)


def built(net: Model) -> Built:
    """Return what the module of a model has if all is right, by its ledger."""
    both = (costs(net).network, costs(net).plain)
    return Built(
        *(
            {row.path: (row.weights, row.biases) for row in ledger.rows if row.params}
            for ledger in both
        )
    )


def counted(net: Model, *, backward: bool = True) -> Counted:
    """Return what other counters say of a model if all is right, by its ledger."""
    return Counted(
        *(_counts(ledger, backward) for ledger in (costs(net).network, costs(net).plain))
    )


def _counts(ledger: Ledger, backward: bool) -> Counts:
    own, forward = total(ledger, CONVENTIONS["fvcore"]), 2 * ledger.macs
    left_out = {"aten::add": complete(ledger) - own}
    torch = TorchCount(forward, 2 * forward if backward else None)
    return Counts(FvcoreCount({"aten::conv": own}, left_out), torch)


def weighed(run: Timing) -> Timing:
    """Return a timing with peak memory and energy: 1 GiB and 0.25 J a network more each time."""
    peaks = {arm: PeakMemory(i * 2**30, i * 2**31) for i, arm in enumerate(run.arms, 1)}
    joules = {arm: Joules(i / 4, i / 5, i / 3) for i, arm in enumerate(run.arms, 1)}
    return replace(run, peaks=peaks, joules=joules)


def exchanging(run: Timing) -> Timing:
    """Return a timing of two ranks: 250 ms a step; without all-reduce 190 and 195 ms."""
    first, *others = run.run.processes
    exchanges = dict.fromkeys(run.arms, AllReduce(((0.25, 0.25),), ((0.190, 0.195),)))
    processes = (replace(first, exchanges=exchanges), *others)
    return replace(run, run=replace(run.run, processes=processes))


def both_ways(net: Model) -> Timing:
    """Return a timing on a GPU: of 10 ms without attention 6 are launches, of 11 with it 6.8."""
    settings = Settings(device="cuda", cuda_graphs=Graphs.BOTH)
    truth = {NETWORK: 1.1, "baseline_replayed": 0.4, "network_replayed": 0.42}
    networks = with_replayed({BASELINE: net.plain, NETWORK: net}, settings)
    return Timing(net, settings, networks, Run((result(truth, quads=8),)))


def of_one(net: Model, *modes: Mode) -> ReportDocument:
    """Return the report on a network with everything counted, timed in some modes."""
    times = [timed(timing(net, Settings(mode=mode))) for mode in modes]
    return report(params(costs(net), built(net)), flops(costs(net), counted(net)), times)


def planned_for(arch: str, by: By = By.STAGE, most: int = 1_000_000) -> PlanDocument:
    """Return a plan on a known machine, with a map."""
    net, machine = model(arch), Machine(bandwidth=2e10, launch=2e-6)
    models = tuple(model(arch, r=r) for r in (4, 16, 64))
    limits = {"attention-params": most}
    found = planned(Question(net, models, Settings(), by, limits, machine=machine))
    table = cells(net, ((64, 64), (224, 224)), (1, 8), Settings(), found.pace)
    return plan(found, "made up", tuple(table))


def verified() -> PlanDocument:
    """Return a plan without a budget, whose three best choices were timed."""
    machine = Machine(bandwidth=2e10, launch=2e-6)
    models = (model("se_resnet50", r=16, bias=False), model("resnet50", attention="eca"))
    found = planned(Question(models[0], models, Settings(), machine=machine))
    truths = (1.05, 1.02, 1.09)
    timed_ones = [
        timing(one.model, Settings(), {NETWORK: truth})
        for one, truth in zip(found.best, truths, strict=False)
        if one.model
    ]
    return plan(found, "made up", (), timed_ones)


BLOCK = FusedBlock(
    path="stage2.block1.sum.residual.se",
    kind="se",
    channels=256,
    height=56,
    width=56,
    squeeze=SqueezeForm.MOVED,
    squeeze_reason="0.25 E-passes instead of 1",
    scale=ScaleForm.ADDCMUL,
    into="stage2.block1.sum",
    scale_reason="addcmul 0, in place 2",
    e_passes_before=3.0,
    e_passes_after=0.25,
    macs_before=8192,
    macs_after=5120,
)


def fused_of(done: Done, run: Timing | None = None) -> Document:
    """Return what `fuse` finds of SE-ResNet-50."""
    return fused(SE50, Settings(device="cpu", fold_norms=True), How.AUTO, done, run)


EVERY: Mapping[str, Callable[[], Document]] = {
    "params": lambda: params(costs(SE50)),
    "params measured": lambda: params(costs(SE50), built(SE50)),
    "params plain": lambda: params(costs(SE50.plain)),
    "params eca": lambda: params(costs(model("resnet50", attention="eca"))),
    "flops": lambda: flops(costs(SE50)),
    "flops measured": lambda: flops(costs(SE50), counted(SE50)),
    "params several": lambda: several([params(costs(net)) for net in (SE50, SMALL.plain)]),
    "flops several": lambda: several_flops([flops(costs(net)) for net in (SE50, SMALL)]),
    "nets": nets,
    "network": lambda: network(costs(SE50)),
    "time": lambda: timed(weighed(timing(SE50))),
    "time full": lambda: timed(full(SE50)),
    "time exchanging": lambda: timed(exchanging(timing(SE50, Settings(batch=2, nproc=2)))),
    "time both ways": lambda: timed(both_ways(SE50)),
    "time without interval": lambda: timed(timing(SE50, quads=3, warm=False)),
    "batches": lambda: batches([timing(SE50), weighed(timing(SE50, Settings(batch=8)))]),
    "explain": lambda: explained(explanation(SE50)),
    "explain fused": lambda: explained(
        explanation(SE50, Settings(device="cpu", fold_norms=True), fuse=True)
    ),
    "fuse": lambda: fused_of(Done(Proof(1e-15, 4e-7, "float32"), (BLOCK,), any_batch=True)),
    "fuse timed": lambda: fused_of(
        Done(Proof(1e-15, 4e-7, "float32"), (BLOCK,), (), {"a.b": "no pool"}, (How.WEIGHTS,)),
        timing(SE50, truth={NETWORK: 1.1, FUSED: 1.02, "fused_weights": 1.04, IN_PLACE: 0.99}),
    ),
    "alternatives": lambda: alternatives(KINDS),
    "alternatives timed": lambda: alternatives(
        KINDS, Order.TRAIN, [of_kinds(KINDS, Settings(mode=mode), (1.10, 1.02)) for mode in Mode]
    ),
    "plan": lambda: planned_for("se_resnet50"),
    "plan by block": lambda: planned_for("se_resnet18", By.BLOCK, 30_000),
    "plan impossible": lambda: planned_for("se_resnet50", most=100),
    "plan verified": verified,
    "paper": published,
    "paper eca": lambda: study_of("eca"),
    "paper timed": lambda: published([timing(SE50), full(SE50)]),
    "report": lambda: of_one(SMALL, *Mode),
    "reports": lambda: reports([of_one(SMALL, Mode.INFER), of_one(model("se_mobilenet"))]),
    "check": lambda: read(VERSION_1 / "check-time.json"),
    "diff": lambda: read(VERSION_1 / "diff-params-back.json"),
    "baseline": lambda: read(VERSION_1 / "baseline.json"),
}
