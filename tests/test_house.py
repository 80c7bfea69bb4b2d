"""The shape of the house: which package imports which, and who pulls in torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import se_cost

PACKAGE = Path(se_cost.__file__).parent
FLOW = ["nets", "ledger", "measure", "report", "cli"]
HEAVY = {"torch", "fvcore", "matplotlib", "numpy", "tabulate"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the dotted names that a file imports, at its top or within functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.parent != PACKAGE],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_imports_flow_one_way(path: Path) -> None:
    """A package imports only from itself and from those to its left."""
    package = path.relative_to(PACKAGE).parts[0]
    allowed = FLOW[: FLOW.index(package) + 1]
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "se_cost" and len(parts) > 1 and parts[1] in FLOW:
            assert parts[1] in allowed, f"{package} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_measure_imports_torch(path: Path) -> None:
    """Torch and fvcore are imported in measure/ alone; elsewhere only for the type checker."""
    if path.relative_to(PACKAGE).parts[0] == "measure":
        return
    lines = path.read_text().split("if TYPE_CHECKING:")[0].splitlines()
    roots = {
        line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))
    }
    assert not roots & {"torch", "fvcore"}


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "nets",
        "params",
        "params --r 8 --drop-stages 5 --format json",
        "flops --no-measure",
        "time --help",
        "explain --help",
        "report --help",
    ],
)
def test_answers_without_heavy_packages(command: str) -> None:
    """Commands that need no torch do not load it, nor anything else that is heavy."""
    code = (
        "import sys; from se_cost.cli import main\n"
        f"try: main({command.split()!r})\n"
        f"except SystemExit as e: print('HEAVY', sorted({HEAVY!r} & set(sys.modules)), e.code)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "HEAVY [] 0"


def test_importing_the_package_is_light() -> None:
    """`import se_cost` loads neither torch nor the command line's packages."""
    code = "import sys, se_cost; print(sorted({'torch', 'click', 'rich'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "[]\n"


def test_both_names_are_one_program() -> None:
    """`python -m se_cost` and `se-cost` are the same program."""
    names = ([sys.executable, "-m", "se_cost"], [str(Path(sys.executable).with_name("se-cost"))])
    first, second = (
        subprocess.run([*name, "params", "--format", "json"], capture_output=True, check=True)
        for name in names
    )
    assert first.stdout == second.stdout
    assert first.stdout


def test_is_typed() -> None:
    """The marker that tells type checkers to read the package is there."""
    assert (PACKAGE / "py.typed").exists()
