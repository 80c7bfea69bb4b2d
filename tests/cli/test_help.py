"""Help: what people read first, so it is in order, short, and its examples run."""

import re
import shlex

import click
import pytest

from cli.conftest import Run
from se_cost.cli import COMMANDS, main
from se_cost.cli.help import OWN, Command
from se_cost.cli.options.option import Grouped

GROUPS = (
    *("Options", "At most", "Growth, in % of the baseline", "Network", "Attention"),
    *("Measuring", "Protocol", "Output"),
)
QUESTIONS = (
    *("nets", "params", "flops", "time", "explain", "fuse", "alternatives", "plan", "paper"),
    *("report", "show", "check", "diff", "schema", "completion"),
)
NOISE = re.compile(r"\b(INTEGER|FLOAT|TEXT|PATH|BOOLEAN|RANGE|NUMBERS)\b|x[<>]=?\d|\[required\]")


def command(name: str) -> click.Command:
    """Return a command of the program."""
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def help_of(name: str, width: int = 80) -> str:
    """Return what `se-cost NAME --help` prints on a terminal of a width."""
    context = click.Context(command(name), info_name=name, terminal_width=None)
    context.max_content_width = None
    context.terminal_width = max(min(width, 80) - 2, 50)
    return context.get_help()


def sections(text: str) -> dict[str, list[str]]:
    """Return the lines of each section of a help text, by its heading."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if re.fullmatch(r"[A-Z].*:", line):
            found[line[:-1]] = []
        elif found and line:
            found[list(found)[-1]].append(line)
    return found


def examples(name: str) -> list[list[str]]:
    """Return the words behind `se-cost` in each example of a command."""
    lines = sections(help_of(name))["Examples"]
    calls = [re.search(r"se-cost ([^)>]*)", line) for line in lines]
    return [shlex.split(call[1]) for call in calls if call]


def test_commands_stand_in_the_order_of_the_questions() -> None:
    """What there is, what it costs on paper and in fact, whether that holds; then the tools."""
    assert list(COMMANDS) == [name for name in QUESTIONS if name in COMMANDS]


def test_the_list_of_commands_is_whole(run: Run) -> None:
    """No purpose is cut off at 80 columns."""
    text = run("--help").stdout
    assert "..." not in text.split("Commands:")[1]
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_options_are_in_groups(name: str) -> None:
    """Every option stands once, under its heading; headings have one order, examples come last."""
    assert isinstance(command(name), Command)
    found = sections(help_of(name))
    assert list(found) == [heading for heading in (*GROUPS, "Examples") if heading in found]
    entries = {
        re.findall(r"--([\w-]+)", line)[0]: heading
        for heading, lines in found.items()
        for line in lines
        if line.startswith("  -")
    }
    groups = {
        option.opts[0].removeprefix("--"): option.group
        for option in command(name).params
        if isinstance(option, Grouped)
    }
    assert list(entries)[-1] == "help"
    del entries["help"]
    assert entries == groups


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("width", [60, 80, 200])
def test_nothing_is_too_wide(name: str, width: int) -> None:
    """Help fits the terminal, and is no wider than can be read."""
    lines = help_of(name, width).splitlines()
    examples_begin = lines.index("Examples:")
    assert max(map(len, lines[:examples_begin])) <= min(width, 80)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_no_noise(name: str) -> None:
    """Values are called by what they are, not by a type of a library."""
    assert not NOISE.search(help_of(name))


@pytest.mark.parametrize("name", ["params", "flops", "time", "report"])
def test_what_concerns_the_network_comes_first(name: str) -> None:
    """Commands about one network ask first which one it is."""
    found = [heading for heading in sections(help_of(name)) if heading != OWN]
    assert [heading for heading in found if heading != "Protocol"][:4] == [
        *("Network", "Attention", "Measuring", "Output")
    ]
    assert sections(help_of(name))["Network"][0].startswith("  --arch")


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_are_right(name: str) -> None:
    """Each command has two or three examples, and each is a call that it understands."""
    calls = examples(name)
    assert 2 <= len(calls) <= 4
    for program_word, *words in calls:
        assert program_word == name
        with main.make_context("se-cost", [name, *words]):
            command(name).make_context(name, words)


def test_defaults_are_told(run: Run) -> None:
    """What an option is if nothing is said stands beside it."""
    text = " ".join(run("time", "--help").stdout.split())
    for told in ("--arch NETWORK The network. [default: se_resnet50]", "[default: 20]", "--seed N"):
        assert told in text


def test_what_is_hidden_is_not_shown() -> None:
    """Nor has what click adds a heading of its own."""
    hidden = click.Option(["--secret"], hidden=True)
    special = click.Option(["-s", "--special"], is_flag=True, help="Of this one.")
    plain = Command("x", params=[hidden, special], help="Text.")
    text = plain.get_help(click.Context(plain))
    assert list(sections(text)) == [OWN]
    assert re.search(r"^  -s, --special +Of this one\.$", text, re.MULTILINE)
    assert "secret" not in text
