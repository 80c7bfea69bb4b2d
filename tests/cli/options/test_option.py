"""Options are declared once: click's option, the help and the key come from one line."""

from typing import Any

import click
import pytest

from se_cost.cli import COMMANDS, main
from se_cost.cli.options.every import KEYS, OPTIONS
from se_cost.cli.options.option import Grouped, Option, bundled, offered, typed
from se_cost.cli.options.types import POSITIVE

SIZE = Option("--size", "Group", "How large.", POSITIVE, 3, metavar="N")
LOUD = Option("--loud/--quiet", "Group", "How loud.", default=True)
FROM = Option("--from", "Other", "Where from.", click.STRING, multiple=True, called="saved")


@click.command()
@bundled("both", (SIZE, LOUD), lambda **values: values)
@offered(FROM)
@click.pass_context
def command(ctx: click.Context, both: dict[str, Any], saved: tuple[str, ...]) -> object:
    """Return what it was given, and whether the size was typed."""
    return both, saved, typed("size")


def test_a_command_receives_a_record_and_single_values() -> None:
    """Bundled options are one argument, others have their own names."""
    assert command.main([], standalone_mode=False) == ({"size": 3, "loud": True}, (), False)
    words = ["--quiet", "--from", "a", "--size", "4", "--from", "b"]
    found = command.main(words, standalone_mode=False)
    assert found == ({"size": 4, "loud": False}, ("a", "b"), True)


def test_what_pyproject_sets_is_not_typed() -> None:
    """It is a default."""
    found = command.main([], standalone_mode=False, default_map={"size": "4"})
    assert found == ({"size": 4, "loud": True}, (), False)


def test_order_and_groups() -> None:
    """Options stand in the order of their declaration, each with its heading."""
    found = [(p.name, p.group) for p in command.params if isinstance(p, Grouped)]
    assert found == [("size", "Group"), ("loud", "Group"), ("saved", "Other")]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (SIZE, "How large.  [default: 3]"),
        (LOUD, "How loud.  [default: loud]"),
        (FROM, "Where from."),
        (Option("--x", "G", "X.", default=0), "X.  [default: 0]"),
        (Option("--x", "G", "X.", default=2.0), "X.  [default: 2]"),
        (Option("--x", "G", "X.", default=False), "X."),
        (Option("--x", "G", "X.", usual="as ever"), "X.  [default: as ever]"),
    ],
)
def test_told(option: Option, told: str) -> None:
    """Help says what holds if nothing is said."""
    assert option.told == told


def test_names() -> None:
    """The key is the flag, the argument is its word in Python."""
    option = Option("--drop-stages", "G", "X.")
    assert (option.word, option.name) == ("drop-stages", "drop_stages")
    assert (LOUD.word, FROM.word, FROM.name) == ("loud", "from", "saved")


def parameters(command: str) -> list[click.Parameter]:
    """Return the parameters of a command of the program."""
    found = main.get_command(click.Context(main), command)
    assert found is not None
    return found.params


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_is_declared(name: str) -> None:
    """With its flag, its group and its argument, so that pyproject.toml reaches it."""
    known = {option.flag: option for option in OPTIONS}
    for option in parameters(name):
        if isinstance(option, click.Option):
            flag = "/".join((*option.opts, *option.secondary_opts))
            assert isinstance(option, Grouped)
            assert option.name == known[flag].name


def test_every_declared_option_is_of_a_command() -> None:
    """There is no key that nothing obeys."""
    used = {str(p.name) for name in COMMANDS for p in parameters(name)}
    assert {option.name for option in OPTIONS} == used - {*ARGUMENTS}
    assert len({option.flag for option in OPTIONS}) == len(OPTIONS)


ARGUMENTS = ("network", "file", "old", "new", "document", "shell")


def test_no_argument_is_called_as_an_option() -> None:
    """Or a key of pyproject.toml would set it."""
    names = {
        str(p.name) for name in COMMANDS for p in parameters(name) if isinstance(p, click.Argument)
    }
    assert names == set(ARGUMENTS)
    assert not names & {option.name for option in KEYS.values()}


def test_what_is_of_one_run_is_no_key() -> None:
    """A baseline that every check rewrites could never fail; a file of times is of one run."""
    assert {option.word for option in OPTIONS} - set(KEYS) == {
        *("update", "from", "against", "verify", "save", "resume", "table")
    }
