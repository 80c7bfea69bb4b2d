"""The fused network of a model: proved, saved, and fused for training."""

from pathlib import Path

import pytest
import torch
from torch import nn

from measure.fuse.nets import built, difference, images
from se_cost.errors import MeasurementError
from se_cost.ledger.costs import costs
from se_cost.ledger.costs import network as network_of
from se_cost.ledger.find import find
from se_cost.ledger.traffic import by_stage, total
from se_cost.measure.fuse import whole as room
from se_cost.measure.fuse.fuse import fuse
from se_cost.measure.fuse.moved import moved
from se_cost.measure.fuse.record import How, Movement
from se_cost.measure.fuse.training import proof as trained_room
from se_cost.measure.fuse.training.blocks import TrainedGate
from se_cost.measure.fuse.training.network import Trained, fuse_training
from se_cost.measure.fuse.whole import fuse_model, train_model
from se_cost.measure.models.costs import resolved
from se_cost.measure.timing.settings import DType, Mode, Runtime, Settings
from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model, StrideIn
from se_cost.nets.nodes import seq
from se_cost.nets.zoo import mobilenet, resnet
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NETS = Path(__file__).parents[2] / "data" / "models" / "nets.py"
BASIC = model("se_resnet18", input=32)
FIFTY = model("se_resnet50", input=32)
MOBILE = model("se_mobilenet", input=64, stages=[2, 3])
INFER = Settings(device="cpu")
SLOT = Slot(SE(stage=2, r=4), Place.STANDARD)
BOTTLENECK = resnet.block(16, 8, 32, 1, SLOT, StrideIn.CONV1X1)
SEPARABLE = mobilenet.separable(32, 32, 1, SLOT)
TRAIN = Settings(device="cpu", mode=Mode.TRAIN, batch=2)


@pytest.mark.parametrize(
    ("how", "batch"), [(How.AUTO, 1), (How.AUTO, 2), (How.WEIGHTS, 1), (How.PRODUCT, 2)]
)
def test_saved_for_any_number_of_images(tmp_path: Path, how: How, batch: int) -> None:
    """A saved network computes the same for one image, and for several."""
    original = built(seq(bottleneck=BOTTLENECK, separable=SEPARABLE), dtype=torch.float32)
    x = images(batch, 16, 8, 8, dtype=torch.float32)
    with torch.no_grad():
        assert room._export(fuse(original, x, how).module, x, tmp_path / "fused.pt2")
    loaded = torch.export.load(tmp_path / "fused.pt2").module()
    for number in (1, 2, 5):
        x = images(number, 16, 8, 8, dtype=torch.float32)
        with torch.no_grad():
            assert difference(loaded(x), original(x)) < 1e-5


class ForOne(nn.Module):
    """A network for one image."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the image as a vector, as only one can be."""
        return x.reshape(3 * 32 * 32)


def test_saved_for_one_image(tmp_path: Path) -> None:
    """Where a program for any number cannot be made, there is one for this number."""
    assert not room._export(ForOne(), torch.randn(1, 3, 32, 32), tmp_path / "one.pt2")
    loaded = torch.export.load(tmp_path / "one.pt2").module()
    assert loaded(torch.randn(1, 3, 32, 32)).shape == (3 * 32 * 32,)


def test_autocast_is_proved_as_it_runs() -> None:
    """The working type is that which autocast lowers to, with an error like its rounding."""
    proof = fuse_model(BASIC, Settings(device="cpu", dtype=DType.BFLOAT16, autocast=True)).proof
    assert proof.float64 < 1e-10
    assert 1e-4 < proof.working < 0.5
    assert proof.dtype == "bfloat16 by autocast"


def test_other_forms_of_a_network() -> None:
    """Those that make another network of it than the rule does, each once."""
    basic = resnet.block(16, 16, 16, 1, SLOT, StrideIn.CONV1X1)
    found = {
        name: room._others(built(block), images(1, 16, 8, 8), Runtime.TORCH)
        for name, block in (("basic", basic), ("bottleneck", BOTTLENECK))
    }
    assert found == {"basic": (), "bottleneck": (How.WEIGHTS, How.PRODUCT)}


def test_other_runtimes_get_constant_weights() -> None:
    """They would lay scaled weights out in every run; asked for, these are made all the same."""
    for how, form in ((How.AUTO, "in place"), (How.WEIGHTS, "weights")):
        done = fuse_model(MOBILE, replace(INFER, runtime=Runtime.ONNX), how)
        assert [block.scale for block in done.blocks] == [form] * 4
        assert done.proof.float64 < 1e-10
    reason = fuse_model(MOBILE, replace(INFER, runtime=Runtime.ONNX)).blocks[0].scale_reason
    assert reason.startswith("ONNX Runtime wants constant weights; E-passes: weights ")
    assert {block.scale for block in fuse_model(MOBILE, INFER).blocks} == {"weights"}


def moved_by(net: Model, batch: int) -> tuple[Movement, Movement]:
    """Return what the attention of a model moves, before and after."""
    settings = Settings(device="cpu", batch=batch)
    original, x = room.unfused(net, settings)
    return room._moved(net, settings, original, fuse(original, x).module, x)


@pytest.mark.parametrize("batch", [1, 3])
def test_what_attention_moves_before(batch: int) -> None:
    """What is counted while it runs is what the ledger says of every operator."""
    before, _ = moved_by(FIFTY, batch)
    stated = total(by_stage(costs(FIFTY), batch, 4).values())
    assert before == Movement(stated.forward, stated.operators_forward)


@pytest.mark.parametrize("batch", [1, 3])
def test_what_attention_moves_after(batch: int) -> None:
    """In a bottleneck: the mean of a quarter of the channels, two FCs, and the sum's factor."""
    _, after = moved_by(FIFTY, batch)
    elements = 0
    for block in find(network_of(FIFTY)):
        c, hidden, pixels = block.channels, block.hidden or 0, block.height * block.width
        mean = batch * (c // 4 * pixels + c // 4)
        first = batch * (c // 4 + hidden) + hidden * (c // 4) + hidden
        second = batch * (hidden + c) + hidden * c + c
        elements += mean + first + batch * 2 * hidden + second + batch * 2 * c + batch * c
    assert after == Movement(4 * elements, 16 * 5)


def test_what_is_moved_in_half_the_bytes() -> None:
    """Bytes follow the type, operators do not; what looks at a map moves nothing."""
    single, half = (
        moved(nn.Sequential(nn.ReLU(), nn.Flatten()), torch.randn(2, 3, 4, 4, dtype=dtype))
        for dtype in (torch.float32, torch.bfloat16)
    )
    assert (single, half) == (Movement(4 * 2 * 96, 1), Movement(2 * 2 * 96, 1))


def test_training_is_proved() -> None:
    """Outputs, gradients and statistics, with the norm taken along."""
    done = train_model(BASIC, TRAIN)
    assert done.proof.float64 < 1e-10
    assert 1e-10 < done.proof.working < 1e-2
    assert {(block.fused, block.norm) for block in done.trained} == {(True, True)}
    assert not done.blocks


def test_training_without_attention_of_ours() -> None:
    """There is nothing to prove."""
    with pytest.raises(MeasurementError, match="no attention that can be read in training"):
        train_model(model("resnet18", input=32), TRAIN)


def test_training_of_others() -> None:
    """Attention of someone else's is left alone, and it is said what to do."""
    net = resolved(Imported(spec=f"{NETS}:Net", input=(3, 32, 32)))
    with pytest.raises(MeasurementError, match=r"Net has no attention .* with se_cost.fused_se$"):
        train_model(net, TRAIN)


@pytest.mark.parametrize("part", ["output", "gradient", "statistics"])
def test_a_wrong_training_is_seen(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """In the output, in a gradient, or in the statistics that are kept."""

    def wrong(original: nn.Module) -> Trained:
        done = fuse_training(original)
        gate = next(gate for gate in done.module.modules() if isinstance(gate, TrainedGate))
        assert gate.norm is not None
        match part:
            case "output":
                gate.register_forward_hook(lambda _, __, output: output * (1 + 1e-6))
            case "gradient":
                weight = next(gate.layers.parameters())
                weight.register_hook(lambda gradient: gradient * 1.01)  # type: ignore[no-untyped-call]
            case "statistics":
                gate.norm.momentum = 0.11
        return done

    monkeypatch.setattr(trained_room, "fuse_training", wrong)
    assert train_model(BASIC, TRAIN).proof.float64 > 1e-9
