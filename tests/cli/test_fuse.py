"""`se-cost fuse`: what it prints, saves and times."""

import json
import sys
from pathlib import Path
from typing import NoReturn

import pytest
import torch

from cli.conftest import Run, assert_refused
from se_cost.errors import MeasurementError
from se_cost.measure.fuse.record import How
from se_cost.measure.session.several import Asked, Finished
from se_cost.measure.timing.arms import FUSED, IN_PLACE

NETS = Path(__file__).parents[1] / "data" / "models" / "nets.py"


def test_a_network_of_the_zoo(run: Run, tmp_path: Path) -> None:
    """It is proved to be the same function, and can be taken away."""
    saved = tmp_path / "fused.pt2"
    words = f"fuse --arch se_resnet18 --input 32 --save {saved} --format json"
    result = run(*words.split())
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert {block["scale"] for block in document["blocks"]} == {"addcmul"}
    assert document["proof"]["float64"] < 1e-10
    again = torch.export.load(saved).module()
    assert again(torch.randn(1, 3, 32, 32)).shape == (1, 1000)


def test_it_is_timed_beside_both(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain, with attention, and fused, in the same processes."""
    words = "fuse --arch se_resnet18 --input 32 --device cpu --time --quick --runs 1 --format json"
    result = run(*words.split(), "--max-time", "30")
    assert result.exit_code == 0, result.stderr
    timed = json.loads(result.stdout)["time"]
    assert timed["settings"]["fold_norms"]
    assert timed["without_final_stage"] is None
    assert [(rung.get("fused"), rung["in_place"]) for rung in timed["ladder"]] == [
        *(("auto", False), (None, True))
    ]
    arms = {quad["arm"] for quad in timed["samples"]["quads"]}
    assert arms == {"network", "fused", "plain_in_place"}
    shown = run("fuse", "--arch", "se_resnet18", "--input", "32")
    assert "8 of 8 blocks rewritten." in shown.stdout


def test_a_model_of_the_user(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be read of it is rewritten, what cannot is left alone with a reason."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    result = run(*f"fuse --model {NETS}:Net --input 3x32x32 --format json".split())
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert [block["scale"] for block in document["blocks"]] == ["addcmul", "addcmul"]
    assert document["proof"]["float64"] < 1e-10


@pytest.mark.parametrize("mode", ["infer", "train"])
def test_a_model_of_several_inputs(run: Run, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told so, in one line."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    words = f"fuse --model {NETS}:Two --input 3x16x16,5 --mode {mode} --batch 2"
    assert_refused(run(*words.split()), 2, "networks of one input", "nets.py:Two takes 2")


def test_what_is_timed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form that is asked for, or each that makes another network; in training one."""
    seen: list[Asked] = []

    def watched(asked: list[Asked], _: object) -> Finished:
        seen.extend(asked)
        return Finished(())

    monkeypatch.setattr("se_cost.cli.fuse.in_turn", watched)
    fuse = "fuse --input 32 --device cpu --time --quiet"
    run(*f"{fuse} --arch se_resnet18 --how weights --compile".split())
    run(*f"{fuse} --arch resnet164_cifar --attention se --compare".split())
    run(*f"{fuse} --arch se_resnet18 --mode train --batch 2".split())
    arms = [list(one.networks)[2:] for one in seen]
    forms = [f"fused_{how}" for how in How if how is not How.AUTO]
    assert arms == [["fused_weights", IN_PLACE], [FUSED, *forms, IN_PLACE], [FUSED]]
    assert [one.settings.compile for one in seen] == [True, False, False]
    assert [one.settings.fold_norms for one in seen] == [True, True, False]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--mode train --batch 2 --how weights", "--how needs --mode infer"),
        ("--mode train --batch 2 --save x.pt2", "--save needs --mode infer"),
        ("--mode train --batch 2 --compare --time", "--compare needs --mode infer"),
        ("--compare", "--compare needs --time"),
        ("--compare --time --how weights", "--compare takes every --how in turn"),
        ("--runtime onnx --compile", "--runtime onnx runs no torch: leave out --compile"),
        ("--mode train --arch se_resnet18 --input 32", "batch 1 is too small to train"),
    ],
)
def test_what_contradicts_is_refused(run: Run, words: str, message: str) -> None:
    """In one line, before anything is built."""
    assert_refused(run("fuse", *words.split()), 2, message)


def test_training(run: Run) -> None:
    """Blocks with the norm before them, and the proof of a training step."""
    words = "fuse --arch se_resnet18 --input 32 --batch 2 --mode train --device cpu --verbose"
    shown = run(*words.split())
    assert shown.exit_code == 0, shown.stderr
    assert "8 of 8 blocks rewritten." in shown.stdout
    assert "Same training: outputs and gradients differ by" in shown.stdout
    assert "taken along" in shown.stdout


@pytest.mark.parametrize(
    ("stopped", "code"), [(KeyboardInterrupt(), 130), (MeasurementError("too noisy"), 3)]
)
def test_the_proof_is_not_lost_with_the_timing(
    run: Run, monkeypatch: pytest.MonkeyPatch, stopped: BaseException, code: int
) -> None:
    """What is done is printed, and the exit code tells of the rest."""

    def stop(*_: object) -> NoReturn:
        raise stopped

    monkeypatch.setattr("se_cost.cli.fuse.in_turn", stop)
    result = run(
        *[
            "fuse",
            "--arch",
            "se_resnet18",
            "--input",
            "32",
            "--device",
            "cpu",
            "--time",
            "--format",
            "json",
        ]
    )
    assert result.exit_code == code
    document = json.loads(result.stdout)
    assert document["proof"]["float64"] < 1e-10
    assert "time" not in document
