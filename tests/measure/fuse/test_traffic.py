"""The ledger of the fused form against the operators that PyTorch runs, to the byte."""

from itertools import product, takewhile
from pathlib import Path

import pytest
from helpers import GATING_KINDS, gating_places, label

from measure.fuse.nets import built, images, narrow
from se_cost.ledger.folding import folded as folded_rows
from se_cost.ledger.walk import ledger, walk
from se_cost.measure.fuse.fuse import folded, fuse
from se_cost.measure.fuse.moved import moved
from se_cost.measure.fuse.record import How, Movement
from se_cost.measure.fuse.rows import FoldedRows
from se_cost.measure.fuse.traffic import fused_traffic
from se_cost.measure.fuse.whole import unfused
from se_cost.measure.models.costs import resolved
from se_cost.measure.timing.settings import MemoryFormat, Settings
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.imported import Imported
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import Seq, Shape
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build

OURS = Path(__file__).parents[2] / "data" / "models" / "ours.py"
SIZE = 8  # bytes of float64
WAYS = list(product((1, 4), MemoryFormat, How))  # batches, layouts and forms
NOTHING = Movement(0, 0)
CHANGED = [
    model(f"se_{arch}", input=64, place=place)
    for arch in ("resnet18", "resnet50", "wrn16_8", "densenet121")
    for place in gating_places(arch)
]
OPTIONS = [
    model("se_resnet50", input=64, attention=SE(squeeze=squeeze, gate=gate, bias=bias))
    for squeeze, gate, bias in product(Squeeze, GATES, (True, False))
]
OTHERS = [
    model("se_shufflenet", input=64),
    *(model(f"se_{name}", input=96) for name in ("bn_inception", "inception_resnet_v2")),
    *(model(f"se_{name}") for name in ("shake_shake26_2x96d", "resnet110_cifar")),
    *(model(f"{kind}_resnet50", input=64) for kind in GATING_KINDS),
]
VARIED = [(net, *WAYS[5 * i % len(WAYS)]) for i, net in enumerate((*CHANGED, *OPTIONS, *OTHERS))]


def parts(net: Zoo) -> tuple[Seq, Shape]:
    """Return the first two stages with attention of a narrow network, and the shape they take."""
    node, shape = narrow(build(net)), net.input
    assert isinstance(node, Seq)
    begun = f"stage{min(net.stages)}"
    before = dict(takewhile(lambda child: child[0] != begun, node.children))
    for child in before.values():
        shape = walk(child, shape).shape
    return Seq(node.children[len(before) :][:2]), shape


def assert_as_it_runs(net: Zoo, batch: int, layout: MemoryFormat, how: How) -> None:
    """Assert that the rows say what a fused network moves more than one that is not."""
    node, shape = parts(net)
    network, x = built(node, layout.value), images(batch, *shape, layout=layout.value)
    done = fuse(network, x, how)
    reading = FoldedRows(folded_rows(ledger(node, shape)))
    exchanged = [reading.exchanged(one).added(batch, SIZE) for one in done.rewritings]
    assert len(exchanged) == len(done.blocks)
    assert sum(exchanged, NOTHING) == moved(done.module, x) - moved(folded(network, x), x)


@pytest.mark.parametrize(("batch", "layout", "how"), WAYS)
@pytest.mark.parametrize("arch", ["resnet50", "resnext50_32x4d", "mobilenet"])
def test_every_form(arch: str, batch: int, layout: MemoryFormat, how: How) -> None:
    """One image and four, both layouts, and every form of the scale."""
    assert_as_it_runs(model(f"se_{arch}", input=64), batch, layout, how)


@pytest.mark.parametrize(
    ("net", "batch", "layout", "how"), VARIED, ids=[label(net) for net, *_ in VARIED]
)
def test_every_surrounding(net: Zoo, batch: int, layout: MemoryFormat, how: How) -> None:
    """Blocks of other networks, places, options and kinds, each in another way."""
    assert_as_it_runs(net, batch, layout, how)


@pytest.mark.parametrize("kind", ["se", "cbam", "bam", "gc", "srm"])
def test_stages_add_up_to_what_runs(kind: str) -> None:
    """Of every kind, before and after, beyond the plain network; norms are folded in all."""
    net, settings = model(f"{kind}_resnet18", input=64), Settings(device="cpu", batch=2)
    found = fused_traffic(net, settings)
    assert [(stage.stage, stage.blocks > 0) for stage in found.stages] == [
        (stage, kind not in ("ca", "gc")) for stage in (2, 3, 4, 5)
    ]
    plain, x = unfused(net.plain, settings)
    network, _ = unfused(net, settings)
    for name, one in (("before", folded(network, x)), ("after", fuse(network, x).module)):
        assert getattr(found.whole, name) == moved(one, x) - moved(folded(plain, x), x)


@pytest.mark.parametrize("arch", ["se_resnet18", "se_resnet50"])
def test_a_model_of_the_user_is_metered(arch: str) -> None:
    """With more and more of its attention: the same by stage as the ledger says of ours."""
    settings = Settings(device="cpu", batch=2)
    yours = resolved(
        Imported(spec=f"{OURS}:network", input=(3, 64, 64), arguments=(("arch", arch),))
    )
    found, expected = (fused_traffic(net, settings) for net in (yours, model(arch, input=64)))
    assert found.stages == expected.stages
    assert found.plain_bytes == pytest.approx(expected.plain_bytes, rel=0.01)
