"""A team's repository, from the first budget to a pull request that costs too much.

The program runs as a process of its own, as in a job.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from gate.test_git import git

PROJECT = """\
[project]
name = "classifier"

[tool.se-cost]
classes = 10

[[tool.se-cost.budgets]]
arch = "se_resnet50"
r = 16
max-params = "27M"
max-attention-params-percent = 25

[[tool.se-cost.budgets]]
name = "edge"
arch = "se_mobilenet"
input = 160
max-macs = "300M"
"""
PROGRAM = (sys.executable, "-m", "se_cost")


class Team:
    """A repository, and what its members and its jobs do in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        git(folder, "init", "-q", "-b", "main")
        (folder / "pyproject.toml").write_text(PROJECT)

    def check(self, *words: str, **job: str) -> "subprocess.CompletedProcess[str]":
        """Run `se-cost check`; `job` is what the environment of a job adds."""
        return self.run("check", *words, **job)

    def run(self, *words: str, **job: str) -> "subprocess.CompletedProcess[str]":
        """Run se-cost in the repository."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GIT_"))}
        return subprocess.run(
            [*PROGRAM, *words], cwd=self.folder, env=kept | job, capture_output=True, text=True
        )

    def edit(self, old: str, new: str) -> None:
        """Change pyproject.toml."""
        path = self.folder / "pyproject.toml"
        path.write_text(path.read_text().replace(old, new))

    def commit(self, message: str) -> None:
        """Commit everything."""
        git(self.folder, "add", ".")
        git(self.folder, "commit", "-qm", message)

    def git(self, *words: str) -> str:
        """Return what git says of the repository."""
        whole = ["git", "-C", str(self.folder), *words]
        return subprocess.run(whole, capture_output=True, text=True, check=True).stdout

    def status(self) -> str:
        """Return what git sees as changed or new."""
        return self.git("status", "--short")


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Return a team that has just accepted its costs."""
    folder = tmp_path / "repository"
    folder.mkdir()
    team = Team(folder)
    assert team.check().returncode == 0, "budgets hold before there is a baseline"
    assert team.check("--update").returncode == 0
    team.commit("Accept what the networks cost")
    return team


def test_a_pull_request_that_costs_too_much(team: Team) -> None:
    """Red with network, stage, amount and remedy; accepted by `--update`; then green again."""
    git(team.folder, "checkout", "-qb", "richer")
    team.edit("r = 16", "r = 8")
    red = team.check()
    assert red.returncode == 1
    line = next(line for line in red.stdout.splitlines() if "more than the baseline" in line)
    for word in (
        "se_resnet50: 28,575,402 parameters, 2,515,888 (9.65 %) more",
        "Stage 5 grew most, by 1,573,248",
        "--r 16 became --r 8",
        "drop stage 5 (62 % of the attention's): 25,422,762, within",
        "`se-cost check --update` to accept it",
    ):
        assert word in line
    assert "edge" not in "".join(line for line in red.stdout.splitlines() if "over" in line)
    assert team.status() == " M pyproject.toml\n", "a check leaves nothing behind"

    refused = team.check("--update")
    assert refused.returncode == 1, "the cap of 27 M still holds"
    team.edit('"27M"', '"29M"')
    accepted = team.check("--update")
    assert (accepted.returncode, team.check().returncode) == (0, 0)
    assert team.status() == " M pyproject.toml\n M se-cost-baseline.json\n"
    team.commit("Afford a richer SE")
    worse = team.run("diff", "--against", "main")
    assert worse.returncode == 1
    assert "se_resnet50 worse: parameters 26,059,514 → 28,575,402 (+9.65 %)" in worse.stdout
    assert team.check().returncode == 0


def test_the_diff_of_an_update_is_short(team: Team) -> None:
    """Only the network that changed, one figure to a line, each of them as it was or new."""
    team.edit("r = 16", "r = 32")
    team.check("--update")
    added, removed, _ = team.git("diff", "--numstat", "--", "se-cost-baseline.json").split()
    assert added == removed
    assert int(added) < 40
    changed = team.git("diff", "--unified=0", "--", "se-cost-baseline.json")
    assert '-        "network": 26059514,' in changed
    assert '"se_mobilenet"' not in changed


def test_an_improvement(team: Team) -> None:
    """Green, with the word that keeps it so."""
    team.edit("r = 16", "r = 32")
    green = team.check()
    assert green.returncode == 0
    assert "Below the baseline: se_resnet50 parameters -4.83 %" in green.stdout


def test_a_job_on_github(team: Team, tmp_path: Path) -> None:
    """Annotations in the log, the page in the summary, data alone on stdout."""
    summary = tmp_path / "summary.md"
    summary.touch()
    job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    team.edit("r = 16", "r = 8")
    red = team.check("--format", "json", **job)
    assert red.returncode == 1
    assert json.loads(red.stdout)["verdict"] == "over"
    errors = [line for line in red.stderr.splitlines() if line.startswith("::error ")]
    assert errors[0].startswith("::error title=se_resnet50%3A max-params::se_resnet50: 28,575,402")
    assert "9.65 %25" in errors[1]
    page = summary.read_text()
    assert "## se-cost check" in page
    assert "**Limits**" in page
    assert "Traceback" not in red.stderr


def test_a_pull_request_from_a_fork(team: Team, tmp_path: Path) -> None:
    """No token, and a checkout that stays as it is: checked all the same."""
    summary = tmp_path / "summary.md"
    job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_TOKEN": ""}
    before = {path: path.stat().st_mtime_ns for path in team.folder.iterdir()}
    assert team.check(**job).returncode == 0
    team.edit("r = 16", "r = 4")
    before[team.folder / "pyproject.toml"] = (team.folder / "pyproject.toml").stat().st_mtime_ns
    for path in team.folder.iterdir():
        path.chmod(0o555 if path.is_dir() else 0o444)
    team.folder.chmod(0o555)
    red = team.check(**job)
    team.folder.chmod(0o755)
    assert red.returncode == 1
    assert "::error" in red.stderr
    assert {path: path.stat().st_mtime_ns for path in team.folder.iterdir()} == before
    assert "over" in summary.read_text()


def test_two_updates_at_once(team: Team) -> None:
    """Two jobs that each accept a network of their own: both are in the file."""
    words = [*PROGRAM, "check", "--update", "--quiet", "--arch"]
    jobs = [
        subprocess.Popen([*words, name], cwd=team.folder, stdout=subprocess.DEVNULL)
        for name in ("se_resnet18", "se_resnet34", "se_vgg16")
    ]
    assert [job.wait(60) for job in jobs] == [0, 0, 0]
    text = (team.folder / "se-cost-baseline.json").read_text()
    assert list(json.loads(text)["networks"]) == [
        *("edge", "se_resnet18", "se_resnet34", "se_resnet50", "se_vgg16"),
    ]
    assert team.status() == " M se-cost-baseline.json\n"
