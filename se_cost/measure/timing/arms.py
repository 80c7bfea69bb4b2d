"""Which networks a timing compares, and with which settings they can be compared."""

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TypeVar

from se_cost.errors import MeasurementError, OutOfMemoryError, UsageError, expect_met
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import DType, Graphs, Mode, Runtime, Settings
from se_cost.nets.model import Model, Zoo
from se_cost.record import replace

T = TypeVar("T")
Networks = dict[str, Model]  # by arm, the plain one first

BASELINE = "baseline"
NETWORK = "network"
TRIMMED = "without_final_stage"
FUSED = "fused"  # the network, with its attention rewritten to cost less
IN_PLACE = "plain_in_place"  # the plain network, with its sums written in place as fused ones are

REPLAYED = {  # arms that are captured as CUDA graphs, where the others are not, and what they are
    "baseline_replayed": BASELINE,
    "network_replayed": NETWORK,
}

GRAPHS_NEED_CUDA = "--cuda-graphs needs --device cuda"
BENCHMARK_NEEDS_CUDA = "--cudnn-benchmark needs --device cuda"


def three(model: Model) -> Networks:
    """Return the plain network, the one with attention, and the latter without its final stage.

    Dropping the only attention stage would give the plain network again. Raises MeasurementError if
    there is no attention.
    """
    return dict(list(ladder(model).items())[:3])


def ladder(model: Model) -> Networks:
    """Return what `three` does, and one more network for each further stage that is dropped."""
    networks = two(model)
    final_first = sorted(model.stages, reverse=True)
    for number in range(1, len(final_first)):
        gone = final_first[:number]
        name = TRIMMED if number == 1 else f"without_stages_{'_'.join(map(str, gone))}"
        networks[name] = model.without(gone)
    return networks


def two(model: Model) -> Networks:
    """Return the plain network and the one with attention.

    Raises MeasurementError if there is no attention.
    """
    if not model.stages:
        raise MeasurementError(f"nothing to compare: {model.arch} has no attention")
    return {BASELINE: model.plain, NETWORK: model}


def with_in_place(networks: Networks) -> Networks:
    """Return one more network, the plain one with its sums written in place."""
    return {**networks, IN_PLACE: networks[BASELINE]}


def with_fused(networks: Networks, model: Model) -> Networks:
    """Return one more network, the `model` fused."""
    return {**networks, FUSED: model}


def with_replayed(networks: Mapping[str, Model], settings: Settings) -> Networks:
    """Return the plain network and the one with attention once more, if both ways are asked for."""
    if settings.cuda_graphs is not Graphs.BOTH:
        return dict(networks)
    return {**networks, **{arm: networks[of] for arm, of in REPLAYED.items() if of in networks}}


def of_arm(arm: str, settings: Settings) -> Settings:
    """Return the settings of one arm, which is captured as a CUDA graph or is not."""
    if settings.cuda_graphs is not Graphs.BOTH:
        return settings
    return replace(settings, cuda_graphs=arm in REPLAYED)


def fusing(settings: Settings) -> Settings:
    """Return the settings of a comparison with a fused network.

    Its norms are folded in inference, so those of the others must be too: the networks may differ
    in their attention only.
    """
    return replace(settings, fold_norms=settings.mode is Mode.INFER)


def each(models: Sequence[Model]) -> Networks:
    """Return the plain network and every model, by the kind of its attention."""
    return {BASELINE: models[0].plain, **{model.kind: model for model in models}}


def itself(model: Model) -> Networks:
    """Return a network twice: it is built twice, and the true difference is zero."""
    return {BASELINE: model, NETWORK: model}


def dropped(model: Model, other: Model) -> list[int]:
    """Return the stages that have attention in `model` and none in `other`, the last first."""
    return sorted(set(model.stages) - set(other.stages), reverse=True)


def expect_possible(settings: Settings) -> None:
    """Raise UsageError for settings that contradict each other, and name what each one needs.

    The device is taken as it was asked for: `auto` may still turn out to be a CPU.
    """
    training, single = settings.mode is Mode.TRAIN, settings.nproc == 1
    graphs, elsewhere = bool(settings.cuda_graphs), _kind(settings) not in ("auto", "cuda")
    needs = {
        "--autocast needs --dtype bfloat16 or float16": (
            settings.autocast and settings.dtype is DType.FLOAT32
        ),
        GRAPHS_NEED_CUDA: graphs and elsewhere,
        BENCHMARK_NEEDS_CUDA: settings.cudnn_benchmark and elsewhere,
        "--fold-norms needs --mode infer: training normalises with the statistics of its batch": (
            settings.fold_norms and training
        ),
        "--optimizer needs --mode train": settings.optimizer and not training,
        "--cuda-graphs needs --nproc 1": graphs and not single,
        "--compile needs --nproc 1": settings.compile and not single,
        "--nproc needs a --device without a number: every rank takes a GPU of its own": (
            ":" in settings.device and not single
        ),
    }
    expect_met(needs | _of_runtime(settings))
    cores = os.cpu_count() or 1
    if settings.threads is not None and settings.threads > cores:
        most = f"at most {cores}, the cores of this machine"
        raise UsageError(f"--threads {settings.threads} is too many: {most}")
    if settings.batch % settings.nproc:
        raise UsageError(_remainder(settings.batch, settings.nproc))


def _kind(settings: Settings) -> str:
    """Return the device without its number."""
    return settings.device.partition(":")[0]


def _of_runtime(settings: Settings) -> dict[str, bool]:
    """Return what another runtime than torch needs, and whether it is missing."""
    if settings.runtime is Runtime.TORCH:
        return {}
    option, usual = f"--runtime {settings.runtime}", Settings()
    of_torch = ("autocast", "compile", "cuda_graphs", "nproc", "cudnn_benchmark")
    return {
        f"{option} needs --mode infer": settings.mode is not Mode.INFER,
        f"{option} needs --device cpu": settings.device not in ("auto", "cpu"),
        f"{option} needs --dtype float32": settings.dtype is not DType.FLOAT32,
        **{
            f"{option} runs no torch: leave out --{name.replace('_', '-')}": (
                getattr(settings, name) != getattr(usual, name)
            )
            for name in of_torch
        },
    }


def _remainder(batch: int, nproc: int) -> str:
    below = batch - batch % nproc
    near = f"{below} or {below + nproc}" if below else f"{nproc}"
    return f"batch {batch} does not divide over {nproc} processes: take {near}"


def expect_trainable(model: Model, settings: Settings) -> None:
    """Raise UsageError if a batch norm would see one value per channel, which has no variance."""
    batch = settings.batch // settings.nproc
    if settings.mode is not Mode.TRAIN:
        return
    for row in costs(model).network.rows if isinstance(model, Zoo) else ():
        if row.op == "norm" and batch * prod(row.output[1:]) == 1:
            raise UsageError(
                f"batch {settings.batch} is too small to train at "
                f"{model.input[1]}x{model.input[2]}: {row.path} would normalise one value per "
                f"channel; take a batch of {2 * settings.nproc}"
            )


def fitted(settings: Settings, attempt: Callable[[Settings], T]) -> tuple[T, Settings]:
    """Return what an attempt gives with the largest batch that fits into the memory, by halving.

    The batch is that of all networks of a comparison. Raises OutOfMemoryError if one image does not
    fit.
    """
    while True:
        try:
            return attempt(settings), settings
        except OutOfMemoryError:
            smaller = halved(settings)
            if smaller is None:
                raise
        settings = smaller
        gc.collect()  # out here the error of the attempt is gone; some of its tensors are in cycles


def halved(settings: Settings) -> Settings | None:
    """Return the settings with half the batch, None if that leaves a process without an image."""
    batch = settings.batch // 2 // settings.nproc * settings.nproc
    return replace(settings, batch=batch) if batch else None
