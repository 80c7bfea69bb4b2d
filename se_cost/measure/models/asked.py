"""A model of the user's as it is asked for, by the command line or from Python."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_map

from se_cost.errors import UsageError, nearest, not_one_of
from se_cost.ledger.gates.find import TracedBlock
from se_cost.measure.models.at_hand import AtHand
from se_cost.measure.models.blank import real_copy
from se_cost.measure.models.foreign import known
from se_cost.measure.models.importing import importable
from se_cost.measure.models.loading import expect_module, made
from se_cost.measure.models.recorder import tensors
from se_cost.measure.models.tracing import expect_python
from se_cost.nets.attention.place import Kind, Place
from se_cost.nets.attention.se import SE
from se_cost.nets.imported import LAST, Argument, Imported, fits
from se_cost.nets.zoo.model import template
from se_cost.text import joined

FEW = 3  # paths that an error lists
SHAPES = "give shapes without the batch, (3, 224, 224), or example tensors, or what makes these"


def asked(model: Imported, drop_stages: Sequence[int] | str = ()) -> Imported:
    """Return a model that knows its input, and which stages hold attention without those dropped.

    Raises UsageError for a kind that cannot be tried, a pattern that fits no block, and a stage
    without attention; and as `known` does.
    """
    kind = model.attention
    if kind and Place.STANDARD not in kind.places:
        raise UsageError(f"{kind.name} takes the place of a layer: that is for `se-cost nets`")
    found = known(model)
    for pattern in model.patterns:
        if not any(fits(pattern, block.path, block.kind) for block in found.blocks):
            raise _fits_nothing(model, pattern, found.blocks)
    stages = found.model.stages
    if isinstance(drop_stages, str) and drop_stages != LAST:
        raise not_one_of("drop_stages", drop_stages, (LAST, *stages))
    gone = stages[-1:] if isinstance(drop_stages, str) else drop_stages
    for stage in gone:
        if stage not in stages:
            raise not_one_of(f"stage with attention of {model.spec}", stage, stages or ("none",))
    return found.model.without(gone)


def model_of(
    what: str | nn.Module | Callable[..., Any],
    *inputs: Any,
    arguments: Mapping[str, Any] | None = None,
    app_dir: str = "",
    attention: str | Kind | None = None,
    after: Sequence[str] | str = (),
    drop: Sequence[str] | str = (),
    drop_stages: Sequence[int] | int | str = (),
    **options: Any,
) -> Imported:
    """Return a model of the user's: a spec as --model has it, a module, or what makes one.

    A class or function that can be imported is remembered by its name; of anything else a copy is
    kept as it is now, on the CPU. `inputs` are shapes without the batch, example tensors (one
    after the other, or one dictionary by the names of arguments), or what makes them, by itself or
    by its name; the first dimension of a tensor is the batch. `arguments` are for what makes the
    model. `attention` is a kind to try in it, with `options` as r, `after` modules whose paths fit
    a pattern; `drop` leaves out blocks by path or kind, `drop_stages` those of stages, or the
    "last". Raises UsageError and MeasurementError as `asked` does.
    """
    spec, given = _source(what, arguments or {})
    return asked(
        Imported(
            spec=spec,
            arguments=given,
            app_dir=app_dir,
            **_fed(inputs),
            attention=template(attention or SE.name, options) if attention or options else None,
            after=_several(after),
            patterns=_several(drop),
        ),
        (drop_stages,) if isinstance(drop_stages, int) else drop_stages,
    )


def _source(
    what: Any, arguments: Mapping[str, Any]
) -> tuple[str, tuple[tuple[str, Argument], ...]]:
    """Return the spec of a model, and the arguments for what it names."""
    named = what if isinstance(what, str) else importable(what)
    if isinstance(what, nn.Module):
        if arguments:
            raise UsageError(f"arguments are for what makes a model: {type(what).__name__} is one")
        expect_python(what)
        return AtHand(real_copy(what), type(what).__name__), ()
    if named and all(isinstance(value, Argument) for value in arguments.values()):
        return named, tuple(arguments.items())
    name = getattr(what, "__name__", type(what).__name__)
    make = AtHand(partial(what, **arguments), name)
    module = expect_module(name, made(Imported(spec=make), make))
    return AtHand(module, type(module).__name__), ()


def _fed(inputs: tuple[Any, ...]) -> dict[str, Any]:
    """Return the fields of a model that say what it is fed."""
    if all(map(_is_shape, inputs)):
        shapes = [tuple(shape) for shape in inputs]
        return {"input": shapes[0], "others": tuple(shapes[1:])} if shapes else {}
    given = inputs if len(inputs) > 1 else inputs[0]
    if isinstance(given, str) or importable(given):
        return {"inputs": given if isinstance(given, str) else importable(given)}
    if callable(given):
        make = AtHand(given, getattr(given, "__name__", type(given).__name__))
        given = made(Imported(spec=make), make)
    if not any(True for _ in tensors(given)):
        raise UsageError(f"{given!r} is no input of a model: {SHAPES}")
    return {"inputs": AtHand(tree_map(_copied, given), "tensors")}


def _is_shape(given: Any) -> bool:
    sides = given if isinstance(given, tuple | list) else ()
    whole = [side for side in sides if isinstance(side, int) and not isinstance(side, bool)]
    return bool(sides) and len(whole) == len(sides) and min(whole) > 0


def _copied(leaf: Any) -> Any:
    return leaf.detach().to("cpu", copy=True) if isinstance(leaf, Tensor) else leaf


def _several(words: Sequence[str] | str) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _fits_nothing(model: Imported, pattern: str, blocks: Sequence[TracedBlock]) -> UsageError:
    """Return the error for a pattern that fits no block, with some that would."""
    if not blocks:
        return UsageError(f"drop {pattern!r} leaves out nothing: {model.spec} has no attention")
    paths = list(dict.fromkeys(block.path for block in blocks))
    kinds = list(dict.fromkeys(block.kind for block in blocks))
    above = dict.fromkeys(f"{part}.*" for path in paths for part in _above(path))
    near = nearest(pattern, [*kinds, *paths, *above])
    more = f" and {len(paths) - FEW} more" if len(paths) > FEW else ""
    there = f"{joined(paths[:FEW])}{more}, of the kind{'s' * (len(kinds) > 1)} {joined(kinds)}"
    hint = f"; did you mean {near}?" if near else ""
    return UsageError(f"drop {pattern!r} fits no attention of {model.spec}: there is {there}{hint}")


def _above(path: str) -> list[str]:
    """Return the paths of the modules that a module is in, the outermost first."""
    parts = path.split(".")
    return [".".join(parts[:number]) for number in range(1, len(parts))]
