"""How the attention of a network is taken out: the cleanest way that leaves exactly the rest."""

import torch
from torch import nn

from se_cost.errors import MeasurementError
from se_cost.ledger.gates.find import TracedBlock
from se_cost.measure.models.blank import blank_copy, is_blank, real_copy
from se_cost.measure.models.feeding import batched, valued
from se_cost.measure.models.found import FoundAttention
from se_cost.measure.models.rewrite import PAIR
from se_cost.measure.models.strip import strip
from se_cost.measure.models.tracing import results
from se_cost.nets.imported import Removal


def way_out(network: nn.Module, found: FoundAttention) -> Removal:
    """Return the first way in which all attention can be taken out of a network.

    What is left must be what should be, and must train if the network does. Tried on copies.
    Raises MeasurementError with the path and the reason of every way.
    """
    trains = not _failure(network, found)
    reasons = []
    for way in Removal:
        try:
            left = strip(_copy(network), found, found.blocks, way)
            if trains and (failure := _failure(left, found)):
                raise MeasurementError(f"without it the model cannot train: {failure}")
        except MeasurementError as error:
            reasons.append(str(error))
        else:
            return way
    raise MeasurementError(_refusal(found.blocks, reasons))


def _refusal(blocks: tuple[TracedBlock, ...], reasons: list[str]) -> str:
    """Return one line with the place of the attention, and what is in the way."""
    paths = {block.path: None for block in blocks}
    path, *others = paths
    places = f"{path or 'the model'}" + (f" and {len(others)} more places" if others else "")
    said = "; ".join(dict.fromkeys(reasons))
    return f"the attention in {places} cannot be taken out: {said}"


def _failure(network: nn.Module, found: FoundAttention) -> str:
    """Return why a copy of a network cannot train; nothing if it can."""
    try:
        copy = _copy(network).train()
        inputs = valued(copy, batched(found.inputs, PAIR))
        for parameter in copy.parameters():
            parameter.requires_grad_(parameter.dtype.is_floating_point)
        with torch.enable_grad(), torch.random.fork_rng(devices=[]):
            ends = [one for one in results(copy(*inputs)) if one.grad_fn]
            torch.autograd.backward(ends, [torch.ones_like(one) for one in ends])
    except Exception as error:
        return str(error).strip().partition("\n")[0] or type(error).__name__
    return ""


def _copy(network: nn.Module) -> nn.Module:
    """Return a copy without values, if the network itself has none: it may need some to run."""
    return blank_copy(network) if is_blank(network) else real_copy(network)
