"""A model of the user's, built from its spec: an entry of a library, or a factory of their own.

    timm:NAME, torchvision:NAME, pytorchcv:NAME   the library's own factory, without weights
    package.module:factory                        a factory, a class, or a module object
    path/to/file.py:factory                       the same in a file
    hub:DIR:entry                                 hubconf.py of a local folder

Importing is running: what a spec names is run, and nothing is fetched.
"""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from se_cost.errors import MeasurementError, UsageError, nearest
from se_cost.measure.models.guard import guarded
from se_cost.nets.imported import Imported
from se_cost.nets.nodes import Shape
from se_cost.record import Record, replace

FORMS = "timm:NAME, torchvision:NAME, pytorchcv:NAME, package.module:factory, file.py:factory"
SIZES = ("pretrained_cfg", "default_cfg")  # where libraries keep the size of an input
OURS = (Path(torch.__file__).parent, Path(__file__).parents[2])  # no code of the user's


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
    module = _expect_module(model, built).eval()
    return Loaded(module, model if model.input else replace(model, input=_size(model, module)))


def _built(model: Imported, *, meta: bool) -> Any:
    """Return whatever the spec names, called if it is no module yet."""
    make = _factory(model)
    if isinstance(make, nn.Module):
        return make
    if not callable(make):
        return make
    arguments = dict(model.arguments)
    if not meta:
        return _called(model, make, arguments)
    try:
        with torch.device("meta"):
            return _called(model, make, arguments)
    except MeasurementError:  # some cannot be built without values
        return _called(model, make, arguments)


def _factory(model: Imported) -> Any:
    kind, _, rest = model.spec.partition(":")
    if not rest:
        raise UsageError(f"--model {model.spec!r} names nothing to build: write {FORMS}")
    if kind in LIBRARIES:
        return LIBRARIES[kind](rest)
    if kind == "hub":
        folder, _, entry = rest.rpartition(":")
        return lambda **given: torch.hub.load(folder, entry, source="local", **given)  # type: ignore[no-untyped-call]
    module, _, name = model.spec.rpartition(":")
    return _attribute(_module(model, module), name, model)


def _timm(name: str) -> Callable[..., Any]:
    create = _library("timm").create_model
    return lambda **given: create(name, pretrained=False, **given)


def _torchvision(name: str) -> Callable[..., Any]:
    get = _library("torchvision.models").get_model
    return lambda **given: get(name, **{"weights": None, **given})


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


def _module(model: Imported, name: str) -> ModuleType:
    """Import a module by its name, or a file by its path; its folder goes on the path first."""
    path = Path(name)
    if path.suffix == ".py":
        if not path.is_file():
            raise UsageError(f"there is no file {name!r}")
        sys.path.insert(0, str(path.resolve().parent))
        return _imported(model, path.stem)
    folder = model.app_dir or ("" if sys.flags.safe_path else ".")
    if folder:
        sys.path.insert(0, str(Path(folder).resolve()))
    return _imported(model, name)


def _imported(model: Imported, name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name.partition(".")[0]:
            where = f" in {model.app_dir}" if model.app_dir else ""
            hint = "" if model.app_dir else "; --app-dir names the folder that it is in"
            raise UsageError(f"no module named {name!r}{where}{hint}") from None
        raise MeasurementError(f"importing {name} failed: {_told(error)}") from None
    except Exception as error:
        raise MeasurementError(f"importing {name} failed: {_told(error)}") from None


def _attribute(module: ModuleType, name: str, model: Imported) -> Any:
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            callables = [one for one in vars(module) if callable(getattr(module, one))]
            near = nearest(part, callables)
            hint = f"; did you mean {near}?" if near else ""
            raise UsageError(f"{model.spec!r}: {module.__name__} has no {part!r}{hint}")
        found = getattr(found, part)
    return found


def _called(model: Imported, make: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        return make(**arguments)
    except SystemExit as error:
        raise MeasurementError(f"building {model.spec} ended with exit code {error.code}") from None
    except Exception as error:
        raise MeasurementError(f"building {model.spec} failed: {_told(error)}") from None


def _expect_module(model: Imported, built: Any) -> nn.Module:
    if not isinstance(built, nn.Module):
        raise MeasurementError(f"{model.spec} gives a {type(built).__name__}, no torch.nn.Module")
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


def _told(error: BaseException) -> str:
    """Return an error in one line, with the line of the user's code that it comes from."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not any(Path(frame.filename).is_relative_to(folder) for folder in OURS)
        and not frame.filename.startswith("<")
    ]
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    reason = " ".join(str(error).split()) or "no reason given"
    return f"{type(error).__name__}: {reason}{where}"
