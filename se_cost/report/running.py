"""What one iteration of a measurement is, in words."""

from se_cost.measure.settings import Mode, Settings

MODES = {Mode.INFER: "inference", Mode.TRAIN: "forward, loss and backward pass"}


def running(settings: Settings) -> str:
    """Return it as part of a sentence, for instance `inference of 8 images, float32, nchw`."""
    images = "one image" if settings.batch == 1 else f"{settings.batch} images"
    what, *how = conditions(settings)
    return ", ".join((f"{what} of {images}", *how))


def conditions(settings: Settings) -> tuple[str, ...]:
    """Return the same in parts, without the number of images."""
    dtype = f"{settings.dtype} by autocast" if settings.autocast else f"{settings.dtype}"
    more = {
        "with the optimiser's step": settings.optimizer,
        "batch norms folded": settings.fold_norms,
        "compiled": settings.compile,
        "replayed as a CUDA graph": settings.cuda_graphs,
        f"over {settings.nproc} processes": settings.nproc > 1,
    }
    always = (MODES[settings.mode], dtype, f"{settings.layout}")
    return (*always, *(words for words, said in more.items() if said))
