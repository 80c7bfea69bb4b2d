"""The shape of the house: which part imports which, who pulls in torch, and how large parts are."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import se_cost

PACKAGE = Path(se_cost.__file__).parent
FLOW = [
    *("nets", "ledger", "paper", "measure", "planning"),
    *("documents", "gate", "report", "cli"),
]
ROOMS = ["timing", "models", "fuse", "steps", "machine", "counting", "ranks", "session", "explain"]
APART = {("measure", "paper"), ("paper", "measure")}  # neither knows the other
HEAVY = {"torch", "fvcore", "matplotlib", "numpy", "tabulate"}
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 250
LONGEST_FUNCTION = 40  # but for a match over words, which has an arm for each


def relative(path: Path) -> str:
    """Return a path as a test is called."""
    return path.relative_to(PACKAGE).as_posix()


def imported(path: Path) -> set[str]:
    """Return the dotted names that a file imports, at its top or within functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def inner(name: str, parent: str) -> str | None:
    """Return the part of `parent` that a dotted name begins with, None if it is elsewhere."""
    rest = name.removeprefix(f"{parent}.")
    return rest.partition(".")[0] if rest != name else None


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent != PACKAGE], ids=relative)
def test_imports_flow_one_way(path: Path) -> None:
    """A package imports only from itself and from those to its left; so does a room of measure."""
    package, *rest = path.relative_to(PACKAGE).parts
    names = imported(path)
    used = {found for name in names if (found := inner(name, "se_cost")) in FLOW}
    allowed = FLOW[: FLOW.index(package) + 1]
    assert used <= {name for name in allowed if (package, name) not in APART}
    if package == "measure" and rest[0] in ROOMS:
        rooms = {found for name in names if (found := inner(name, "se_cost.measure")) in ROOMS}
        assert rooms <= set(ROOMS[: ROOMS.index(rest[0]) + 1])


def test_no_two_files_import_each_other() -> None:
    """There is no circle of imports, however long; imports for the type checker count too."""
    names = {f"se_cost.{relative(path)[:-3].replace('/', '.')}": path for path in MODULES}
    arrows = {name: {other for other in imported(p) if other in names} for name, p in names.items()}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"circle: {' -> '.join((*above, name))}"
        if name not in done:
            for other in arrows[name]:
                visit(other, (*above, name))
            done.add(name)

    for name in names:
        visit(name, ())


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_only_measure_imports_torch(path: Path) -> None:
    """Torch and fvcore are imported in measure/ alone; elsewhere only for the type checker."""
    if path.relative_to(PACKAGE).parts[0] == "measure":
        return
    lines = path.read_text().split("if TYPE_CHECKING:")[0].splitlines()
    roots = {
        line.split()[1].split(".")[0]
        for line in lines
        if line.strip().startswith(("import ", "from "))
    }
    assert not roots & {"torch", "fvcore"}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_files_and_functions_are_small(path: Path) -> None:
    """A file is read at one sitting, a function at a glance."""
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno:
            matches = any(isinstance(part, ast.Match) for part in node.body)
            body = node.end_lineno - node.body[0].lineno + 1
            assert body <= LONGEST_FUNCTION or matches, f"{node.name} has {body} lines"


def test_no_two_records_have_one_name() -> None:
    """A name means one thing in the whole product."""
    names = [
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "nets",
        "params",
        "params --r 8 --drop-stages 5 --format json",
        "flops --no-measure",
        "alternatives --arch resnet18",
        "time --help",
        "explain --help",
        "plan --quiet",
        "plan --by block --max-attention-params 1M --quiet",
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
    """`import se_cost` loads no package at all, so that Ctrl-C finds the program's own handler."""
    heavy = {"torch", "click", "rich", "msgspec"}
    code = f"import sys, se_cost; print(sorted({heavy!r} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "[]\n"


def test_every_name_of_the_package_is_at_home() -> None:
    """What is imported late is there, whatever was imported before, and no other name is."""
    assert all(getattr(se_cost, name) for name in se_cost.__all__)
    assert set(se_cost.__all__) <= set(dir(se_cost))
    with pytest.raises(AttributeError, match="'se_cost' has no attribute 'count'"):
        _ = se_cost.count


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
