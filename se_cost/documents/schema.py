"""The JSON Schema of the documents, derived from their records."""

from collections.abc import Sequence
from typing import Any

import msgspec

from se_cost.documents.kinds import KINDS, kinds

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REF = "#/$defs/{name}"


def schema(commands: Sequence[str] = ()) -> dict[str, Any]:
    """Return the schema of what some commands write, or of every document.

    Raises KeyError for a command that writes none.
    """
    classes = [kind for command in commands or KINDS for kind in kinds(command)]
    roots, definitions = msgspec.json.schema_components(classes, ref_template=REF)
    definitions["Zoo"]["required"].remove("source")  # the first versions had no other
    one = dict(roots[0]) if len(roots) == 1 else {"oneOf": list(roots)}
    return {"$schema": DIALECT, "title": "se-cost", **one, "$defs": definitions}
