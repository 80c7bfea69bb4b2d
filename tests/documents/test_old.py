"""Documents that older versions wrote stay readable, in every format, and lose nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from documents.every import VERSION_1
from se_cost.documents.files import encode, read
from se_cost.documents.kinds import KINDS
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.pages.all import page

LATER = {"alternatives", "fuse"}  # commands that version 1 did not have
FILES = sorted(VERSION_1.rglob("*.json"))


def name(path: Path) -> str:
    """Return what a file is called in the report of a test."""
    return str(path.relative_to(VERSION_1).with_suffix(""))


def kept(old: Any, new: Any) -> bool:
    """Return whether all of `old` is in `new`; tables may have more keys there."""
    match old:
        case dict():
            return all(key in new and kept(value, new[key]) for key, value in old.items())
        case list():
            return len(old) == len(new) and all(map(kept, old, new))
        case _:
            return bool(old == new) and type(old) is type(new)


def test_every_command_has_an_old_document() -> None:
    """None that wrote json then is missing."""
    assert {json.loads(path.read_text())["command"] for path in FILES} == KINDS.keys() - LATER


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_lost(path: Path) -> None:
    """All keys and values are there again; no key was renamed, no number became another."""
    assert kept(json.loads(path.read_text()), json.loads(encode(read(path))))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_it_is_shown_in_every_format(path: Path) -> None:
    """What an old document does not say is a dash, and never an error."""
    document = read(path)
    answer = Answer(document, page(document))
    for form in Format:
        if form.takes(answer.command):
            text = form.write(answer, Screen())
            assert text.endswith("\n") or not answer.page.tables


def test_what_is_lost_is_noticed() -> None:
    """A key that is gone, a number that changed, and one that changed its kind."""
    old = {"a": [{"b": 1}], "c": 2.0}
    assert kept(old, {"a": [{"b": 1, "more": 0}], "c": 2.0, "d": None})
    assert not kept(old, {"a": [{}], "c": 2.0})
    assert not kept(old, {"a": [{"b": 2}], "c": 2.0})
    assert not kept(old, {"a": [], "c": 2.0})
    assert not kept(old, {"a": [{"b": 1}], "c": 2})
