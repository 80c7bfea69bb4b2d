"""`se-cost nets`: the list of networks, and one of them stage by stage."""

import json

from cli.conftest import Run
from se_cost.nets.zoo.registry import FAMILIES


def test_lists_every_network(run: Run) -> None:
    """Each network has one line, and the json has as many."""
    result = run("nets")
    assert (result.exit_code, result.stderr) == (0, "")
    listed = [line.split()[0] for line in result.stdout.splitlines() if line.strip()]
    assert [name for name in listed if name in FAMILIES] == list(FAMILIES)
    data = json.loads(run("nets", "--format", "json").stdout)
    assert [network["name"] for network in data["networks"]] == list(FAMILIES)
    assert data["command"] == "nets"


def test_shows_one_network(run: Run) -> None:
    """With a name the stages of that network are shown."""
    result = run("nets", "se_resnet50")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("SE-ResNet-50")
    assert "28,088,024" in result.stdout
    assert json.loads(run("nets", "vgg16", "--format", "json").stdout)["recipe"]["arch"] == "vgg16"
