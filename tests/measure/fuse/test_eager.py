"""Where operands may be overwritten, and where calls decide the time of a gate."""

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from se_cost.measure.fuse.eager import calls_matter, overwrites

MAP = torch.ones(1, 4, 3, 3)
SIGNS = {True: 1.0, False: -1.0}


def test_only_without_autograd() -> None:
    """It may need the operands."""
    assert not overwrites(MAP)
    assert not calls_matter(MAP)
    for without in (torch.no_grad, torch.inference_mode):
        with without():
            assert overwrites(MAP)
            assert calls_matter(MAP)


def test_not_what_is_recorded_without_values() -> None:
    """As export records it."""
    with torch.no_grad(), FakeTensorMode() as mode:
        recorded = mode.from_tensor(MAP)
        assert not overwrites(recorded)
        assert not calls_matter(recorded)


@pytest.mark.parametrize("asked", [overwrites, calls_matter])
def test_not_what_is_compiled(asked: object) -> None:
    """The compiler plans the memory itself."""
    assert callable(asked)
    torch._dynamo.reset()

    def signed(x: Tensor) -> Tensor:
        return x * SIGNS[asked(x)]

    with torch.no_grad():
        assert signed(MAP).equal(MAP)
        compiled = torch.compile(signed, backend="eager", fullgraph=True)
        assert compiled(MAP).equal(-MAP)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")  # that is the point
def test_what_is_traced_is_for_any_number_of_images() -> None:
    """Of a map that is traced, a size is no int."""
    with torch.no_grad():
        traced = torch.jit.trace(lambda x: x * SIGNS[calls_matter(x)], MAP)  # type: ignore[no-untyped-call]
        assert traced(MAP).equal(-MAP)


@pytest.mark.parametrize(
    "x",
    [
        MAP.expand(2, 4, 3, 3),
        MAP.half(),
        MAP.bfloat16(),
        torch.ones(1, 4, 3, 3, device="meta"),
    ],
    ids=["two", "half", "bfloat16", "another device"],
)
def test_bytes_matter(x: Tensor) -> None:
    """For several images, where a sum might overflow, and where calls are launches."""
    with torch.inference_mode():
        assert overwrites(x)
        assert not calls_matter(x)
