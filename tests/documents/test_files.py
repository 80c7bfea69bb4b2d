"""Files of documents: what is whole is read, what is not is refused in one clear line."""

import json
from pathlib import Path

import pytest

from documents.every import EVERY, VERSION_1
from se_cost.documents.files import encode, expect, parse, read
from se_cost.documents.params import ParamsDocument
from se_cost.documents.time import BatchesDocument, TimeDocument
from se_cost.errors import UsageError

TEXT = encode(EVERY["params"]())


def refused(content: str | bytes, remedy: str = "write it again") -> str:
    """Return the error for what cannot be read."""
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(UsageError) as caught:
        parse(raw, "x.json", remedy)
    message = str(caught.value)
    assert message.startswith("'x.json'")
    assert "\n" not in message
    return message


def test_a_file_is_read(tmp_path: Path) -> None:
    """What was encoded is the document again."""
    file = tmp_path / "params.json"
    file.write_text(TEXT, encoding="utf-8")
    assert read(file) == EVERY["params"]()


def test_the_kind_is_that_of_the_command_and_the_keys() -> None:
    """Two kinds of one command are told apart by what they hold."""
    assert isinstance(read(VERSION_1 / "batches.json"), BatchesDocument)
    assert isinstance(read(VERSION_1 / "time-quick.json"), TimeDocument)


def test_what_comes_later_may_have_more() -> None:
    """A key that is not known is not looked at."""
    document = json.loads(TEXT) | {"more": [1, 2, {"three": 3}]}
    assert parse(json.dumps(document).encode(), "x.json") == EVERY["params"]()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no whole json document"),
        (TEXT[:-40], "no whole json document"),
        (b"\xff\xfe{}", "no whole json document"),
        ("[1, 2]", "is no table"),
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' is there twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": 1e999}', "1e999 is no number"),
        ("[" * 5000, "no whole json document"),
        (f"{'[' * 30}{']' * 30}", "nested more than 20 deep"),
        ('{\n<<<<<<< HEAD\n"a": 1\n', "it holds a merge conflict"),
    ],
)
def test_no_json(content: str | bytes, words: str) -> None:
    """Whatever is not json as we write it is refused with its reason."""
    assert words in refused(content)


def test_the_remedy_is_said() -> None:
    """What to do is said by whoever knows it."""
    assert refused("{", remedy="measure it again").endswith("; measure it again")


@pytest.mark.parametrize("version", [0, 2, "1", True, None, 1.5, "x" * 99])
def test_other_versions(version: object) -> None:
    """A version that is not known is refused, and the known ones are named."""
    message = refused(json.dumps(json.loads(TEXT) | {"schema_version": version}))
    assert "reads 1; use the se-cost that wrote it, or a newer one" in message
    assert len(message) < 200


@pytest.mark.parametrize("command", ["parms", None, 3, ["params"]])
def test_other_commands(command: object) -> None:
    """A command that writes no documents is refused."""
    assert "'command':" in refused(json.dumps(json.loads(TEXT) | {"command": command}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"baseline": {"params": "many"}}, "Expected `int`, got `str` - at `$.baseline.params`"),
        ({"baseline": {}}, "missing required field `params` - at `$.baseline`"),
        ({"formula": None}, "Expected `object`, got `null` - at `$.formula`"),
    ],
)
def test_a_wrong_value_is_named(change: dict[str, object], words: str) -> None:
    """The error says what is wrong and where."""
    assert words in refused(json.dumps(json.loads(TEXT) | change))


def test_a_missing_key_is_named() -> None:
    """A document without one of its keys is no document of its kind."""
    document = json.loads(TEXT)
    del document["recipe"]
    assert "missing required field `recipe`" in refused(json.dumps(document))


def test_the_network_of_a_baseline_is_named() -> None:
    """Of many networks it is said which one is wrong."""
    document = json.loads((VERSION_1 / "baseline.json").read_text())
    document["networks"]["se_resnet18"]["params"]["network"] = "11"
    assert ", network 'se_resnet18'" in refused(json.dumps(document))


def test_a_family_that_there_is_not() -> None:
    """It is refused where it is read, wherever in the document it stands."""
    message = refused(TEXT.replace('"family": "resnet50"', '"family": "resnet5"'))
    assert message.startswith("'x.json', 'family': 'resnet5' is unknown")
    assert message.endswith("did you mean resnet50?")
    paper = encode(EVERY["paper"]())
    assert "'vgg61' is unknown" in refused(paper.replace('"vgg16"', '"vgg61"'))


def test_an_input_has_three_numbers() -> None:
    """Channels, height and width."""
    document = json.loads(TEXT)
    document["recipe"]["input"] = [3, 224]
    assert "of length >= 3 - at `$.recipe.input`" in refused(json.dumps(document))


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is refused in one line."""
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageError, match="cannot read"):
            read(path)


def test_another_kind_than_wanted() -> None:
    """A document of another kind is refused by whoever needs one of a kind."""
    document = EVERY["params"]()
    assert expect(document, ParamsDocument, "x.json", "count") is document
    with pytest.raises(UsageError, match=r"'x\.json' is no timing"):
        expect(document, TimeDocument, "x.json", "timing")
