"""`se-cost flops`: what reaches the document, and when it fails."""

import json

import pytest

from cli import counted
from cli.conftest import Run

COUNT = "se_cost.measure.counting.side_by_side.count"
SMALL = ("flops", "--arch", "se_resnet18", "--input", "64")


def test_json_without_measurement(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the counters the document has the ledger's figures, and no counter runs."""
    monkeypatch.delattr(COUNT)
    result = run("flops", "--no-measure", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert (data["schema_version"], data["command"]) == (1, "flops")
    assert data["baseline"]["macs"] == 3_857_973_248
    assert data["network"]["macs"] == 3_860_488_192
    assert "measured" not in data


def test_measured(run: Run) -> None:
    """By default both counters run, and agree with the ledger."""
    result = run(*SMALL, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert data["measured"].keys() == {"fvcore", "fvcore_complete", "torch"}
    for name in ("network", "baseline"):
        assert data["measured"]["torch"][name] == 2 * data[name]["macs"]


def test_backward_pass(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In training mode the backward pass is counted too."""
    monkeypatch.setattr(COUNT, counted.count)
    data = json.loads(run(*SMALL, "--mode", "train", "--format", "json").stdout)
    assert data["measured"]["torch_backward"]["network"] == 4 * data["network"]["macs"]


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_disagreement_is_loud(
    run: Run, monkeypatch: pytest.MonkeyPatch, quiet: list[str]
) -> None:
    """Words on stderr, even if quiet, the page all the same, and exit 1."""
    monkeypatch.setattr(COUNT, counted.wrong)
    result = run(*SMALL, *quiet)
    assert result.exit_code == 1
    assert result.stderr.count("se-cost: warning: THE COUNTS DISAGREE: torch is 1 measured") == 2
    assert result.stdout.startswith("SE-ResNet-18")
