"""The fused network of a model: built, proved to be the same function, and saved if asked."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from se_cost.errors import MeasurementError
from se_cost.files import expect_writable
from se_cost.measure.fuse.fuse import fuse
from se_cost.measure.fuse.proof import proof
from se_cost.measure.fuse.record import FusedBlock, How, Proof
from se_cost.measure.models.build import FORMATS, network, stored
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model
from se_cost.record import Record, replace


class Done(Record):
    """What was done to the blocks of a model, and the proof."""

    blocks: tuple[FusedBlock, ...]
    unread: Mapping[str, str]
    proof: Proof


def fuse_model(model: Model, settings: Settings, how: How, save: Path | None = None) -> Done:
    """Fuse the network of a model on the CPU, and prove it; export it to the file `save`.

    Raises UsageError as `fuse` does, MeasurementError if it cannot be exported.
    """
    if save is not None:
        expect_writable(save)
    cpu = torch.device("cpu")
    torch.manual_seed(settings.seed)
    built = network(model, replace(settings, fold_norms=False), cpu).eval()
    images = torch.randn(settings.batch, *model.input)
    images = images.to(stored(settings)).to(memory_format=FORMATS[settings.layout])
    done = fuse(built, images, how)
    if save is not None:
        _export(done.module, images, save)
    return Done(done.blocks, done.unread, proof(built, how, images))


def _export(module: nn.Module, images: Tensor, path: Path) -> None:
    try:
        torch.export.save(torch.export.export(module, (images,)), path)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise MeasurementError(f"the fused network cannot be exported: {reason}") from None
