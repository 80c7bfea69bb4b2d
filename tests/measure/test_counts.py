"""The two counters, one after the other and side by side."""

import subprocess
import sys

import pytest
import torch

from se_cost.errors import CannotMeasure
from se_cost.ledger.compare import compare
from se_cost.measure import by_fvcore
from se_cost.measure.counts import count
from se_cost.measure.memory import enough_memory
from se_cost.nets.registry import build, recipe

NET = recipe("se_resnet18", input=64)


def test_backward_is_counted_truly() -> None:
    """The backward pass of ResNet-50 makes 2.97 times the forward in all, not 3 (`counting.md`)."""
    (counts,) = count([recipe("resnet50")], backward=True)
    assert counts.torch.backward is not None
    ratio = (counts.torch.forward + counts.torch.backward) / counts.torch.forward
    assert round(ratio, 2) == 2.97


def test_forward_alone() -> None:
    """Without being asked the backward pass is not counted."""
    counts = count([NET, NET.baseline])
    assert [c.torch.backward for c in counts] == [None, None]
    assert [c.torch.forward for c in counts] == [
        2 * compare(NET).network.macs,
        2 * compare(NET).baseline.macs,
    ]


def test_side_by_side_is_the_same() -> None:
    """A process that has not used torch forks, and finds what this one finds in turn."""
    code = (
        "from se_cost.measure.counts import count; from se_cost.nets.registry import recipe\n"
        "net = recipe('se_resnet18', input=64)\n"
        "print(count([net, net.baseline], backward=True))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == repr(count([NET, NET.baseline], backward=True))


def test_counting_leaves_torch_as_it_was() -> None:
    """Threads and gradient mode are those of before."""
    before = (torch.get_num_threads(), torch.is_grad_enabled())
    by_fvcore.by_fvcore(build(NET), NET.input)
    assert (torch.get_num_threads(), torch.is_grad_enabled()) == before


def test_what_fvcore_leaves_out_is_named() -> None:
    """Sigmoid, product and sum are counted by our handles, under their own names."""
    left_out = by_fvcore.by_fvcore(build(NET), NET.input).left_out
    assert left_out["aten::sigmoid"] == sum(2 * c for c in (64, 128, 256, 512))
    assert set(left_out) == {
        "aten::relu_",
        "aten::sigmoid",
        "aten::mul",
        "aten::add",
        "aten::max_pool2d",
    }


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.cuda.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("Storage size calculation overflowed with sizes=[3, 9999999999]"),
    ],
)
def test_out_of_memory_is_one_error(error: Exception) -> None:
    """However memory runs out, it is a measurement that could not be made."""
    with pytest.raises(CannotMeasure, match="out of memory"), enough_memory():
        raise error


def test_other_errors_are_not_hidden() -> None:
    """An error that is not about memory stays what it is."""
    with pytest.raises(RuntimeError, match="shape mismatch"), enough_memory():
        raise RuntimeError("shape mismatch")
