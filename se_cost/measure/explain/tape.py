"""The operators of an iteration, as torch runs them, and how far back their memory was used.

They are read off one iteration of the network itself, below autograd: with their arguments, and
with the shapes, strides and types of their operands. So they are what the network runs, whatever
kind of attention it has, however that is spelled, in either pass and in either layout.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten
from torch.utils.hooks import RemovableHandle

from se_cost.ledger.find import AttentionBlock
from se_cost.measure.explain.calls import CalledBlock, MemoryState, Operand, Reuse, TorchCall, usual
from se_cost.measure.models.build import network
from se_cost.measure.models.costs import costs
from se_cost.measure.models.metering import Meter, Ran
from se_cost.measure.steps.steps import Batch, data, loss
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.model import Model
from se_cost.record import Record, replace

CONVOLUTION = "conv"  # copies what it is given and makes, into an order of its own
COPIES = "copies"
BLOCK = "block"  # the code of a whole attention block


class Tape:
    """Notes the calls of an iteration."""

    def __init__(self) -> None:
        self.blocks: dict[str, CalledBlock] = {}  # by their paths; those that are given one tensor
        self._notes: list[tuple[TorchCall, Reuse]] = []
        self._used: dict[Any, MemoryState] = {}  # by address or operator, the last used at the end

    def forward(self, ran: Ran) -> None:
        """Note an operator of the forward pass."""
        self._note(ran, backward=False)

    def backward(self, ran: Ran) -> None:
        """Note an operator of the backward pass."""
        self._note(ran, backward=True)

    def watch(self, path: str, block: nn.Module) -> Iterator[RemovableHandle]:
        """Note an attention block as a whole, too, whenever it is called; yield the hooks."""
        begun: list[tuple[int, Reuse]] = []

        def enter(_: nn.Module, given: tuple[Any, ...]) -> None:
            found = [one for one in (*given, *block.parameters()) if isinstance(one, Tensor)]
            reuse = Reuse(self._since(BLOCK), tuple(map(self._found, found)), ())
            begun.append((len(self._notes), reuse))

        def leave(_: nn.Module, given: tuple[Any, ...], result: Any) -> None:
            start, reuse = begun.pop()
            if len(given) == 1 and isinstance(given[0], Tensor):
                ran = self._notes[start:]
                made = tuple(one for _, within in ran for one in within.made)
                calls = tuple(call for call, _ in ran)
                whole = replace(reuse, made=made)
                self.blocks[path] = CalledBlock(block, _operand(0, given[0]), calls, whole)
            self._use(BLOCK)

        yield block.register_forward_pre_hook(enter)
        yield block.register_forward_hook(leave)

    def rewind(self) -> None:
        """Forget the calls, but not which memory was used."""
        self._notes.clear()

    @property
    def calls(self) -> Counter[TorchCall]:
        """Return how often each call was made."""
        return Counter(call for call, _ in self._notes)

    @property
    def reuses(self) -> dict[TorchCall, Reuse]:
        """Return for each call the median of all times that it was made."""
        found: dict[TorchCall, list[Reuse]] = {}
        for call, reuse in self._notes:
            found.setdefault(call, []).append(reuse)
        return {call: usual(every) for call, every in found.items()}

    def _note(self, ran: Ran, *, backward: bool) -> None:
        leaves, tree = tree_flatten(ran.arguments)
        tensors: dict[tuple[Any, ...], Tensor] = {}
        for leaf in leaves:
            if isinstance(leaf, Tensor):
                tensors.setdefault(_identity(leaf), leaf)
        numbers = {identity: number for number, identity in enumerate(tensors)}
        arguments = tuple(
            _operand(numbers[_identity(leaf)], leaf) if isinstance(leaf, Tensor) else leaf
            for leaf in leaves
        )
        call = TorchCall(ran.word, backward, ran.func, arguments, tree, ran.bytes)
        given = {_address(one) for one in tensors.values()}
        new = [one for one in ran.made if _address(one) not in given]
        reuse = Reuse(
            self._since(ran.func),
            tuple(map(self._found, tensors.values())),
            tuple(map(self._found, new)),
        )
        self._notes.append((call, reuse))
        sizes = {_address(one): _size(one) for one in (*tensors.values(), *ran.made)}
        every = sum(sizes.values())
        self._use(ran.func)
        for key in sizes:
            self._used.pop(key, None)
        self._used |= {key: MemoryState(size, 0, every - size) for key, size in sizes.items()}
        if ran.word == CONVOLUTION:  # its copies of all that are memory as well
            self._used.pop(COPIES, None)
            self._used[COPIES] = MemoryState(every, 0, 0)

    def _use(self, code: Any) -> None:
        """Note that some code has just run."""
        self._used.pop(code, None)
        self._used[code] = MemoryState(0, 0, 0)

    def _found(self, tensor: Tensor) -> MemoryState:
        """Return how the memory of a tensor is found now."""
        before = self._used.get(_address(tensor))
        since = self._since(_address(tensor))
        return MemoryState(_size(tensor), since, before.beside if before else 0)

    def _since(self, key: Any) -> int | None:
        """Return the bytes of all memory that was used since this was."""
        if key not in self._used:
            return None
        later = takewhile(lambda one: one != key, reversed(self._used))
        return sum(self._used[one].size for one in later)


def tape(
    model: Model, settings: Settings, device: torch.device, blocks: Iterable[AttentionBlock] = ()
) -> Tape:
    """Return the calls of one iteration of a network, after another one, and those of blocks."""
    torch.manual_seed(settings.seed)
    batch = data(model, settings, device)
    built = network(model, settings, device)
    found = Tape()
    paths = [block.path for block in blocks]
    hooks = [hook for path in paths for hook in found.watch(path, built.get_submodule(path))]
    for _ in range(2):
        found.rewind()
        _iteration(built, batch, settings, found)
    for hook in hooks:
        hook.remove()
    return found


class AttentionCalls(Record):
    """What the attention of a network runs in one iteration."""

    stages: dict[int, Counter[TorchCall]]  # what each runs more
    blocks: dict[int, list[CalledBlock]]  # of each stage: those that run nothing else
    reuses: dict[TorchCall, Reuse]


def attention(model: Model, settings: Settings, device: torch.device) -> AttentionCalls:
    """Return what the attention of each stage runs more, and how the memory of each call is found.

    Attention is put into one stage after another: the parts add up to the whole. What runs less
    has a count below zero, for instance an operator that now is given another layout.
    """
    last, blocks = tape(model.plain, settings, device), costs(model).blocks
    reuses = last.reuses
    stages: dict[int, Counter[TorchCall]] = {}
    for number, stage in enumerate(model.stages, 1):
        watched = blocks if stage == model.stages[-1] else ()  # once all of them are in
        more = tape(model.without(model.stages[number:]), settings, device, watched)
        stages[stage] = _difference(more.calls, last.calls)
        reuses |= more.reuses
        last = more
    return AttentionCalls(stages, _blocks(blocks, last.blocks, stages), reuses)


def _blocks(
    listed: Iterable[AttentionBlock],
    called: Mapping[str, CalledBlock],
    stages: Mapping[int, Counter[TorchCall]],
) -> dict[int, list[CalledBlock]]:
    """Return the blocks of each stage; a module that holds other layers, too, is none."""
    found: dict[int, list[CalledBlock]] = {stage: [] for stage in stages}
    for one in listed:
        stage, block = one.stage or 0, called.get(one.path)
        if block and all(stages[stage][call] > 0 for call in block.operators):
            found[stage].append(block)
    return found


def _difference(whole: Counter[TorchCall], less: Counter[TorchCall]) -> Counter[TorchCall]:
    both = whole.copy()
    both.subtract(less)
    return Counter({call: count for call, count in both.items() if count})


def _iteration(built: nn.Module, batch: Batch, settings: Settings, found: Tape) -> None:
    """Run what a timing runs; without gradients composite operators show what they are made of."""
    if settings.mode is Mode.INFER:
        with torch.no_grad(), Meter(note=found.forward):
            batch.through(built)
        return
    built.zero_grad(set_to_none=True)
    with Meter(note=found.forward) as forward:
        error = loss(batch.through(built), batch.targets)
    with Meter(forward, found.backward):
        error.backward()  # type: ignore[no-untyped-call]


def _operand(number: int, tensor: Tensor) -> Operand:
    return Operand(number, tuple(tensor.shape), tensor.stride(), tensor.dtype)


def _identity(tensor: Tensor) -> tuple[Any, ...]:
    return _address(tensor), tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype


def _address(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _size(tensor: Tensor) -> int:
    return tensor.untyped_storage().nbytes()
