"""A model of the user's, built from its spec: an entry of a library, or a factory of their own.

    timm:NAME, torchvision:NAME, pytorchcv:NAME   the library's own factory, without weights
    package.module:factory                        a factory, a class, or a module object
    path/to/file.py:factory                       the same in a file
    hub:DIR:entry                                 hubconf.py of a local folder

From Python also a module that is at hand.

Importing is running: what a spec names is run, and nothing is fetched.
"""

import importlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from se_cost.errors import MeasurementError, UsageError, not_one_of
from se_cost.measure.models.at_hand import AtHand
from se_cost.measure.models.blank import real_copy
from se_cost.measure.models.guard import default_device_kept, guarded
from se_cost.measure.models.importing import attribute, imported
from se_cost.measure.models.told import told
from se_cost.nets.imported import Imported
from se_cost.nets.nodes import Shape
from se_cost.record import Record, replace

FORMS = "timm:NAME, torchvision:NAME, pytorchcv:NAME, package.module:factory, file.py:factory"
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
WEIGHTS = ("weights", "weights_backbone")  # of torchvision's builders; some fetch the latter
SIZES = ("pretrained_cfg", "default_cfg")  # where libraries keep the size of an input


class Loaded(Record):
    """A module, in evaluation mode, and the model with the input that it takes."""

    module: nn.Module
    model: Imported


def load(model: Imported, *, meta: bool = False) -> Loaded:
    """Build the module of a model; on meta there are shapes without values.

    Raises UsageError for a spec that names nothing, MeasurementError where the user's code fails.
    """
    with guarded(f"building {model.spec}"):
        built = _built(model, meta=meta)
    module = expect_module(model.spec, built).eval()
    said = model.input or model.inputs
    return Loaded(module, model if said else replace(model, input=_size(model, module)))


def made(model: Imported, spec: str) -> Any:
    """Return what a spec names, called without arguments if it is a function or a class.

    It may be relative to the folder of a model. Raises as `load` does.
    """
    with guarded(f"building {spec}"):
        named = replace(model, spec=spec)
        make = _factory(named)
        done = isinstance(make, nn.Module) or not callable(make)
        return make if done else _called(named, make, {})


def _built(model: Imported, *, meta: bool) -> Any:
    """Return whatever the spec names, called if it is no module yet."""
    make = _factory(model)
    if isinstance(make, nn.Module):  # there is one for all that ask for it
        return real_copy(make).to("meta" if meta else "cpu")
    if not callable(make):
        return make
    _expect_arguments(model, make)
    arguments = dict(model.arguments)
    if not meta:
        return _called(model, make, arguments)
    try:
        with torch.device("meta"), default_device_kept():
            return _called(model, make, arguments)
    except MeasurementError:  # some cannot be built without values
        return _called(model, make, arguments)


def _factory(model: Imported) -> Any:
    if isinstance(model.spec, AtHand):
        return model.spec.value
    kind, _, rest = model.spec.partition(":")
    if not rest:
        raise UsageError(f"--model {model.spec!r} names nothing to build: write {FORMS}")
    if kind in LIBRARIES:
        return LIBRARIES[kind](rest)
    if kind == "hub":
        folder, _, entry = rest.rpartition(":")
        return lambda **given: torch.hub.load(folder, entry, source="local", **given)  # type: ignore[no-untyped-call]
    module, _, name = model.spec.rpartition(":")
    return attribute(imported(model, module), name, model)


def _timm(name: str) -> Callable[..., Any]:
    create = _library("timm").create_model
    return lambda **given: create(name, pretrained=False, **given)


def _torchvision(name: str) -> Callable[..., Any]:
    models = _library("torchvision.models")

    def make(**given: Any) -> Any:
        known = inspect.signature(models.get_model_builder(name)).parameters
        none = dict.fromkeys(one for one in WEIGHTS if one in known)
        return models.get_model(name, **{**none, **given})

    return make


def _pytorchcv(name: str) -> Callable[..., Any]:
    get = _library("pytorchcv.model_provider").get_model
    return lambda **given: get(name, pretrained=False, **given)


LIBRARIES: Mapping[str, Callable[[str], Callable[..., Any]]] = {
    "timm": _timm,
    "torchvision": _torchvision,
    "pytorchcv": _pytorchcv,
}


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except RuntimeError:  # of torchvision's operators
        declare_operators()
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise MeasurementError(f"cannot import {package}: {error}; pip install {package}") from None


def declare_operators() -> None:
    """Declare the operators of torchvision that its import only adds to.

    Its wheels are built for CUDA: beside a torch for the CPU they load no operators, and the import
    fails. No network here runs them.
    """
    for name in ("nms", "qnms"):
        torch.library.define(
            f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        )


def _expect_arguments(model: Imported, make: Callable[..., Any]) -> None:
    """Raise UsageError for an argument that the factory needs and has not, or does not know."""
    try:
        found = inspect.signature(make).parameters
    except (TypeError, ValueError):  # of C, or of no signature that Python could read
        return
    given = [name for name, _ in model.arguments]
    for name, one in found.items():
        needed = one.default is one.empty and one.kind in NAMED
        if needed and name not in given:
            raise UsageError(f"{model.spec} needs {name!r}: say --model-arg {name}=VALUE")
    known = [name for name, one in found.items() if one.kind in NAMED]
    if all(one.kind is not one.VAR_KEYWORD for one in found.values()):
        for name in given:
            if not known:
                raise UsageError(f"{model.spec} takes no arguments: leave out --model-arg {name}")
            if name not in known:
                raise not_one_of(f"argument of {model.spec}", name, known)


def _called(model: Imported, make: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        return make(**arguments)
    except Exception as error:
        raise MeasurementError(f"building {model.spec} failed: {told(error)}") from None


def expect_module(spec: str, built: Any) -> nn.Module:
    """Return a module as it is; raise MeasurementError for anything else that a spec led to."""
    if not isinstance(built, nn.Module):
        raise MeasurementError(f"{spec} gives a {type(built).__name__}, no torch.nn.Module")
    return built


def _size(model: Imported, module: nn.Module) -> Shape:
    """Return the shape of the input that a library says its model takes."""
    for name in SIZES:
        config = getattr(module, name, None)
        size = config.get("input_size") if isinstance(config, Mapping) else None
        if size:
            return tuple(map(int, size))
    side = getattr(module, "in_size", None)
    if side:
        return (int(getattr(module, "in_channels", 3)), *map(int, side))
    if model.spec.startswith("torchvision:"):
        return (3, 224, 224)
    raise UsageError(f"the size of the input of {model.spec} is not known: say --input 3x224x224")
