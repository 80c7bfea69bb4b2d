"""`se-cost show`: any document again, in any format."""

import json
from pathlib import Path

import pytest
from measure.made_up import explanation, full, timing

from cli.conftest import Run, assert_refused
from se_cost.documents.base import Document
from se_cost.documents.explain import explained
from se_cost.documents.files import encode
from se_cost.documents.paper import published
from se_cost.documents.time import batches, timed
from se_cost.measure.timing.settings import Settings
from se_cost.nets.zoo.model import model

NET = model("se_resnet50")
ONE, EIGHT = (timing(NET, Settings(batch=batch)) for batch in (1, 8))
MEASURED = {
    "time": timed(full(NET)),
    "batches": batches([ONE, EIGHT]),
    "explain": explained(explanation(NET)),
    "paper": published([ONE]),
}
COUNTED = {
    "nets": ["nets"],
    "network": ["nets", "se_resnet18"],
    "params": ["params", "--arch", "se_resnet18"],
    "flops": ["flops", "--arch", "se_resnet18", "--no-measure"],
    "check": ["check", "--arch", "se_resnet18", "--max-params", "12M"],
}


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json", "html", "latex"])
@pytest.mark.parametrize("words", COUNTED.values(), ids=COUNTED)
def test_what_a_command_printed(run: Run, words: list[str], form: str) -> None:
    """Byte for byte, in every format."""
    run(*words, "--output", "saved.json")
    shown, printed = run("show", "saved.json", "--format", form), run(*words, "--format", form)
    assert (shown.exit_code, shown.stdout) == (0, printed.stdout)


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json", "html", "latex"])
@pytest.mark.parametrize("document", MEASURED.values(), ids=MEASURED)
def test_what_was_measured(run: Run, document: Document, form: str) -> None:
    """It is not measured again."""
    Path("saved.json").write_text(encode(document))
    shown = run("show", "saved.json", "--format", form)
    assert shown.exit_code == 0
    assert shown.stdout
    if form == "json":
        assert shown.stdout == encode(document)


def test_findings_as_junit(run: Run) -> None:
    """Only documents of check have them."""
    run(*COUNTED["check"], "--output", "check.json")
    run(*COUNTED["params"], "--output", "params.json")
    assert run("show", "check.json", "--output", "check.xml").exit_code == 0
    assert "<testsuites" in Path("check.xml").read_text()
    refused = run("show", "params.json", "--output", "x.xml")
    assert_refused(refused, 2, "junit cannot show a document of params")
    assert not Path("x.xml").exists()


def test_a_failure_is_shown_and_no_failure_of_show(run: Run) -> None:
    """What was over its budget then is a document like others."""
    run(*COUNTED["check"][:-1], "1", "--output", "check.json")
    result = run("show", "check.json")
    assert result.exit_code == 0
    assert "over" in result.stdout


def test_what_is_no_document(run: Run) -> None:
    """Missing, of something else, or of a schema to come: one line."""
    assert_refused(run("show", "missing.json"), 2, "cannot read 'missing.json'")
    for text, message in {
        "{}": "schema_version",
        '{"schema_version": 99}': "schema_version 99",
        json.dumps({"schema_version": 1, "command": "parms"}): "did you mean params",
        "[": "no whole json document",
    }.items():
        Path("x.json").write_text(text)
        assert_refused(run("show", "x.json"), 2, "'x.json'", message)
