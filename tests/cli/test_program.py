"""The program: its commands, help, completion, and how it ends."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import click
import pytest
from click.shell_completion import ShellComplete

import se_cost
from cli.conftest import Run, assert_refused
from se_cost.cli import COMMANDS, main
from se_cost.version import __version__

ROOT = Path(__file__).parents[2]


def test_version(run: Run) -> None:
    """--version says the version."""
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"se-cost, version {__version__}\n")


def test_help_lists_every_command_with_its_purpose(run: Run) -> None:
    """Help names the commands in the order of the questions, each with a sentence."""
    result = run("--help")
    assert result.exit_code == 0
    listed = [line.split(maxsplit=1) for line in result.stdout.split("Commands:\n")[1].splitlines()]
    assert [name for name, _ in listed] == list(COMMANDS)
    assert all(purpose.endswith(".") for _, purpose in listed)
    assert "[tool.se-cost]" in result.stdout


def test_no_words_at_all(run: Run) -> None:
    """Without a command the help is shown on stderr, since nothing was done."""
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Commands:" in result.stderr


def is_option(parameter: click.Parameter) -> bool:
    """Return whether it has a name on the command line."""
    return isinstance(parameter, click.Option)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    """Each option of each command has a word of help."""
    result = run(command, "--help")
    assert result.exit_code == 0
    found = main.get_command(click.Context(main), command)
    assert found is not None
    assert found.short_help
    for option in filter(is_option, found.params):
        assert isinstance(option, click.Option)
        assert option.help
        assert option.opts[0] in result.stdout


def test_same_word_has_the_same_meaning_in_every_command() -> None:
    """An option that two commands share has one type and one default, but for documented ones."""
    seen: dict[str, tuple[str, object]] = {}
    for command in COMMANDS:
        found = main.get_command(click.Context(main), command)
        assert found is not None
        for option in filter(is_option, found.params):
            if (command, option.name) in {
                ("report", "batch"),  # 32 on a GPU
                ("time", "batch"),  # one or several
                ("time", "max_time"),  # depends on the protocol
                ("time", "runs"),  # of the quick protocol
                ("alternatives", "batch"),  # two, as some kinds normalise vectors over it
                ("alternatives", "max_time"),  # as time
                ("alternatives", "mode"),  # both, unless one is asked for
                ("alternatives", "runs"),  # as time
                ("report", "max_time"),  # of each of two timings
                ("report", "arch"),  # one or several
                ("check", "format"),  # has one more
                ("show", "format"),  # as check
                ("fuse", "max_time"),  # as time
                ("fuse", "runs"),  # as time
                ("plan", "max_time"),  # as time
                ("plan", "runs"),  # as time
                ("plan", "batch"),  # one or several
                ("plan", "attention"),  # one or several, to choose from
                ("plan", "device"),  # measures nothing unless told to
                ("report", "time"),  # is to time unless told not to, paper only if told to
                ("params", "measure"),  # takes torch, which params is to answer without
            }:
                continue
            meaning = (repr(option.type.to_info_dict()), option.default)
            assert seen.setdefault(option.opts[0], meaning) == meaning, (command, option.name)


def test_completion_after_a_misspelt_command() -> None:
    """While a shell completes, a mistake is no error yet."""
    complete = ShellComplete(main, {}, "se-cost", "_SE_COST_COMPLETE")
    assert [item.value for item in complete.get_completions(["parms"], "")] == list(COMMANDS)


def test_interrupted_before_anything_was_finished(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends any command with 130 and one line."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("se_cost.documents.nets.nets", interrupt)
    result = run("nets")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.strip() == "se-cost: interrupted before anything was finished"


def test_a_bug_is_no_verdict(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody raised on purpose is one line and exit 70, never 1; --traceback shows it."""
    monkeypatch.setattr("se_cost.documents.nets.nets", lambda: 1 / 0)
    assert_refused(run("nets"), 70, "internal error: ZeroDivisionError: division by zero")
    with pytest.raises(AssertionError, match="division by zero"):
        run("--traceback", "nets")


@pytest.mark.parametrize(
    "error",
    [OSError(12, "Cannot allocate memory"), ImportError("no torch", name="torch")],
)
def test_no_room_is_no_bug(run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """A machine that is too small is exit 3."""

    def fail() -> None:
        raise error

    monkeypatch.setattr("se_cost.documents.nets.nets", fail)
    assert_refused(run("nets"), 3)


@pytest.mark.skipif(sys.platform != "linux", reason="limits its address space")
@pytest.mark.parametrize("kibibytes", [300_000, 400_000, 500_000, 600_000])
def test_no_memory_for_torch(kibibytes: int) -> None:
    """It is not loaded, for its libraries would abort; what needs none of it works."""
    limited = f"ulimit -v {kibibytes}; {sys.executable} -m se_cost params --arch se_resnet18"
    result = subprocess.run(["bash", "-c", f"{limited} --measure"], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr == (
        f"se-cost: torch does not fit into the {kibibytes >> 10} MiB that `ulimit -v` allows: it "
        "takes 768 MiB to load\n"
    )
    assert subprocess.run(["bash", "-c", limited], capture_output=True).returncode == 0


def test_no_memory_at_all() -> None:
    """The program ends by itself, for Python has none left to say anything with."""
    code = (
        "import se_cost.documents.nets as nets, se_cost.__main__ as program, sys\n"
        "def full(): raise MemoryError\n"
        "nets.nets = full; sys.argv = ['se-cost', 'nets']; program.run()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.startswith("se-cost: out of memory")


@pytest.mark.parametrize("words", ["--help", "--version", "params --help", "params"])
def test_a_reader_that_has_left_is_no_error(tmp_path: Path, words: str) -> None:
    """Nor is it one for help, which click prints by itself."""
    command = f"{sys.executable} -m se_cost {words}; echo $? > code"
    subprocess.run(["bash", "-c", f"({command}) | true"], cwd=tmp_path, check=True)
    assert (tmp_path / "code").read_text() == "0\n"


def test_warnings_as_errors(tmp_path: Path) -> None:
    """Those of others' code end nothing, here or in a worker."""
    result = subprocess.run(
        [sys.executable, "-m", "se_cost", "flops", "--arch", "se_resnet18", "--input", "64"],
        env=os.environ | {"PYTHONWARNINGS": "error"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "package"),
    [
        ("params --measure", "torch"),
        ("flops", "torch"),
        ("time", "torch"),
        ("time --quick", "torch"),
        ("explain", "torch"),
        ("paper --time", "torch"),
        ("report", "torch"),
        ("flops", "fvcore"),
    ],
)
def test_what_needs_a_package_that_is_not_installed(
    tmp_path: Path, words: str, package: str
) -> None:
    """As action.yml installs it: one line that says how to install it, and exit 3."""
    result = without(package, tmp_path, *words.split())
    install = "pip install torch (a CPU build is enough)" if package == "torch" else "pip install"
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.startswith(f"se-cost: needs {package}: {install}")
    assert result.stderr.count("\n") == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "words",
    [
        *("--help", "--version", "nets", "params", "flops --no-measure", "paper", "schema"),
        *("check --max-params 29M", "report --no-time --output x.md", "time --help"),
    ],
)
def test_what_needs_no_torch(tmp_path: Path, words: str) -> None:
    """Counting, judging and showing work without it."""
    result = without("torch", tmp_path, *words.split())
    assert result.returncode == 0
    assert "Traceback" not in result.stderr


def without(package: str, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the program as if a package were not installed."""
    code = f"import sys; sys.modules[{package!r}] = None; from se_cost.__main__ import run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=folder, capture_output=True, text=True
    )


def test_another_module_that_is_missing_is_a_bug(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to install it."""

    def fail() -> None:
        raise ModuleNotFoundError("No module named 'se_cost.x'", name="se_cost.x")

    monkeypatch.setattr("se_cost.documents.nets.nets", fail)
    assert_refused(run("nets"), 70, "No module named 'se_cost.x'")


def test_interrupted_while_modules_load(tmp_path: Path) -> None:
    """Ctrl-C is no traceback even then."""
    code = (
        "import sys, se_cost.__main__ as program\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "program.run()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def test_from_a_zip(tmp_path: Path) -> None:
    """Files of the package are read wherever it lies."""
    package = Path(se_cost.__file__).parent
    with ZipFile(tmp_path / "se.zip", "w") as archive:
        for path in package.rglob("*"):
            if path.suffix in (".py", ".csv", ".css"):
                archive.write(path, path.relative_to(package.parent))
    for words in ("paper", "params --format html"):
        result = subprocess.run(
            [sys.executable, "-P", "-m", "se_cost", *words.split()],
            env=os.environ | {"PYTHONPATH": str(tmp_path / "se.zip")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("backend", ["bogus", "module://matplotlib_inline.backend_inline"])
def test_pictures_need_no_backend_of_yours(tmp_path: Path, backend: str) -> None:
    """What a notebook exports, or anything else, is no reason to lose a page."""
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfont.size: 40\n")
    result = subprocess.run(
        [sys.executable, "-m", "se_cost", "report", "--no-time", "--output", "x.md"],
        env=os.environ | {"MPLBACKEND": backend},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (0, "wrote x.md\n")
    assert "<svg" in (tmp_path / "x-stages.svg").read_text()


@pytest.mark.parametrize("stream", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_that_are_closed(tmp_path: Path, stream: str) -> None:
    """They take nothing, and cost no exit code."""
    command = f"{sys.executable} -m se_cost params {stream}"
    assert subprocess.run(["bash", "-c", command], cwd=tmp_path).returncode == 0


def test_how_to_cite(run: Run) -> None:
    """The same title, authors and version as in the repository's CITATION.cff."""
    result = run("--cite")
    assert result.exit_code == 0
    assert result.stdout.startswith("@software{se_cost,\n")
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    for line in (f"version: {__version__}", "name: The se-cost maintainers"):
        assert line in cited
        assert line.partition(": ")[2] in result.stdout
    assert "what channel attention costs a convolutional network" in cited
    assert "what channel attention costs a convolutional network" in result.stdout
