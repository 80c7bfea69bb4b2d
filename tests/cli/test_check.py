"""`se-cost check`: exit codes, formats, baselines, and what a code host is told."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from report.budgeted import RICHER, SMALL, time_document, written

from cli.conftest import Run
from cli.test_bad_input import assert_refused
from se_cost.report import files

SMALLS = ("--arch", "se_resnet18", "--input", "64")
BASELINE = Path("se-cost-baseline.json")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--max-params", "12M"), 0),
        (("--max-params", "11M"), 1),
        (("--max-params", "eleven"), 2),
        (("--max-overhead-percent", "5"), 3),
        ((), 3),
    ],
)
def test_exit_codes(run: Run, words: tuple[str, ...], code: int) -> None:
    """Within, over, unusable, and nothing that could be judged."""
    assert run("check", *SMALLS, *words).exit_code == code


def test_nothing_judged_is_said(run: Run) -> None:
    """Never a silent success: what to do stands on stderr, what was looked at on stdout."""
    result = run("check", *SMALLS, "--max-overhead-percent", "5")
    assert "not judged" in result.stdout
    assert "no time was given; `--from` takes what" in result.stderr
    assert "se-cost: nothing was judged" in result.stderr


def test_update_then_growth_then_acceptance(run: Run) -> None:
    """The baseline is written beside the project, holds what is accepted, and stops growth."""
    result = run("check", *SMALLS, "--update")
    assert (result.exit_code, "wrote se-cost-baseline.json" in result.stderr) == (0, True)
    assert run("check", *SMALLS).exit_code == 0
    before = BASELINE.read_bytes()
    grown = run("check", *SMALLS, "--r", "8")
    assert grown.exit_code == 1
    assert "--r 16 became --r 8" in grown.stdout
    assert BASELINE.read_bytes() == before
    assert run("check", *SMALLS, "--r", "8", "--update").exit_code == 0
    assert run("check", *SMALLS, "--r", "8").exit_code == 0


def test_an_improvement_never_fails(run: Run) -> None:
    """Less than the baseline is within, with a word on how to keep it."""
    run("check", *SMALLS, "--update")
    result = run("check", *SMALLS, "--r", "32")
    assert result.exit_code == 0
    assert "Below the baseline" in result.stdout


def test_growth_can_be_allowed(run: Run) -> None:
    """Up to so many per cent; anything with inf."""
    run("check", *SMALLS, "--update")
    loose = ("--grow-macs", "5", "--grow-activation-bytes", "5")
    richer = ("check", *SMALLS, "--r", "8", *loose)
    assert run(*richer, "--grow-params", "0.7").exit_code == 1
    assert run(*richer, "--grow-params", "0.8").exit_code == 0
    assert run(*richer, "--grow-params", "inf").exit_code == 0


def test_an_update_over_a_cap_is_still_over(run: Run) -> None:
    """The figures are written, and the budget stays what it is."""
    assert run("check", *SMALLS, "--max-params", "1", "--update").exit_code == 1
    assert BASELINE.exists()


def test_the_baseline_is_beside_the_project(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder of it, and wherever its pyproject.toml says."""
    Path("pyproject.toml").write_text("[tool.se-cost]\n")
    Path("src").mkdir()
    monkeypatch.chdir("src")
    run("check", *SMALLS, "--update")
    assert Path("..", BASELINE).exists()
    Path("..", "pyproject.toml").write_text('[tool.se-cost]\nbaseline = "costs.json"\n')
    run("check", *SMALLS, "--update")
    assert Path("..", "costs.json").exists()
    run("check", *SMALLS, "--update", "--baseline", "here.json")
    assert Path("here.json").exists()


def test_a_baseline_that_was_named_must_be_there(run: Run) -> None:
    """A typing error does not switch the check off."""
    words = ("check", *SMALLS, "--max-params", "90M", "--baseline", "bse.json")
    assert_refused(run(*words), 2, "there is no baseline 'bse.json'; `se-cost check --update`")
    assert run(*words, "--update").exit_code == 0
    assert run(*words).exit_code == 0


def test_times(run: Run, tmp_path: Path) -> None:
    """A time is judged beside one of the same environment, and passed over beside another."""
    files = {n: written(tmp_path / f"{n}.json", time_document(overhead=n)) for n in (4, 9)}
    words = ("check", *SMALLS, "--max-overhead-percent", "6")
    run(*words, "--from", str(files[4]), "--update")
    assert run(*words, "--from", str(files[4])).exit_code == 0
    result = run(*words, "--from", str(files[9]))
    assert result.exit_code == 1
    assert "9 % time overhead (infer, batch 1" in result.stdout
    there = time_document(overhead=9)
    there["environment"]["torch"] = "1.0"
    result = run(*words, "--from", str(written(tmp_path / "there.json", there)))
    assert result.exit_code == 0
    assert "torch 2.99 then, 1.0 now" in result.stderr


def test_a_time_of_another_network(run: Run, tmp_path: Path) -> None:
    """It belongs to no budget."""
    file = written(tmp_path / "time.json", time_document(RICHER))
    assert_refused(
        run("check", *SMALLS, "--from", str(file)), 2, "by a recipe that is in no budget"
    )


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json", "junit"])
def test_formats(run: Run, form: str, tmp_path: Path) -> None:
    """Each of them holds the network and the verdict, on stdout as in a file."""
    words = ("check", *SMALLS, "--max-params", "1", "--format", form)
    result = run(*words)
    assert result.exit_code == 1
    assert "11,778,592" in result.stdout.replace("11778592", "11,778,592")
    file = tmp_path / "out"
    assert run(*words, "--output", str(file)).stdout == ""
    assert file.read_text() == result.stdout


def test_only_check_has_junit(run: Run) -> None:
    """Other commands have no findings to make tests of."""
    assert_refused(run("params", "--format", "junit"), 2, "choose from text, markdown, csv, json")


def test_annotations_leave_stdout_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On GitHub the log says what is wrong, and json is still one document."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    limits = ("--max-params", "1", "--max-overhead-percent", "5", "--name", "a,b: c%")
    result = run("check", *SMALLS, *limits, "--format", "json")
    json.loads(result.stdout)
    assert "::" not in result.stdout
    lines = [line for line in result.stderr.splitlines() if line.startswith("::")]
    assert lines[0].startswith("::error title=a%2Cb%3A c%25%3A max-params::a,b: c%25: 11,778,592")
    assert lines[1].startswith("::warning title=")
    assert lines[2].startswith("::notice title=se-cost check::Not in the baseline")


def test_the_summary_of_a_job(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The page is appended to what other steps wrote, with a heading."""
    summary = tmp_path / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert run("check", *SMALLS, "--max-params", "1").exit_code == 1
    text = summary.read_text()
    assert text.startswith("# before\n")
    assert "## se-cost check" in text
    assert "| se\\_resnet18" in text


def test_outside_of_a_job_nobody_is_told(run: Run) -> None:
    """No annotations in a terminal."""
    assert "::" not in run("check", *SMALLS, "--max-params", "1").stderr


def test_needs_no_torch() -> None:
    """Counts are judged without loading anything heavy."""
    heavy = {"torch", "fvcore", "matplotlib", "numpy", "tabulate"}
    code = (
        "import sys; from se_cost.cli import main\n"
        "try: main(['check', '--max-params', '1', '--format', 'junit'])\n"
        f"except SystemExit as e: print(sorted({heavy!r} & set(sys.modules)), e.code)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.splitlines()[-1] == "[] 1"


BROKEN: dict[str, Any] = {
    "is no whole json": lambda text: text[:-40],
    "has schema_version 99": lambda text: text.replace(': 1,\n  "command"', ': 99,\n  "command"'),
    "merge conflict": lambda text: "<<<<<<< HEAD\n" + text,
    "must be a whole number": lambda text: text.replace('"network": 1', '"network": 0.1'),
}


@pytest.mark.parametrize("message", BROKEN)
@pytest.mark.parametrize("update", [(), ("--update",)])
def test_a_broken_baseline(run: Run, message: str, update: tuple[str, ...]) -> None:
    """One clear line, exit 2, and the file is not touched."""
    run("check", *SMALLS, "--update")
    BASELINE.write_text(BROKEN[message](BASELINE.read_text()))
    before = BASELINE.read_bytes()
    assert_refused(run("check", *SMALLS, *update), 2, message)
    assert BASELINE.read_bytes() == before


def test_a_full_disk(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old baseline stays whole, and the line names the file."""
    run("check", *SMALLS, "--update")
    before = BASELINE.read_bytes()
    real = Path.write_text

    def full(self: Path, data: str, **given: Any) -> int:
        real(self, data[:100], **given)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    result = run("check", *SMALLS, "--r", "8", "--update")
    assert_refused(result, 2, "cannot write 'se-cost-baseline.json': No space left on device")
    assert BASELINE.read_bytes() == before
    assert os.listdir() == [BASELINE.name]  # noqa: PTH208 - names, not paths


def test_a_folder_that_may_not_be_written_to(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only checkout, as of a fork, can be checked; only an update is refused."""
    run("check", *SMALLS, "--update")
    before = BASELINE.read_bytes()

    def refuse(path: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "_temporary", refuse)
    assert run("check", *SMALLS).exit_code == 0
    assert run("check", *SMALLS, "--r", "8").exit_code == 1
    assert_refused(run("check", *SMALLS, "--r", "8", "--update"), 2, "Permission denied")
    assert BASELINE.read_bytes() == before


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json", "junit"])
@pytest.mark.parametrize("name", ["a|b", "`a`", "<script>x</script>", '"q"', "=1+1", "]]>"])
def test_names_are_harmless(run: Run, form: str, name: str) -> None:
    """They come out as text in every format."""
    result = run("check", *SMALLS, "--name", name, "--max-params", "1", "--format", form)
    assert result.exit_code == 1
    if form == "markdown":
        assert "<script>" not in result.stdout
        table = [line for line in result.stdout.splitlines() if line.startswith("|")]
        assert {line.replace("\\|", "").count("|") for line in table} == {7}
    if form == "junit":
        assert ET.fromstring(result.stdout)[0][0].get("classname") == name
    if form == "json":
        assert json.loads(result.stdout)["findings"][0]["network"] == name


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31mred", "a\x00b"])
def test_names_with_controls_are_refused(run: Run, name: str) -> None:
    """Nothing that a terminal obeys gets further than the error, which spells it out."""
    result = run("check", *SMALLS, "--name", name, "--max-params", "1")
    assert_refused(result, 2, "must be one printable line")
    assert "\x1b" not in result.output


def test_the_recipe_of_the_tests() -> None:
    """The network that these words name is the one whose times are made up."""
    assert SMALL.name == "se_resnet18"
    assert SMALL.input == (3, 64, 64)
