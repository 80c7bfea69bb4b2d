"""Documents that were cut off, merged badly or edited by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from se_cost.errors import BadInput
from se_cost.report.gate.reading import DEEPEST, Part, load, parse

GOOD = {"schema_version": 1, "command": "params", "deep": {"list": [{"n": 3}]}}


def test_reads_what_is_there(tmp_path: Path) -> None:
    """A whole document is read, part by part."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(GOOD))
    document = load(path)
    assert document["command"].text() == "params"
    assert document["deep"]["list"].list()[0]["n"].count() == 3
    assert document.maybe("missing", Part.count) is None
    assert document.maybe("schema_version", Part.number) == 1.0


def test_where_a_wrong_part_stands() -> None:
    """An error leads to the part, key by key."""
    part = parse(json.dumps(GOOD).encode(), "a.json")["deep"]["list"].list()[0]
    with pytest.raises(BadInput, match=r"^'a.json', 'deep', 'list', item 1 has no 'm'$"):
        part["m"]


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (Part.count, "3", "whole number"),
        (Part.count, True, "whole number"),
        (Part.count, 1.5, "whole number"),
        (Part.count, -1, "no network has that many"),
        (Part.count, 2**63, "no network has that many"),
        (Part.number, "3", "must be a number"),
        (Part.number, False, "must be a number"),
        (Part.number, float("inf"), "nothing is that much"),
        (Part.number, float("nan"), "nothing is that much"),
        (Part.number, 10**400, "nothing is that much"),
        (Part.text, 3, "is no text"),
        (Part.table, [], "is no table"),
        (Part.list, {}, "is no list"),
    ],
)
def test_values_of_the_wrong_kind(read: Any, value: object, message: str) -> None:
    """Every kind of value refuses what it is not."""
    with pytest.raises(BadInput, match=message):
        read(Part(value, "here"))


def test_a_wrong_value_is_shown_harmlessly() -> None:
    """Escape codes of a terminal and endless texts do not get into an error as they are."""
    with pytest.raises(BadInput) as refused:
        Part("\x1b[31m" + "x" * 1000, "here").count()
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(GOOD)[:-9].encode(), "is no whole json document: .*; fetch it"),
        (b"", "is no whole json document"),
        (b"\xff\xfe", "is no whole json document"),
        (b'{"schema_version": 1, "a": NaN}', "NaN is no number"),
        (b'{"schema_version": 1, "a": 1e400}', "1e400 is no number"),
        (b'{"schema_version": 1, "a": 1, "a": 2}', "the key 'a' is there twice"),
        (b'{\n<<<<<<< HEAD\n"a": 1\n=======\n', "it holds a merge conflict; fetch it"),
        (b"[1]", "is no table"),
        (b"{}", "has no 'schema_version'"),
        (b'{"schema_version": 9}', r"has schema_version 9: se-cost [\d.]+ reads 1; use"),
        (b'{"schema_version": true}', "has schema_version True"),
        (b'{"schema_version": [[1]]}', "has schema_version"),
        (b"[" * 100_000, "is no whole json document"),
        (b"[" * 60 + b"]" * 60, f"nested more than {DEEPEST} deep"),
    ],
)
def test_broken_documents(content: bytes, message: str) -> None:
    """Each way to be broken has its own clear line, with what to do."""
    with pytest.raises(BadInput, match=message) as refused:
        parse(content, "a.json", "fetch it")
    assert "'a.json'" in str(refused.value)


@pytest.mark.parametrize("name", ["missing.json", ".", "a\0b"])
def test_files_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    """What is missing, is a folder, or has an impossible name is bad input."""
    with pytest.raises(BadInput, match="cannot read"):
        load(tmp_path / name)


@given(st.integers(0, len(json.dumps(GOOD)) - 1))
def test_no_truncation_is_believed(length: int) -> None:
    """Wherever a document is cut off, it is refused."""
    with pytest.raises(BadInput):
        parse(json.dumps(GOOD)[:length].encode(), "a.json")
