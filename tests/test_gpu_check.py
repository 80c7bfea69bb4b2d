"""The check of a real GPU, without one: it fails loudly, and its commands are commands."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import click
import pytest
import torch

from se_cost.cli import main
from se_cost.measure.timing.verdict import Change

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture(scope="module")
def gpu_check() -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("gpu_check", SCRIPTS / "gpu_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
def test_without_a_gpu_it_fails() -> None:
    """One line, exit 3, and nothing is written that could be taken for a result."""
    done = subprocess.run(
        [SCRIPTS / "gpu_check.sh"],
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"gpu_check: torch {torch.__version__} sees no CUDA device\n"
    assert not (SCRIPTS.parent / "reports" / "gpu" / "verdicts.txt").exists()


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_a_clean_clone_is_installed_first(tmp_path: Path) -> None:
    """Where there is a GPU of NVIDIA: package and NVML, then the checks by that Python."""
    script = tmp_path / "scripts" / "gpu_check.sh"
    script.parent.mkdir()
    shutil.copy(SCRIPTS / script.name, script)
    log = 'echo "$(basename "$0") $*" >> log'
    programs = {
        "nvidia-smi": "",
        "pip": log,
        "python": log,
        "make": f"{log}; mkdir -p .venv/bin; mv programs/pip programs/python .venv/bin",
    }
    for name, does in programs.items():
        file = tmp_path / "programs" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n{does}\n")
        file.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON"}
    environment["PATH"] = f"{tmp_path / 'programs'}:{environment['PATH']}"
    subprocess.run([script], env=environment, check=True)
    made, installed, ran = (tmp_path / "log").read_text().splitlines()
    assert made == "make --silent .venv/.installed"
    assert installed.startswith("pip install")
    assert installed.endswith("--editable .[cuda]")
    assert ran == "python scripts/gpu_check.py"


def test_every_command_can_be_typed(gpu_check: ModuleType) -> None:
    """Each is known, and so are its options, by click's own parser."""
    for name in gpu_check.COMMANDS:
        command, *words = gpu_check.words(name)
        context = click.Context(main)
        found = main.get_command(context, command)
        assert found is not None
        with found.make_context(command, words, parent=context) as made:
            assert made.params["device"] == "cuda"
            assert str(made.params["output"]).endswith(f"reports/gpu/{name}.json")


@pytest.mark.parametrize(
    ("value", "good"), [(0.99, False), (1.0, True), (1.01, True), (1.02, False), (None, None)]
)
def test_a_figure_lies_in_its_range(gpu_check: ModuleType, value: object, good: object) -> None:
    """One that is not known is neither good nor bad, and its range is told."""
    verdict = gpu_check.within(value, 1.0, 1.01, "ratio")
    assert verdict.good is good
    assert verdict.why.startswith("ratio")


def test_one_bad_figure_is_a_bad_check(gpu_check: ModuleType) -> None:
    """What is skipped does not count, unless there is nothing else."""
    good, bad, skipped = (gpu_check.Verdict(value, "why") for value in (True, False, None))
    assert gpu_check.both(good, skipped) == (True, "why; why")
    assert gpu_check.both(good, bad, skipped).good is False
    assert gpu_check.both(skipped).good is None


def fails() -> None:
    """Raise as a command that failed does."""
    raise RuntimeError("first\nno engine")


def test_what_raises_is_bad(gpu_check: ModuleType) -> None:
    """With the last line of the error."""
    assert gpu_check.told_by(fails) == (False, "RuntimeError: no engine")


@pytest.mark.parametrize(
    ("few", "many", "good"),
    [((40, 38, 42), 1, True), ((40, 4, 76), 1, False), ((40, 38, 42), 9, False)],
)
def test_launches(
    gpu_check: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    few: tuple[float, float, float],
    many: float,
    good: bool,
) -> None:
    """They cost much at a batch of one, and hardly anything at one of 128."""
    found = {"launches_1": Change(*few), "launches_128": Change(many, many - 1, many + 1)}

    def measured(name: str) -> Any:
        return SimpleNamespace(launches=SimpleNamespace(network=found[name]))

    monkeypatch.setattr(gpu_check, "measured", measured)
    assert gpu_check.launches().good is good


@pytest.mark.parametrize(
    ("code", "doubts", "good"),
    [
        (0, ["2,048 images did not fit into the memory: 64"], True),
        (0, [], False),
        (3, ["2,048 images did not fit into the memory: 64"], False),
    ],
)
def test_memory(
    gpu_check: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    doubts: list[str],
    good: bool,
) -> None:
    """A batch that does not fit is halved, and that is said once."""
    settings = SimpleNamespace(batch=64)
    done = gpu_check.Done(code, "", SimpleNamespace(doubts=doubts, settings=settings))
    monkeypatch.setattr(gpu_check, "ran", lambda name, environment: done)
    assert gpu_check.memory().good is good
