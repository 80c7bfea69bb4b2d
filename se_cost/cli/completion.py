"""`se-cost completion`: let a shell complete commands, options and networks."""

from enum import StrEnum

import click
from click.shell_completion import BashComplete, add_completion_class, get_completion_class

from se_cost.cli.help import Command
from se_cost.cli.options.types import OneOf

PROGRAM, VARIABLE = "se-cost", "_SE_COST_COMPLETE"  # the variable is click's name for it


class Bash(BashComplete):
    """Completion for bash, which makes three words of `--arch=se_`."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, and the one that is begun."""
        words, begun = super().get_completion_args()
        return [word for word in words if word != "="], begun.removeprefix("=")


add_completion_class(Bash)


class Shell(StrEnum):
    """The shells whose completion click knows on every system."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@click.command(
    name="completion",
    cls=Command,
    short_help="Print the script that lets a shell complete se-cost.",
    epilog="""
    eval "$(se-cost completion bash)"            # in ~/.bashrc
    eval "$(se-cost completion zsh)"             # in ~/.zshrc
    se-cost completion fish > ~/.config/fish/completions/se-cost.fish
    """,
)
@click.argument("shell", type=OneOf(Shell))
@click.pass_context
def command(ctx: click.Context, shell: Shell) -> None:
    """Print the script that lets bash, zsh or fish complete commands, options and networks."""
    completion = get_completion_class(shell.value)
    assert completion is not None
    script = completion(ctx.find_root().command, {}, PROGRAM, VARIABLE).source()
    click.echo(script, nl=False)
