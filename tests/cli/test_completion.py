"""Completion by shells: right, and fast enough to wait for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from cli.conftest import Run
from se_cost.cli import COMMANDS, main
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.zoo.registry import names

HEAVY = {"torch", "fvcore", "numpy", "matplotlib", "tabulate", "rich"}
SHELLS = ("bash", "zsh", "fish")
BASH = shutil.which("bash")


def completed(words: list[str], begun: str) -> list[str]:
    """Return what can follow after some words."""
    complete = ShellComplete(main, {}, "se-cost", "_SE_COST_COMPLETE")
    return [str(item.value) for item in complete.get_completions(words, begun)]


def asked(line: str, shell: str = "bash") -> subprocess.CompletedProcess[str]:
    """Return what the program answers to a shell that completes the last word of a line."""
    words = line.split(" ")
    environ = {
        **os.environ,
        "_SE_COST_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }
    code = (
        "import sys; sys.argv[0] = 'se-cost'; from se_cost.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    return subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts(run: Run, shell: str) -> None:
    """Each shell gets a script that asks the program itself."""
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_SE_COST_COMPLETE={shell}_complete" in result.stdout
    assert "_se_cost_completion" in result.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_are_in_the_language_of_the_shell(run: Run, shell: str) -> None:
    """The shell, if it is here, finds no mistake in its script."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    script = run("completion", shell).stdout
    subprocess.run([program, "-n"], input=script, text=True, check=True)


def test_another_shell(run: Run) -> None:
    """A shell that click does not know is refused in one line."""
    result = run("completion", "tcsh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "se-cost: shell 'tcsh' is unknown: choose from bash, zsh, fish; did you mean zsh?\n"
    )


@pytest.mark.parametrize(
    ("words", "begun", "expected"),
    [
        ([], "", list(COMMANDS)),
        (["params", "--arch"], "", names()),
        (["params", "--arch"], "se_resnext", ["se_resnext50_32x4d", "se_resnext101_32x4d"]),
        (["time", "--arch"], "resnet18,", []),
        (["report", "--arch"], "resnet18,se_vgg", ["resnet18,se_vgg16"]),
        (["nets"], "vgg", ["vgg16"]),
        (["flops", "--attention"], "", ["none", *KINDS]),
        (["params", "--gate"], "s", ["sigmoid"]),
        (["params", "--format"], "", ["text", "markdown", "csv", "json", "html", "latex"]),
        (["check", "--format"], "j", ["json", "junit"]),
        (["params", "--output"], "x", ["x"]),
        (["params", "--r"], "1", []),
        (["time", "--device"], "c", ["cpu", "cuda"]),
        (["time", "--mode"], "t", ["train"]),
        (["schema"], "pa", ["params", "paper"]),
        (["completion"], "", list(SHELLS)),
        (["params"], "--no-c", ["--no-color"]),
        (["params", "--arch", "no_such_network"], "--dro", ["--drop-stages", "--drop"]),
        (["params", "--r", "x"], "--gat", ["--gate"]),
    ],
)
def test_what_is_completed(words: list[str], begun: str, expected: list[str]) -> None:
    """Commands, options, networks and words are completed, also behind a mistake."""
    assert completed(words, begun) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_is_answered_without_heavy_packages(shell: str) -> None:
    """The answer holds networks, and neither torch nor anything else that is slow is loaded."""
    result = asked("se-cost params --arch se_resnet1", shell)
    assert result.stderr == "[]\n"
    found = [line.split(",")[-1] for line in result.stdout.split()]
    assert {"se_resnet18", "se_resnet101", "se_resnet152"} <= set(found)
    assert "resnet18" not in found


def test_listing_commands_is_light_too() -> None:
    """For the list of commands all of them are imported; still nothing heavy is."""
    result = asked("se-cost ")
    assert result.stderr == "[]\n"
    assert [line.split(",")[1] for line in result.stdout.split()] == list(COMMANDS)


def test_a_bad_pyproject_does_not_disturb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a shell completes, nothing is said about a table that is wrong."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[tool.se-cost]\nno-such-key = 1\n")
    result = asked("se-cost params --arch vg")
    assert (result.stdout.split(), result.stderr) == (["plain,vgg16"], "[]\n")


@pytest.mark.skipif(BASH is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("params --arch se_resnext", "se_resnext50_32x4d se_resnext101_32x4d"),
        ("pap", "paper"),
        ("time --dtype b", "bfloat16"),
    ],
)
def test_in_bash_itself(words: str, expected: str) -> None:
    """Bash with the script evaluated offers what it should."""
    script = f"""
        PATH="{Path(sys.executable).parent}:$PATH"
        eval "$(se-cost completion bash)"
        COMP_WORDS=(se-cost {words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
        _se_cost_completion se-cost
        echo "${{COMPREPLY[*]}}"
    """
    assert BASH is not None
    result = subprocess.run([BASH, "-c", script], capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == (f"{expected}\n", "")
