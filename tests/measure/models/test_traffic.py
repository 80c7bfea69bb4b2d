"""What a model of the user's moves: metered, it is what the formulas say of ours, to the byte."""

from pathlib import Path

import pytest
import torch
from torch import nn

from se_cost.errors import MeasurementError
from se_cost.ledger.traffic import Traffic, total
from se_cost.measure.models import traffic
from se_cost.measure.models.costs import resolved
from se_cost.measure.models.metering import inference, training
from se_cost.measure.timing.settings import DType, MemoryFormat, Mode, Settings
from se_cost.nets.attention.eca import ECA
from se_cost.nets.imported import Imported
from se_cost.nets.zoo.model import model

FOLDER = Path(__file__).parents[2] / "data" / "models"
TRAIN = Settings(mode=Mode.TRAIN, batch=2)
ARCHS = [
    "se_resnet18",
    "cbam_resnet18",
    "bam_resnet18",
    "gc_resnet18",
    "ca_resnet18",
]


def of(name: str, side: int = 64, **rest: object) -> Imported:
    """Return a model of the files, which knows its stages."""
    found = resolved(Imported(spec=f"{FOLDER}/{name}", input=(3, side, side), **rest))  # type: ignore[arg-type]
    assert isinstance(found, Imported)
    return found


def ours(arch: str) -> Imported:
    """Return a network of the zoo as a model of the user's."""
    return of("ours.py:network", arguments=(("arch", arch),))


@pytest.mark.parametrize("arch", ARCHS)
def test_metering_is_the_formulas(arch: str) -> None:
    """Bytes and operators of both passes and bytes saved, by stage, of a training step."""
    assert traffic.by_stage(ours(arch), TRAIN) == traffic.by_stage(model(arch, input=64), TRAIN)


def test_inference_is_the_formulas() -> None:
    """Numbers of two bytes, one image; there is no norm in it that inference would not need."""
    settings = Settings(batch=1, dtype=DType.BFLOAT16, layout=MemoryFormat.NHWC)
    found = traffic.by_stage(ours("se_resnet18"), settings)
    expected = traffic.by_stage(model("se_resnet18", input=64), settings)
    assert {k: (v.forward, v.operators_forward, v.saved) for k, v in found.items()} == {
        k: (v.forward, v.operators_forward, v.saved) for k, v in expected.items()
    }


def test_operators_are_those_of_the_ledger() -> None:
    """By stage and word, but for the sum of two gradients, which stands with the one that ends it.

    The map is squeezed first and scaled last, so its squeezing is the last to give a gradient.
    """
    found = traffic.by_part(ours("se_resnet18"), TRAIN)
    expected = traffic.by_part(model("se_resnet18", input=64), TRAIN)
    assert found.keys() == expected.keys()
    for (stage, name), part in found.items():
        other = expected[stage, name]
        assert (part.forward, part.saved) == (other.forward, other.saved)
        if name not in ("scale", "global_avg_pool"):
            assert part == other


@pytest.mark.parametrize("name", ["Net", "Twice"])
def test_blocks_stages_and_operators_have_one_total(name: str) -> None:
    """The parts of each, and what is metered with and without all attention."""
    net = of(f"nets.py:{name}")
    whole = total(traffic.by_stage(net, TRAIN).values())
    assert total(traffic.by_block(net, TRAIN).values()) == whole
    assert total(traffic.by_part(net, TRAIN).values()) == whole


def test_without_the_final_stage_the_others_are_left() -> None:
    """A stage costs what it costs, whether the last is there or not."""
    net = of("nets.py:Net")
    by = traffic.by_stage(net, TRAIN)
    assert list(by) == [1, 2]
    assert traffic.by_stage(net.without((2,)), TRAIN) == {1: by[1]}
    assert traffic.by_block(of("nets.py:Net", patterns=("one.se",)), TRAIN) == {"two.se": by[2]}


def test_by_pen_and_paper() -> None:
    """The first block of Net: 32 channels at 32x32 for two images, in float32 and inference."""
    part = traffic.by_part(of("nets.py:Net"), Settings(batch=2))
    e, c, hidden = 2 * 32 * 32 * 32, 2 * 32, 2 * 8
    weights = 32 * 8
    assert part[1, "global_avg_pool"].forward == 4 * (e + c)
    assert part[1, "scale"].forward == 4 * (2 * e + c)
    assert part[1, "sigmoid"].forward == 4 * 2 * c
    assert part[1, "linear"].forward == 4 * (2 * (c + hidden + weights) + 8 + 32)


def test_another_kind_in_its_place_is_metered() -> None:
    """ECA instead of the model's own SE, which moves no less of the maps."""
    own, eca = of("nets.py:Net"), of("nets.py:Net", attention=ECA())
    assert [name for _, name in traffic.by_part(eca, TRAIN)].count("conv") == 2
    assert total(traffic.by_stage(eca, TRAIN).values()).saved > 0
    assert traffic.plain_traffic(own, TRAIN) == traffic.plain_traffic(eca, TRAIN)


def test_what_needs_values_runs_on_the_cpu() -> None:
    """With the figures of the same network on meta."""
    checked, net = of("nets.py:Checked"), of("nets.py:Net")
    for settings in (TRAIN, Settings(batch=2)):
        assert traffic.by_stage(checked, settings) == traffic.by_stage(net, settings)


def test_a_batch_that_cannot_be_trained_on() -> None:
    """A norm of one value per channel: inference is metered, training refused in a line."""
    net = of("nets.py:Normed")
    settings = Settings(batch=1)
    assert total(traffic.by_stage(net, settings).values()).backward == 0
    with pytest.raises(MeasurementError, match=r"nets\.py:Normed cannot be trained with a batch"):
        traffic.by_stage(net, Settings(mode=Mode.TRAIN, batch=1))


def test_the_plain_network() -> None:
    """A convolution alone: its operands and its result."""
    net = of("nets.py:Plain", 8)
    found = traffic.plain_traffic(net, Settings(batch=2))
    out = 2 * 8 * 6 * 6
    assert found.forward == 4 * (2 * 3 * 64 + 8 * 27 + 8 + out + 2 * out)
    assert found.saved == 4 * (2 * 3 * 64 + out)


def test_gradients_have_the_name_of_what_they_are_of() -> None:
    """Also where a view lies between, or something in place."""
    net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(inplace=True), nn.Unflatten(1, (3, 1)))
    found = training(net, (torch.ones(2, 4),))
    assert found["relu"] == Traffic(4 * 12, 4 * 18, 1, 1, 4 * 6)
    assert found["linear"].operators_backward == 2
    assert set(inference(net, (torch.ones(2, 4),))) == {"linear", "relu"}
    counted = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))  # which counts its batches
    found = training(counted, (torch.ones(2, 3, 5, 5),))
    backward = {name: part.operators_backward for name, part in found.items()}
    assert backward == {"conv": 1, "norm": 1, "add": 0}
