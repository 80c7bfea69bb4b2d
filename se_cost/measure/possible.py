"""Combinations of settings that cannot be run, refused before anything is built; needs no torch."""

from se_cost.errors import BadInput
from se_cost.measure.settings import DType, Mode, Settings

GRAPHS_NEED_CUDA = "--cuda-graphs needs --device cuda"


def expect_possible(settings: Settings) -> None:
    """Raise BadInput for settings that contradict each other, and name what each one needs.

    The device is taken as it was asked for: `auto` may still turn out to be a CPU.
    """
    training, alone = settings.mode is Mode.TRAIN, settings.nproc == 1
    needs = {
        "--autocast needs --dtype bfloat16 or float16": (
            settings.autocast and settings.dtype is DType.FLOAT32
        ),
        GRAPHS_NEED_CUDA: settings.cuda_graphs and settings.device == "cpu",
        "--fold-norms needs --mode infer: training normalises with the statistics of its batch": (
            settings.fold_norms and training
        ),
        "--optimizer needs --mode train": settings.optimizer and not training,
        "--cuda-graphs needs --nproc 1": settings.cuda_graphs and not alone,
        "--compile needs --nproc 1": settings.compile and not alone,
        "--nproc needs --device cuda or cpu: every rank takes a GPU of its own": (
            settings.device.startswith("cuda:") and not alone
        ),
    }
    for need, missing in needs.items():
        if missing:
            raise BadInput(need)
    if settings.batch % settings.nproc:
        raise BadInput(_remainder(settings.batch, settings.nproc))


def _remainder(batch: int, nproc: int) -> str:
    below = batch - batch % nproc
    near = f"{below} or {below + nproc}" if below else f"{nproc}"
    return f"batch {batch} does not divide over {nproc} processes: take {near}"
