"""What `fuse` finds, as json and as text."""

from se_cost.documents.files import encode, parse
from se_cost.documents.fuse import fused
from se_cost.measure.fuse.record import FusedBlock, How, Proof, ScaleForm, SqueezeForm
from se_cost.measure.timing.settings import Settings
from se_cost.nets.zoo.model import model
from se_cost.report.pages.all import page

BLOCK = FusedBlock(
    path="stage2.block1.sum.residual.se",
    kind="se",
    channels=256,
    height=56,
    width=56,
    squeeze=SqueezeForm.MOVED,
    squeeze_reason="0.25 E-passes instead of 1",
    scale=ScaleForm.ADDCMUL,
    into="stage2.block1.sum",
    scale_reason="addcmul 0, in place 2",
    e_passes_before=3.0,
    e_passes_after=0.25,
    macs_before=8192,
    macs_after=5120,
)
NET = model("se_resnet50")
SETTINGS = Settings(device="cpu", fold_norms=True)


def test_it_is_read_again() -> None:
    """The record is the json."""
    found = fused(NET, SETTINGS, How.AUTO, [BLOCK], {}, Proof(1e-15, 4e-7, "float32"))
    assert parse(encode(found).encode(), "x") == found
    assert not found.failed


def test_a_difference_is_a_failure() -> None:
    """In double precision only rounding is left; nan is no proof either."""
    for wrong in (1.1e-10, float("nan")):
        found = fused(NET, SETTINGS, How.AUTO, [BLOCK], {}, Proof(wrong, 4e-7, "float32"))
        assert found.failed
        assert "THE OUTPUTS DISAGREE" in found.disagreements[0]


def test_the_page_says_what_was_done() -> None:
    """With the passes of all blocks, and what was left alone."""
    kept = FusedBlock(
        **{name: getattr(BLOCK, name) for name in BLOCK.__struct_fields__}
        | {"squeeze": SqueezeForm.KEPT, "scale": ScaleForm.KEPT, "e_passes_after": 3.0}
    )
    proof = Proof(1e-15, 4e-7, "float32")
    found = fused(NET, SETTINGS, How.AUTO, [BLOCK, kept], {"layer1.x": "no pool"}, proof)
    shown = page(found)
    said = " ".join(getattr(block, "text", "") for block in shown.blocks)
    assert "1 of 2 blocks rewritten." in said
    assert "A block adds 3.00 passes over its map (E-passes) before, 1.62 after." in said
    assert "outputs differ by 1.0e-15 of the largest in float64, by 4.0e-07 in float32" in said
    assert "layer1.x was left alone: no pool." in said
    assert said.endswith(f"2 blocks: {BLOCK.squeeze_reason}; {BLOCK.scale_reason}.")
    (table,) = shown.tables
    assert table.rows[0][3:9] == ("moved", "addcmul", 3.0, 0.25, 8192, 5120)
