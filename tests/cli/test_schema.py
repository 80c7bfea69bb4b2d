"""`se-cost schema`, and the json of whole commands against it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cli.conftest import Run, assert_refused
from se_cost.documents.kinds import KINDS
from se_cost.documents.schema import schema


def as_json(found: dict[str, Any]) -> Any:
    """Return a schema as it is read again: with lists, where Python has tuples."""
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("document", KINDS)
def test_every_document_has_a_schema(run: Run, document: str) -> None:
    """The schema of each document is printed, and nothing else."""
    result = run("schema", document)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == as_json(schema([document]))


def test_one_schema_for_all(run: Run) -> None:
    """Without a word there is one schema for every document."""
    assert json.loads(run("schema").stdout) == as_json(schema())


def test_a_schema_can_be_written_to_a_file(run: Run) -> None:
    """The file gets what stdout would."""
    printed = run("schema", "params").stdout
    assert run("schema", "params", "--output", "params.schema.json").stdout == ""
    assert Path("params.schema.json").read_text() == printed


def test_unknown_document(run: Run) -> None:
    """A document that is not there is refused in one line that names the nearest."""
    assert_refused(run("schema", "parms"), 2, "'parms' is unknown: choose from nets, ", "params?")


@pytest.mark.parametrize(
    "words",
    ["nets", "nets vgg16", "params --measure", "flops --no-measure", "paper", "check"],
)
def test_what_commands_print_keeps_it(run: Run, words: str) -> None:
    """The json of a whole command is valid by the schema of its command, and by that of all."""
    Path("pyproject.toml").write_text(
        '[tool.se-cost]\nformat = "json"\n[[tool.se-cost.budgets]]\nmax-params = "30M"\n'
    )
    command, *rest = words.split()
    found = json.loads(run(command, *rest).stdout)
    for of in (schema([command]), schema()):
        Draft202012Validator(of).validate(found)
