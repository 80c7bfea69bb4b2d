"""A document is its json: nothing is lost between the two, and a page needs nothing else."""

import json

import pytest

from documents.every import EVERY
from se_cost.documents.files import encode, parse
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.pages.all import page

COMMANDS = {"network": "nets", "batches": "time", "reports": "report"}


@pytest.mark.parametrize("name", EVERY)
def test_json_and_back(name: str) -> None:
    """What is read is what was written, and it is written the same again."""
    document = EVERY[name]()
    text = encode(document)
    again = parse(text.encode(), name)
    assert again == document
    assert encode(again) == text


@pytest.mark.parametrize("name", EVERY)
def test_json_is_one_document(name: str) -> None:
    """It says its version and its command first, and ends with a newline."""
    text = encode(EVERY[name]())
    found = json.loads(text)
    assert text.endswith("}\n")
    assert found["schema_version"] == 1
    assert found["command"] == COMMANDS.get(name, name.split()[0])


@pytest.mark.parametrize("name", EVERY)
def test_a_page_needs_the_json_alone(name: str) -> None:
    """Every number and every word of a page comes out of the json: nothing else is handed on."""
    document = EVERY[name]()
    again = parse(encode(document).encode(), name)
    for form in (Format.TEXT, Format.MARKDOWN, Format.CSV):
        shown = form.write(Answer(document, page(document)), Screen())
        assert form.write(Answer(again, page(again)), Screen()) == shown


@pytest.mark.parametrize("name", ["explain", "plan", "paper", "report", "reports"])
def test_a_picture_needs_the_json_alone(name: str) -> None:
    """The same holds for what is drawn."""
    document = EVERY[name]()
    pictures = page(document).pictures
    again = page(parse(encode(document).encode(), name)).pictures
    assert [picture.draw() for picture in again] == [picture.draw() for picture in pictures]


@pytest.mark.parametrize("name", EVERY)
def test_doubts_are_on_the_page(name: str) -> None:
    """Whatever a document doubts, a reader of its page is told."""
    document = EVERY[name]()
    told = "\n".join(page(document).warnings)
    doubts = [*document.doubts, *document.disagreements]
    assert all(doubt.rpartition(": ")[2] in told for doubt in doubts)
