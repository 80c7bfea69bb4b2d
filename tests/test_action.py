"""The GitHub action: its file holds together, and its steps do what they say."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # fvcore brings it

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step for step in STEPS if "run" in step}
PROGRAM = str(Path(sys.executable).with_name("se-cost"))


def run(name: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub's runner does, in a folder of its own."""
    files = {
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_ACTIONS": "true",
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPTS[name]["run"]],
        cwd=folder,
        env={**os.environ, **files, "PROGRAM": PROGRAM, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_inputs_are_described_and_used() -> None:
    """Whatever can be asked for has words, a default, and an effect."""
    steps = yaml.safe_dump(STEPS)
    for name, given in ACTION["inputs"].items():
        assert given["description"].strip().endswith(".")
        assert isinstance(given["default"], str)
        assert f"inputs.{name}" in steps
    used = set(re.findall(r"inputs\.([\w-]+)", steps))
    assert used == set(ACTION["inputs"])


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_take_nothing_but_variables(name: str) -> None:
    """An input that was spliced into a script could run what it likes."""
    step = SCRIPTS[name]
    assert step["shell"] == "bash"
    assert "${{" not in step["run"]
    assert subprocess.run(["bash", "-n", "-c", step["run"]], check=False).returncode == 0


def test_outputs_come_from_steps() -> None:
    """The step that an output names is there, and writes it."""
    for output in ACTION["outputs"].values():
        step, key = re.findall(r"steps\.(\w+)\.outputs\.(\w+)", output["value"])[0]
        [script] = [s["run"] for s in STEPS if s.get("id") == step]
        assert f'echo "{key}=' in script


def test_what_is_installed_needs_no_torch() -> None:
    """The step asks for what pyproject.toml asks for, less what only measures."""
    script = SCRIPTS["Install se-cost"]["run"]
    code = script.split("<<'PYTHON'\n")[1].split("PYTHON\n")[0]
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "pyproject.toml")],
        capture_output=True,
        text=True,
        check=True,
    )
    packages = {re.split(r"[><=]", line)[0] for line in done.stdout.splitlines()}
    assert {"click", "matplotlib", "msgspec", "tabulate"} <= packages
    assert not {"torch", "fvcore", "psutil"} & packages


@pytest.mark.parametrize(
    ("words", "project", "found"),
    [
        ("--arch se_resnet50 --max-params 28M", None, "false"),
        ("--model net.py:Net --max-params 28M", None, "true"),
        ("--name --model-arg", None, "false"),
        ("", '[[tool.se-cost.budgets]]\nmodel = "net.py:Net"\n', "true"),
        ("", '[tool.se-cost]\nmodel = "net.py:Net"\n', "true"),
        ("", '[[tool.se-cost.budgets]]\narch = "se_resnet50"\n[tool.other]\nmodel = 1\n', "false"),
    ],
)
def test_torch_is_needed_for_models_of_yours_alone(
    tmp_path: Path, words: str, project: str | None, found: str
) -> None:
    """Whether they are typed, or stand in the nearest pyproject.toml."""
    folder = tmp_path / "part"
    folder.mkdir()
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    done = run("Look for models of yours", folder, WORDS=words, PROJECT=f"{ROOT}/pyproject.toml")
    assert done.returncode == 0, done.stderr
    said = dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())
    assert said["found"] == found
    assert said["torch"].startswith("torch>=")
    assert re.fullmatch(r"3\.\d+", said["python"])


def test_torch_comes_from_the_cache_or_the_index(tmp_path: Path) -> None:
    """What is cached is not fetched again; packages are split as by a shell."""
    fake = tmp_path / "python"
    fake.write_text('#!/bin/bash\necho "$@" >> calls\n')
    fake.chmod(0o755)
    wheels = tmp_path / "wheels"
    given = {"PYTHON": str(fake), "TORCH": "torch>=2", "INDEX": "https://index", "WHEELS": "wheels"}
    assert run("Install torch", tmp_path, PACKAGES="timm 'a b'", **given).returncode == 0
    pip = "-m pip --quiet --disable-pip-version-check"
    install = f"{pip} install --no-index --find-links wheels torch>=2"
    assert (tmp_path / "calls").read_text().splitlines() == [
        f"{pip} download --dest wheels --index-url https://index torch>=2",
        install,
        f"{pip} install --extra-index-url https://index timm a b",
    ]
    wheels.mkdir()
    (wheels / "torch-2.whl").touch()
    (tmp_path / "calls").unlink()
    assert run("Install torch", tmp_path, PACKAGES="", **given).returncode == 0
    assert (tmp_path / "calls").read_text().splitlines() == [install]


@pytest.mark.parametrize(
    ("budgets", "code", "said"),
    [
        ("--max-params 28.1M\n--name 'my net'", 0, "my net"),
        ('--name "my net" --max-params 1', 1, "my net"),
        ("", 3, "nothing was judged"),
        ("--name 'my net", 1, "unmatched"),
        ("--name $(touch owned) --max-params 30M", 2, ""),
    ],
)
def test_check(tmp_path: Path, budgets: str, code: int, said: str) -> None:
    """Words are split as by a shell, which runs nothing that stands in them."""
    done = run("se-cost check", tmp_path, BUDGETS=budgets)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert not (tmp_path / "owned").exists()


def test_report(tmp_path: Path) -> None:
    """The page goes to the runner's folder, to the summary, and its path to the output."""
    page = tmp_path / "temp" / "report.html"
    words = {"NETWORKS": "se_resnet18,se_mobilenet", "REPORT": "--r 8\n--format html"}
    done = run("se-cost report", tmp_path, FOLDER=str(tmp_path / "temp"), **words)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text() == f"page={page}\n"
    assert "--r 8 --no-time" in page.read_text()
    assert "<!-- se-cost report -->" in (tmp_path / "summary").read_text()
    assert "\n::notice title=se-cost report::" in done.stderr


def test_report_that_cannot_be_made(tmp_path: Path) -> None:
    """The step fails, and gives no path of a page that is not there."""
    done = run("se-cost report", tmp_path, FOLDER=str(tmp_path), NETWORKS="$(nope)", REPORT="")
    assert done.returncode == 2
    assert done.stderr.startswith("::error title=se-cost::network '$(nope)' is unknown")
    assert not (tmp_path / "output").exists()
