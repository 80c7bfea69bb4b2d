"""The document itself."""

import json

from se_cost.report.formats.answer import Answer, Screen


def write(answer: Answer, screen: Screen) -> str:
    """Return the document as json; what a terminal would obey is spelled out, as `\\u001b`."""
    from se_cost.documents.files import encode

    text = encode(answer.document)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
