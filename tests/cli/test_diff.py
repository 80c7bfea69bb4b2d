"""`se-cost diff`: documents and revisions, formats and exit codes."""

import subprocess
from pathlib import Path

import pytest
from gate.budgeted import time_document
from gate.test_git import git

from cli.conftest import Run, assert_refused, saved
from cli.test_check import elsewhere

SMALLS = ("--arch", "se_resnet18", "--input", "64")
BASELINE = Path("se-cost-baseline.json")


def document(run: Run, command: str, name: str, *words: str) -> str:
    """Write the document of a command, and return its file."""
    measure = ("--no-measure",) * (command == "flops")
    result = run(command, *SMALLS, *words, *measure, "--output", name)
    assert result.exit_code in (0, 1), result.output
    return name


@pytest.mark.parametrize(("ratio", "code"), [("8", 1), ("16", 0), ("32", 0)])
@pytest.mark.parametrize("command", ["params", "flops"])
def test_exit_codes(run: Run, command: str, ratio: str, code: int) -> None:
    """More is worse; the same and less are not."""
    old = document(run, command, "old.json")
    new = document(run, command, "new.json", "--r", ratio)
    assert run("diff", old, new).exit_code == code


def test_nothing_to_compare(run: Run) -> None:
    """A document of counts and one of times have nothing in common: not a success."""
    old = document(run, "params", "old.json")
    flops = document(run, "flops", "new.json")
    result = run("diff", old, flops)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "nothing to compare: the old document holds params of se_resnet18" in result.stderr


def test_nothing_judged(run: Run) -> None:
    """Times of two machines are shown, and the exit code says that nothing was proven."""
    here, there = time_document(overhead=10), elsewhere(time_document(overhead=90))
    result = run("diff", saved("a.json", here), saved("b.json", there))
    assert result.exit_code == 3
    assert "time overhead" in result.stdout
    assert "torch 2.99 then, 1.0 now" in result.stderr
    assert "nothing was judged" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("old.json",),
        ("old.json", "old.json", "--against", "HEAD"),
        ("old.json", "--against", "HEAD"),
    ],
)
def test_words_that_do_not_go_together(run: Run, words: tuple[str, ...]) -> None:
    """Two documents, or a revision."""
    assert_refused(
        run("diff", *words), 2, "give two documents, OLD.json and NEW.json, or --against"
    )


def test_files_that_cannot_be_compared(run: Run) -> None:
    """Missing, cut off, or of something else: one line each."""
    old = document(run, "params", "old.json")
    assert_refused(run("diff", old, "missing.json"), 2, "cannot read 'missing.json'")
    Path("cut.json").write_text(Path(old).read_text()[:-9])
    assert_refused(run("diff", old, "cut.json"), 2, "'cut.json' is no whole json document")
    run("nets", "--output", "nets.json")
    assert_refused(run("diff", old, "nets.json"), 2, "nets")


@pytest.fixture
def project(run: Run) -> Run:
    """Return how to run se-cost in a repository whose baseline is committed."""
    Path("pyproject.toml").write_text(
        '[tool.se-cost]\nr = 16\n[[tool.se-cost.budgets]]\narch = "se_resnet18"\ninput = 64\n'
    )
    run("check", "--update")
    git(Path(), "init", "-q", "-b", "main")
    git(Path(), "add", ".")
    git(Path(), "commit", "-qm", "Costs")
    return run


def change(old: str, new: str) -> None:
    """Edit pyproject.toml."""
    path = Path("pyproject.toml")
    path.write_text(path.read_text().replace(old, new))


def test_against_a_revision(project: Run) -> None:
    """The committed baseline beside the budgets of the working tree, updated or not."""
    assert project("diff", "--against", "HEAD").exit_code == 0
    change("r = 16", "r = 8")
    assert project("diff", "--against", "main").exit_code == 1
    project("check", "--update")
    result = project("diff", "--against", "HEAD")
    assert result.exit_code == 1
    assert "--r 16 became --r 8" in result.stdout


def test_against_a_revision_without_budgets(project: Run) -> None:
    """Then the baseline as it is now is what is compared."""
    Path("pyproject.toml").write_text("")
    assert project("diff", "--against", "HEAD").exit_code == 0
    project("check", *SMALLS, "--r", "8", "--update")
    assert project("diff", "--against", "HEAD").exit_code == 1


def test_against_a_revision_before_the_baseline(project: Run) -> None:
    """Nothing to compare is exit 3, an unknown revision 2."""
    git(Path(), "rm", "-q", "--cached", BASELINE.name)
    git(Path(), "commit", "-qm", "Without")
    assert project("diff", "--against", "HEAD").exit_code == 3
    assert_refused(project("diff", "--against", "feature"), 2, "git finds no revision 'feature'")


def test_a_broken_baseline_in_a_revision(project: Run) -> None:
    """The error names file and revision."""
    BASELINE.write_text(BASELINE.read_text()[:-9])
    git(Path(), "commit", "-qam", "Broken")
    assert_refused(
        project("diff", "--against", "HEAD"),
        2,
        "'se-cost-baseline.json of HEAD' is no whole json document",
    )


def test_without_a_repository(run: Run) -> None:
    """git's reason is passed on."""
    assert_refused(run("diff", "--against", "HEAD"), 2, "git finds no revision 'HEAD'")


def test_a_code_host_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An error for the network that got worse, and the page in the summary."""
    old = document(run, "params", "old.json")
    new = document(run, "params", "new.json", "--r", "8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    result = run("diff", old, new)
    assert "::error title=se_resnet18 costs more::se_resnet18 worse: parameters" in result.stderr
    assert "## se-cost diff" in (tmp_path / "summary.md").read_text()


def test_git_is_not_run_for_documents(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files can be compared where there is no git."""
    old = document(run, "params", "old.json")
    monkeypatch.setattr(subprocess, "run", lambda *words, **given: pytest.fail("git was run"))
    assert run("diff", old, old).exit_code == 0
