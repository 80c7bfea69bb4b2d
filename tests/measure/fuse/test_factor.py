"""The factor of one image, by the shortest calls; that of several, and what is recorded."""

import copy
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from measure.fuse.nets import difference, images
from se_cost.measure.fuse.factor import ACTIVATIONS, MeanFactor

GATE = (nn.Linear(8, 2), nn.ReLU(), nn.Linear(2, 8), nn.Sigmoid())
SHORT = ["sum", "addmv", "relu_", "addmv", "sigmoid_", "view"]
USUAL = ["mean", "linear", "relu_", "linear", "sigmoid_"]
EXACT = 1e-12


class Calls(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """The names of the operators that run."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.names: list[str] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        """Note the name, and run the operator."""
        self.names.append(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def factor(*layers: nn.Module, stride: tuple[int, int] = (1, 1)) -> MeanFactor:
    """Return a factor in double precision, of layers of its own."""
    named = {str(i): copy.deepcopy(layer) for i, layer in enumerate(layers)}
    return MeanFactor(named, stride).double().eval()


def calls(made: MeanFactor, x: Tensor) -> list[str]:
    """Return the operators of a factor, but those that only see their operand in another way."""
    with torch.inference_mode(), Calls() as seen:
        made(x)
    return [name for name in seen.names if name not in ("t", "unsqueeze", "slice")]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("stride", [(1, 1), (2, 2)])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_one_image_is_as_one_of_several(bias: bool, stride: tuple[int, int], layout: str) -> None:
    """Whatever the FCs, the layout and the pixels that are kept."""
    made = factor(nn.Linear(8, 2, bias=bias), nn.ReLU(), nn.Linear(2, 8, bias=bias), stride=stride)
    x = images(3, 8, 6, 5, layout=layout)
    with torch.inference_mode():
        assert difference(made(x[:1]), made(x)[:1]) < EXACT


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation: type[nn.Module]) -> None:
    """They take a vector as they take several."""
    made, x = factor(nn.Linear(8, 8), activation()), images(2, 8, 3, 3)
    with torch.inference_mode():
        assert difference(made(x[:1]), made(x)[:1]) < EXACT
    assert calls(made, x[:1])[:2] == ["sum", "addmv"]


def test_one_image_takes_the_shortest_calls() -> None:
    """Those of several images take longer, and so does a mean, which is a sum and a division."""
    made, x = factor(*GATE), images(2, 8, 3, 3)
    assert calls(made, x[:1]) == SHORT
    assert calls(made, x) == USUAL


def test_another_device_takes_the_usual_calls() -> None:
    """What is short on a CPU is a kernel more on a GPU."""
    made, x = factor(*GATE).to("meta"), images(1, 8, 3, 3).to("meta")
    assert calls(made, x) == USUAL


@pytest.mark.parametrize(
    "layers",
    [
        (nn.Linear(8, 8), nn.Softmax(1)),
        (nn.Linear(8, 8), nn.BatchNorm1d(8)),
        (nn.Identity(), nn.Linear(8, 8)),
    ],
    ids=str,
)
def test_layers_that_take_no_vector_alone(layers: Sequence[nn.Module]) -> None:
    """Their vectors stay rows of a batch."""
    made, x = factor(*layers), images(2, 8, 3, 3)
    assert "addmv" not in calls(made, x[:1])
    with torch.inference_mode():
        assert difference(made(x[:1]), made(x)[:1]) < EXACT


def test_a_layer_that_was_exchanged_later() -> None:
    """It is called as itself, as dynamic quantisation of a fused network wants it."""

    class Own(nn.Linear):
        """Twice a linear layer, of rows alone."""

        def forward(self, x: Tensor) -> Tensor:
            assert x.dim() == 2
            return 2 * super().forward(x)

    x = images(1, 8, 3, 3)
    for place in ("0", "2"):
        made = factor(*GATE)
        usual = made.get_submodule(place)
        assert isinstance(usual, nn.Linear)
        made.set_submodule(place, Own(usual.in_features, usual.out_features).double())
        with torch.inference_mode():
            assert difference(made(x), made(torch.cat((x, x)))[:1]) < EXACT


@pytest.mark.parametrize(
    ("c_in", "c_out", "stride"), [(64, 1024, (1, 1024)), (64, 512, (64, 1)), (1024, 64, (1024, 1))]
)
def test_a_large_matrix_is_stored_by_columns(c_in: int, c_out: int, stride: Sequence[int]) -> None:
    """If it makes more than it takes; its values are what they were, and a copy is like it."""
    layer = nn.Linear(c_in, c_out)
    before = layer.weight.detach().clone()
    made = copy.deepcopy(factor(layer))
    assert made.get_parameter("0.weight").stride() == stride
    assert made.get_parameter("0.weight").equal(before.double())


def test_no_layers() -> None:
    """The mean itself is a factor."""
    x = images(1, 8, 3, 3)
    with torch.inference_mode():
        assert difference(factor()(x), x.mean((2, 3), keepdim=True)) < EXACT


def test_sums_do_not_overflow() -> None:
    """The sum of a map is no number of half precision, its mean is."""
    made = factor(nn.Linear(1, 1)).half()
    x = torch.full((1, 1, 64, 64), 100.0, dtype=torch.float16)
    with torch.inference_mode():
        assert made(x).isfinite().all()


def test_gradients_flow() -> None:
    """They take the usual calls."""
    made, x = factor(*GATE), images(1, 8, 3, 3).requires_grad_()
    assert torch.autograd.gradcheck(made, (x,))
    with Calls() as seen:
        made(x)
    assert "addmv" not in seen.names


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_what_is_recorded_takes_any_number_of_images() -> None:
    """One image recorded it."""
    made, x = factor(*GATE), images(3, 8, 3, 3)
    with torch.inference_mode():
        recorded = torch.jit.trace(made, x[:1])  # type: ignore[no-untyped-call]
        assert difference(recorded(x), made(x)) < EXACT
        assert difference(torch.fx.symbolic_trace(made)(x), made(x)) < EXACT
