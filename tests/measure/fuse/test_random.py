"""Random networks of all words: whatever surrounds a gate, the function stays."""

import torch
from helpers import networks, small_networks
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from measure.fuse.nets import EXACT, built, difference, images
from se_cost.ledger.leaf import ShapeError
from se_cost.measure.fuse.fuse import fuse
from se_cost.measure.fuse.record import How
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.ese import ESE
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.nodes import Gate, Node, Shape, add, seq

BLOCKS = st.one_of(
    st.builds(SE, r=st.just(2), squeeze=st.sampled_from(Squeeze), gate=st.sampled_from(GATES)),
    st.just(ESE()),
    st.just(ECA()),
)


@st.composite
def layers(draw: st.DrawFn, shape: Shape) -> tuple[Node, Shape]:
    """Draw layers that leave a map, with its shape."""
    try:
        node, output = draw(networks(shape))
    except ShapeError:  # some layers leave next to nothing, which others cannot take
        reject()
    return (node, output) if len(output) == len(shape) else (seq(), shape)


@st.composite
def gated(draw: st.DrawFn) -> tuple[Node, Shape]:
    """Draw a network with a block of attention amid other layers, and the shape of its input."""
    shape = draw(st.tuples(*(st.integers(1, 4), st.integers(4, 9), st.integers(4, 9))))
    before, between = draw(layers(shape))
    block: Gate = draw(BLOCKS).block(between[0])
    parts: dict[str, Node] = {"before": before, "block": block}
    if draw(st.booleans()):
        parts = {"sum": add(residual=seq(**parts), shortcut=before)}
    after, _ = draw(layers(between))
    return seq(**parts, after=after), shape


def assert_same(network: Node, shape: Shape, batch: int, how: How) -> None:
    """Assert that a network and its fused form agree."""
    module = built(network)
    x = images(batch, *shape)
    result = fuse(module, x, how)
    with torch.inference_mode():
        assert difference(result.module(x.clone()), module(x)) < EXACT


@settings(max_examples=250)
@given(gated(), st.sampled_from((1, 3)), st.sampled_from(How))
def test_blocks_amid_random_layers(drawn: tuple[Node, Shape], batch: int, how: How) -> None:
    """Blocks of attention, where the networks of the zoo have none."""
    assert_same(*drawn, batch, how)


@settings(max_examples=250)
@given(small_networks(), st.sampled_from((1, 3)))
def test_random_gates(drawn: tuple[Node, Shape], batch: int) -> None:
    """Products with anything that is made of the map."""
    assert_same(*drawn, batch, How.AUTO)
