"""The operators of every kind of attention, read off a run, against the formulas of the ledger."""

import sys
from collections import Counter
from pathlib import Path

import pytest
import torch
from helpers import GATING_KINDS
from torch import Tensor

from se_cost.measure.explain.calls import MemoryState, Reuse, TorchCall
from se_cost.measure.explain.tape import Tape, attention
from se_cost.measure.models.asked import asked
from se_cost.measure.models.metering import Meter
from se_cost.measure.models.traffic import by_stage
from se_cost.measure.timing.settings import MemoryFormat, Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.zoo.model import model

CPU = torch.device("cpu")
NETS = Path(__file__).parents[2] / "data" / "models" / "nets.py"
SIZE = 4  # bytes of a float32
NORMED = ("bam", "srm", "ca")  # their norms run another operator in inference


def moved(calls: Counter[TorchCall], *, backward: bool) -> tuple[int, int]:
    """Return the bytes of one pass, and its operators."""
    found = [(call, count) for call, count in calls.items() if call.backward is backward]
    return sum(call.bytes * n for call, n in found), sum(n for _, n in found)


@pytest.mark.parametrize("kind", GATING_KINDS)
def test_a_training_step_is_the_formulas(kind: str) -> None:
    """Bytes and operators of both passes, by stage: no operator of any kind is left out."""
    net, settings = (
        model("mobilenet", attention=kind, input=64, stages=[3, 4], width=0.25),
        Settings("cpu", Mode.TRAIN, 2),
    )
    stages = attention(net, settings, CPU).stages
    expected = by_stage(net, settings)
    assert stages.keys() == expected.keys()
    for stage, calls in stages.items():
        part = expected[stage]
        assert moved(calls, backward=False) == (part.forward, part.operators_forward)
        assert moved(calls, backward=True) == (part.backward, part.operators_backward)


@pytest.mark.parametrize("mode", Mode)
def test_a_network_of_several_inputs(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are given, in either pass."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    net = asked(Imported(spec=f"{NETS}:Two", input=(3, 8, 8), others=((5,),)))
    settings = Settings("cpu", mode, 2)
    stages = attention(net, settings, CPU).stages
    for stage, part in by_stage(net, settings).items():
        assert moved(stages[stage or 0], backward=False) == (part.forward, part.operators_forward)


def test_what_takes_the_place_of_a_layer_runs_less_of_it() -> None:
    """Self-attention: its operators, less those of the convolution."""
    net, settings = model("mhsa_resnet50", input=64), Settings("cpu", Mode.TRAIN, 2)
    stages = attention(net, settings, CPU).stages
    part = by_stage(net, settings)[5]
    assert moved(stages[5], backward=False) == (part.forward, part.operators_forward)
    assert moved(stages[5], backward=True) == (part.backward, part.operators_backward)


@pytest.mark.parametrize("kind", [kind for kind in GATING_KINDS if kind not in NORMED])
def test_inference_is_the_formulas(kind: str) -> None:
    """The forward pass without gradients, of one image."""
    net, settings = (
        model("mobilenet", attention=kind, input=64, stages=[3, 4], width=0.25),
        Settings("cpu"),
    )
    stages = attention(net, settings, CPU).stages
    for stage, part in by_stage(net, settings).items():
        assert moved(stages[stage or 0], backward=False) == (part.forward, part.operators_forward)
        assert moved(stages[stage or 0], backward=True) == (0, 0)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", GATING_KINDS)
def test_the_other_layout_runs_at_least_as_much(kind: str, mode: Mode) -> None:
    """The same operators with other strides, and conversions between layouts besides."""
    net = model("mobilenet", attention=kind, input=64, stages=[4], width=0.25)
    settings = Settings("cpu", mode, 2, layout=MemoryFormat.NHWC)
    found = attention(net, settings, CPU)
    stages, reuses = found.stages, found.reuses
    part = by_stage(net, settings)[4]
    forward, operators = moved(stages[4], backward=False)
    assert kind in NORMED or (forward >= part.forward and operators >= part.operators_forward)
    maps = [one for call in stages[4] for one in call.operands if len(one.shape) == 4]
    assert any(one.strides[1] == 1 < one.strides[3] for one in maps)
    assert reuses.keys() >= stages[4].keys()


def test_one_tensor_given_twice_is_one_operand() -> None:
    """So that it is read once when it is timed, too."""
    found, numbers = Tape(), torch.ones(3)
    with Meter(note=found.forward):
        torch.mul(numbers, numbers)
        torch.mul(numbers, torch.ones(3))
    first, *_, last = found.calls
    assert [len(call.operands) for call in (first, last)] == [1, 2]


def run(found: Tape, *steps: Tensor) -> None:
    """Double each tensor in place."""
    with Meter(note=found.forward):
        for step in steps:
            step.mul_(2)


def test_memory_is_used_so_many_bytes_ago() -> None:
    """What was used in between counts once, however often; None is never. So is code."""
    found, a, b, c = Tape(), torch.ones(10), torch.ones(20), torch.ones(30)
    run(found, a, b, c, b)
    found.rewind()
    assert not found.calls
    run(found, a)
    (reuse,) = found.reuses.values()
    assert reuse == Reuse(SIZE * 20, (MemoryState(SIZE * 10, SIZE * 50, 0),), ())
    run(found, torch.ones(7))
    assert list(found.reuses.values())[1] == Reuse(SIZE * 10, (MemoryState(SIZE * 7, None, 0),), ())


def test_what_was_used_beside_is_known() -> None:
    """A sum of two maps used two others beside each of them."""
    found, a, b = Tape(), torch.ones(10), torch.ones(10)
    with Meter(note=found.forward):
        kept = a + b
        kept.mul_(2)
    last = list(found.reuses.values())[-1]
    assert last.operands == (MemoryState(SIZE * 10, 0, 2 * SIZE * 10),)


def test_a_convolution_uses_copies_as_well() -> None:
    """As much memory again: what was used before it is so much longer ago."""
    found, a, image, weights = Tape(), torch.ones(5), torch.ones(1, 1, 6, 6), torch.ones(1, 1, 1, 1)
    run(found, a)
    with Meter(note=found.forward):
        torch.conv2d(image, weights)
    found.rewind()
    run(found, a)
    (reuse,) = found.reuses.values()
    assert reuse.operands[0].since == 2 * SIZE * (36 + 36 + 1)


def test_the_memory_of_a_result_is_new_or_used() -> None:
    """A result that takes the memory of another is found as that was left."""
    found, a = Tape(), torch.ones(10)
    with Meter(note=found.forward):
        kept = a + 1
    (reuse,) = found.reuses.values()
    assert reuse.made == (MemoryState(kept.untyped_storage().nbytes(), None, 0),)


def test_a_whole_block_is_its_operators_and_where_its_memory_is_found() -> None:
    """The input has just been written, weights are as long ago as an iteration; hooks are gone."""
    net, settings = model("se_resnet18", input=32, stages=[3]), Settings("cpu")
    found = attention(net, settings, CPU)
    first, second = found.blocks[3]
    assert Counter(first.operators + second.operators) == found.stages[3]
    assert first.given.shape == (1, 128, 4, 4)
    entered, *weights = first.reuse.operands
    assert entered.since == 0
    assert len(weights) == len(list(first.module.parameters())) == 4
    assert all(weight.since is not None and weight.since > 10**6 for weight in weights)
    after_all, after_first = first.reuse.code, second.reuse.code
    assert after_all is not None
    assert after_first is not None
    assert 10**5 < after_first < after_all  # of the network
    assert len(first.reuse.made) == len(first.operators) - 1  # the ReLU writes in place
    assert not first.module._forward_hooks
    assert not first.module._forward_pre_hooks


def test_a_module_that_holds_other_layers_is_no_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's bottleneck in whose forward the product stands has convolutions as well."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    net = asked(Imported(spec=f"{NETS}:Inline", input=(3, 8, 8)))
    assert not any(attention(net, Settings("cpu"), CPU).blocks.values())


def test_blocks_of_one_stage() -> None:
    """Those of a stage are its own, whatever the path."""
    net = model("se_resnet18", input=32, stages=[3, 5])
    blocks = attention(net, Settings("cpu", Mode.TRAIN, 2), CPU).blocks
    assert {stage: block[0].given.shape[1] for stage, block in blocks.items()} == {3: 128, 5: 512}
