"""Options from the nearest pyproject.toml."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run, assert_refused, configure
from se_cost.cli.config.pyproject import nearest, read
from se_cost.errors import UsageError

HEAVY = {"torch", "rich", "tabulate", "matplotlib", "numpy"}


def ratios(text: str) -> set[int]:
    """Return the reduction ratios in a json document."""
    return {stage["r"] for stage in json.loads(text)["recipe"]["attention"]["stages"]}


def test_file_sets_defaults_and_the_command_line_wins(run: Run) -> None:
    """A value of the file counts where the command line says nothing."""
    configure('[tool.se-cost]\nr = 8\narch = "se_resnet18"\nformat = "json"\n')
    document = run("params").stdout
    assert ratios(document) == {8}
    assert json.loads(document)["recipe"]["family"] == "resnet18"
    assert ratios(run("params", "--r", "4").stdout) == {4}
    assert not run("params", "--format", "text").stdout.startswith("{")


def test_values_of_every_type(run: Run) -> None:
    """Numbers, lists, words and switches are taken as they would be on the command line."""
    configure(
        '[tool.se-cost]\nformat = "json"\nr = [2, 4, 8, 16]\nstages = 3\nbias = false\n'
        "input = 64\nclasses = 10\nmeasure = false\n"
    )
    result = run("flops")
    assert (result.exit_code, result.stderr) == (0, "")
    recipe = json.loads(result.stdout)["recipe"]
    assert recipe["attention"]["stages"] == [
        {"stage": 3, "kind": "se", "r": 4, "squeeze": "avg", "gate": "sigmoid", "bias": False}
    ]
    assert (recipe["input"], recipe["classes"]) == ([3, 64, 64], 10)
    assert "measured" not in json.loads(result.stdout)


def test_output_has_the_name_that_it_has_on_the_command_line(run: Run) -> None:
    """`output` is the key of --output, in every command."""
    configure('[tool.se-cost]\noutput = "answer.json"\n')
    result = run("params")
    assert (result.exit_code, result.stdout) == (0, "")
    assert ratios(Path("answer.json").read_text()) == {16}


def test_a_name_that_is_typed_wins_over_a_format_that_is_set(run: Run) -> None:
    """Who says x.csv wants that."""
    configure('[tool.se-cost]\nformat = "json"\n')
    run("params", "--output", "x.csv")
    assert not Path("x.csv").read_text().startswith("{")
    run("params", "--output", "x")
    assert Path("x").read_text().startswith("{")


def test_keys_of_other_commands_do_no_harm(run: Run) -> None:
    """A key that only `time` knows is no error in `params`."""
    configure("[tool.se-cost]\nruns = 5\nmax-time = 3.5\nname = 'x'\ndrop-stages = [5]\n")
    result = run("params", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["final_stage"] == 4
    assert run("nets").exit_code == 0


def test_the_nearest_file_counts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in a folder above counts if there is none nearer, and is not mixed with it."""
    configure('[tool.se-cost]\nr = 8\nformat = "json"\n')
    inner = Path("inner")
    inner.mkdir()
    (inner / "pyproject.toml").mkdir()  # a folder of that name is no such file
    monkeypatch.chdir(inner)
    assert ratios(run("params").stdout) == {8}
    Path("deep").mkdir()
    configure("[tool.other]\n", "deep")
    monkeypatch.chdir("deep")
    assert ratios(run("params", "--format", "json").stdout) == {16}


def test_no_file_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no file, and where it has no such table, nothing is set."""
    monkeypatch.chdir(tmp_path)
    empty = tmp_path / "empty.toml"
    empty.touch()
    assert read(empty) == {}
    found = nearest()
    assert found is None or not found.is_relative_to(tmp_path)


def test_a_table_whose_name_is_escaped(run: Run) -> None:
    """TOML allows it, so it is read."""
    configure('["tool"."se\\u002dcost"]\nr = 8\n')
    assert ratios(run("params", "--format", "json").stdout) == {8}


REFUSED = {
    "[tool.se-cost]\nratio = 8": ["pyproject.toml", "'ratio'", "drop-stages, dtype, "],
    "[tool.se-cost]\ndrop_stages = 5": ["'drop_stages'", "did you mean drop-stages?"],
    "[tool.se-cost]\nupdate = true": ["pyproject.toml", "'update'", "unknown"],
    "[tool.se-cost]\nfrom = 'a.json'": ["pyproject.toml", "'from'", "unknown"],
    "[tool.se-cost.params]\nr = 8": ["pyproject.toml", "'params'"],
    "[tool.se-cost.r]\nx = 8": ["pyproject.toml", "r in [tool.se-cost]", "not a table"],
    "[[tool.se-cost.budgetts]]\nr = 8": ["did you mean budgets?"],
    "[tool]\nse-cost = 3": ["pyproject.toml", "[tool.se-cost] must be a table"],
    "[tool.se-cost\n": ["cannot read", "pyproject.toml", "line 1"],
    "[tool.se-cost]\nr = \n": ["cannot read", "pyproject.toml", "line 2"],
    "[tool.se-cost]\nr = 8\nr = 9\n": ["cannot read", "pyproject.toml", "line 3"],
    f"[tool.se-cost]\nr = {'[' * 3000}{']' * 3000}": ["cannot read", "pyproject.toml"],
    "[tool.se-cost]\nr = 1.5": ["--r", "'1.5'", "no whole number"],
    "[tool.se-cost]\nr = 0": ["r 0", "at least 1"],
    "[tool.se-cost]\nr = []": ["--r", "no whole number"],
    "[tool.se-cost]\nr = true": ["--r", "'true'", "no whole number"],
    "[tool.se-cost]\narch = true": ["network 'true'"],
    "[tool.se-cost]\narch = 50": ["network '50'"],
    "[tool.se-cost]\nbias = 'maybe'": ["--bias", "'maybe'"],
    "[tool.se-cost]\nquiet = 3": ["--quiet", "'3'"],
    "[tool.se-cost]\ninput = [224, 224]": ["--input", "no size"],
    "[tool.se-cost]\nplace = 'nowhere'": ["--place", "'nowhere'"],
    "[tool.se-cost]\nformat = 1979-05-27": ["--format", "'1979-05-27'"],
    "[tool.se-cost]\nattention = 'x'": ["--attention", "'x'"],
    "[tool.se-cost]\noutput = 'no/such/folder.md'": ["cannot write", "no/such/folder.md"],
    '[tool.se-cost]\noutput = "a\\u0000b"': ["--output", "no name of a file"],
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:60])
def test_bad_file(run: Run, text: str) -> None:
    """A mistake in the file is told like one on the command line."""
    configure(text)
    assert_refused(run("params"), 2, *REFUSED[text])


def test_file_that_is_no_text(run: Run) -> None:
    """Bytes that are no UTF-8 are told, with the file's name."""
    Path("pyproject.toml").write_bytes(b"\xff\xfe")
    assert_refused(run("params"), 2, "cannot read", "pyproject.toml", "utf-8")


@pytest.mark.parametrize("function", ["open", "is_file", "cwd"])
def test_what_cannot_be_read(run: Run, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """A file without permission, a folder without it, and one that is gone."""

    def refuse(*given: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    configure("")
    monkeypatch.setattr(Path, function, refuse)
    result = run("params")
    monkeypatch.undo()
    assert_refused(result, 2, "pyproject.toml", "Permission denied")


def test_keys_are_known_without_any_command() -> None:
    """A table costs a command no import of the others, and only records of what measures."""
    code = (
        "import sys; from se_cost.cli.options.every import KEYS\n"
        "names = [name.split('.') for name in sys.modules if name.startswith('se_cost.')]\n"
        "for package in ('cli', 'measure'):\n"
        "    print(sorted({name[2] for name in names if name[1] == package and name[2:]}))\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    files, measuring, heavy = map(ast.literal_eval, done.stdout.splitlines())
    assert files == ["cite", "config", "failure", "options", "output", "room", "signals"]
    assert measuring == ["fuse", "timing"]
    assert heavy == []


def test_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told in one line."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UsageError, match=r"cannot look for pyproject\.toml: No such file"):
        nearest()
    monkeypatch.chdir(tmp_path)
