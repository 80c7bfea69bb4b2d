"""The network of an arm of a comparison, as it is timed."""

from torch import Tensor, nn

from se_cost.errors import MeasurementError
from se_cost.measure.fuse.fuse import folded, fuse
from se_cost.measure.fuse.in_place import summed_in_place
from se_cost.measure.fuse.record import HOWS, How
from se_cost.measure.fuse.training.network import OTHERS_TRAIN, fuse_training
from se_cost.measure.models.build import network
from se_cost.measure.timing.arms import IN_PLACE
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model


def built(arm: str, model: Model, settings: Settings, images: Tensor) -> nn.Module:
    """Return the network of an arm; one of HOWS computes what its model's does, for less.

    Where norms are folded, they are in all arms alike, however a model of the user's is written.
    Raises MeasurementError if nothing of it can be fused.
    """
    unfused = network(model, settings, images.device)
    if arm == IN_PLACE:
        return summed_in_place(unfused.eval(), images)
    if arm in HOWS:
        return fused(unfused, HOWS[arm], settings, images)
    if settings.fold_norms and isinstance(model, Imported):
        return folded(unfused.eval(), images)
    return unfused


def fused(network: nn.Module, how: How, settings: Settings, images: Tensor) -> nn.Module:
    """Return a network fused; raise MeasurementError if it has no block that can be."""
    training = settings.mode is Mode.TRAIN
    done = (
        fuse_training(network) if training else fuse(network.eval(), images, how, settings.runtime)
    )
    if not any(block.fused for block in done.blocks):
        why = f": {OTHERS_TRAIN}" if training and not done.blocks else ""
        raise MeasurementError(
            f"nothing to compare: the network has no block that can be fused{why}"
        )
    return done.module
