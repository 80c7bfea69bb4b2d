"""Models of the user's from Python: a module stays as it is, and is asked about as ours are."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import se_cost
from se_cost.errors import MeasurementError, SeCostError, UsageError
from se_cost.measure.models.at_hand import AtHand
from se_cost.measure.models.traffic import by_part, by_stage
from se_cost.measure.steps.steps import data
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.attention.eca import ECA
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model

FILE = Path(__file__).parents[2] / "data" / "models" / "nets.py"
SHAPE = (3, 32, 32)


@pytest.fixture(autouse=True)
def nets(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the module of small networks as a user has it, and forget it again."""
    monkeypatch.setattr(sys, "path", [str(FILE.parent), *sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    import nets

    yield nets
    del sys.modules["nets"]


def of_file(name: str, **options: Any) -> Model:
    """Return what --model says of the same file."""
    return se_cost.model(f"{FILE}:{name}", SHAPE, **options)


def without_spec(costs: se_cost.Costs) -> Any:
    """Return all that is counted of a model, whatever it is called."""
    return costs.network, costs.plain, costs.blocks


class Watched(nn.Module):
    """A network of which everything is set that could be changed."""

    net: Any
    steps: Tensor

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("steps", torch.tensor(3))
        self.calls: list[str] = []
        self.net.stem.register_forward_hook(_leave)
        self.net.one.register_forward_pre_hook(_enter)

    def forward(self, x: Tensor) -> Tensor:
        """Return ten scores, and note the call."""
        self.calls.append("forward")
        self.steps += 1
        return self.net(x)  # type: ignore[no-any-return]


def _leave(module: nn.Module, args: Any, output: Tensor) -> None:
    pass


def _enter(module: nn.Module, args: Any) -> None:
    pass


def state(module: nn.Module) -> list[Any]:
    """Return all of a module that could change: identities, values and settings."""
    parts = [
        (
            path,
            id(part),
            part.training,
            dict(part._forward_hooks),
            dict(part._forward_pre_hooks),
            sorted(vars(part)),
        )
        for path, part in module.named_modules()
    ]
    tensors = [
        (name, id(one), one.data_ptr(), one.device, one.requires_grad, one.tolist())
        for name, one in (*module.named_parameters(), *module.named_buffers())
    ]
    gradients = [
        (name, id(one.grad), one.grad.tolist() if one.grad is not None else None)
        for name, one in module.named_parameters()
    ]
    return [parts, tensors, gradients]


def test_a_module_at_hand_stays_as_it_is(nets: Any) -> None:
    """Mode, hooks, buffers, gradients, devices, and what its own code notes."""
    module = Watched(nets.Net())
    module(torch.randn(2, *SHAPE)).sum().backward()
    module.net.two.eval()
    module.net.fc.requires_grad_(requires_grad=False)
    module.net.down.zero_grad()
    before, calls = state(module), list(module.calls)
    net = se_cost.model(module, SHAPE)
    costs, plain = se_cost.costs(net), se_cost.costs(net.without([2]))
    arm = se_cost.module(net.plain)
    arm(torch.randn(2, *SHAPE)).sum().backward()
    assert (costs.attention.params, plain.attention.params) == (2_680, 552)
    assert sum(p.numel() for p in arm.parameters()) == costs.plain.params
    assert state(module) == before
    assert module.calls == calls


def test_what_is_asked_about_is_the_module_as_it_was(nets: Any) -> None:
    """What becomes of it later is another question."""
    module = nets.Net()
    net = se_cost.model(module, SHAPE)
    module.one.se = nn.Identity()
    assert [block.path for block in se_cost.costs(net).blocks] == ["one.se", "two.se"]
    assert se_cost.model(module, SHAPE).stages == (2,)
    assert net != se_cost.model(module, SHAPE)


def test_what_can_be_trained_of_it(nets: Any) -> None:
    """Frozen parameters stay so in the arms of a timing."""
    module = nets.Net()
    module.stem.requires_grad_(requires_grad=False)
    arm = se_cost.module(se_cost.model(module, SHAPE).plain)
    trained = {name: p.requires_grad for name, p in arm.named_parameters()}
    assert trained["fc.weight"]
    assert not trained["stem.weight"]


@pytest.mark.parametrize("mode", Mode)
def test_what_it_moves(nets: Any, mode: Mode) -> None:
    """The gradients of a module that is at hand move what those of its class do."""
    settings = Settings("cpu", mode, batch=2)
    parts = [by_part(se_cost.model(what, SHAPE), settings) for what in (nets.Net(), nets.Net)]
    assert parts[0] == parts[1]
    assert all(
        part.backward for part in by_stage(se_cost.model(nets.Net(), SHAPE), settings).values()
    )


@pytest.mark.parametrize(
    "what",
    [
        lambda nets: nets.Net,
        lambda nets: nets.Net(),
        lambda nets: nets.Net().train(),
        lambda nets: partial(nets.Net, r=4),
        lambda nets: lambda: nets.Net(),
        lambda nets: f"{FILE}:Net",
    ],
    ids=["class", "object", "training", "partial", "lambda", "spec"],
)
def test_however_it_is_given_it_is_the_same(nets: Any, what: Callable[[Any], Any]) -> None:
    """The counts are those of --model."""
    found = se_cost.costs(se_cost.model(what(nets), SHAPE))
    assert without_spec(found) == without_spec(se_cost.costs(of_file("Net")))
    assert found.model.stages == (1, 2)


def test_what_can_be_imported_is_remembered_by_its_name(nets: Any) -> None:
    """With its arguments, if a name can have them; anything else is made here and kept."""
    named = se_cost.model(nets.Net, SHAPE, arguments={"width": 8, "r": 2})
    assert isinstance(named, Imported)
    assert (named.spec, named.arguments) == ("nets:Net", (("width", 8), ("r", 2)))
    kept = se_cost.model(nets.Net, SHAPE, arguments={"width": torch.tensor(8), "r": 2})
    assert isinstance(kept, Imported)
    assert isinstance(kept.spec, AtHand)
    assert (kept.spec.__str__(), kept.arguments) == ("Net", ())
    assert without_spec(se_cost.costs(kept)) == without_spec(se_cost.costs(named))


def test_two_that_are_at_hand_are_two() -> None:
    """Whatever they are called, and only if both hold the same they are one."""
    first, second = AtHand([1], "Net"), AtHand([1], "Net")
    again = AtHand(first.value, "Net")
    assert (first == again, first != again, hash(first) == hash(again)) == (True, False, True)
    assert (first == second, first != second, first == "Net") == (False, True, False)
    assert len({first, second, again}) == 2


def test_what_is_tried_and_left_out(nets: Any) -> None:
    """The options are those of the command line."""
    tried = se_cost.model(nets.Residual(), SHAPE, attention="eca")
    assert se_cost.costs(tried).attention.params == 3 + 3
    where = se_cost.model(nets.Residual, SHAPE, attention=ECA(), after="one.conv1")
    assert [block.path for block in se_cost.costs(where).blocks] == ["one.conv1.attention"]
    swapped = se_cost.model(nets.Net, SHAPE, r=2)
    assert {block.r for block in se_cost.costs(swapped).blocks} == {2}
    for less in ({"drop": "two.*"}, {"drop_stages": "last"}, {"drop_stages": 2}):
        assert se_cost.model(nets.Net(), SHAPE, **less).stages == (1,)


def test_inputs_as_shapes_or_tensors(nets: Any) -> None:
    """With a batch of whatever size, in their order or by name, or by what makes them."""
    expected = without_spec(se_cost.costs(se_cost.model(nets.Two(), (3, 16, 16), (5,))))
    image, vector = torch.randn(4, 3, 16, 16), torch.randn(4, 5)
    for given in (
        (image, vector),
        ({"vector": vector, "x": image},),
        (lambda: (image, vector),),
        (nets.two_inputs,),
        ("nets:two_by_name",),
    ):
        net = se_cost.model(nets.Two(), *given)
        assert isinstance(net, Imported)
        assert (net.input, net.others) == ((3, 16, 16), ((5,),))
        assert without_spec(se_cost.costs(net)) == expected


def test_example_tensors_have_their_types_and_values(nets: Any) -> None:
    """A network that looks something up can be fed; without values it could not be."""
    words = torch.tensor([[0, 4, 1], [2, 2, 3]])
    net = se_cost.model(nets.Looked(), torch.randn(2, 3, 8, 8), words)
    assert se_cost.costs(net).attention.params == 8 * 4 + 4 + 4 * 8 + 8
    words.fill_(99)  # out of range: it is a copy that is looked up
    batch = data(net, Settings(batch=3), torch.device("cpu"))
    assert batch.given[1].tolist() == [[0, 4, 1], [2, 2, 3], [0, 4, 1]]
    for arm in (net, net.plain):
        assert se_cost.costs(arm).network.macs > 0
    assert sum(p.numel() for p in se_cost.module(net.plain).parameters()) == 3 * 8 * 9 + 8 + 5 * 8


class Local(nn.Module):
    """No network that could be fed an image."""

    def forward(self, *, x: Tensor) -> Tensor:
        """Return what is given by its name."""
        return x


@pytest.mark.parametrize(
    ("ask", "kind", "message"),
    [
        (lambda nets: (nets.Net(), (3, 0, 8)), UsageError, "is no input of a model: give shapes"),
        (lambda nets: (nets.Net(), 224), UsageError, "224 is no input of a model"),
        (lambda nets: (nets.Net(),), UsageError, "the size of the input of Net is not known"),
        (lambda nets: (lambda: 5, SHAPE), MeasurementError, "<lambda> gives a int, no torch.nn"),
        (lambda nets: (nets.fails, SHAPE), MeasurementError, "no such width (nets.py:"),
        (lambda nets: (lambda: nets.fails(), SHAPE), MeasurementError, "building <lambda> failed"),
        (lambda nets: (nets.Net(), {"y": torch.zeros(1, *SHAPE)}), MeasurementError, "not fit Net"),
        (lambda nets: (Local(), {"x": torch.zeros(1, 3)}), MeasurementError, "x by its name alone"),
        (lambda nets: (nets.Net(), torch.zeros(0, *SHAPE)), MeasurementError, "makes no batch"),
        (lambda nets: (torch.jit.script(nets.Plain()), SHAPE), MeasurementError, "is scripted"),
        (lambda nets: ("se_resnet18", SHAPE), UsageError, "is an option: input=224"),
    ],
)
def test_refusals(
    nets: Any, ask: Callable[[Any], Any], kind: type[SeCostError], message: str
) -> None:
    """In one line."""
    with pytest.raises(kind) as refused:
        se_cost.model(*ask(nets))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_left_out_must_be_there(nets: Any) -> None:
    """The line names the pattern, what there is, and the nearest of it."""
    for pattern, near in (("tow.*", "two.*"), ("see", "se"), ("one.see", "one.se")):
        with pytest.raises(UsageError) as refused:
            se_cost.model(nets.Net(), SHAPE, drop=pattern)
        assert str(refused.value) == (
            f"drop {pattern!r} fits no attention of Net: there is one.se, two.se, of the kind se; "
            f"did you mean {near}?"
        )
    with pytest.raises(UsageError, match=r"'x' leaves out nothing: Plain has no attention"):
        se_cost.model(nets.Plain(), SHAPE, drop="x")
    with pytest.raises(UsageError, match="arguments are for what makes a model: Net is one"):
        se_cost.model(nets.Net(), SHAPE, arguments={"width": 8})
    for stage in (3, (1, 3)):
        with pytest.raises(UsageError, match="of Net '3' is unknown: choose from 1, 2; did you"):
            se_cost.model(nets.Net(), SHAPE, drop_stages=stage)
    with pytest.raises(UsageError, match=r"drop_stages 'lats' is unknown: .*did you mean last"):
        se_cost.model(nets.Net(), SHAPE, drop_stages="lats")


def test_a_name_of_ours_needs_no_torch() -> None:
    """Only what is yours is looked at."""
    assert se_cost.model("se_resnet18", r=8).stages == (2, 3, 4, 5)
    with pytest.raises(UsageError, match="network 5 is not a name"):
        se_cost.model(5)  # type: ignore[arg-type]
