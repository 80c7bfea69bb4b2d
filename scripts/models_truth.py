"""Hold what is found in models of well-known libraries against figures that are known of them.

    python scripts/models_truth.py tests/data/models_truth.csv [MODEL ...]

Prints a line for each model: it agrees, it differs and in what, or it is not available, because its
library cannot be imported. Exits with 1 if one differs. The libraries are no requirement of
se-cost; weights are never loaded.
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import torch
from torch import nn

from se_cost.errors import SeCostError
from se_cost.ledger.gates.find import find, without
from se_cost.measure.models.loading import declare_operators
from se_cost.measure.models.tracing import images, trace
from se_cost.nets.nodes import Shape
from se_cost.record import Record


class Truth(Record):
    """What is known of a model."""

    model: str
    source: str  # the library with its version, and options
    input: str
    kind: str
    blocks: int
    params: int
    attention_params: int
    macs: int
    macs_without: int
    blocks_by_stage: str

    @property
    def shape(self) -> Shape:
        """Return the shape of the input, without the batch."""
        return tuple(map(int, self.input.split("x")))


FACTORIES: dict[str, Callable[[str], Any]] = {
    "efficientnet-pytorch": lambda name: _of("efficientnet_pytorch", "EfficientNet").from_name(
        name
    ),
    "geffnet": lambda name: _of("geffnet", "create_model")(name, pretrained=False),
    "pretrainedmodels": lambda name: _of("pretrainedmodels", name)(pretrained=None),
    "pytorchcv": lambda name: _of("pytorchcv.model_provider", "get_model")(name),
    "segmentation-models-pytorch": lambda name: _segmentation(name),
    "timm": lambda name: _of("timm", "create_model")(name),
    "timm resnet50 with block_args attn_layer": lambda name: _of("timm", "create_model")(
        "resnet50", block_args={"attn_layer": name}
    ),
    "torchvision": lambda name: _of("torchvision.models", "get_model")(name, weights=None),
    "torchvision video": lambda name: _of("torchvision.models", "get_model")(name, weights=None),
}


def main(path: str, *names: str) -> int:
    """Compare all models of a file, or those of some names; return the exit code."""
    with Path(path).open(encoding="utf-8", newline="") as lines:
        truths = [msgspec.convert(row, Truth, strict=False) for row in csv.DictReader(lines)]
    states = Counter(_told(truth) for truth in truths if not names or truth.model in names)
    print(", ".join(f"{state}: {number}" for state, number in states.items()))
    return 1 if states["differs"] else 0


def _told(truth: Truth) -> str:
    """Print a line for a model; return the first word of it."""
    start = perf_counter()
    try:
        network = built(truth)
    except ImportError as error:
        state, words = "not available", [str(error)]
    else:
        middle = perf_counter()
        words = list(differences(truth, network))
        state = "differs" if words else "agrees"
        words = words or [
            f"{middle - start:.2f} s to build, {perf_counter() - middle:.2f} s to read"
        ]
    print(f"{truth.model:24} {truth.source:54} {state:14} {'; '.join(words)}", flush=True)
    return state


def built(truth: Truth) -> nn.Module:
    """Return the model without weights; raise ImportError if its library is not there."""
    library, _, options = truth.source.partition(" ")
    words = [word for word in options.split() if not word[0].isdigit()]
    factory = FACTORIES[" ".join([library, *words])]
    try:
        with torch.device("meta"):
            network: nn.Module = factory(truth.model)
    except NotImplementedError:  # it needs values to be built
        network = factory(truth.model)
    return network.to("meta")


def differences(truth: Truth, network: nn.Module) -> Iterable[str]:
    """Yield what differs from the truth, in words."""
    try:
        traced = trace(network, images(network, [truth.shape]))
    except SeCostError as error:
        yield str(error)
        return
    blocks = [block for block in find(traced) if block.counted]
    left = without(traced, blocks)
    stages = Counter(block.stage for block in blocks)
    kinds = Counter(block.kind for block in blocks) or Counter({"none": 1})
    ours = {
        "kind": kinds.most_common(1)[0][0],
        "blocks": len(blocks),
        "params": traced.params,
        "attention_params": traced.params - left.params,
        "macs": traced.macs,
        "macs_without": left.macs,
        "blocks_by_stage": ";".join(f"{stage}:{n}" for stage, n in sorted(stages.items())),
    }
    for name, value in ours.items():
        if value != (known := getattr(truth, name)):
            yield f"{name} {value}, not {known}"


def _segmentation(name: str) -> Any:
    """Return a decoder on an encoder: `DECODER-ENCODER-ATTENTION`, x for none."""
    decoder, encoder, attention = name.split("-")
    options = {} if attention == "x" else {"decoder_attention_type": attention}
    create = _of("segmentation_models_pytorch", "create_model")
    return create(decoder, encoder_name=encoder, encoder_weights=None, **options)


def _of(module: str, name: str) -> Any:
    """Return what a library calls `name`."""
    try:
        return getattr(import_module(module), name)
    except RuntimeError:
        declare_operators()
        return getattr(import_module(module), name)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
