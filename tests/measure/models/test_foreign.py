"""Attention found in models of the user's, what it costs, and their arms."""

import sys
from pathlib import Path

import pytest
import torch
from helpers import GATING_KINDS
from torch import fx, nn
from torch.utils.flop_counter import FlopCounterMode

from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.models.build import blank_of, module_of
from se_cost.measure.models.costs import costs, resolved
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.se import SE
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model

FILE = Path(__file__).parents[2] / "data" / "models" / "nets.py"
SHAPE = (3, 64, 64)


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the modules and folders that a test adds."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)


def of(name: str = "Net", **rest: object) -> Imported:
    """Return a model of the file."""
    return Imported(spec=f"{FILE}:{name}", **{"input": SHAPE, **rest})  # type: ignore[arg-type]


def params(module: nn.Module) -> int:
    """Return the parameters of a module."""
    return sum(p.numel() for p in module.parameters())


def macs(net: Model) -> int:
    """Return what torch counts for the built module."""
    module = blank_of(net)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.empty(1, *SHAPE, device="meta"))
    flops: int = counter.get_total_flops()
    return flops // 2


def test_what_it_costs() -> None:
    """By pen and paper: 32 to 8 to 32, and 64 to 16 to 64, with biases."""
    whole = costs(of())
    first, second = 2 * 32 * 8 + 8 + 32, 2 * 64 * 16 + 16 + 64
    assert whole.attention.params == first + second == 2_680
    assert whole.attention.macs == 2 * 32 * 8 + 2 * 64 * 16
    assert [(b.path, b.kind, b.stage, b.hidden, b.r) for b in whole.blocks] == [
        ("one.se", "se", 1, 8, 4),
        ("two.se", "se", 2, 16, 4),
    ]
    assert (whole.model.stages, whole.model.final_stage) == ((1, 2), 2)
    assert whole.without_final_stage.params == first
    assert whole.network.params == whole.plain.params + 2_680 == params(module_of(whole.model))
    assert whole.network.macs == macs(whole.model)


@pytest.mark.parametrize("dropped", [(1,), (2,), (1, 2)])
def test_an_arm_is_what_its_costs_say(dropped: tuple[int, ...]) -> None:
    """The built module without some stages has the parameters and MACs of the filtered rows."""
    whole = costs(of())
    arm = whole.model.without(dropped)
    left = costs(arm)
    assert params(module_of(arm)) == left.network.params
    assert macs(arm) == left.network.macs
    assert left.attention.params == whole.attention_without(dropped).params
    assert left.plain.params == whole.plain.params
    assert left.model == arm


def test_blocks_can_be_left_out_by_path() -> None:
    """As fnmatch reads the pattern."""
    arm = resolved(of(patterns=("two*",)))
    assert arm.stages == (1,)
    assert isinstance(module_of(arm).get_submodule("one.se.reduce"), nn.Linear)
    assert params(module_of(arm)) == costs(of()).network.params - (2 * 64 * 16 + 16 + 64)


def test_an_arm_computes_what_is_left() -> None:
    """With every factor forced to one, the original gives the same numbers, bit for bit."""
    torch.manual_seed(0)
    whole = module_of(resolved(of())).eval()
    plain = module_of(resolved(of()).plain).eval()
    plain.load_state_dict(whole.state_dict(), strict=False)
    for part in ("one.se", "two.se"):
        whole.get_submodule(part).expand.bias.data.fill_(1e9)  # type: ignore[union-attr,operator]
    images = torch.randn(2, *SHAPE)
    with torch.no_grad():
        assert torch.equal(whole(images), plain(images))


def test_an_arm_trains() -> None:
    """Every parameter that is left gets a gradient."""
    plain = module_of(resolved(of()).plain)
    plain(torch.randn(2, *SHAPE)).square().mean().backward()
    assert all(p.grad is not None for p in plain.parameters())


def test_what_no_graph_can_hold_is_counted_and_not_removed() -> None:
    """The refusal says where, and why in each way."""
    whole = costs(of("Stubborn"))
    assert whole.attention.params == 72
    with pytest.raises(MeasurementError) as refused:
        module_of(whole.model.plain)
    said = str(refused.value)
    assert said.startswith("the attention in the model cannot be taken out: ")
    assert "is no module of its own; " in said
    assert "(nets.py:" in said
    assert "\n" not in said


def test_no_attention() -> None:
    """It is no error to look at such a network."""
    whole = costs(of("Plain"))
    assert (whole.blocks, whole.model.stages, whole.attention.params) == ((), (), 0)


def test_a_model_that_does_not_run() -> None:
    """The line names the module that failed."""
    with pytest.raises(MeasurementError, match="forward failed in fc"):
        costs(of("Broken"))


def test_models_of_the_zoo_go_the_same_way() -> None:
    """They need no torch, and are as they were."""
    net = model("se_resnet18")
    assert resolved(net) is net
    assert costs(net).model == net


def test_attention_is_tried_at_every_residual_branch() -> None:
    """By pen and paper: 8 to 2 to 8 and 16 to 4 to 16, with biases."""
    tried = costs(of("Residual", attention=SE(r=4)))
    first, second = 2 * 8 * 2 + 2 + 8, 2 * 16 * 4 + 4 + 16
    assert tried.attention.params == first + second
    assert [(b.path, b.stage, b.channels) for b in tried.blocks] == [
        ("one.norm2.attention", 1, 8),
        ("two.norm2.attention", 2, 16),
    ]
    bare = costs(of("Residual"))
    assert bare.blocks == ()
    assert tried.plain.params == bare.network.params
    assert tried.plain.macs == bare.network.macs
    assert params(module_of(tried.model)) == tried.network.params
    assert params(module_of(tried.model.without([2]))) == bare.network.params + first


def test_attention_goes_where_it_is_told() -> None:
    """After the modules whose paths fit, and nowhere else."""
    tried = costs(of("Residual", attention=ECA(), after=("*.conv1",)))
    assert [block.path for block in tried.blocks] == ["one.conv1.attention", "two.conv1.attention"]
    assert tried.attention.params == 3 + 3
    with pytest.raises(UsageError, match="--insert-after nothing fits no module that returns"):
        costs(of("Residual", attention=ECA(), after=("nothing",)))
    with pytest.raises(UsageError, match="has no residual branch: say where with --insert-after"):
        costs(of("Plain", attention=ECA()))


def test_another_kind_takes_the_place_of_its_own() -> None:
    """Its own blocks are gone, the plain network is the same."""
    own, swapped = costs(of()), costs(of(attention=SE(r=2)))
    assert [block.hidden for block in swapped.blocks] == [16, 32]
    assert swapped.plain.params == own.plain.params
    assert swapped.attention.params == 2 * 32 * 16 + 16 + 32 + 2 * 64 * 32 + 32 + 64
    assert params(module_of(swapped.model.plain)) == own.plain.params


def test_a_tried_network_runs_and_trains() -> None:
    """Its blocks are built with weights."""
    module = module_of(costs(of("Residual", attention=SE(r=4))).model)
    module(torch.randn(2, *SHAPE)).square().mean().backward()
    assert all(p.grad is not None for p in module.parameters())


def test_what_stands_among_other_layers_is_taken_out_of_a_graph() -> None:
    """The convolutions of the module stay; both arms run the same kind of copy."""
    whole = costs(of("Selected"))
    assert [(block.path, block.kind) for block in whole.blocks] == [("select", "sk")]
    plain = module_of(whole.model.plain)
    assert params(plain) == whole.plain.params == whole.network.params - (8 * 4 + 4 + 4 * 16 + 16)
    for arm in (plain, module_of(whole.model)):
        assert isinstance(arm.get_submodule("select"), fx.GraphModule)
        arm(torch.randn(2, *SHAPE)).square().mean().backward()
    assert macs(whole.model.plain) == whole.plain.macs


@pytest.mark.parametrize("largest", [False, True])
def test_a_map_gated_both_ways_is_handed_on_once(largest: bool) -> None:
    """Without the gates scSE's sum is the map, not twice the map; so is the larger of two."""
    whole = costs(of("Both", arguments=(("largest", largest),)))
    assert [(block.path, block.kind) for block in whole.blocks] == [("both", "scse")]
    assert whole.attention.params == 8 * 8 + 8 + 8 + 1
    assert not {"add", "maximum"} & {row.op for row in whole.plain.rows}
    plain, images = module_of(whole.model.plain).eval(), torch.randn(2, *SHAPE)
    with torch.no_grad():
        x = plain.get_submodule("both.conv")(plain.get_submodule("stem")(images))
        assert torch.equal(plain(images), x.mean((2, 3)))


OURS = FILE.with_name("ours.py")


@pytest.mark.parametrize("kind", [kind for kind in GATING_KINDS if kind != "simam"])
def test_the_plain_network_is_ours(kind: str) -> None:
    """A network of the zoo as a user's, its attention taken out: bit for bit the plain one.

    SimAM is found and not counted: it has no weights.
    """
    ours = Imported(spec=f"{OURS}:network", arguments=(("arch", f"{kind}_resnet18"),), input=SHAPE)
    whole = costs(ours)
    assert {block.kind for block in whole.blocks} == {kind}
    stripped = module_of(whole.model.plain).eval()
    plain = module_of(model("resnet18", input=64)).eval()
    plain.load_state_dict(stripped.state_dict())
    images = torch.randn(2, *SHAPE)
    with torch.no_grad():
        assert torch.equal(stripped(images), plain(images))
