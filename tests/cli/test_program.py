"""The program: its commands, help, completion, and how it ends."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from cli.conftest import Run
from se_cost.cli import COMMANDS, main
from se_cost.version import __version__


def test_version(run: Run) -> None:
    """--version says the version."""
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"se-cost, version {__version__}\n")


def test_help_lists_every_command_with_its_purpose(run: Run) -> None:
    """Help names the commands in the order of the questions, each with a sentence."""
    result = run("--help")
    assert result.exit_code == 0
    listed = [line.split(maxsplit=1) for line in result.stdout.split("Commands:\n")[1].splitlines()]
    assert [name for name, _ in listed] == list(COMMANDS)
    assert all(purpose.endswith(".") for _, purpose in listed)
    assert "[tool.se-cost]" in result.stdout


def test_no_words_at_all(run: Run) -> None:
    """Without a command the help is shown on stderr, since nothing was done."""
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Commands:" in result.stderr


def is_option(parameter: click.Parameter) -> bool:
    """Return whether it has a name on the command line."""
    return isinstance(parameter, click.Option)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    """Each option of each command has a word of help."""
    result = run(command, "--help")
    assert result.exit_code == 0
    found = main.get_command(click.Context(main), command)
    assert found is not None
    assert found.short_help
    for option in filter(is_option, found.params):
        assert isinstance(option, click.Option)
        assert option.help
        assert option.opts[0] in result.stdout


def test_same_word_has_the_same_meaning_in_every_command() -> None:
    """An option that two commands share has one type and one default, but for documented ones."""
    seen: dict[str, tuple[str, object]] = {}
    for command in COMMANDS:
        found = main.get_command(click.Context(main), command)
        assert found is not None
        for option in filter(is_option, found.params):
            if (command, option.name) in {
                ("report", "batch"),  # 32 on a GPU
                ("time", "batch"),  # one or several
                ("time", "max_time"),  # depends on the protocol
                ("time", "runs"),  # of the quick protocol
                ("report", "max_time"),  # of each of two timings
                ("report", "arch"),  # one or several
                ("report", "form"),  # of a page, not of a table
                ("check", "format"),  # has one more
                ("report", "timed"),  # is to time unless told not to, paper only if told to
                ("params", "measure"),  # takes torch, which params is to answer without
            }:
                continue
            meaning = (repr(option.type.to_info_dict()), option.default)
            assert seen.setdefault(option.opts[0], meaning) == meaning, (command, option.name)


def test_completion_after_a_misspelt_command() -> None:
    """While a shell completes, a mistake is no error yet."""
    complete = ShellComplete(main, {}, "se-cost", "_SE_COST_COMPLETE")
    assert [item.value for item in complete.get_completions(["parms"], "")] == list(COMMANDS)


@pytest.mark.parametrize(
    ("words", "begun", "completed"),
    [
        ([], "fl", ["flops"]),
        (["params", "--arch"], "se_resnet15", ["se_resnet152"]),
        (["nets"], "resnext50", ["resnext50_32x4d"]),
        (["params", "--gate"], "s", ["sigmoid"]),
        (["time", "--format"], "", ["text", "markdown", "csv", "json"]),
    ],
)
def test_completion(words: list[str], begun: str, completed: list[str]) -> None:
    """A shell can complete commands, networks and words."""
    complete = ShellComplete(main, {}, "se-cost", "_SE_COST_COMPLETE")
    assert [item.value for item in complete.get_completions(words, begun)] == completed


def test_interrupted_before_anything_was_finished(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends any command with 130 and one line."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("se_cost.report.nets.page", interrupt)
    result = run("nets")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.strip() == "se-cost: interrupted before anything was finished"


def test_a_bug_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors that nobody raised on purpose keep their traceback."""
    monkeypatch.setattr("se_cost.report.nets.page", lambda: 1 / 0)
    with pytest.raises(AssertionError, match="division by zero"):
        run("nets")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_stdout_that_is_full() -> None:
    """If stdout takes no more, that is one line and an exit code, also while Python exits."""
    words = [sys.executable, "-m", "se_cost", "params"]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 2
    assert result.stderr == "se-cost: cannot write '/dev/stdout': No space left on device\n"


def test_reader_that_has_left() -> None:
    """A reader that closes the pipe, as `head` does, sees no traceback."""
    words = [sys.executable, "-m", "se_cost", "nets", "--format", "json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
