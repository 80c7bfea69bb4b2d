"""`se-cost params`: the printed tables, re-added and held against independent figures."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Run

GOLDEN = Path(__file__).parent.parent / "golden"
WORDS = ("params", "--arch", "se_resnet50", "--r", "16")
HEADER = ["stage", "blocks", "channels", "hidden", "formula", "weights", "biases", "params"]
# shared/counting.md, section 1: blocks, channels, FC weights, FC biases
STAGES = {
    "2": (3, 256, 24_576, 816),
    "3": (4, 512, 131_072, 2_176),
    "4": (6, 1024, 786_432, 6_528),
    "5": (3, 2048, 1_572_864, 6_528),
}
PLAIN, WITH_SE = 25_557_032, 28_088_024
Rows = list[list[str]]


def of_text(text: str) -> Rows:
    """Return the cells of the one printed table, its heading first."""
    lines = [line.strip() for line in text.splitlines()]
    table = lines[next(i for i, line in enumerate(lines) if line.startswith("stage ")) :]
    return [re.split(r"\s{2,}", line) for line in table if line and not line.startswith("─")]


def of_markdown(text: str) -> Rows:
    """Return the cells of the one pipe table, its heading first."""
    table = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert all(set(cell) <= set("-:") for cell in rows[1])
    return [rows[0], *rows[2:]]


def of_csv(text: str) -> Rows:
    """Return the cells of the one table, its heading first."""
    return list(csv.reader(text.splitlines()))


FORMATS: dict[str, tuple[str, Callable[[str], Rows]]] = {
    "text": ("txt", of_text),
    "markdown": ("md", of_markdown),
    "csv": ("csv", of_csv),
}


@pytest.mark.parametrize("format_", FORMATS)
def test_golden(run: Run, format_: str) -> None:
    """The whole answer is, byte for byte, the one that was read and found right."""
    golden = GOLDEN / f"params_se_resnet50.{FORMATS[format_][0]}"
    result = run(*WORDS, "--format", format_)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("format_", FORMATS)
def test_columns_add_up(run: Run, format_: str) -> None:
    """The printed stages add up to the printed totals, and are the independent figures."""
    read = FORMATS[format_][1]
    header, *rows = read(run(*WORDS, "--format", format_).stdout)
    assert header == [*HEADER, "share %", "growth %"]
    assert all(len(row) == len(header) for row in rows)
    table = {row[0]: dict(zip(header, row, strict=True)) for row in rows}

    def number(row: str, name: str) -> float:
        return float(table[row][name].replace(",", ""))

    for stage, (blocks, channels, weights, biases) in STAGES.items():
        assert number(stage, "blocks") == blocks
        assert number(stage, "channels") == channels
        assert number(stage, "hidden") == channels / 16
        assert number(stage, "formula") == number(stage, "weights") == weights
        assert number(stage, "biases") == biases
        assert number(stage, "params") == weights + biases
    for name in ("blocks", "formula", "weights", "biases", "params"):
        every = sum(number(stage, name) for stage in STAGES)
        assert number("all", name) == every
        assert number("without stage 5", name) == every - number("5", name)
    for name, digits in (("share %", 0.02), ("growth %", 0.02)):
        every = sum(number(stage, name) for stage in STAGES)
        assert number("all", name) == pytest.approx(every, abs=digits)
        trimmed = every - number("5", name)
        assert number("without stage 5", name) == pytest.approx(trimmed, abs=digits)
    assert number("all", "weights") == 2_514_944
    assert number("all", "biases") == 16_048
    assert number("ResNet-50", "params") == PLAIN
    assert number("SE-ResNet-50", "params") == WITH_SE
    assert number("ResNet-50", "params") + number("all", "params") == WITH_SE
    for name in ("weights", "biases", "params"):
        both = number("ResNet-50", name) + number("all", name)
        assert number("SE-ResNet-50", name) == both
    assert number("all", "growth %") == pytest.approx(100 * (WITH_SE / PLAIN - 1), abs=0.005)
    assert number("without stage 5", "growth %") == pytest.approx(100 * 951_600 / PLAIN, abs=0.005)


def test_json_is_one_document(run: Run) -> None:
    """Stdout holds one json document and nothing else, with the keys of the contract."""
    result = run(*WORDS, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert (data["schema_version"], data["command"]) == (1, "params")
    assert data["recipe"]["arch"] == "se_resnet50"
    assert data["baseline"]["params"] == PLAIN
    assert data["network"]["params"] == WITH_SE
    assert data["attention"].keys() == data["without_final_stage"].keys()
    assert data["attention"]["params"] == 2_530_992
    assert data["formula"]["weights"] == data["attention"]["weights"] == 2_514_944
    assert [stage["stage"] for stage in data["stages"]] == [2, 3, 4, 5]


def test_r_changes_the_weights_and_nothing_else(run: Run) -> None:
    """Half the r is twice the weights; the plain network stays."""
    data = json.loads(run("params", "--r", "8", "--format", "json").stdout)
    assert data["attention"]["weights"] == 2 * 2_514_944
    assert data["baseline"]["params"] == PLAIN


def test_measure_builds_the_modules(run: Run) -> None:
    """--measure puts the built modules' counts beside the others."""
    result = run("params", "--arch", "se_resnet18", "--measure", "--format", "json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["measured"] == {
        "network": data["network"]["params"],
        "baseline": 11_689_512,
    }


def test_a_disagreement_is_loud(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a built module is not what the ledger says: words on stderr, even if quiet, and exit 1."""
    from se_cost.measure import built

    honest = built.params
    monkeypatch.setattr(built, "params", lambda recipe: honest(recipe) | {"head.fc": (1, 1)})
    result = run("params", "--arch", "se_resnet18", "--measure", "--quiet")
    assert result.exit_code == 1
    assert result.stdout.startswith("SE-ResNet-18")
    lines = result.stderr.splitlines()
    assert len(lines) == 2, "network and baseline"
    assert all("THE COUNTS DISAGREE at head.fc" in line for line in lines)


def test_a_wrong_formula_is_loud(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the closed form is not what the ledger says: words on stderr, and exit 1."""
    monkeypatch.setattr("se_cost.report.params.weights", lambda terms: 0)
    result = run("params")
    assert result.exit_code == 1
    assert "THE COUNTS DISAGREE: formula 0, ledger 2,514,944 weights" in result.stderr
