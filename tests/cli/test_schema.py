"""`se-cost schema`, and the json of whole commands against it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cli.conftest import Run
from se_cost.measure.protocol import Stopwatch
from se_cost.report.schemas.schema import schema
from se_cost.report.schemas.words import Document

Clock = Callable[[Stopwatch], None]
BUDGET = "[[tool.se-cost.budgets]]\narch = 'se_resnet18'\nmax-params = '12M'\n"


def assert_valid(text: str, document: Document) -> dict[str, Any]:
    """Assert that a text is one json document that keeps its schema; return the document."""
    found: dict[str, Any] = json.loads(text)
    for of in (schema(document), schema()):
        Draft202012Validator(of).validate(found)
    assert found["command"] == document
    return found


@pytest.mark.parametrize("document", Document)
def test_every_document_has_a_schema(run: Run, document: Document) -> None:
    """The schema of each document is printed, and nothing else."""
    result = run("schema", document)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == schema(document)


def test_one_schema_for_all(run: Run) -> None:
    """Without a word there is one schema, which tells the documents apart."""
    found = json.loads(run("schema").stdout)
    assert found == schema()
    assert set(Document) <= set(found["$defs"])


def test_a_schema_can_be_written_to_a_file(run: Run) -> None:
    """The file gets what stdout would."""
    printed = run("schema", "params").stdout
    assert run("schema", "params", "--output", "params.schema.json").stdout == ""
    assert Path("params.schema.json").read_text() == printed


def test_unknown_document(run: Run) -> None:
    """A document that is not there is refused in one line that names the nearest."""
    result = run("schema", "parms")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("se-cost: document 'parms' is unknown: choose from nets, ")
    assert result.stderr.endswith("; did you mean params?\n")


@pytest.mark.parametrize(
    ("words", "document"),
    [
        ("nets", Document.NETS),
        ("nets se_vgg16", Document.NETS),
        ("params --arch se_shufflenet --r 8", Document.PARAMS),
        ("params --arch resnet18 --measure", Document.PARAMS),
        ("flops --arch se_densenet121 --no-measure", Document.FLOPS),
        ("flops --arch se_resnet18 --input 64", Document.FLOPS),
        ("flops --arch se_resnet18 --input 64 --mode train", Document.FLOPS),
        ("paper", Document.PAPER),
        ("check --arch se_resnet18 --max-params 20M", Document.CHECK),
        ("check --arch se_resnet18 --max-params 2M", Document.CHECK),
    ],
)
def test_what_commands_print(run: Run, words: str, document: Document) -> None:
    """The json of every command keeps its schema, also if the answer is no."""
    result = run(*words.split(), "--format", "json")
    assert result.exit_code in (0, 1)
    assert_valid(result.stdout, document)


@pytest.mark.parametrize("mode", ["infer", "train"])
def test_what_time_prints(run: Run, clock: Clock, mode: str) -> None:
    """So does a timing."""
    result = run(
        "time", "--quick", "--mode", mode, "--runs", "6", "--device", "cpu", "--format", "json"
    )
    assert_valid(result.stdout, Document.TIME)


@pytest.mark.parametrize("arch", ["se_resnet18", "se_resnet18,se_vgg16"])
def test_what_report_writes(run: Run, arch: str) -> None:
    """So does what a report writes beside its page, for one network and for two."""
    assert run("report", "--arch", arch, "--no-time", "--output", "x.md").exit_code == 0
    assert_valid(Path("x.json").read_text(), Document.REPORT)


def test_what_check_keeps_and_diff_prints(run: Run) -> None:
    """So do the baseline, and the difference of two of them."""
    Path("pyproject.toml").write_text(BUDGET)
    assert run("check", "--update").exit_code == 0
    old = Path("se-cost-baseline.json")
    assert_valid(old.read_text(), Document.BASELINE)
    old.rename("old.json")
    Path("pyproject.toml").write_text(f"{BUDGET}r = 8\n")
    assert run("check", "--update").exit_code == 0
    result = run("diff", "old.json", "se-cost-baseline.json", "--format", "json")
    assert result.exit_code == 1
    assert assert_valid(result.stdout, Document.DIFF)["verdict"] == "worse"
