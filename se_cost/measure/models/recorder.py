"""Notes what runs below autograd: operators, the values that they read and write, module calls."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map
from torch.utils.flop_counter import flop_registry

from se_cost.ledger.channels import channel_of
from se_cost.ledger.trace import ROOT, Call, Op, Value
from se_cost.measure.models.memory import Memory

DIMENSIONS = ("dim", "dims", "dim0", "dim1")  # names of arguments
GROWING = ("unsqueeze", "stack")  # their dimensions are those of the result
OVERWRITES = ("copy", "fill", "zero")  # read nothing of what they write to


class Signature(NamedTuple):
    """What the schema of an operator says of it."""

    name: str
    defaults: dict[str, Any]  # of the arguments, in their order
    written: frozenset[str]  # the names of arguments that it changes
    composite: bool  # made of other operators, which are noted in its place
    flops: Callable[..., int] | None


@cache
def signature(func: Any) -> Signature:
    """Return the signature of an operator."""
    schema = func._schema
    written = {a.name for a in schema.arguments if a.alias_info and a.alias_info.is_write}
    composite = func is not torch.ops.prim.device.default and func.has_kernel_for_dispatch_key(
        torch._C.DispatchKey.CompositeImplicitAutograd
    )
    return Signature(
        name=schema.name.removeprefix("aten::").strip("_").removeprefix("native_"),
        defaults={a.name: a.default_value for a in schema.arguments},
        written=frozenset(written),
        composite=composite,
        flops=flop_registry.get(func._overloadpacket),
    )


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes every operator that runs while it is entered, and the module calls it is told of."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.values: list[Value] = []
        self.ops: list[Op] = []
        self.calls: list[Call] = []
        self._within: list[int] = []  # the calls that are under way
        self._numbers: Counter[str] = Counter()  # of the calls of each path
        self._memory = Memory()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run an operator and note it; beside meta, tensors of other devices are shapes alone."""
        kwargs = kwargs or {}
        known = signature(func)
        if known.composite:
            with self:
                result = func.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
        run_args, run_kwargs = _on_one_device(args, kwargs)
        result = func(*run_args, **run_kwargs)
        given = {**dict(zip(known.defaults, args, strict=False)), **kwargs}
        flops = known.flops(*args, **kwargs, out_val=result) if known.flops else 0
        self._note(known, given, result, flops // 2)
        return result

    @property
    def path(self) -> str:
        """Return the path of the innermost module whose call is under way."""
        return self.calls[self._within[-1]].path if self._within else ""

    def input(self, tensor: Tensor) -> int:
        """Return the value of an input of the whole, with its channels after the batch."""
        shape = tuple(tensor.shape)
        channel = 1 if len(shape) > 1 else None
        return self._add(Value(shape, live=True, channel=channel), tensor)

    def value(self, tensor: Tensor) -> int:
        """Return the value that a tensor holds; one that was never seen is a constant."""
        held = self._memory.values(tensor)
        if not held:
            return self._add(Value(tuple(tensor.shape)), tensor)
        if len(held) == 1 and self.values[held[0]].shape == tensor.shape:
            return held[0]
        value = self._result("alias", held, (), tensor)
        self._memory.hold(tensor, value)
        self.ops.append(Op("alias", self._call, held, (value,), view=True))
        return value

    def enter(self, path: str, inputs: Sequence[Tensor]) -> None:
        """Note that a module is called."""
        values = tuple(map(self.value, inputs))
        parent = self._within[-1] if self._within else None
        self._within.append(len(self.calls))
        self.calls.append(Call(path, self._numbers[path], parent, values))
        self._numbers[path] += 1

    def leave(self, path: str, named: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
        """Note that the call of a module ended; `named` are what it got by keyword."""
        while self.calls[number := self._within.pop()].path != path:
            pass  # a call that ended by an error, which the module caught
        call = self.calls[number]
        inputs = (*call.inputs, *map(self.value, named))
        results = tuple(map(self.value, outputs))
        self.calls[number] = Call(path, call.number, call.parent, inputs, results)

    @property
    def _call(self) -> int:
        return self._within[-1] if self._within else ROOT

    def _note(self, known: Signature, given: Mapping[str, Any], result: Any, macs: int) -> None:
        """Note an operator that ran with some arguments."""
        written = [t for name in known.written for t in tensors(given.get(name))]
        outputs = [t for t in tensors(result) if not any(t is other for other in written)]
        if not written and all(map(self._memory.knows, outputs)):
            return  # it handed on an operand
        overwritten = {"out", *(known.written if known.name in OVERWRITES else ())}
        read = [t for name in given if name not in overwritten for t in tensors(given[name])]
        if any(map(is_lazy, read)):
            return  # a lazy parameter takes its shape
        reads = tuple(map(self.value, read))
        name = "deconvolution" if given.get("transposed") else known.name
        dims = _dims(known, given, len(self.values[reads[0]].shape) if reads else 0)
        view = bool(outputs) and all(map(self._memory.shares, outputs))
        hold = self._memory.hold if view else self._memory.write
        writes = []
        for tensor in (*outputs, *written):
            writes.append(self._result(name, reads, dims, tensor))
            hold(tensor, writes[-1])
        changed = bool(written) and not outputs
        self.ops.append(
            Op(name, self._call, reads, tuple(writes), dims, _numbers(given), macs, view, changed)
        )

    def _result(
        self, name: str, reads: tuple[int, ...], dims: tuple[int, ...], tensor: Tensor
    ) -> int:
        """Return the number of a new value, which the next operator writes."""
        operands = [self.values[read] for read in reads]
        shape = tuple(tensor.shape)
        live = any(operand.live for operand in operands)
        self.values.append(
            Value(shape, len(self.ops), live, channel_of(name, operands, dims, shape))
        )
        return len(self.values) - 1

    def _add(self, value: Value, tensor: Tensor) -> int:
        self.values.append(value)
        self._memory.write(tensor, len(self.values) - 1)
        return len(self.values) - 1


def tensors(tree: Any) -> Iterator[Tensor]:
    """Yield the tensors among arguments or results, in their order."""
    if isinstance(tree, Tensor):
        yield tree
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from tensors(part)
    elif isinstance(tree, Mapping):
        yield from tensors(list(tree.values()))


def _on_one_device(args: tuple[Any, ...], kwargs: Any) -> tuple[Any, Any]:
    """Return arguments of which all tensors are on meta if one is."""
    devices = {tensor.device.type for tensor in tensors((args, kwargs))}
    if len(devices) < 2 or "meta" not in devices:
        return args, kwargs
    moved: tuple[Any, Any] = tree_map(
        lambda leaf: leaf.to("meta") if isinstance(leaf, Tensor) else leaf, (args, kwargs)
    )
    return moved


def _dims(known: Signature, given: Mapping[str, Any], rank: int) -> tuple[int, ...]:
    """Return the dimensions that an operator works along, counted from the first."""
    named = [given.get(name, value) for name, value in known.defaults.items() if name in DIMENSIONS]
    rank += known.name in GROWING
    flat = [d for dims in named for d in (dims if isinstance(dims, list | tuple) else (dims,))]
    return tuple(d % rank if rank else 0 for d in flat if isinstance(d, int))


def _numbers(given: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the finite numbers among arguments, the sides of a window first."""
    values = (*given.get("kernel_size", ()), *given.values())
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return tuple(float(number) for number in numbers if isfinite(number))
