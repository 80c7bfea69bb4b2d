"""The proof says how far a fused network is from its original."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from measure.fuse.nets import built, images
from se_cost.measure.fuse import proof as room
from se_cost.measure.fuse.fuse import Fused, fuse
from se_cost.measure.fuse.proof import difference, proof, settled
from se_cost.measure.fuse.record import How
from se_cost.measure.models.module import module
from se_cost.nets.attention.kinds import Slot
from se_cost.nets.attention.place import Place
from se_cost.nets.attention.se import SE
from se_cost.nets.model import StrideIn
from se_cost.nets.zoo import resnet
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import build

BLOCK = resnet.block(16, 8, 32, 1, Slot(SE(stage=2, r=4), Place.STANDARD), StrideIn.CONV1X1)


def test_types() -> None:
    """Rounding is all that is left, in either type."""
    for dtype, bound in ((torch.float32, 1e-5), (torch.bfloat16, 0.05)):
        network, x = built(BLOCK, dtype=dtype), images(2, 16, 8, 8, dtype=dtype)
        found = proof(network, How.AUTO, x)
        assert found.float64 < 1e-10
        assert 1e-10 < found.working < bound
        assert found.dtype == str(dtype).removeprefix("torch.")


def test_difference_is_relative() -> None:
    """A network that is one per cent off at its largest output differs by 0.01."""

    class Off(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.where(x == x.max(), 1.01 * x, x)

    x = torch.ones(4, 3, 8, 8)
    assert 0.005 < difference(nn.Identity(), Off(), x) <= 0.0101
    assert difference(nn.Identity(), nn.Identity(), x) == 0


def test_sees_an_error_of_any_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """One wrong weight of attention is seen, in a deep network that was never trained."""
    torch.manual_seed(0)
    built_net = module(build(model("se_mobilenet", input=64))).eval()
    x = torch.randn(2, 3, 64, 64)
    assert proof(built_net, How.AUTO, x).float64 < 1e-10

    def wrong(original: nn.Module, images: Tensor, *how: Any) -> Fused:
        done = fuse(original, images, *how)
        last = [part for part in done.module.modules() if isinstance(part, nn.Linear)][-2]
        with torch.no_grad():
            last.weight *= 1.1
        return done

    monkeypatch.setattr(room, "fuse", wrong)
    assert proof(built_net, How.AUTO, x).float64 > 1e-6


def test_leaves_the_original_alone() -> None:
    """Its statistics and its type stay: it is the network that is saved."""
    original, x = built(BLOCK, dtype=torch.bfloat16), images(1, 16, 8, 8, dtype=torch.bfloat16)
    before = {name: value.clone() for name, value in original.state_dict().items()}
    other, after = settled(original, x).state_dict(), original.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    changed = [name for name, value in before.items() if not torch.equal(value, other[name])]
    assert [name for name in before if "running" in name] == [
        name for name in changed if "num_batches" not in name
    ]
