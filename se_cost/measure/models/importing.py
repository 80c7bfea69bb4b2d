"""Modules of the user's, imported by name or from a file, and what they hold."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from se_cost.errors import MeasurementError, UsageError, nearest
from se_cost.measure.models.told import told
from se_cost.nets.imported import Imported

MAIN = "__main__"  # what Python calls the module of the program that runs


def main_name() -> str:
    """Return by what the main module of this program can be imported: its name, or its file.

    Empty if by neither, as in a notebook.
    """
    main = sys.modules[MAIN]
    if spec := getattr(main, "__spec__", None):  # of python -m
        return str(spec.name)
    file = Path(getattr(main, "__file__", None) or "")
    return str(file.resolve()) if file.suffix == ".py" else ""


def importable(what: Any) -> str:
    """Return what names a class or a function, MODULE:NAME or FILE.py:NAME; empty if nothing."""
    module, name = getattr(what, "__module__", None), getattr(what, "__qualname__", None)
    found = sys.modules.get(str(module))
    for part in str(name).split("."):
        found = getattr(found, part, None)
    module = main_name() if module == MAIN else module
    return f"{module}:{name}" if module and found == what else ""


def imported(model: Imported, name: str) -> ModuleType:
    """Import a module by its name, or a file by its path; its folder goes on the path first.

    Raises UsageError if there is none, MeasurementError if it cannot be imported.
    """
    path = Path(name)
    if path.suffix == ".py":
        if not path.is_file():
            raise UsageError(f"there is no file {name!r}")
        name = str(path.resolve())
    if name == main_name():
        return sys.modules[MAIN]  # to import it would run it once more
    if path.suffix == ".py":
        _search(path.parent)
        return _file(path.resolve())
    if model.app_dir or not sys.flags.safe_path:
        _search(Path(model.app_dir))
    return _named(model, name)


def _search(folder: Path) -> None:
    """Search a folder for modules first."""
    place = str(folder.resolve())
    sys.path[:] = [place, *(other for other in sys.path if other != place)]


def attribute(module: ModuleType, name: str, model: Imported) -> Any:
    """Return what a module calls `name`; raise UsageError with the nearest name if nothing."""
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            callables = [one for one in vars(module) if callable(getattr(module, one))]
            near = nearest(part, callables)
            hint = f"; did you mean {near}?" if near else ""
            raise UsageError(f"{model.spec!r}: {module.__name__} has no {part!r}{hint}")
        found = getattr(found, part)
    return found


def _named(model: Imported, name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        root = name.partition(".")[0]
        if isinstance(error, ModuleNotFoundError) and error.name == root:
            where = f" in {model.app_dir}" if model.app_dir else ""
            hint = "" if model.app_dir else "; --app-dir names the folder that it is in"
            raise UsageError(f"no module named {name!r}{where}{hint}") from None
        raise MeasurementError(f"importing {name} failed: {told(error)}") from None


def _file(path: Path) -> ModuleType:
    """Import a file under its name, unless a module of another file has that already."""
    known = sys.modules.get(path.stem)
    if known is not None and getattr(known, "__file__", None) == str(path):
        return known
    name = path.stem if known is None else str(path)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path.name} is no file of Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, Exception):
            raise MeasurementError(f"importing {path.stem} failed: {told(error)}") from None
        raise
    return module
