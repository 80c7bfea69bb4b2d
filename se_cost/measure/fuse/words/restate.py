"""A network whose modules are said in our words wherever that is the same function."""

import copy
from collections import OrderedDict
from typing import NamedTuple

import torch
from torch import nn

from se_cost.errors import UsageError
from se_cost.measure.fuse.chains import Spot, names
from se_cost.measure.fuse.network import hooked
from se_cost.measure.fuse.seen import Seen
from se_cost.measure.fuse.words.factors import flattened
from se_cost.measure.fuse.words.forward import words
from se_cost.measure.fuse.words.functions import NotInWordsError
from se_cost.measure.models.layers import AlongChannels, Constant, Gated, Stack, Sum

OURS = (Sum, Stack, Gated, Constant, AlongChannels)
TOLERANCE = 1e-9  # of float64, relative to the largest output
IMAGES = 2  # enough to tell them from one another


class Restated(NamedTuple):
    """What became of the modules of others."""

    originals: dict[nn.Module, nn.Module]  # of gates that were a module of their own
    reasons: dict[nn.Module, str]  # why the others are left as they are


def restate(spot: Spot, seen: Seen, paths: dict[nn.Module, str]) -> Restated:
    """Exchange the modules at and below a spot, and note the paths of what takes their place.

    Only those are exchanged that hold a gate, hold a norm that a convolution may take, or do
    nothing in inference.
    """
    restated = Restated({}, {})
    _restate(spot, seen, paths, restated)
    return restated


def _restate(spot: Spot, seen: Seen, paths: dict[nn.Module, str], restated: Restated) -> None:
    module = spot.module
    for name in names(module):
        _restate(Spot(module, name), seen, paths, restated)
    if not _foreign(module):
        return
    try:
        candidate = _candidate(module, seen)
    except NotInWordsError as error:
        if next(module.parameters(), None) is not None:
            restated.reasons[module] = str(error)
        return
    if candidate is None:
        return
    if hooked(module):
        raise UsageError(f"{paths[module]} has hooks, which fusing would lose: remove them first")
    if isinstance(candidate, Gated):
        restated.originals[candidate] = module
    for path, part in candidate.named_modules():
        paths.setdefault(part, ".".join(filter(None, (paths[module], path.rpartition(".")[2]))))
    spot.put(candidate)


def _foreign(module: nn.Module) -> bool:
    """Return whether a module's forward is someone else's."""
    if isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward:
        return False
    return not isinstance(module, OURS) and not type(module).__module__.startswith("torch.nn")


def _candidate(module: nn.Module, seen: Seen) -> nn.Module | None:
    """Return what may take the place of a module, None if there is no reason to exchange it."""
    if not seen.once(module) or module not in seen.inputs:
        raise NotInWordsError("it is not used exactly once, on one map")
    if module in seen.idle and _same(module, nn.Identity(), seen.inputs[module]):
        return nn.Identity()
    if isinstance(module, nn.BatchNorm2d):
        return _split(module, seen)
    said = words(module)
    parts = [part for _, part in flattened(said.named_children())]
    candidate = parts[0] if [type(part) for part in parts] == [Gated] else said
    if not any(isinstance(part, Gated | nn.BatchNorm2d) for part in said.modules()):
        return None
    if not _same(module, candidate, seen.inputs[module]):
        raise NotInWordsError("its forward, read as layers, sums and gates, is another function")
    return candidate


def _split(norm: nn.BatchNorm2d, seen: Seen) -> nn.Module:
    """Return a norm that does more than norms do as a plain one and the parts that it has."""
    plain = nn.BatchNorm2d(norm.num_features, norm.eps, norm.momentum)
    plain.weight, plain.bias = norm.weight, norm.bias
    plain.running_mean, plain.running_var = norm.running_mean, norm.running_var
    split = nn.Sequential(OrderedDict(norm=plain.eval(), **dict(norm.named_children())))
    if not _same(norm, split, seen.inputs[norm]):
        raise NotInWordsError("it is a norm that does more than norms do")
    return split


def _same(module: nn.Module, candidate: nn.Module, shape: torch.Size) -> bool:
    """Return whether two modules compute the same, on random numbers in float64.

    Weights that are zero, as those of a last norm before training, would hide what follows them:
    where both modules hold them, both are given others.
    """
    device = next((part.device for part in module.parameters()), torch.device("cpu"))
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(IMAGES, *shape[1:], generator=generator, dtype=torch.float64).to(device)
    with torch.no_grad():
        try:
            pair = copy.deepcopy(nn.ModuleList((module, candidate))).double()
            for weight in {*pair[0].parameters()} & {*pair[1].parameters()}:
                if not weight.any():
                    weight.uniform_(generator=generator)
            expected, actual = pair[0](drawn.clone()), pair[1](drawn.clone())
            difference: float = ((expected - actual).abs().max() / expected.abs().max()).item()
        except Exception:  # anything may happen when someone else's code meets what it never saw
            return False
    return bool(expected.shape == actual.shape) and difference <= TOLERANCE
