"""What is recorded of a module is what it does, and the module is as before."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from helpers import GATING_KINDS, gating_places, small_networks
from hypothesis import given, settings
from torch import Tensor, nn
from torch.nn.modules import module as hooks
from torch.nn.parameter import is_lazy
from torch.utils.flop_counter import FlopCounterMode

from measure.models.lookalikes import ASKED_FOR, NOTHING
from measure.models.other_kinds import KINDS
from measure.models.spellings import FOUND, Net, Of, Spelling, se
from se_cost.errors import MeasurementError
from se_cost.ledger.find import find as found_in_rows
from se_cost.ledger.gates.find import find, without
from se_cost.ledger.rows import INPUT, Ledger
from se_cost.ledger.trace import Trace
from se_cost.ledger.traced_rows import UNUSED, attention, rows
from se_cost.ledger.walk import ledger, walk
from se_cost.measure.models.module import blank
from se_cost.measure.models.tracing import images, trace
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import Node, Shape, seq
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, build

TRACES = Path(__file__).parents[2] / "data" / "traces"
STORED = (
    *("FCs", "part in place", "one module at two places", "two maps", "channels last"),
    *("channels then positions", "competing parts in a list", "rows, columns", "carried state"),
    *("added context", "GLU", "attention pooling", "instance norm", "response norm"),
)
ALL = (*FOUND, *KINDS, *NOTHING, *ASKED_FOR)


def named(spelling: Spelling) -> str:
    """Return the name of a test."""
    return spelling.name


def traced(spelling: Spelling) -> Trace:
    """Return the trace of a spelling."""
    network = spelling.make()
    return trace(network, images(network, [spelling.shape]))


def path_of(row_path: str) -> str:
    """Return the path of the module of a row."""
    return re.split("[:#]", row_path)[0]


@pytest.mark.parametrize("spelling", [*FOUND, *KINDS], ids=named)
def test_attention_is_found_whatever_its_spelling(spelling: Spelling) -> None:
    """Its kind, its parameters, and rows that add up."""
    run = traced(spelling)
    blocks = [block for block in find(run) if block.counted]
    assert tuple(block.kind for block in blocks) == spelling.kinds
    assert sum(block.params for block in blocks) == spelling.params
    left = without(run, blocks)
    assert left.params == run.params - spelling.params
    assert left.macs == run.macs - sum(block.macs for block in blocks)
    of_ledger = attention(run, blocks)
    assert sum(block.cost.params for block in of_ledger) == spelling.params
    assert sum(block.cost.macs for block in of_ledger) == run.macs - left.macs
    plain = rows(run, blocks, removed=blocks)
    assert (plain.params, plain.macs) == (left.params, left.macs)


@pytest.mark.parametrize("spelling", NOTHING, ids=named)
def test_what_looks_like_attention_is_not_found(spelling: Spelling) -> None:
    """Not even when it is asked for."""
    assert find(traced(spelling)) == ()


@pytest.mark.parametrize("spelling", ASKED_FOR, ids=named)
def test_some_forms_are_found_but_not_counted(spelling: Spelling) -> None:
    """They are reported by name."""
    blocks = find(traced(spelling))
    assert tuple(block.kind for block in blocks) == spelling.kinds
    assert sum(block.params for block in blocks) == spelling.params
    assert not any(block.counted for block in blocks)


@pytest.mark.parametrize("spelling", ALL, ids=named)
def test_rows_are_sound(spelling: Spelling) -> None:
    """Parameters and MACs are all there, paths are unique, and reads are of rows before."""
    run = traced(spelling)
    network = rows(run, find(run))
    assert network.params == run.params == sum(p.numel for p in run.parameters)
    assert network.macs == run.macs == flops(spelling) // 2
    known = {INPUT}
    for row in network.rows:
        assert set(row.reads) <= known
        assert row.path not in known
        known.add(row.path)


def flops(spelling: Spelling) -> int:
    """Return what torch counts for one run with weights."""
    network = spelling.make().eval()
    x = torch.randn(1, *spelling.shape, dtype=images(network, [spelling.shape])[0].dtype)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(x)
    return int(counter.get_total_flops())


@pytest.mark.parametrize("spelling", ALL, ids=named)
def test_a_trace_is_data(spelling: Spelling) -> None:
    """It goes to json and comes back."""
    run = traced(spelling)
    assert msgspec.json.decode(msgspec.json.encode(run), type=Trace) == run


@pytest.mark.parametrize("name", STORED)
def test_stored_traces_are_those_of_today(name: str, request: pytest.FixtureRequest) -> None:
    """What other tests read without torch is found in a trace of today, too."""
    (spelling,) = [one for one in ALL if one.name == name]
    file = TRACES / f"{name.replace(' ', '_').replace(',', '')}.json"
    run = traced(spelling)
    if request.config.getoption("--update-golden"):
        file.write_bytes(msgspec.json.encode(run) + b"\n")
    stored = msgspec.json.decode(file.read_bytes(), type=Trace)
    assert [block.kind for block in find(stored)] == [block.kind for block in find(run)]
    assert (stored.params, stored.macs) == (run.params, run.macs)


def zoo() -> list[Zoo]:
    """Return one network of every builder with SE, and the other kinds and places in one."""
    families = [name for name in FAMILIES if not re.search("101|152|16[19]|201|34|154", name)]
    return [
        *(model(name, attention="se") for name in families),
        *(model("resnet18", attention=kind) for kind in GATING_KINDS if kind != "se"),
        *(model("mobilenet", attention=kind) for kind in GATING_KINDS if kind != "se"),
        model("densenet121", attention="scse"),
        *(model("se_resnet50", place=place) for place in gating_places("resnet50")[1:]),
        model("se_densenet121", place="block"),
    ]


@pytest.mark.parametrize("net", zoo(), ids=lambda net: f"{net.arch}-{net.attention.place}")
def test_our_own_networks_are_read_the_same_both_ways(net: Zoo) -> None:
    """Walk and trace agree in parameters, MACs and elements of each module, and in the blocks."""
    assert_agreement(net)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_our_whole_zoo_is_read_the_same_both_ways(family: str) -> None:
    """For every network at every place, with every kind."""
    for place in gating_places(family):
        for kind in GATING_KINDS:
            assert_agreement(model(family, attention=kind, place=place))


def assert_agreement(net: Zoo) -> None:
    """Assert that walk and trace are one reading, with attention and without."""
    node, plain = build(net), ledger(build(net.plain), net.input)
    module = blank(node)
    run = trace(module, images(module, [net.input]))
    walked, blocks = ledger(node, net.input), find(run)
    assert by_module(rows(run, blocks)) == by_module(walked)
    left = rows(run, blocks, removed=blocks)
    assert (left.params, left.macs, left.elements) == (plain.params, plain.macs, plain.elements)
    ours, theirs = found_in_rows(walked), attention(run, blocks)
    for one, other in zip(ours, theirs, strict=True):
        assert (one.path, one.kind, one.hidden, one.r) == (
            other.path,
            other.kind,
            other.hidden,
            other.r,
        )
        assert (one.channels, one.height, one.width) == (
            other.channels,
            other.height,
            other.width,
        )
        assert (one.cost.params, one.cost.macs) == (other.cost.params, other.cost.macs)
        assert (one.cost.weights, one.cost.elements) == (other.cost.weights, other.cost.elements)


def by_module(network: Ledger) -> dict[str, tuple[int, ...]]:
    """Return weights, biases, MACs and elements of each module that has parameters."""
    found: dict[str, list[int]] = {}
    for row in network.rows:
        sums = found.setdefault(path_of(row.path), [0, 0, 0, 0])
        for i, number in enumerate((row.weights, row.biases, row.macs, row.elements)):
            sums[i] += number
    return {path: tuple(sums) for path, sums in found.items() if any(sums[:3])}


@settings(max_examples=30)
@given(small_networks())
def test_random_networks_are_read_the_same_both_ways(drawn: tuple[Node, Shape]) -> None:
    """In parameters, MACs and elements of each module."""
    inner, shape = drawn
    node = seq(net=inner)
    module = blank(node)
    run = trace(module, images(module, [shape]))
    assert by_module(rows(run, find(run))) == by_module(Ledger(walk(node, shape).rows))


def state(module: nn.Module) -> list[Any]:
    """Return all that a trace might have changed in a module."""
    return [
        [(name, t.detach().clone(), t.requires_grad) for name, t in tensors(module)],
        [t.grad.clone() for _, t in tensors(module) if t.grad is not None],
        [(part.training, len(part._forward_hooks)) for part in module.modules()],
        [sorted(vars(part)) for part in module.modules()],
        (len(hooks._global_forward_hooks), len(hooks._global_forward_pre_hooks)),
        torch.get_rng_state(),
        torch.is_grad_enabled(),
    ]


def tensors(module: nn.Module) -> list[tuple[str, Tensor]]:
    """Return the parameters and buffers."""
    return [(n, t) for n, t in (*module.named_parameters(), *module.named_buffers())]


def assert_same(before: Any, after: Any) -> None:
    """Assert that two states are equal."""
    if isinstance(before, Tensor):
        assert torch.equal(before, after)
    elif isinstance(before, list | tuple):
        for one, other in zip(before, after, strict=True):
            assert_same(one, other)
    else:
        assert before == after


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_the_module_is_as_before(train: bool, fails: bool) -> None:
    """Values, gradients, modes and hooks; also after an error."""
    network = nn.Sequential(Net(se()), nn.BatchNorm2d(2), nn.Dropout(0.5))
    network(torch.randn(2, 3, 8, 8)).sum().backward()
    network[0].register_forward_hook(lambda *_: None)
    network.get_submodule("0.block").eval()
    next(network.parameters()).requires_grad_(False)
    x = torch.randn(2, 4 if fails else 3, 8, 8)
    before = state(network)
    try:
        trace(network, [x], train=train)
    except MeasurementError:
        assert fails
    assert_same(before, state(network))


def test_a_lazy_module_stays_lazy() -> None:
    """Only its copy learns the widths."""
    (spelling,) = [one for one in FOUND if one.name == "lazy"]
    network = spelling.make()
    assert trace(network, images(network, [spelling.shape])).params > 0
    assert any(is_lazy(parameter) for parameter in network.parameters())


def test_counts_are_of_one_image() -> None:
    """Whatever the batch of the run, and in training as in inference."""
    network = Net(se())
    one = trace(network, images(network, [(3, 8, 8)]))
    for batch, train in ((1, True), (2, False), (3, True)):
        run = trace(network, images(network, [(3, 8, 8)], batch), train=train)
        assert run.macs == one.macs
        assert rows(run, find(run)) == rows(one, find(one))
        assert [block.macs for block in find(run)] == [block.macs for block in find(one)]


def test_shared_and_unread_parameters_count_once() -> None:
    """The first row that reads one has it; those that nothing reads are one row."""

    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
            self.b.weight = self.a.weight
            self.never = nn.Linear(4, 3)

        def forward(self, x: Tensor) -> Tensor:
            result: Tensor = self.b(self.a(x))
            return result

    network = rows(trace(Tied(), [torch.empty(1, 4)]))
    counts = {row.path: (row.weights, row.biases) for row in network.rows}
    assert counts == {"a": (16, 4), "b": (0, 4), UNUSED: (15, 0)}


def test_calls_are_noted() -> None:
    """With their number, what holds them, and the values that they get and give."""
    run = trace(nn.Sequential(part := nn.ReLU(), part), [torch.empty(1, 3)])
    root, first, second = run.calls
    assert (root.path, root.parent, root.inputs) == ("", None, run.inputs)
    assert (first.path, first.number, first.parent) == ("0", 0, 0)
    assert (second.path, second.number, second.parent) == ("0", 1, 0)
    assert second.inputs == first.outputs
    assert second.outputs == root.outputs == run.outputs


def test_a_change_of_a_part_changes_the_whole() -> None:
    """A view written to is read through the map that it is a view of."""

    def halves(_: nn.Module, x: Tensor) -> Tensor:
        y = x * 2
        first, second = y.chunk(2, 1)
        first.add_(1)
        return y + second.repeat(1, 2, 1, 1)

    run = trace(Of(halves), [torch.empty(1, 4, 2, 2)])
    made = {write: op for op in run.ops for write in op.writes}
    total = next(op for op in run.ops if op.name == "add" and not op.in_place)
    whole, repeated = (made[read] for read in total.reads)
    assert (whole.name, {made[read].name for read in whole.reads}) == ("alias", {"mul", "add"})
    assert made[repeated.reads[0]].name == "split"  # the other half was not written to


def refusal(network: nn.Module, *inputs: Any) -> str:
    """Return the message that a module is refused with."""
    with pytest.raises(MeasurementError) as caught:
        trace(network, inputs)
    return str(caught.value)


def raises(error: Exception) -> Callable[..., Any]:
    """Return a function that fails."""

    def fail(*_: Any) -> Any:
        raise error

    return fail


def test_what_cannot_run_is_refused_with_its_place() -> None:
    """The innermost module, the line of the user's code, and one line of the reason."""
    line = r"\(spellings\.py:\d+\)"
    wrong = refusal(Net(se()), torch.empty(1, 4, 8, 8))
    assert re.match(rf"forward failed in stem {line}: .*to have 3 channels", wrong)
    own = refusal(nn.Sequential(Of(raises(ValueError("no\nsuch")))), torch.empty(1, 3))
    assert re.match(r"forward failed in 0 \(test_tracing\.py:\d+\): no$", own)
    nameless = refusal(Of(raises(KeyError())), torch.empty(1, 3))
    assert re.match(r"forward failed in the model \(test_tracing\.py:\d+\): KeyError$", nameless)


def test_what_cannot_be_recorded_is_refused() -> None:
    """Scripts, copies that cannot be made, results that do not depend on the input."""
    with pytest.warns(DeprecationWarning, match="script"):
        scripted = nn.Sequential(nn.ReLU(), torch.jit.script(nn.ReLU()))
    assert refusal(scripted, torch.empty(1)).startswith("1 is scripted: ")
    held = nn.ReLU()
    held.lock = iter(open(__file__, "rb"))  # type: ignore[assignment]  # noqa: SIM115, PTH123
    assert refusal(held, torch.empty(1)).startswith("the model cannot be copied: ")
    constant = Of(lambda *_: torch.ones(3))
    assert refusal(constant, torch.empty(1)).startswith("the model returns no tensor that depends")


def test_values_are_needed_that_a_blank_module_has_not() -> None:
    """On meta there is nothing to decide by."""
    (spelling,) = [one for one in FOUND if one.name == "decided by a value"]
    with torch.device("meta"):
        network = spelling.make()
    message = refusal(network, *images(network, [spelling.shape]))
    assert message.startswith("forward failed in block (spellings.py:")
