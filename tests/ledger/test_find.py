"""Attention found from rows alone is the attention that the model put there."""

from collections.abc import Iterator

import pytest
from helpers import GATING_KINDS

from se_cost.ledger.costs import costs
from se_cost.ledger.find import UNNAMED, find, without
from se_cost.ledger.rows import Ledger
from se_cost.ledger.walk import ledger, walk
from se_cost.nets.attention.ge import GE
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.attention.place import Kind, Place
from se_cost.nets.attention.se import SE, Squeeze
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import (
    RELU,
    Act,
    Add,
    Concat,
    Conv,
    Fn,
    GlobalPool,
    Linear,
    Node,
    Norm,
    Seq,
    conv,
    gate,
    seq,
)
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import FAMILIES, build

CASES = [
    (family.name, place, kind)
    for family in FAMILIES.values()
    for place in family.places
    for kind in GATING_KINDS
    if place in KINDS[kind].places
]
VARIANTS = [
    *(
        SE(squeeze=squeeze, gate=fn, bias=bias)
        for squeeze in Squeeze
        for bias in (True, False)
        for fn in (Fn.SIGMOID, Fn.HARDSIGMOID)
    ),
    *(SE(r=r) for r in (1, 3, 3000)),
    *(GE(extent=extent, theta=theta) for extent in (2, 4, 8) for theta in (False, True)),
]


def put_there(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Yield the path of every attention of a network, which is named after its kind."""
    match node:
        case _ if path.rpartition(".")[2] in KINDS:
            yield path, node
        case Seq(children) | Add(children) | Concat(children):
            for name, child in children:
                yield from put_there(child, f"{path}.{name}" if path else name)
        case _:
            return


def assert_found(net: Zoo) -> None:
    """Assert that the blocks are those of the model, and that without them it is plain."""
    network = ledger(build(net), net.input)
    blocks = find(network)
    put = dict(put_there(build(net)))
    kinds = {kind.stage: kind for kind in net.attention.stages}
    assert [block.path for block in blocks] == list(put)
    for block in blocks:
        assert block.stage is not None
        kind = kinds[block.stage]
        shape = (block.channels, block.height, block.width)
        assert block.kind == kind.name
        assert block.hidden == kind.hidden(block.channels)
        assert put[block.path] == kind.block(block.channels)
        of_block = Ledger(walk(put[block.path], shape).rows)
        assert (block.cost.params, block.cost.macs) == (of_block.params, of_block.macs)
    assert without(network, blocks) == ledger(build(net.plain), net.input)


@pytest.mark.parametrize(("family", "place", "kind"), CASES)
def test_found_is_what_was_put_there(family: str, place: Place, kind: str) -> None:
    """For the whole zoo, at every place."""
    assert_found(model(family, attention=kind, place=place))


@pytest.mark.parametrize("size", [32, 224])
def test_what_takes_the_place_of_a_layer(size: int) -> None:
    """Is found as the others are; what it adds is what it costs less the layer."""
    net = model("mhsa_resnet50", input=size)
    assert [block.path for block in find(ledger(build(net), net.input))] == [
        f"stage5.block{i}.sum.residual.mhsa" for i in (1, 2, 3)
    ]
    whole = costs(net)
    for of in ("weights", "biases", "macs", "elements", "bytes", "activation_bytes"):
        added = getattr(whole.network, of) - getattr(whole.plain, of)
        assert getattr(whole.attention, of) == added


@pytest.mark.parametrize("template", VARIANTS, ids=repr)
def test_every_form_is_found(template: Kind) -> None:
    """Whatever the pooling, the gate, the biases, the ratio and the extent."""
    assert_found(model("resnet18", attention=template))


def test_dropped_stages_have_no_blocks() -> None:
    """What is left out of a model is not found in it."""
    net = model("se_resnet50").without([3, 5])
    assert_found(net)
    assert {block.stage for block in find(ledger(build(net), net.input))} == {2, 4}


def test_removing_some_blocks_leaves_the_others() -> None:
    """The rows without one stage's blocks are those of the model without that stage."""
    net = model("se_resnet18", place=Place.POST)
    network = ledger(build(net), net.input)
    third = [block for block in find(network) if block.stage == 3]
    smaller = net.without([3])
    assert without(network, third) == ledger(build(smaller), smaller.input)


def test_blocks_within_each_other_are_taken_out_together() -> None:
    """Two gates in a row leave the map that the first of them read."""
    block = SE(4).block(8)
    found = ledger(seq(conv=conv(8, 8, 1), a=block, b=block, norm=Norm(8)), (8, 4, 4))
    left = without(found, find(found))
    assert [(row.path, row.reads) for row in left.rows][-1] == ("norm", ("conv",))


def test_an_unknown_form_is_a_gate_without_a_name() -> None:
    """Three layers that mix channels are none of the kinds that have a name."""
    block = gate(
        pool=GlobalPool(),
        a=Linear(8, 4),
        b=Linear(4, 4),
        relu=RELU,
        c=Linear(4, 8),
        gate=Act(Fn.SIGMOID),
    )
    (found,) = find(ledger(seq(conv=conv(8, 8, 1), block=block), (8, 4, 4)))
    assert (found.kind, found.hidden, found.r) == (UNNAMED, 4, 2)


def test_r_is_what_the_model_states() -> None:
    """From rows alone r is the quotient; a model knows what was asked for."""
    net = model("se_resnet50", r=3)
    rows_alone = find(ledger(build(net), net.input))
    assert (rows_alone[0].hidden, rows_alone[0].r) == (85, None)
    assert {block.r for block in costs(net).blocks} == {3}
    assert {block.r for block in find(ledger(build(model("se_resnet50")), net.input))} == {16}


def test_a_product_of_two_branches_is_no_gate() -> None:
    """The factor must be made of the map that it multiplies."""
    network = ledger(seq(a=gate(b=Conv(8, 8), c=Act(Fn.SIGMOID))), (8, 4, 4))
    product = network.rows[-1]
    other = Ledger(
        (
            *network.rows[:-1],
            type(product)(
                "a", "scale", product.operands, product.output, reads=("elsewhere", "a.c")
            ),
        )
    )
    assert find(other) == ()
