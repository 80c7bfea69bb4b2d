"""How the program ends when it cannot do what it was asked: one line, and an exit code."""

import os
import sys
from errno import ENOMEM, ENOSPC
from importlib.util import find_spec
from typing import NoReturn

from se_cost.cli.output.streams import say
from se_cost.errors import MeasurementError, SeCostError, UnforeseenError
from se_cost.text import printable

INTERRUPTED = 130
NOTHING_FINISHED = "interrupted before anything was finished"
INSTALL = {
    "torch": "pip install torch (a CPU build is enough)",
    "fvcore": "pip install fvcore",
}


def fail(message: str, exit_code: int) -> NoReturn:
    """Print one line to stderr, on GitHub one that becomes an annotation, and exit."""
    from se_cost.report.github import annotation, on_actions

    line = " ".join(printable(message).split())
    say(annotation("error", line, "se-cost") if on_actions() else f"se-cost: {line}")
    sys.exit(exit_code)


def expect_torch() -> None:
    """Raise ModuleNotFoundError if torch is not installed; where it is, it is not imported."""
    if find_spec("torch") is None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")


def end_without_memory() -> NoReturn:
    """End at once with exit code 3: even what Python does at its end takes memory."""
    os.write(2, b"se-cost: out of memory: take a smaller --batch, --input or --arch\n")
    os._exit(MeasurementError.exit_code)


def in_one_line(error: Exception) -> SeCostError:
    """Return what nobody raised on purpose as an error of ours: what is lacking, or a bug."""
    package = str(getattr(error, "name", "") or "").partition(".")[0]
    match error:
        case ModuleNotFoundError() if package in INSTALL:
            return MeasurementError(f"needs {package}: {INSTALL[package]}")
        case ImportError() if package in INSTALL or "shared object" in str(error):
            return MeasurementError(f"cannot load {package or 'a library'}: {error}")
        case OSError() if error.errno in (ENOMEM, ENOSPC):
            return MeasurementError(f"there is no more room: {error.strerror}")
        case _:
            what = f"{type(error).__name__}: {error}"
            return UnforeseenError(f"internal error: {what}; `se-cost --traceback ...` shows where")
