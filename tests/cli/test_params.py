"""`se-cost params`: what reaches the document, and when it fails."""

import json

import pytest

from cli.conftest import Run
from se_cost.measure.counting import parameters
from se_cost.record import replace


def test_json_is_one_document(run: Run) -> None:
    """Stdout holds one json document of the network that was asked for, and nothing else."""
    result = run("params", "--arch", "se_resnet50", "--r", "8", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert (data["schema_version"], data["command"]) == (1, "params")
    assert data["baseline"]["params"] == 25_557_032
    assert data["attention"]["weights"] == 2 * 2_514_944
    assert "measured" not in data


def test_dropping_all_stages_leaves_the_plain_network(run: Run) -> None:
    """A network that lost all its attention is the plain one, by name and by number."""
    both = [
        run("params", *words, "--format", "json").stdout
        for words in (("--drop-stages", "2,3,4,5"), ("--arch", "resnet50"))
    ]
    assert both[0] == both[1]


def test_measure_builds_the_modules(run: Run) -> None:
    """--measure puts the built modules' counts beside the others."""
    result = run("params", "--arch", "se_resnet18", "--measure", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["measured"]["baseline"] == 11_689_512


def test_a_disagreement_is_loud(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a built module is not what the ledger says: words on stderr, even if quiet, and exit 1."""
    honest = parameters.built

    def wrong(model: object) -> object:
        found = honest(model)  # type: ignore[arg-type]
        return replace(found, network={**found.network, "head.fc": (1, 1)})

    monkeypatch.setattr(parameters, "built", wrong)
    result = run("params", "--arch", "se_resnet18", "--measure", "--quiet")
    assert result.exit_code == 1
    assert result.stdout.startswith("SE-ResNet-18")
    (line,) = result.stderr.splitlines()
    assert line.startswith("se-cost: warning: THE COUNTS DISAGREE at head.fc")
