"""fvcore's count, and the operators that it leaves out."""

import torch

from se_cost.measure.counting.fvcore import fvcore_count
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=64)


def test_counting_leaves_torch_as_it_was() -> None:
    """Threads and gradient mode are those of before."""
    before = (torch.get_num_threads(), torch.is_grad_enabled())
    fvcore_count(NET)
    assert (torch.get_num_threads(), torch.is_grad_enabled()) == before


def test_what_fvcore_leaves_out_is_named() -> None:
    """Sigmoid, product and sum are counted by our handles, under their own names."""
    counted = fvcore_count(NET)
    assert counted.left_out["aten::sigmoid"] == sum(2 * c for c in (64, 128, 256, 512))
    assert set(counted.left_out) == {
        "aten::relu_",
        "aten::sigmoid",
        "aten::mul",
        "aten::add",
        "aten::max_pool2d",
    }
    assert not set(counted.left_out) & set(counted.own)
    assert counted.complete == counted.total + sum(counted.left_out.values())
