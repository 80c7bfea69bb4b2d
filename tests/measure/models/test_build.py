"""From a model to the network that is timed."""

import pytest
import torch
from torch import nn

from se_cost.measure.models.build import DTYPES, FORMATS, blank_of, module_of, network, stored
from se_cost.measure.timing.settings import DType, MemoryFormat, Mode, Settings
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=32)
CPU = torch.device("cpu")


def test_a_module_is_ready_to_train_and_a_blank_one_has_no_values() -> None:
    """Both have the parameters of the model, under the same names."""
    built, blank = module_of(NET), blank_of(NET)
    assert built.training
    assert {name: p.shape for name, p in built.named_parameters()} == {
        name: p.shape for name, p in blank.named_parameters()
    }
    assert {p.device.type for p in built.parameters()} == {"cpu"}
    assert {p.device.type for p in blank.parameters()} == {"meta"}


@pytest.mark.parametrize("mode", Mode)
def test_its_mode(mode: Mode) -> None:
    """Norms of a network that is trained use the statistics of the batch."""
    built = network(NET, Settings(mode=mode), CPU)
    assert {part.training for part in built.modules()} == {mode is Mode.TRAIN}


@pytest.mark.parametrize("dtype", DType)
@pytest.mark.parametrize("layout", MemoryFormat)
def test_its_weights(dtype: DType, layout: MemoryFormat) -> None:
    """They have the type and the order in memory that was asked for; with autocast float32."""
    weight = network(NET, Settings(dtype=dtype, layout=layout), CPU).get_parameter(
        "stage1.conv.weight"
    )
    assert weight.dtype is DTYPES[dtype]
    assert weight.is_contiguous(memory_format=FORMATS[layout])
    assert stored(Settings(dtype=dtype, autocast=True)) is torch.float32


@pytest.mark.parametrize("folded", [True, False])
def test_folded_networks_have_no_norms(folded: bool) -> None:
    """The norms are gone when that is asked, and there when it is not."""
    parts = network(NET, Settings(fold_norms=folded), CPU).modules()
    assert any(isinstance(part, nn.BatchNorm2d) for part in parts) is not folded
