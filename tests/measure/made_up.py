"""Timings with a known truth, made without measuring."""

from collections.abc import Iterator, Mapping, Sequence
from math import exp, prod
from typing import Any

from se_cost.ledger.find import AttentionBlock
from se_cost.ledger.rows import stage_name
from se_cost.measure.explain.alone import TimedOperator
from se_cost.measure.explain.prediction import Explanation, networks, only_stage
from se_cost.measure.fuse.record import HOWS, FusedStage, FusedTraffic, Movement
from se_cost.measure.machine.figures import Machine
from se_cost.measure.models.costs import costs
from se_cost.measure.models.traffic import by_stage, plain_traffic
from se_cost.measure.timing.arms import (
    BASELINE,
    FUSED,
    IN_PLACE,
    NETWORK,
    TRIMMED,
    Networks,
    each,
)
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.samples import Process, ProcessResult
from se_cost.measure.timing.settings import SIZES, DType, MemoryFormat, Mode, Settings, StoppingRule
from se_cost.nets.model import Model
from se_cost.record import replace

PLAIN_SECONDS = 0.010
TRUTH: Mapping[str, float] = {NETWORK: 1.10, TRIMMED: 1.04}  # times as slow as the plain network
BY_STAGE: Mapping[str, float] = {
    NETWORK: 1.10,
    **{only_stage(stage): ratio for stage, ratio in {2: 1.04, 3: 1.02, 4: 1.03, 5: 0.99}.items()},
}
SCATTER = 0.002  # of the logarithm of a ratio
ENVIRONMENT = Environment(
    se_cost="0.0",
    torch="2.99",
    python="3.99",
    system="Linux",
    device="cpu",
    device_name="A | processor",
    cores=8,
    threads=4,
    dtype=DType.FLOAT32,
    layout=MemoryFormat.NCHW,
)
PROCESS = Process(
    iterations=5,
    warm=True,
    complete=True,
    dropped=0,
    preempted=3,
    others=0.02,
    stolen=0.0,
    load=1.0,
    throttling=None,
)


def timing(
    model: Model,
    settings: Settings | None = None,
    truth: Mapping[str, float] = TRUTH,
    quads: int = 8,
    **went: Any,
) -> Timing:
    """Return a quick timing with `quads` of each arm, scattered evenly around the true ratios.

    The plain network takes 10 ms an iteration; `went` overrides how the process went.
    """
    run = Run((result(truth, quads, **went),), stop=Stop.PROCESSES)
    return Timing(model, settings or Settings(), _networks(model, truth), run)


def of_kinds(
    models: Sequence[Model], settings: Settings, ratios: Sequence[float], quads: int = 8
) -> Timing:
    """Return a timing of several kinds of attention, each `ratios` times as slow as plain."""
    networks = each(models)
    truth = dict(zip(list(networks)[1:], ratios, strict=True))
    run = Run((result(truth, quads),), stop=Stop.PROCESSES)
    return Timing(models[0], settings, networks, run)


def full(
    model: Model,
    truth: Mapping[str, float] = TRUTH,
    processes: int = 12,
    quads: int = 5,
    **how: Any,
) -> Timing:
    """Return a timing by the full protocol, whose processes scatter as quads do in `timing`.

    `how` overrides how the run ended.
    """
    layouts = [SCATTER * (2 * i - processes + 1) / processes for i in range(processes)]
    found = tuple(
        result({arm: ratio * exp(layout) for arm, ratio in truth.items()}, quads, number)
        for number, layout in enumerate(layouts)
    )
    run = replace(Run(found, StoppingRule(), stop=Stop.TARGET), **how)
    return Timing(model, Settings(), _networks(model, truth), run)


def explanation(
    model: Model,
    settings: Settings | None = None,
    truth: Mapping[str, float] = BY_STAGE,
    machine: Machine = Machine(bandwidth=2e10, launch=1e-6),  # noqa: B008 - it is frozen
    quads: int = 8,
    rounds: int = 8,
    *,
    fuse: bool = False,
) -> Explanation:
    """Return an explanation in which the plain network takes 10 ms, the others `truth` times it.

    So does every stage of it, of a network whose stages are timed within the network. Fused it
    takes 1 % more, and a block moves a tenth of what it does before.
    """
    truth = {**truth, FUSED: 1.01} if fuse else truth
    arms = networks(model, fuse=fuse)
    whole = result({arm: ratio for arm, ratio in truth.items() if arm in arms}, quads)
    laps = {
        stage_name(stage): result({NETWORK: truth[only_stage(stage)]}, quads).quads
        for stage in model.stages
        if only_stage(stage) in truth and only_stage(stage) not in arms
    }
    run = Run((replace(whole, laps=laps),), stop=Stop.PROCESSES)
    timing = Timing(model, settings or Settings(), arms, run)
    alone = tuple(operators(model, timing.settings, rounds))
    return Explanation(timing, machine, alone, _fused(model, timing.settings) if fuse else None)


def _fused(model: Model, settings: Settings) -> FusedTraffic:
    stages = []
    for stage in costs(model).stages:
        moved = by_stage(model, settings)[stage.stage]
        before = Movement(moved.forward, moved.operators_forward)
        after = Movement(before.bytes // 10, 5 * stage.blocks)
        passes = (3.0 * stage.blocks, 0.25 * stage.blocks)
        stages.append(FusedStage(stage.stage, stage.blocks, *passes, before, after))
    return FusedTraffic(plain_traffic(model, settings).forward, tuple(stages))


def operators(model: Model, settings: Settings, rounds: int = 8) -> Iterator[TimedOperator]:
    """Yield two operators a stage: the pool takes 10 µs a block, the product 30 and backward 50."""
    blocks: dict[int, list[AttentionBlock]] = {}
    for block in costs(model).blocks:
        blocks.setdefault(block.stage or 0, []).append(block)
    for stage, of in blocks.items():
        whole = (settings.batch, of[0].channels, of[0].height, of[0].width)
        size = SIZES[settings.dtype] * prod(whole)
        vector = (*whole[:2], 1, 1)
        alike = {"stage": stage, "count": len(of)}
        pool, mean = "global_avg_pool", "aten::mean.dim"
        yield TimedOperator(
            word=pool,
            backward=False,
            call=mean,
            shapes=(whole,),
            bytes=size,
            seconds=_scattered(10e-6, rounds),
            **alike,
        )
        for backward, seconds in ((False, 30e-6), *[(True, 50e-6)] * (settings.mode is Mode.TRAIN)):
            yield TimedOperator(
                word="scale",
                backward=backward,
                call="aten::mul.Tensor",
                shapes=(whole, vector),
                bytes=2 * size,
                seconds=_scattered(seconds, rounds),
                **alike,
            )


def _scattered(seconds: float, rounds: int) -> tuple[float, ...]:
    """Return as many times, scattered evenly around some seconds."""
    return tuple(seconds * (1 + SCATTER * (2 * i - rounds + 1) / rounds) for i in range(rounds))


def result(truth: Mapping[str, float], quads: int, number: int = 0, **went: Any) -> ProcessResult:
    """Return what process `number` returns; `went` overrides how it went."""
    taken = [_quad(number, arm, truth[arm], i, quads) for i in range(quads) for arm in truth]
    return ProcessResult(replace(PROCESS, **went), tuple(taken), ENVIRONMENT)


def _networks(model: Model, truth: Mapping[str, float]) -> Networks:
    final = [] if model.final_stage is None else [model.final_stage]
    models = {NETWORK: model, TRIMMED: model.without(final), **dict.fromkeys(HOWS, model)}
    models[IN_PLACE] = model.plain
    return {BASELINE: model.plain} | {arm: models[arm] for arm in truth}


def _quad(number: int, arm: str, ratio: float, i: int, of: int) -> Quad:
    """Return quad `i`; the scatter of all of them is symmetric, so that its centre is 0."""
    scatter = SCATTER * (2 * i - of + 1) / of
    plain, other = PLAIN_SECONDS, PLAIN_SECONDS * ratio * exp(scatter)
    if i % 2:
        return Quad(number, arm, True, (other, plain, plain, other))
    return Quad(number, arm, False, (plain, other, other, plain))
