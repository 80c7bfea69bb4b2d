"""Any torch module as a trace: one run on the meta device, without weights and without memory."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.utils._pytree import tree_map

from se_cost.errors import MeasurementError
from se_cost.ledger.trace import Parameter, Trace
from se_cost.measure.models.blank import blank, blank_copy, is_blank, real_copy
from se_cost.measure.models.recorder import Recorder, tensors
from se_cost.measure.models.told import line_of
from se_cost.nets.nodes import Shape
from se_cost.record import replace

SEED = 0  # of the numbers that a module runs on where it cannot do without
DEPTH = 4  # of objects within objects in which results are looked for

Given = tuple[tuple[Any, ...], dict[str, Any]]  # arguments, and those by keyword


def images(module: nn.Module, shapes: Sequence[Shape], batch: int = 1) -> tuple[Tensor, ...]:
    """Return inputs of a module on meta, of its type; shapes leave out the batch."""
    own = (p.dtype for p in module.parameters() if p.dtype.is_floating_point)
    dtype = next(own, torch.get_default_dtype())
    return tuple(torch.empty(batch, *shape, dtype=dtype, device="meta") for shape in shapes)


def trace(
    module: nn.Module,
    inputs: Sequence[Any],
    named: Mapping[str, Any] | None = None,
    *,
    train: bool = False,
) -> Trace:
    """Return the trace of one run of a copy of `module`, which itself stays as it is.

    The run is on meta, or on the CPU if it needs values and the module has some; inputs on meta
    are normal numbers then. Raises MeasurementError where the module cannot be copied or run, with
    the path of the innermost module and the line of the user's code.
    """
    expect_python(module)
    given = (tuple(inputs), dict(named or {}))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(SEED)
        try:
            return record(blank_copy(module).train(train), tree_map(blank, given))
        except MeasurementError:
            if is_blank(module):
                raise
        return record(real_copy(module).train(train), tree_map(numbers, given))


def record(module: nn.Module, given: Given) -> Trace:
    """Return the trace of a run of the module itself; raise MeasurementError as `trace` does."""
    args, kwargs = given
    recorder = Recorder()
    inputs = tuple(map(recorder.input, tensors(given)))
    try:
        with watched(module, recorder), torch.no_grad(), warnings.catch_warnings(), recorder:
            warnings.simplefilter("ignore")
            result = module(*args, **kwargs)
    except Exception as error:
        raise MeasurementError(_failure(recorder.path, error)) from error
    outputs = tuple(map(recorder.value, results(result)))
    if not any(recorder.values[value].live for value in outputs):
        raise MeasurementError("the model returns no tensor that depends on its input")
    parameters: list[Parameter] = []
    for path, parameter in module.named_parameters():
        value = recorder.value(parameter)
        recorder.values[value] = replace(recorder.values[value], parameter=len(parameters))
        parameters.append(Parameter(path, parameter.numel()))
    return Trace(
        tuple(recorder.values),
        tuple(recorder.ops),
        tuple(recorder.calls),
        tuple(parameters),
        inputs,
        outputs,
    )


@contextmanager
def watched(module: nn.Module, recorder: Recorder) -> Iterator[None]:
    """Tell a recorder of the calls of a module's parts, by hooks that none of these holds."""
    paths = {id(part): path for path, part in module.named_modules()}

    def enter(part: nn.Module, args: Any) -> None:
        if (path := paths.get(id(part))) is not None:
            recorder.enter(path, list(tensors(args)))

    def leave(part: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        if (path := paths.get(id(part))) is not None:
            recorder.leave(path, list(tensors(kwargs)), list(results(output)))

    # a call that an error ends is not left, so that the error's place is known
    handles = (
        register_module_forward_pre_hook(enter),
        register_module_forward_hook(leave, with_kwargs=True),
    )
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def results(tree: Any, depth: int = DEPTH) -> Iterator[Tensor]:
    """Yield the tensors of what a module returned, those in attributes of objects too."""
    if isinstance(tree, Mapping):
        tree = list(tree.values())
    if isinstance(tree, Tensor):
        yield tree
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from results(part, depth)
    elif depth and hasattr(tree, "__dict__") and not isinstance(tree, nn.Module | type):
        yield from results(vars(tree), depth - 1)


def _failure(path: str, error: Exception) -> str:
    """Return one line that says where a run failed, and why."""
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return f"forward failed in {path or 'the model'}{line_of(error)}: {reason}"


def expect_python(module: nn.Module) -> None:
    """Raise MeasurementError for a module with scripted parts, which cannot be copied or traced."""
    for path, part in module.named_modules():
        if isinstance(part, torch.jit.ScriptModule):
            where = path or "the model"
            raise MeasurementError(f"{where} is scripted: give the module that it was made of")


def numbers(leaf: Any) -> Any:
    """Return normal numbers in the place of a tensor without values; anything else as it is."""
    if not isinstance(leaf, Tensor) or not leaf.is_meta:
        return leaf
    if leaf.dtype.is_floating_point:
        return torch.randn(leaf.shape, dtype=leaf.dtype, device="cpu")
    return torch.zeros(leaf.shape, dtype=leaf.dtype, device="cpu")
