"""The factor of a gate of others, in the words of ours: after the squeeze, layers on a vector."""

from collections.abc import Iterable, Iterator

from torch import nn

from se_cost.measure.fuse.factor import linear
from se_cost.measure.fuse.words.functions import NotInWordsError
from se_cost.measure.models.layers import AlongChannels, Gated

Words = list[tuple[str, nn.Module]]
POOLS = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
WHOLE_MAP = (1, (1, 1))  # output sizes


def gated(words: Words) -> Gated:
    """Return the gate whose factor is made by `words`; raise NotInWordsError if it is none.

    A product of a map with its own activation is one in form only.
    """
    gate = Gated()
    for name, layer in _on_vectors(flattened(words)):
        gate.add_module(name if not hasattr(gate, name) else f"{name}_{len(gate)}", layer)
    if next(gate.parameters(), None) is None:
        raise NotInWordsError("its forward multiplies a map with a function that has no weights")
    return gate


def flattened(words: Iterable[tuple[str, nn.Module]]) -> Iterator[tuple[str, nn.Module]]:
    """Yield the layers, those of sequences one by one."""
    for name, layer in words:
        if isinstance(layer, nn.Sequential) and type(layer).forward is nn.Sequential.forward:
            yield from flattened(
                (f"{name}_{inner}", part) for inner, part in layer.named_children()
            )
        elif not isinstance(layer, nn.Identity):
            yield name, layer


def _on_vectors(words: Iterable[tuple[str, nn.Module]]) -> Iterator[tuple[str, nn.Module]]:
    """Yield the layers with vectors flat, and with layers for flat vectors."""
    vector = False
    for name, layer in words:
        if vector:
            if not isinstance(layer, nn.Flatten):
                yield name, _on_vector(layer)
            continue
        yield name, layer
        if isinstance(layer, POOLS) and layer.output_size in WHOLE_MAP:
            yield f"{name}_flat", nn.Flatten()
            vector = True


def _on_vector(layer: nn.Module) -> nn.Module:
    """Return the layer that does the same to a vector (N, C) as this one to (N, C, 1, 1)."""
    match layer:
        case nn.Conv2d(groups=1, padding=(0, 0) | "valid"):
            return linear(layer.weight.sum((2, 3)), layer.bias, layer.weight)
        case nn.BatchNorm2d() if type(layer) is nn.BatchNorm2d:
            return _norm(layer)
        case nn.Conv1d(in_channels=1, out_channels=1, bias=None):
            along = AlongChannels(layer.kernel_size[0]).eval()
            along.weight = layer.weight
            return along
        case _:
            return layer


def _norm(norm: nn.BatchNorm2d) -> nn.BatchNorm1d:
    """Return the same norm for vectors."""
    own = nn.BatchNorm1d(norm.num_features, norm.eps, norm.momentum)
    own.weight, own.bias = norm.weight, norm.bias
    own.running_mean, own.running_var = norm.running_mean, norm.running_var
    return own.eval()
