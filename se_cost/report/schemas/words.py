"""The documents by name, and words of JSON Schema (draft 2020-12) to describe them briefly."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

DRAFT = "https://json-schema.org/draft/2020-12/schema"
DEFINITION = "#/$defs/"

Schema = dict[str, Any]
Keys = Mapping[str, Schema]

TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1}
YES_OR_NO: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}


class Document(StrEnum):
    """The documents there are, by their `command`."""

    NETS = "nets"
    PARAMS = "params"
    FLOPS = "flops"
    TIME = "time"
    EXPLAIN = "explain"
    PAPER = "paper"
    REPORT = "report"
    CHECK = "check"
    DIFF = "diff"
    BASELINE = "baseline"


def table(keys: Keys, optional: Keys | None = None, *, about: str = "") -> Schema:
    """Return the schema of a table that has all the `keys`, and may have the `optional` ones."""
    properties = {**keys, **(optional or {})}
    return _told(about, {"type": "object", "properties": properties, "required": list(keys)})


def by_name(values: Schema, about: str) -> Schema:
    """Return the schema of a table whose keys are names."""
    return _told(about, {"type": "object", "additionalProperties": values})


def items(schema: Schema, about: str = "", **limits: int) -> Schema:
    """Return the schema of a list; `limits` are for instance `minItems`."""
    return _told(about, {"type": "array", "items": schema, **limits})


def part(name: str) -> Schema:
    """Return a reference to a definition."""
    return {"$ref": DEFINITION + name}


def or_null(schema: Schema) -> Schema:
    """Return the schema of a value that may be missing."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(words: Iterable[str]) -> Schema:
    """Return the schema of one of some words."""
    return {"enum": [str(word) for word in words]}


def count(about: str = "", *, least: int = 0) -> Schema:
    """Return the schema of a whole number that is not negative."""
    return _told(about, {"type": "integer", "minimum": least})


def number(about: str, **limits: float) -> Schema:
    """Return the schema of a number; `limits` are for instance `exclusiveMinimum`."""
    return _told(about, {"type": "number", **limits})


def _told(about: str, schema: Schema) -> Schema:
    """Return a schema with its description, if it has any."""
    return {"description": about, **schema} if about else schema
