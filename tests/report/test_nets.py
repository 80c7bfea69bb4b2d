"""The list of networks."""

import pytest

from se_cost.nets.registry import FAMILIES
from se_cost.report.nets import page


def test_every_family_has_a_row_and_data() -> None:
    """No network is missing from the list, and none is there twice."""
    answer = page()
    assert [row[0] for row in answer.tables[0].rows] == list(FAMILIES)
    assert [network["name"] for network in answer.data["networks"]] == list(FAMILIES)


def test_figures_of_resnet_50() -> None:
    """The row of ResNet-50 has the figures of shared/counting.md, section 1."""
    row = next(row for row in page().tables[0].rows if row[0] == "resnet50")
    assert row[1:4] == ("3-4-6-3", "256-512-1024-2048", "3x224x224")
    assert row[4:10] == pytest.approx(
        (
            *(25.557032, 3.857973248),
            *(2.530992, 100 * 2_530_992 / 25_557_032),
            *(2.514944, 100 * 2_514_944 / 3_857_973_248),
        )
    )


def test_data() -> None:
    """Every network has the keys that say what it is and what it costs, numbers as numbers."""
    data = page().data
    assert (data["schema_version"], data["command"]) == (1, "nets")
    for network in data["networks"]:
        assert network["title"]
        assert network["source"]
        assert "standard" in network["places"] or "block" in network["places"]
        assert len(network["input"]) in (1, 3)
        assert type(network["params"]) is type(network["macs"]) is int
        assert 0 < network["attention"]["params"] < network["params"]
        assert 0 < network["attention"]["macs"] < network["macs"]
        for stage in network["stages"]:
            assert stage["blocks"] > 0
            assert stage["channels"] > 0
    known = {network["name"]: network for network in data["networks"]}["resnet50"]
    assert (known["params"], known["macs"]) == (25_557_032, 3_857_973_248)
    assert [stage["blocks"] for stage in known["stages"]] == [3, 4, 6, 3]
