"""One iteration of an arm: every setting changes what it does."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from se_cost.errors import UsageError
from se_cost.measure.models.build import DTYPES, FORMATS, network
from se_cost.measure.steps import steps as module
from se_cost.measure.steps.steps import Batch, data, loss, step, steps
from se_cost.measure.timing.settings import DType, MemoryFormat, Mode, Settings
from se_cost.nets.model import Head, Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18", input=32)
CPU = torch.device("cpu")
INFER = Settings(device="cpu", batch=2)
TRAIN = replace(INFER, mode=Mode.TRAIN)


class Spy(nn.Module):
    """A wrapper, as for data-parallel training, that keeps what passes through it."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        """Return what the wrapped network makes of `x`."""
        output: Tensor = self.inner(x)
        self.inputs.append(x)
        self.outputs.append(output)
        return output


def spied(settings: Settings, times: int = 1) -> Spy:
    """Return a small network after some iterations."""
    torch.manual_seed(0)
    spy = Spy(network(NET, settings, CPU))
    iteration = step(spy, data(NET, settings, CPU), settings)
    for _ in range(times):
        iteration()
    return spy


def weight(spy: Spy) -> Tensor:
    """Return the weights of the first convolution."""
    return spy.get_parameter("inner.stage1.conv.weight")


Prepared = list[tuple[nn.Module, Batch]]


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """Collect what would be made steps of."""
    seen: Prepared = []

    def kept(network: nn.Module, batch: Batch, settings: Settings) -> None:
        seen.append((network, batch))

    monkeypatch.setattr(module, "step", kept)
    return seen


def test_all_arms_share_one_batch(prepared: Prepared) -> None:
    """Every arm runs its own network, on the very same images and classes."""
    assert list(steps({"plain": NET.plain, "se": NET}, INFER, CPU)) == ["plain", "se"]
    (plain, batch), (se, same) = prepared
    assert same is batch
    assert sum(p.numel() for p in se.parameters()) > sum(p.numel() for p in plain.parameters())


def test_the_seed_decides(prepared: Prepared) -> None:
    """The same seed gives the same images and weights, another one others."""
    for seed in (0, 0, 1):
        steps({"plain": NET.plain}, replace(INFER, seed=seed), CPU)
    images = [batch.images for _, batch in prepared]
    weights = [network.get_parameter("stage1.conv.weight") for network, _ in prepared]
    for values in (images, weights):
        assert torch.equal(values[0], values[1])
        assert not torch.equal(values[0], values[2])


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [("resnet18", (2,), 1000), ("resnet110_cifar", (2,), 10), ("fcn_resnet50", (2, 64, 64), 21)],
)
def test_one_class_for_each_choice(name: str, shape: tuple[int, ...], classes: int) -> None:
    """A classifier is told one class for each image, a labeller of pixels one for each pixel."""
    side = shape[-1] if len(shape) > 1 else 32
    targets = data(model(name, input=side), INFER, CPU).targets
    assert targets is not None
    assert tuple(targets.shape) == shape
    assert targets.min() >= 0
    assert targets.max() < classes


@pytest.mark.parametrize("net", [model("dcgan"), model("resnet18", input=32, head=Head.NONE)])
def test_no_choice_has_no_classes(net: Model) -> None:
    """An image and the trunk alone are trained on too, by the square of their output."""
    batch = data(net, TRAIN, CPU)
    assert batch.targets is None
    built = network(net, TRAIN, CPU)
    step(built, batch, TRAIN)()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in built.parameters())


def test_loss() -> None:
    """It is the mean of -log p of the right class, or of the squares; in float32 either way."""
    output = torch.randn(3, 5, dtype=torch.bfloat16)
    expected = -log_softmax(output.float(), 1)[range(3), [4, 0, 1]].mean()
    torch.testing.assert_close(loss(output, torch.tensor([4, 0, 1])), expected)
    assert loss(torch.tensor([1.0, 3.0], dtype=torch.float16), None) == 5
    assert loss(output, None).dtype is torch.float32


def test_inference_is_the_forward_pass_alone() -> None:
    """No gradient is recorded, and the norms use what they have learned."""
    spy = spied(INFER)
    assert spy.outputs[0].is_inference()
    assert not any(part.training for part in spy.inner.modules())


def test_training_leaves_fresh_gradients() -> None:
    """Every parameter gets one, and running the step twice does not add them up."""
    gradients = []
    for times in (1, 2):
        spy = spied(TRAIN, times)
        assert all(p.grad is not None for p in spy.parameters())
        gradients.append(weight(spy).grad)
    assert all(part.training for part in spy.inner.modules())
    torch.testing.assert_close(gradients[0], gradients[1])


def test_the_optimizer_moves_the_weights() -> None:
    """With it each step changes the weights, the second by the momentum more; else none does."""
    for optimizer in (False, True):
        line = nn.Linear(3, 1, dtype=torch.float64)
        batch = Batch(torch.ones(1, 3, dtype=torch.float64), None)
        iteration = step(line, batch, replace(TRAIN, optimizer=optimizer))
        weights = [line.weight.detach().clone()]
        for _ in range(2):
            iteration()
            weights.append(line.weight.detach().clone())
        first, second = (b - a for a, b in pairwise(weights))
        gradient = 2 * (weights[0].sum() + line.bias.detach())  # of the squared output
        torch.testing.assert_close(
            first, optimizer * -1e-5 * gradient.expand(1, 3), rtol=1e-4, atol=0
        )
        torch.testing.assert_close(second, 1.9 * first, rtol=1e-3, atol=0)


@pytest.mark.parametrize("settings", [INFER, TRAIN])
@pytest.mark.parametrize("dtype", [DType.BFLOAT16, DType.FLOAT16])
def test_autocast_lowers_operations_alone(settings: Settings, dtype: DType) -> None:
    """Weights and images stay float32 and the output is lowered; without autocast all are."""
    for autocast, stored in ((True, torch.float32), (False, DTYPES[dtype])):
        spy = spied(replace(settings, dtype=dtype, autocast=autocast))
        assert weight(spy).dtype is spy.inputs[0].dtype is stored
        assert spy.outputs[0].dtype is DTYPES[dtype]


@pytest.mark.parametrize("layout", MemoryFormat)
def test_layout(layout: MemoryFormat) -> None:
    """Images and weights lie in memory as asked."""
    spy = spied(replace(INFER, layout=layout))
    for tensor in (spy.inputs[0], weight(spy)):
        assert tensor.is_contiguous(memory_format=FORMATS[layout])


@pytest.mark.parametrize("settings", [INFER, TRAIN])
def test_what_runs_is_the_compiled_network(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network is compiled before a step is handed out, and each step runs what came of it."""
    made: list[Spy] = []

    def fake(network: nn.Module) -> nn.Module:
        made.append(Spy(network))
        return made[0]

    monkeypatch.setattr(module, "compiled", fake)
    settings = replace(settings, compile=True)
    iteration = step(network(NET, settings, CPU), data(NET, settings, CPU), settings)
    assert len(made[0].outputs) == 1
    iteration()
    assert len(made[0].outputs) == 2


@pytest.fixture
def nothing_compiled() -> Iterator[None]:
    """Begin with nothing compiled, and leave nothing to other tests."""
    torch.compiler.reset()
    yield
    torch.compiler.reset()


@pytest.mark.usefixtures("nothing_compiled")
@pytest.mark.parametrize("optimizer", [False, True])
def test_compiled_training_computes_the_same(
    optimizer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward and backward pass of the compiled network agree with those of the network itself.

    The graphs are traced as ever, but run without the code that takes seconds to generate.
    """
    compile_ = torch.compile
    monkeypatch.setattr(torch, "compile", lambda *a, **k: compile_(*a, **k, backend="aot_eager"))
    settings = replace(TRAIN, optimizer=optimizer)
    batch = Batch(torch.randn(2, 3, 8, 8), torch.tensor([0, 3]))
    weights = []
    for as_compiled in (False, True):
        torch.manual_seed(0)
        small = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5))
        iteration = step(small, batch, replace(settings, compile=as_compiled))
        for _ in range(1 if as_compiled else 2):  # it has run once to be compiled
            iteration()
        conv: Any = small[0]
        weights.append((conv.weight, conv.weight.grad))
    torch.testing.assert_close(weights[0], weights[1])


def test_comparisons_do_not_use_up_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process can compare again and again: what was compiled before does not count."""
    resets: list[int] = []
    monkeypatch.setattr(torch.compiler, "reset", lambda: resets.append(1))
    monkeypatch.setattr(module, "compiled", lambda network: network)
    steps({"plain": NET.plain}, INFER, CPU)
    assert not resets
    steps({"plain": NET.plain}, replace(INFER, compile=True), CPU)
    assert resets


def test_a_cuda_graph_replaces_the_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    """The captured iteration is what a step runs; on a CPU there is none."""
    settings = replace(INFER, cuda_graphs=True)
    net, batch = network(NET, INFER, CPU), data(NET, INFER, CPU)
    with pytest.raises(UsageError, match=r"^--cuda-graphs needs --device cuda$"):
        step(net, batch, settings)
    replays: list[torch.device] = []
    monkeypatch.setattr(
        module, "replayed", lambda iteration, device: lambda: replays.append(device)
    )
    step(net, batch, settings)()
    assert replays == [CPU]
    step(net, batch, INFER)()
    assert replays == [CPU]


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("dtype", [DType.BFLOAT16, DType.FLOAT16])
@pytest.mark.parametrize("autocast", [False, True])
def test_types_on_a_gpu(mode: Mode, dtype: DType, autocast: bool) -> None:
    """Low precision runs on a GPU, with autocast and without."""
    settings = Settings(device="cuda", mode=mode, batch=4, dtype=dtype, autocast=autocast)
    steps({"se": NET}, settings, torch.device("cuda"))["se"]()
    torch.cuda.synchronize()
