"""What `fuse` finds, as json and as text."""

import pytest
from measure.made_up import timing

from documents.every import BLOCK
from se_cost.documents.files import encode, parse
from se_cost.documents.fuse import fused
from se_cost.measure.fuse.record import (
    Done,
    FusedBlock,
    How,
    Movement,
    Proof,
    ScaleForm,
    SqueezeForm,
    TrainedBlock,
)
from se_cost.measure.timing.arms import FUSED, IN_PLACE, NETWORK
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.pages.all import page

NET = model("se_resnet50")
PROOF = Proof(1e-15, 4e-7, "float32")
SETTINGS = Settings(device="cpu", fold_norms=True)


def test_it_is_read_again() -> None:
    """The record is the json."""
    found = fused(NET, SETTINGS, How.AUTO, Done(PROOF, (BLOCK,)))
    assert parse(encode(found).encode(), "x") == found
    assert not found.failed


def test_a_difference_is_a_failure() -> None:
    """In double precision only rounding is left; nan is no proof either."""
    for wrong in (1.1e-10, float("nan")):
        found = fused(NET, SETTINGS, How.AUTO, Done(Proof(wrong, 4e-7, "float32"), (BLOCK,)))
        assert found.failed
        assert "THE OUTPUTS DISAGREE" in found.disagreements[0]


TRUTH = {NETWORK: 1.10, FUSED: 1.04, "fused_weights": 1.02, IN_PLACE: 0.99}


def test_forms_beside_the_choice_of_the_rule() -> None:
    """By pairs: weights beside auto, and fused beside plain in place; a faster form is a doubt."""
    found = fused(NET, SETTINGS, How.AUTO, Done(PROOF, (BLOCK,)), timing(NET, SETTINGS, TRUTH))
    ((how, change),) = [(form.how, form.change) for form in found.forms]
    assert how is How.WEIGHTS
    assert change.percent == pytest.approx(100 * (1.02 / 1.04 - 1), abs=1e-6)
    assert found.beside_in_place is not None
    assert found.beside_in_place.percent == pytest.approx(100 * (1.04 / 0.99 - 1), abs=1e-6)
    assert found.doubts[0].startswith(
        "the rule by bytes chose wrongly here: --how weights takes -1.9 % time beside its choice"
    )
    said = " ".join(getattr(block, "text", "") for block in page(found).blocks)
    assert "Fused: +4.00 % time beside ResNet-50" in said
    assert "beside ResNet-50 with its sums in place, too, fused takes +5.05 % time [" in said
    assert "--how weights takes -1.92 % time beside the choice of the rule [" in said
    slower = TRUTH | {"fused_weights": 1.06}
    right = fused(NET, SETTINGS, How.AUTO, Done(PROOF, (BLOCK,)), timing(NET, SETTINGS, slower))
    assert not any("rule" in doubt for doubt in right.doubts)


def test_the_form_that_was_asked_for() -> None:
    """Its overhead is told, and no other."""
    truth = {NETWORK: 1.10, "fused_weights": 1.02, IN_PLACE: 1.0}
    found = fused(NET, SETTINGS, How.WEIGHTS, Done(PROOF, (BLOCK,)), timing(NET, SETTINGS, truth))
    assert not found.forms
    assert found.beside_in_place is not None
    said = " ".join(getattr(block, "text", "") for block in page(found).blocks)
    assert "Fused: +2.00 % time beside ResNet-50" in said


@pytest.mark.parametrize(
    ("any_batch", "words"), [(True, "any number of images"), (False, "1 image at a time")]
)
def test_a_saved_network(any_batch: bool, words: str) -> None:
    """It is said what it takes."""
    done = Done(PROOF, (BLOCK,), any_batch=any_batch)
    said = [
        getattr(block, "text", "") for block in page(fused(NET, SETTINGS, How.AUTO, done)).blocks
    ]
    assert any(text.startswith(f"The saved network takes {words}") for text in said)


def test_training() -> None:
    """Each block says whether the norm was taken along, and why not."""
    gate = TrainedBlock(
        "a", "se", fused=True, norm=False, reason="no norm directly before the gate"
    )
    settings = Settings(device="cpu", mode=Mode.TRAIN)
    found = fused(NET, settings, How.AUTO, Done(PROOF, trained=(gate, gate)))
    shown = page(found)
    assert shown.tables[0].rows[0] == ("a", "se", "yes", "stays")
    said = [getattr(block, "text", "") for block in shown.blocks]
    assert said[1].startswith("Same training: outputs and gradients differ by 1.0e-15")
    assert said[-1] == "2 blocks: no norm directly before the gate."
    assert parse(encode(found).encode(), "x") == found


def test_reasons_that_differ_in_numbers_are_one() -> None:
    """With the range of each; names of convolutions and paths are no numbers."""
    reasons = (
        "a 3x3 convolution precedes; E-passes: weights 0.5, in place 2",
        "a 3x3 convolution precedes; E-passes: weights 12.5, in place 2",
        "a 1x1 convolution precedes; E-passes: weights 1e-05, in place 2",
    )
    blocks = tuple(replace(BLOCK, squeeze_reason="", scale_reason=reason) for reason in reasons)
    texts = page(fused(NET, SETTINGS, How.AUTO, Done(PROOF, blocks))).blocks[-2:]
    assert [getattr(block, "text", "") for block in texts] == [
        "2 blocks: a 3x3 convolution precedes; E-passes: weights 0.5 to 12.5, in place 2.",
        "1 block: a 1x1 convolution precedes; E-passes: weights 1e-05, in place 2.",
    ]


def test_the_page_says_what_was_done() -> None:
    """With the passes of all blocks, and what was left alone."""
    kept = FusedBlock(
        **{name: getattr(BLOCK, name) for name in BLOCK.__struct_fields__}
        | {"squeeze": SqueezeForm.KEPT, "scale": ScaleForm.KEPT, "e_passes_after": 3.0}
    )
    both = Movement(3 * 2**20, 6), Movement(2**19, 5)
    done = Done(PROOF, (BLOCK, kept), (), {"layer1.x": "no pool"}, (), *both)
    found = fused(NET, SETTINGS, How.AUTO, done)
    shown = page(found)
    said = " ".join(getattr(block, "text", "") for block in shown.blocks)
    assert "1 of 2 blocks rewritten." in said
    assert "A block adds 3.00 passes over its map (E-passes) before, 1.62 after." in said
    assert "outputs differ by 1.0e-15 of the largest in float64, by 4.0e-07 in float32" in said
    assert "layer1.x was left alone: no pool." in said
    assert "the attention moves 3.00 MiB in 6 operators before, 0.50 MiB in 5 after." in said
    assert said.endswith(f"2 blocks: {BLOCK.squeeze_reason}; {BLOCK.scale_reason}.")
    (table,) = shown.tables
    assert table.rows[0][3:9] == ("moved", "addcmul", 3.0, 0.25, 8192, 5120)
