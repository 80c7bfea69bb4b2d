"""The fused network of a model: built, proved to be the same function, and saved if asked."""

from pathlib import Path

import torch
from torch import Tensor, nn

from se_cost.errors import MeasurementError, UsageError
from se_cost.files import expect_writable
from se_cost.measure.fuse.fuse import folded, fuse
from se_cost.measure.fuse.moved import moved
from se_cost.measure.fuse.proof import proof
from se_cost.measure.fuse.record import Done, How, Movement
from se_cost.measure.fuse.training.network import OTHERS_TRAIN, fuse_training
from se_cost.measure.fuse.training.proof import proof as trained_proof
from se_cost.measure.models.build import DTYPES, FORMATS, network, stored
from se_cost.measure.timing.settings import Runtime, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.record import replace

CPU = torch.device("cpu")


def fuse_model(
    model: Model,
    settings: Settings,
    how: How = How.AUTO,
    save: Path | None = None,
    *,
    compare: bool = False,
) -> Done:
    """Fuse the network of a model on the CPU, and prove it; export it to the file `save`.

    With `compare` also find which other forms would make another network of it. Raises UsageError
    as `fuse` does, MeasurementError if it cannot be exported.
    """
    if save is not None:
        expect_writable(save)
    built, images = unfused(model, settings)
    done = fuse(built, images, how, settings.runtime)
    any_batch = None if save is None else _export(done.module, images, save)
    lowered = DTYPES[settings.dtype] if settings.autocast else None
    before, after = _moved(model, settings, built, done.module, images)
    return Done(
        proof(built, how, images, lowered, settings.runtime),
        blocks=done.blocks,
        unread=done.unread,
        before=before,
        after=after,
        others=_others(built, images, settings.runtime) if compare else (),
        any_batch=any_batch,
    )


def train_model(model: Model, settings: Settings) -> Done:
    """Fuse the network of a model for training on the CPU, and prove it.

    Raises UsageError as `fuse_training` does, MeasurementError if it has no block of ours.
    """
    built, images = unfused(model, settings)
    blocks = fuse_training(built).blocks
    if not blocks:
        attention = f"{model.arch} has no attention that can be read in training"
        raise MeasurementError(f"{attention}: {OTHERS_TRAIN}" if model.stages else attention)
    return Done(trained_proof(built, images), trained=blocks)


def unfused(model: Model, settings: Settings) -> tuple[nn.Module, Tensor]:
    """Return the network with its norms, in its mode, and random images.

    Raises UsageError for one that takes more than images.
    """
    if isinstance(model, Imported) and model.others:
        number = 1 + len(model.others)
        raise UsageError(f"fuse takes networks of one input, and {model.spec} takes {number}")
    torch.manual_seed(settings.seed)
    built = network(model, replace(settings, fold_norms=False), CPU)
    images = torch.randn(settings.batch, *model.input)
    return built, images.to(stored(settings)).to(memory_format=FORMATS[settings.layout])


def _moved(
    model: Model, settings: Settings, built: nn.Module, fused: nn.Module, images: Tensor
) -> tuple[Movement, Movement]:
    """Return what the attention moves, before and after; all norms are folded."""
    plain, before = (
        moved(folded(network, images), images)
        for network in (unfused(model.plain, settings)[0], built)
    )
    return before - plain, moved(fused, images) - plain


def _others(built: nn.Module, images: Tensor, runtime: Runtime) -> tuple[How, ...]:
    """Return the forms that make different networks of a network, beside that of the rule."""
    known, found = [], []
    for how in How:  # that of the rule comes first
        done = fuse(built, images, how, runtime)
        forms = [(block.scale, block.into) for block in done.blocks]
        if forms not in known:
            known.append(forms)
            found.append(how)
    return tuple(found[1:])


def _export(module: nn.Module, images: Tensor, path: Path) -> bool:
    """Export a network; return whether it takes any number of images, or just as many as these.

    Weights that are scaled for one image fit no other number.
    """
    any_number = _exported(module, images)
    try:
        program = any_number or torch.export.export(module, (images,))
        torch.export.save(program, path)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise MeasurementError(f"the fused network cannot be exported: {reason}") from None
    return any_number is not None


def _exported(module: nn.Module, images: Tensor) -> torch.export.ExportedProgram | None:
    """Return the program for any number of images, None if there is none."""
    several = images if len(images) > 1 else torch.cat((images, images))  # 1 would be a constant
    size = torch.export.Dim("images", min=1)
    try:
        return torch.export.export(module, (several,), dynamic_shapes=({0: size},))
    except Exception:  # exporters fail in many ways
        return None
