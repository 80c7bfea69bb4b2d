"""One network stage by stage, as table 1 of the SE paper shows it."""

from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from se_cost.ledger.compare import compare
from se_cost.ledger.rows import Ledger, stage_of
from se_cost.nets.nodes import (
    Act,
    Add,
    Concat,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    Linear,
    Node,
    Norm,
    Pad,
    Pool,
    Scale,
    Seq,
    Shape,
    Shuffle,
    Size,
    Upsample,
)
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import FAMILIES, build
from se_cost.report.page import Cell, Column, Data, Page, Table
from se_cost.report.recipes import described, document

COLUMNS = (
    Column("stage"),
    Column("output"),
    Column("blocks"),
    Column("layers of a block"),
    Column("params"),
    Column("MACs"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a network that is worth a line: its layers in words, and its cost."""

    stage: int | None
    layers: tuple[str, ...]
    output: Shape
    params: int
    macs: int

    @property
    def kind(self) -> tuple[object, ...]:
        """Return what blocks have in common that share a line."""
        return (self.stage, self.layers)


def page(recipe: Recipe) -> Page:
    """Return the network, one line for each run of equal blocks."""
    whole = compare(recipe)
    runs = [list(run) for _, run in groupby(blocks(recipe), key=lambda block: block.kind)]
    total = ("all", None, None, None, whole.network.params, whole.network.macs)
    family = FAMILIES[recipe.family]
    lines = [f"{described(recipe)}. Source: {family.source}."]
    lines += [f"SE: {family.note}."] * bool(family.note and whole.attention.rows)
    heading = "In [ ] the branches that are stacked; norms and activations are left out"
    return Page(
        lines=tuple(lines),
        tables=(Table(heading, COLUMNS, (*map(_row, runs), total), totals=1),),
        data=document("nets", recipe) | {"stages": [_data(run) for run in runs]},
    )


def blocks(recipe: Recipe) -> list[Block]:
    """Return the blocks of a network in their order."""
    ledger = compare(recipe).network
    return [_block(path, part, ledger) for path, part in _parts("", build(recipe))]


def _block(path: str, part: Seq, ledger: Ledger) -> Block:
    paths = {f"{path}.{name}" if path else name for name, _ in part.children}
    rows = ledger.where(lambda row: any(_within(row.path, child) for child in paths))
    layers = tuple(filter(None, (layer(child) for _, child in part.children))) or ("norm",)
    return Block(
        stage=stage_of(next(iter(paths))),
        layers=layers,
        output=rows.rows[-1].output,
        params=rows.params,
        macs=rows.macs,
    )


def _within(path: str, parent: str) -> bool:
    return path == parent or path.startswith(f"{parent}.")


def _parts(path: str, node: Seq) -> list[tuple[str, Seq]]:
    """Return the smallest sequences that are blocks, with the path of the part they stand in.

    A sequence of sequences is taken apart; a gate stays with the layer before it.
    """
    if not any(isinstance(child, Seq | Concat) for _, child in node.children):
        return [(path, node)] if node.children else []
    found: list[tuple[str, Seq]] = []
    for name, child in node.children:
        inner = f"{path}.{name}" if path else name
        if isinstance(child, Seq):
            found += _parts(inner, child)
        elif isinstance(child, Gate) and found and found[-1][0] == path:
            before = found.pop()[1]
            found.append((path, Seq((*before.children, (name, child)))))
        elif layer(child):
            found.append((path, Seq(((name, child),))))
    return found


def layer(node: Node) -> str:
    """Return a layer in words; norms, activations and what has no cost have none."""
    match node:
        case Seq(children):
            return " → ".join(filter(None, (layer(child) for _, child in children)))
        case Add(children):
            branches = [layer(child) for name, child in children if name != "shortcut"]
            equal = len(branches) > 1 and len(set(branches)) == 1
            return f"{len(branches)} x ({branches[0]})" if equal else " + ".join(branches)
        case Concat(children):
            return f"[{' | '.join(layer(child) or 'input' for _, child in children)}]"
        case Gate(children):
            widths = [c.c_out for _, c in children if isinstance(c, Linear | Conv)]
            return f"SE {'-'.join(map(str, widths))}"
        case Conv(c_in, c_out, kernel, stride, groups=groups) if groups == c_in == c_out:
            return f"depthwise {_size(kernel)}{_stride(stride)}"
        case Conv(_, c_out, kernel, stride, _, groups, _, dilation):
            words = [f"{_size(kernel)}, {c_out}"]
            words += [f"{groups} groups"] * (groups > 1)
            words += [f"dilation {dilation[0]}"] * (dilation != (1, 1))
            return ", ".join(words) + _stride(stride)
        case Deconv(_, c_out, kernel, stride):
            return f"transposed {_size(kernel)}, {c_out}{_stride(stride)}"
        case Pool(reduce, kernel, stride):
            return f"{reduce.value} pool {_size(kernel)}{_stride(stride)}"
        case GlobalPool(reduce):
            return f"global {reduce.value} pool"
        case Linear(_, c_out):
            return f"fc {c_out}"
        case Upsample(factor, mode):
            return f"{mode.value} upsampling {factor}x"
        case Shuffle():
            return "shuffle"
        case Norm() | Act() | Scale() | Pad() | Flatten() | Dropout():
            return ""
        case _:
            assert_never(node)


def _size(kernel: Size) -> str:
    return f"{kernel[0]}x{kernel[1]}"


def _stride(stride: Size) -> str:
    return f" /{stride[0]}" if stride != (1, 1) else ""


def _row(run: list[Block]) -> tuple[Cell, ...]:
    first = run[0]
    return (
        "head" if first.stage is None else str(first.stage),
        "x".join(map(str, run[-1].output)),
        len(run),
        " → ".join(first.layers),
        sum(block.params for block in run),
        sum(block.macs for block in run),
    )


def _data(run: list[Block]) -> Data:
    return {
        "stage": run[0].stage,
        "blocks": len(run),
        "layers": list(run[0].layers),
        "output": list(run[-1].output),
        "params": sum(block.params for block in run),
        "macs": sum(block.macs for block in run),
    }
