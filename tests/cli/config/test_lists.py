"""Lists in pyproject.toml: whatever is wrong in them is one clear line."""

from pathlib import Path

import click
import pytest

from cli.conftest import Run
from se_cost.cli.config.lists import listed, parsed
from se_cost.errors import UsageError


@click.command(add_help_option=False)
@click.option("--name", default="nobody")
@click.option("--size", type=int, default=1)
@click.option("--loud/--quiet", default=False)
def spoken(name: str, size: int, loud: bool) -> tuple[str, int, bool]:
    """Return what was said."""
    if name == "refused":
        raise UsageError("name 'refused' is refused")
    return name, size, loud


def test_parsed() -> None:
    """Words are read as on the command line, with usual ones where there are none."""
    words = {"name": ["a", "b"], "loud": True}
    assert parsed(spoken, words, {"size": "7", "name": "x"}, "here") == ("a,b", 7, True)
    assert parsed(spoken, {"size": 3, "loud": False}, {}, "here") == ("nobody", 3, False)
    assert parsed(spoken, {"name": "--loud"}, {"loud": "true"}, "here") == ("--loud", 1, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"sise": 1}, "key 'sise' is unknown: choose from name, size, loud; did you mean size?"),
        ({"size": "x"}, "Invalid value for '--size': 'x' is not a valid integer."),
        ({"loud": "yes"}, "Option '--loud' does not take a value."),
        ({"name": "refused"}, "name 'refused' is refused"),
    ],
)
def test_parsed_says_where(words: dict[str, object], message: str) -> None:
    """Every refusal begins with the place of the words."""
    with pytest.raises(UsageError) as refused:
        parsed(spoken, words, {}, "here")
    assert str(refused.value) == f"here: {message}"


@click.command()
@click.option("--name", default="nobody")
@click.option("--other")
def program(name: str, other: str | None) -> list[object]:
    """Return what the list holds."""
    return listed("report", spoken)


def said(*words: str) -> list[object]:
    """Return what a program with these words finds in the list."""
    found: list[object] = program.main(list(words), standalone_mode=False)
    return found


def test_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every table in order; none where the command line has a word that they could have."""
    monkeypatch.chdir(tmp_path)
    assert said() == []
    Path("pyproject.toml").write_text(
        '[[tool.se-cost.report]]\nname = "a"\n[[tool.se-cost.report]]\nsize = 2\n'
    )
    assert said() == said("--other", "x") == [("a", 1, False), ("nobody", 2, False)]
    assert said("--name", "x") == []


@pytest.mark.parametrize(
    "text", ["[tool.se-cost.report]\nr = 8", '[tool.se-cost]\nreport = ["se_resnet50"]']
)
def test_no_list(run: Run, text: str) -> None:
    """It is said how a list is written."""
    Path("pyproject.toml").write_text(text)
    result = run("report", "--no-time")
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "report in [tool.se-cost] must be a list: write [[tool.se-cost.report]]\n"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("drop-stage = [5]", "key 'drop-stage' is unknown"),
        ("stages = [9]", "stage of resnet50 '9' is unknown: choose from 2, 3, 4, 5"),
        ('r = "a\\u001b[31m"', r"Invalid value for '--r': 'a\x1b[31m' is no whole number"),
        ("r = 0", "r 0 is out of range"),
        ("arch = 'nope'", "network 'nope' is unknown"),
        ("attention = 'eca'\nr = 8", "eca has no r"),
    ],
)
def test_wrong_words_in_the_list(run: Run, line: str, message: str) -> None:
    """The file, the place in the list, and what is wrong, on one line that can be printed."""
    Path("pyproject.toml").write_text(
        f'[[tool.se-cost.report]]\narch = "se_vgg16"\n[[tool.se-cost.report]]\n{line}\n'
    )
    result = run("report", "--no-time")
    assert result.exit_code == 2
    assert f"pyproject.toml: report 2 in [tool.se-cost]: {message}" in result.stderr
    assert result.stderr[:-1].isprintable()
