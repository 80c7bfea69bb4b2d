"""Options from the nearest pyproject.toml."""

import json
from pathlib import Path

import pytest

from cli.conftest import Run
from cli.test_bad_input import assert_refused
from se_cost.cli.config import nearest, read


def ratios(text: str) -> set[int]:
    """Return the reduction ratios in a json document."""
    return {stage["r"] for stage in json.loads(text)["recipe"]["attention"]["stages"]}


def configure(text: str, folder: str = ".") -> None:
    """Write a pyproject.toml."""
    Path(folder, "pyproject.toml").write_text(text, encoding="utf-8")


def test_file_sets_defaults_and_the_command_line_wins(run: Run) -> None:
    """A value of the file counts where the command line says nothing."""
    configure('[tool.se-cost]\nr = 8\narch = "se_resnet18"\nformat = "json"\n')
    document = run("params").stdout
    assert ratios(document) == {8}
    assert json.loads(document)["recipe"]["family"] == "resnet18"
    assert ratios(run("params", "--r", "4").stdout) == {4}
    assert run("params", "--format", "text").stdout.startswith("SE-ResNet-18, r = 8")


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


def test_keys_of_other_commands_do_no_harm(run: Run) -> None:
    """A key that only `time` knows is no error in `params`."""
    configure("[tool.se-cost]\nruns = 5\nmax-time = 3.5\ndrop-stages = [5]\n")
    result = run("params", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["final_stage"] == 4


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


def test_no_file_is_no_error(tmp_path: Path) -> None:
    """Where there is no file, and where it has no such table, nothing is set."""
    empty = tmp_path / "empty.toml"
    empty.touch()
    assert read(empty) == {}
    found = nearest(tmp_path)
    assert found is None or not found.is_relative_to(tmp_path)


REFUSED = {
    "[tool.se-cost]\nratio = 8": ["pyproject.toml", "'ratio'", "drop-stages, dtype, "],
    "[tool.se-cost]\ndrop_stages = 5": ["'drop_stages'", "did you mean drop-stages?"],
    "[tool.se-cost.params]\nr = 8": ["pyproject.toml", "'params'"],
    "[tool.se-cost.r]\nx = 8": ["pyproject.toml", "r in [tool.se-cost]", "not a table"],
    "[tool]\nse-cost = 3": ["pyproject.toml", "[tool.se-cost] must be a table"],
    "[tool.se-cost\n": ["cannot read", "pyproject.toml", "line 1"],
    "[tool.se-cost]\nr = \n": ["cannot read", "pyproject.toml", "line 2"],
    "[tool.se-cost]\nr = 8\nr = 9\n": ["cannot read", "pyproject.toml", "line 3"],
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
}


@pytest.mark.parametrize("text", REFUSED)
def test_bad_file(run: Run, text: str) -> None:
    """A mistake in the file is told like one on the command line."""
    configure(text)
    assert_refused(run("params"), 2, *REFUSED[text])


def test_file_that_is_no_text(run: Run) -> None:
    """Bytes that are no UTF-8 are told, with the file's name."""
    Path("pyproject.toml").write_bytes(b"\xff\xfe")
    assert_refused(run("params"), 2, "cannot read", "pyproject.toml", "utf-8")


def test_file_that_cannot_be_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without permission is told, with its name."""

    def read_text(self: Path, encoding: str) -> str:
        raise PermissionError(13, "Permission denied")

    configure("")
    monkeypatch.setattr(Path, "read_text", read_text)
    assert_refused(run("params"), 2, "cannot read", "pyproject.toml", "Permission denied")
