"""Documents as the last version wrote them: what they held is there, and means the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gate.budgeted import SMALL
from se_cost.documents.diff import Trend
from se_cost.documents.files import encode, read
from se_cost.documents.schema import schema
from se_cost.gate.baseline import read as read_baseline
from se_cost.gate.baseline import update
from se_cost.gate.diff import compared
from se_cost.gate.entry import counted, entries, rebuilt

FOLDER = Path(__file__).parent.parent / "data" / "version1" / "gate"
FILES = sorted(FOLDER.glob("*.json"))


def lost(old: Any, new: Any, where: str = "$") -> list[str]:
    """Return the places of what the old json holds and the new one does not."""
    if isinstance(old, dict) and isinstance(new, dict):
        gone = [f"{where}.{key}" for key in old if key not in new]
        both = [key for key in old if key in new]
        return gone + [at for key in both for at in lost(old[key], new[key], f"{where}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [at for i, pair in pairs for at in lost(*pair, f"{where}[{i}]")]
    return [] if old == new and type(old) is type(new) else [where]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_lost(path: Path) -> None:
    """Keys are added, never renamed, and figures are as they were to the last digit."""
    old = json.loads(path.read_text())
    assert lost(old, json.loads(encode(read(path)))) == []


@pytest.mark.parametrize("command", ["baseline", "check", "diff"])
def test_they_are_of_the_schema(command: str) -> None:
    """That of today takes what was written yesterday."""
    document = json.loads((FOLDER / f"{command}.json").read_text())
    assert list(Draft202012Validator(schema([command])).iter_errors(document)) == []


def test_an_update_keeps_what_an_old_baseline_held(tmp_path: Path) -> None:
    """Its networks stay as they are; one that is counted again keeps its times."""
    path = tmp_path / "base.json"
    path.write_bytes((FOLDER / "baseline.json").read_bytes())
    old = json.loads(path.read_text())
    update(path, {"net": counted(SMALL)})
    assert lost(old, json.loads(path.read_text())) == []
    assert len(read_baseline(path)["net"].times) == 2


def test_old_networks_are_built_again() -> None:
    """Counts that did not change since are recognised as ours."""
    found = entries(read(FOLDER / "baseline.json"))
    assert {name for name, entry in found.items() if rebuilt(entry)} >= {"net", "plain", "vgg"}


def test_old_documents_compare() -> None:
    """Those of two commands, of two versions."""
    old, new = read(FOLDER / "params.json"), read(FOLDER / "params_r8.json")
    found = compared(old, new)
    assert found.verdict is Trend.WORSE
    assert found.stories == {
        "se_resnet18": "se_resnet18 worse: parameters 11,778,592 → 11,865,752 (+0.74 %). "
        "Its options changed: --r 16 became --r 8. Most of the parameters in stage 5: 65,600 more."
    }
    assert compared(old, {"net": counted(SMALL)}).verdict is Trend.SAME


def test_what_an_old_diff_said() -> None:
    """The same documents have the same changes now, in the same places."""
    old = json.loads((FOLDER / "diff.json").read_text())
    before, after = (entries(read(FOLDER / f"{name}.json")) for name in ("baseline", "check"))
    new = json.loads(encode(compared(before, {**after, "new": after["plain"]})))
    assert lost({key: old[key] for key in ("changes", "sites")}, new) == [
        f"$.changes[{i}].reason"
        for i, change in enumerate(old["changes"])
        if change["verdict"] == "not judged"
    ]
