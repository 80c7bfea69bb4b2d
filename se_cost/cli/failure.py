"""How the program ends when it cannot do what it was asked: one line, and an exit code."""

import sys
from importlib.util import find_spec
from typing import NoReturn

from se_cost.cli.output.streams import say
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


def lacking(error: ModuleNotFoundError) -> str:
    """Return how to install a package that only measuring needs; raise any other error again."""
    package = str(error.name).partition(".")[0]
    if package not in INSTALL:
        raise error
    return f"needs {package}: {INSTALL[package]}"
