"""The schema that others validate documents with: it takes all of ours, and no broken ones."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from documents.every import EVERY, VERSION_1
from se_cost.documents.files import encode
from se_cost.documents.kinds import KINDS
from se_cost.documents.schema import DIALECT, schema

FILES = sorted(VERSION_1.rglob("*.json"))
EVERYTHING = Draft202012Validator(schema())

Json = dict[str, Any]


def valid(document: Json) -> bool:
    """Return whether the schema of its command takes a document."""
    return bool(Draft202012Validator(schema([document["command"]])).is_valid(document))


def test_schemas_are_schemas() -> None:
    """That of all documents, and that of every command, say their dialect and are valid."""
    for command in (None, *KINDS):
        found = schema([command] if command else [])
        Draft202012Validator.check_schema(found)
        assert found["$schema"] == DIALECT


def test_a_command_without_documents_has_no_schema() -> None:
    """`show` writes what others have written."""
    with pytest.raises(KeyError):
        schema(["show"])


@pytest.mark.parametrize("name", EVERY)
def test_every_document_is_valid(name: str) -> None:
    """By the schema of its command, and by that of all."""
    document = json.loads(encode(EVERY[name]()))
    assert valid(document)
    assert EVERYTHING.is_valid(document)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(VERSION_1)))
def test_every_old_document_is_valid(path: Any) -> None:
    """What older versions wrote is no less valid."""
    assert valid(json.loads(path.read_text()))


def renamed(document: Json) -> None:
    """Give a key another name."""
    document["reciped"] = document.pop("recipe")


BREAK: dict[str, Callable[[Json], Any]] = {
    "a key is missing": lambda document: document["overhead"].pop("verdict"),
    "a key has another name": renamed,
    "a number is a text": lambda document: document["baseline"].update(median_ms="10"),
    "a count is a fraction": lambda document: document["samples"].update(iterations=1.5),
    "a verdict is unknown": lambda document: document["overhead"].update(verdict="maybe"),
    "an interval lacks a bound": lambda document: document["null"].pop("low"),
    "a quad has three timings": lambda document: document["samples"]["quads"][0]["seconds"].pop(),
    "a kind of attention is unknown": lambda document: document["recipe"]["attention"]["stages"][
        0
    ].update(kind="magic"),
    "the version is of the future": lambda document: document.update(schema_version=2),
    "the command is another": lambda document: document.update(command="params"),
}


@pytest.mark.parametrize("trouble", BREAK)
def test_broken_documents_are_refused(trouble: str) -> None:
    """One thing wrong is enough."""
    document = json.loads(encode(EVERY["time"]()))
    assert EVERYTHING.is_valid(document)
    BREAK[trouble](document)
    assert not EVERYTHING.is_valid(document)


@pytest.mark.parametrize(
    ("name", "key"), [("batches", "batches"), ("reports", "networks")], ids=["batches", "reports"]
)
def test_several_are_at_least_one(name: str, key: str) -> None:
    """A comparison of nothing has no page, and is no document."""
    document = json.loads(encode(EVERY[name]()))
    document[key] = []
    assert not EVERYTHING.is_valid(document)
