"""What several tests need: a ledger checked against its module, and random networks."""

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from se_cost.ledger.rows import Ledger
from se_cost.ledger.walk import walk
from se_cost.measure.models.module import blank
from se_cost.nets.attention.kinds import KINDS as KINDS_OF
from se_cost.nets.attention.place import GATING, Kind, Place
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import (
    IDENTITY,
    Act,
    Add,
    Attend,
    ChannelPool,
    Columns,
    Concat,
    Conv,
    Cross,
    Deconv,
    Dropout,
    Flatten,
    Fn,
    Gate,
    GlobalPool,
    Interpolation,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Reduce,
    Scale,
    Scores,
    Seq,
    Shape,
    Shift,
    Shuffle,
    Stretch,
    Upsample,
    Weigh,
)
from se_cost.nets.special import (
    ChannelConv,
    ColumnSum,
    Energy,
    GlobalStd,
    LayerNorm,
    Plus,
    Profiles,
    RowSoftmax,
    Softmax,
)
from se_cost.nets.zoo.registry import FAMILIES
from se_cost.record import Record

GATING_KINDS = [name for name, kind in KINDS_OF.items() if Place.STANDARD in kind.places]


def gating_places(family: str) -> list[Place]:
    """Return the places of a family for blocks that stand after a layer."""
    return [place for place in FAMILIES[family].places if place in GATING]


def fitted(kind: type[Kind], channels: int, size: tuple[int, int]) -> Node:
    """Return the block of a kind for maps of a size."""
    return kind().on(size).block(channels)


def label(model: Zoo) -> str:
    """Return a short name of a model for a test."""
    options = [
        str(getattr(kind, option))
        for kind in model.attention.stages[:1]
        for option in kind.__struct_fields__
        if option != "stage"
    ]
    return "-".join((model.arch, model.attention.place, *options, str(model.input[1])))


class Seen(Record):
    """What a module shows of itself: shapes and parameters by path, and torch's count."""

    outputs: dict[str, Shape]
    params: dict[str, tuple[int, int]]
    flops: int


def seen(node: Node, shape: Shape) -> Seen:
    """Run the module of a network on the meta device, in eval mode, and watch every submodule."""
    module = blank(node).eval()
    outputs: dict[str, Shape] = {}

    def watch(path: str) -> Callable[[nn.Module, Any, Tensor], None]:
        return lambda part, inputs, output: outputs.update({path: tuple(output.shape[1:])})

    for path, part in module.named_modules():
        part.register_forward_hook(watch(path))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.empty(1, *shape, device="meta"))
    params = {
        path: tuple(p.numel() for _, p in part.named_parameters(recurse=False))
        for path, part in module.named_modules()
    }
    return Seen(
        outputs, {path: (*p, 0, 0)[:2] for path, p in params.items()}, counter.get_total_flops()
    )


def assert_agreement(node: Node, shape: Shape) -> Ledger:
    """Assert that every row is the submodule of its name, and that nothing is left over."""
    walked = walk(node, shape)
    rows, module = walked.rows, seen(node, shape)
    assert module.outputs[""] == walked.shape
    for row in rows:
        assert module.outputs[row.path] == row.output, row.path
        assert module.params[row.path] == (row.weights, row.biases), row.path
    noted = {row.path for row in rows}
    assert all(path in noted for path, params in module.params.items() if any(params))
    ledger = Ledger(rows)
    assert module.flops == 2 * ledger.macs
    return ledger


Drawn = tuple[Node, Shape]
SIZES = st.integers(1, 4)


def sizes(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    """Draw a height and a width."""
    return st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def leaves(draw: st.DrawFn, shape: Shape) -> Drawn:
    """Draw a layer that fits `shape`, with its output shape."""
    node: Node
    if len(shape) == 1:
        node = draw(
            st.one_of(
                st.builds(Linear, st.just(shape[0]), SIZES, st.booleans()),
                st.builds(ChannelConv, st.sampled_from((1, 3, 5))),
                st.builds(Act, st.sampled_from(Fn)),
                st.just(LayerNorm(shape[0])),
                st.just(Dropout(0.1)),
            )
        )
        return node, walk(node, shape).shape
    channels, height, width = shape
    groups = st.sampled_from([g for g in range(1, channels + 1) if channels % g == 0])
    kind = draw(st.sampled_from(KINDS))
    if kind is Conv:
        g = draw(groups)
        kernel = draw(sizes(1, min(3, height, width)))
        node = Conv(
            channels,
            g * draw(SIZES),
            kernel,
            draw(sizes(1, 2)),
            draw(sizes(0, 1)),
            g,
            draw(st.booleans()),
            draw(sizes(1, 2)) if max(kernel) == 1 or min(height, width) > 5 else (1, 1),
        )
    elif kind is Deconv:
        kernel, stride = draw(sizes(2, 4)), draw(sizes(1, 2))
        node = Deconv(channels, draw(SIZES), kernel, stride, draw(sizes(0, 1)), draw(st.booleans()))
    elif kind is Pool:
        kernel = draw(sizes(1, min(3, height, width)))
        padding = (draw(st.integers(0, kernel[0] // 2)), draw(st.integers(0, kernel[1] // 2)))
        reduce = draw(st.sampled_from(Reduce))
        flags = (draw(st.booleans()), draw(st.booleans()))
        node = Pool(reduce, kernel, draw(sizes(1, 2)), padding, *flags)
    else:
        simple: dict[Any, st.SearchStrategy[Node]] = {
            Norm: st.just(Norm(channels)),
            Act: st.builds(Act, st.sampled_from(Fn)),
            GlobalPool: st.builds(GlobalPool, st.sampled_from(Reduce)),
            GlobalStd: st.just(GlobalStd()),
            Profiles: st.just(Profiles()),
            ChannelPool: st.builds(ChannelPool, st.sampled_from(Reduce)),
            Softmax: st.just(Softmax()),
            RowSoftmax: st.just(RowSoftmax()),
            Energy: st.just(Energy(1e-4)),
            Upsample: st.builds(Upsample, st.integers(1, 2), st.sampled_from(Interpolation)),
            Shuffle: st.builds(Shuffle, groups),
            Scale: st.just(Scale(0.5)),
            Plus: st.just(Plus(1.0)),
            Pad: st.builds(Pad, SIZES),
            Flatten: st.just(Flatten()),
            Dropout: st.just(Dropout(0.1)),
        }
        node = draw(simple[kind])
    return node, walk(node, shape).shape


JOINS = (
    "leaf",
    "seq",
    "add",
    "concat",
    "gate",
    "shift",
    "weigh",
    "cross",
    "attend",
    "stretch",
    "columns",
)
KINDS = (
    *(Conv, Deconv, Norm, Act, Pool, GlobalPool, Upsample),
    *(GlobalStd, Profiles, ChannelPool, Softmax, RowSoftmax, Energy),
    *(Shuffle, Scale, Plus, Pad, Flatten, Dropout),
)


@st.composite
def networks(draw: st.DrawFn, shape: Shape, depth: int = 2) -> Drawn:
    """Draw a small network that fits `shape`, of all words, with its output shape."""
    kind = draw(st.sampled_from(JOINS)) if depth else "leaf"
    if kind == "leaf" or (kind in JOINS[3:] and len(shape) == 1):
        return draw(leaves(shape))
    if kind == "seq":
        children, output = [], shape
        for i in range(draw(st.integers(0, 4))):
            child, output = draw(networks(output, depth - 1))
            children.append((f"part{i}", child))
        return Seq(tuple(children)), output
    if kind == "weigh":
        ways: tuple[Node, ...] = (Act(Fn.TANH), Softmax(), IDENTITY)
        by = draw(st.sampled_from(ways))
        return Weigh((("key", Conv(shape[0], 1)), ("by", by))), shape[:1]
    if kind == "cross":
        hidden = draw(SIZES)
        shared = Seq((("squeeze", Profiles()), ("reduce", Conv(shape[0], hidden))))
        line = Conv(hidden, shape[0])
        gated = Seq((("conv", line), ("gate", Act(Fn.SIGMOID))))
        return Cross((("shared", shared), ("height", line), ("width", gated))), shape
    if kind == "stretch":
        parts, small = draw(networks(shape, depth - 1))
        if len(small) == 1:
            return parts, small
        return Stretch((("parts", parts),)), (small[0], *shape[1:])
    if kind == "attend":
        heads = draw(SIZES)
        width = heads * draw(SIZES)
        part = Conv(shape[0], width)
        found = Scores((("query", part), ("key", part)), heads, width, (shape[1], shape[2]))
        by = Seq((("scores", found), ("softmax", RowSoftmax())))
        out = heads * draw(SIZES)
        value = Conv(shape[0], out, bias=draw(st.booleans()))
        return Attend((("by", by), ("value", value)), heads), (out, *shape[1:])
    if kind in ("gate", "shift"):
        join = Gate if kind == "gate" else Shift
        if draw(st.booleans()):
            return join((("vector", GlobalPool()),)), shape
        if join is Gate and draw(st.booleans()):
            return draw(broadcast_gates(shape)), shape
        parts, factor = draw(networks(shape, depth - 1))
        back: Node = Linear(factor[0], shape[0])
        if len(factor) == 3:
            parts, back = Seq((("f", parts), ("pool", GlobalPool()))), Linear(factor[0], shape[0])
        return join((("inner", parts), ("back", back))), shape
    first, output = draw(networks(shape, depth - 1))
    if kind == "columns":
        vector: Node = first if len(output) == 1 else Seq((("f", first), ("pool", GlobalPool())))
        side = Columns((("a", vector), ("b", vector)))
        if draw(st.booleans()):
            return Seq((("side", side), ("sum", ColumnSum()))), output[:1]
        return side, (output[0], 2, 1)
    if kind == "concat" and len(output) == 3:
        node = Concat((("a", first), ("b", first)))
        return node, (2 * output[0], *output[1:])
    return Add((("a", first), ("b", first))), output


@st.composite
def broadcast_gates(draw: st.DrawFn, shape: Shape) -> Gate:
    """Draw a gate by a number for each position, for each channel, or for both of these summed."""
    position = Conv(shape[0], 1)
    channel = Columns((("pool", GlobalPool()),))
    both = Add((("channel", channel), ("position", position)))
    factors: tuple[Node, ...] = (position, channel, both)
    return Gate((("factor", draw(st.sampled_from(factors))),))


def small_networks() -> st.SearchStrategy[tuple[Node, Shape]]:
    """Draw a network and the shape of an input that it takes."""
    shapes = st.tuples(SIZES, st.integers(4, 9), st.integers(4, 9))
    return shapes.flatmap(lambda s: networks(s).map(lambda drawn: (drawn[0], s)))
