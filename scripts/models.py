"""What attention is found in thirty well-known networks, and its share of each: reports/models.md.

    python scripts/models.py [SPEC ...]

The libraries are no requirement of se-cost: a network whose library cannot be imported is left out,
and said so. Weights are never loaded; bytes are float32 bytes moved by the forward pass, if every
operand is read once.
"""

import sys
from collections import Counter
from pathlib import Path

from tabulate import tabulate

from se_cost.errors import SeCostError
from se_cost.ledger.costs import Costs
from se_cost.measure.models.costs import costs
from se_cost.nets.imported import Imported

PAGE = Path(__file__).parents[1] / "reports" / "models.md"
SPECS = (
    *(
        "timm:seresnet50",
        "timm:seresnext50_32x4d",
        "timm:legacy_senet154",
        "timm:seresnext101_32x8d",
    ),
    *("timm:ecaresnet50d", "timm:eca_nfnet_l0", "timm:gcresnet50t", "timm:skresnet50"),
    *(
        "timm:resnest50d",
        "timm:efficientnet_b0",
        "timm:efficientnet_b4",
        "timm:tf_efficientnetv2_s",
    ),
    *("timm:mobilenetv3_large_100", "timm:mnasnet_small", "timm:regnety_032", "timm:regnety_160"),
    *("timm:tresnet_m", "timm:dm_nfnet_f0", "timm:ghostnet_100", "timm:rexnet_100"),
    *("timm:coatnet_0_rw_224", "timm:maxvit_tiny_rw_224", "timm:hardcorenas_a", "timm:repvgg_d2se"),
    *("timm:resnet50", "timm:convnext_tiny", "timm:vit_small_patch16_224"),
    *("torchvision:efficientnet_b0", "torchvision:mobilenet_v3_large", "torchvision:regnet_y_8gf"),
)
HEADS = ("model", "attention", "blocks", "params M", "of them %", "MACs G", "of them %", "bytes %")


def row(spec: str) -> list[object]:
    """Return what is found in one network."""
    try:
        whole = costs(Imported(spec=spec))
    except SeCostError as error:
        return [spec, f"not counted: {error}", *[None] * (len(HEADS) - 2)]
    kinds = Counter(block.kind for block in whole.blocks)
    named = ", ".join(kinds) or "none"
    figures = _shares(whole)
    return [spec, named, len(whole.blocks), *figures]


def _shares(whole: Costs) -> list[str]:
    """Return the size of a network, and what of it is attention."""
    network, plain = whole.network, whole.plain
    params = 100 * (network.params - plain.params) / network.params
    macs = 100 * (network.macs - plain.macs) / network.macs
    moved = 100 * (network.bytes - plain.bytes) / network.bytes
    return [
        f"{network.params / 1e6:.2f}",
        f"{params:.2f}",
        f"{network.macs / 1e9:.3f}",
        f"{macs:.3f}",
        f"{moved:.1f}",
    ]


def main(specs: list[str]) -> None:
    """Write the page."""
    rows = [row(spec) for spec in specs or SPECS]
    right = ("left", "left", *["right"] * (len(HEADS) - 2))
    table = tabulate(rows, HEADS, tablefmt="pipe", disable_numparse=True, colalign=right)
    PAGE.write_text(f"# Attention in well-known networks\n\n{INTRODUCTION}\n\n{table}\n")


INTRODUCTION = """\
Made by `python scripts/models.py`: every network is run once on the meta device, without weights,
and its attention is found by data flow. A share is what goes if the attention is taken out, in per
cent of the whole network; bytes are those that a forward pass of one image moves in float32, if
every operand is read once. Self-attention of transformers is no gate, and is not counted."""


if __name__ == "__main__":
    main(sys.argv[1:])
