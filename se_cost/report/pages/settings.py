"""What one iteration of a measurement is, in words."""

from se_cost.documents.baseline import Conditions
from se_cost.measure.timing.settings import RUNTIMES, Graphs, Mode, Runtime, Settings
from se_cost.text import joined

MODES = {Mode.INFER: "inference", Mode.TRAIN: "forward, loss and backward pass"}


def running(settings: Settings | Conditions) -> str:
    """Return it as part of a sentence, for instance `inference of 8 images, float32, nchw`."""
    what, *how = conditions(settings)
    return joined((f"{what} of {images(settings)}", *how))


def details(settings: Settings) -> str:
    """Return the same without what is run, for instance `8 images, float32, nchw`."""
    return joined((images(settings), *conditions(settings)[1:]))


def images(settings: Settings | Conditions) -> str:
    """Return the number of images of an iteration."""
    return "one image" if settings.batch == 1 else f"{settings.batch} images"


def conditions(settings: Settings | Conditions) -> tuple[str, ...]:
    """Return the same in parts, without the number of images."""
    dtype = f"{settings.dtype} by autocast" if settings.autocast else f"{settings.dtype}"
    more = {
        "with the optimiser's step": settings.optimizer,
        "batch norms folded": settings.fold_norms,
        "compiled": settings.compile,
        f"by {RUNTIMES[settings.runtime]}": settings.runtime is not Runtime.TORCH,
        "replayed as a CUDA graph": settings.cuda_graphs is True,
        "eager and replayed as a CUDA graph": settings.cuda_graphs is Graphs.BOTH,
        "plans tried by cuDNN": settings.cudnn_benchmark,
        f"over {settings.nproc} processes": settings.nproc > 1,
    }
    always = (MODES[settings.mode], dtype, f"{settings.layout}")
    return (*always, *(words for words, said in more.items() if said))
