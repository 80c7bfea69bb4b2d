"""The comparison with known figures says what differs."""

import csv
from pathlib import Path

import models_truth
import msgspec
import pytest
from models_truth import FACTORIES, Truth, differences, main
from torch import nn

from measure.models.spellings import SE, Net, se
from se_cost.record import replace

TRUTH = Path(__file__).parents[2] / "data" / "models_truth.csv"
KNOWN = Truth("net", "made 1.0", "3x8x8", "se", 1, 630, SE, 29824, 29696, "0:1")


def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, truth: Truth) -> str:
    """Return a file with the truth of a model of ours, which a library can make."""
    monkeypatch.setitem(FACTORIES, "made", lambda _: Net(se()))
    file = tmp_path / "truth.csv"
    with file.open("w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines)
        rows.writerow(truth.__struct_fields__)
        rows.writerow(msgspec.structs.astuple(truth))
    return str(file)


def test_every_model_has_a_factory() -> None:
    """All rows are read, and their libraries known."""
    with TRUTH.open(encoding="utf-8", newline="") as lines:
        truths = [msgspec.convert(row, Truth, strict=False) for row in csv.DictReader(lines)]
    assert len(truths) == 40
    for truth in truths:
        words = [word for word in truth.source.split() if not word[0].isdigit()]
        assert " ".join(words) in FACTORIES
        assert truth.shape[0] == 3


def test_agreement(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that says so, and the exit code 0."""
    assert main(made(monkeypatch, tmp_path, KNOWN)) == 0
    line, total = capsys.readouterr().out.splitlines()
    assert line.split()[:4] == ["net", "made", "1.0", "agrees"]
    assert total == "agrees: 1"


def test_difference(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is found, and what is known; the exit code is 1."""
    truth = replace(KNOWN, kind="eca", macs=5)
    assert main(made(monkeypatch, tmp_path, truth)) == 1
    assert "kind se, not eca; macs 29824, not 5" in capsys.readouterr().out


def test_a_model_that_does_not_run_differs() -> None:
    """With the reason."""
    (words,) = differences(KNOWN, nn.Sequential(nn.Linear(5, 5)))
    assert words.startswith("forward failed in 0: ")


def test_a_missing_library_is_no_difference(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said, and the exit code is 0."""
    file = made(monkeypatch, tmp_path, KNOWN)
    monkeypatch.setitem(FACTORIES, "made", lambda _: models_truth._of("no_such_library", "net"))
    assert main(file, "net") == 0
    assert "not available  No module named 'no_such_library'" in capsys.readouterr().out


def test_some_models_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names after the file."""
    assert main(made(monkeypatch, tmp_path, KNOWN), "another") == 0
    assert capsys.readouterr().out == "\n"
