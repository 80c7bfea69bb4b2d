"""The JSON Schema of each document, and of all of them.

Keys may be added to a document without a new `schema_version`, so what a schema does not name is
allowed.
"""

from se_cost.report.page import SCHEMA_VERSION, Data
from se_cost.report.schemas.documents import DEFINITIONS, DOCUMENTS
from se_cost.report.schemas.words import DEFINITION, DRAFT, Document, Schema, one_of, part, table


def schema(document: Document | None = None) -> Data:
    """Return the schema of a document, or one that holds for whichever of them it is given."""
    root = _any_document() if document is None else DOCUMENTS[document]
    name = "document" if document is None else document.value
    definitions = {used: DEFINITIONS[used] for used in sorted(_reached(root))}
    head = {
        "$schema": DRAFT,
        "$id": f"urn:se-cost:{SCHEMA_VERSION}:{name}",
        "title": f"se-cost {name}, schema_version {SCHEMA_VERSION}",
    }
    return {**head, **root, "$defs": definitions}


def _any_document() -> Schema:
    """Return the schema that looks up the right one by a document's command."""
    choices = [
        {"if": {"properties": {"command": {"const": name.value}}}, "then": part(name.value)}
        for name in Document
    ]
    any_command = {"command": one_of(Document)}
    return table(any_command, about="A json document of se-cost.") | {"allOf": choices}


def _reached(schema: object) -> set[str]:
    """Return the definitions that a schema refers to, and those that they refer to in turn."""
    match schema:
        case {"$ref": str(reference)}:
            name = reference.removeprefix(DEFINITION)
            return {name} | _reached(DEFINITIONS[name])
        case dict():
            return set().union(*map(_reached, schema.values()))
        case list():
            return set().union(*map(_reached, schema))
        case _:
            return set()
