"""The document as json."""

import json

from report.hostile import answer
from se_cost.report.formats.answer import Screen
from se_cost.report.formats.json import write

ESCAPE = "a\x1b[31mred\x07\r\u202e\u2028b"


def test_the_document_is_written_whole() -> None:
    """Readable, with its command and version, and a final newline."""
    text = write(answer(text="µ"), Screen())
    assert json.loads(text) == {
        "command": "params",
        "schema_version": 1,
        "doubts": [],
        "disagreements": [],
        "text": "µ",
    }
    assert "µ" in text
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


def test_what_a_terminal_obeys_is_spelled_out() -> None:
    """It cannot steer a terminal, and is read back as it was."""
    text = write(answer(text=ESCAPE), Screen())
    assert {sign for sign in text if not sign.isprintable()} == {"\n"}
    assert r"\u001b[31mred" in text
    assert json.loads(text)["text"] == ESCAPE
