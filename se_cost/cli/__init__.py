"""The command line: one file for each command, none of which imports torch to be listed."""

import sys
from importlib import import_module
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from se_cost.cli.failure import INTERRUPTED, NOTHING_FINISHED, fail, lacking
from se_cost.cli.output.streams import prepare
from se_cost.errors import MeasurementError, SeCostError, not_one_of
from se_cost.version import __version__

COMMANDS = (
    *("nets", "params", "flops", "time", "explain", "fuse", "alternatives", "plan", "paper"),
    *("report", "show", "check", "diff", "schema", "completion"),
)


class Program(click.Group):
    """A group whose commands are imported when they are used, and whose errors are one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the questions they answer."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is no such."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"se_cost.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which ones there are."""
        completing = ctx.resilient_parsing
        if args[0] not in COMMANDS and not args[0].startswith("-") and not completing:
            raise not_one_of("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run and exit: 0 done, 1 disagreement, 2 bad input, 3 not measurable, 130 Ctrl-C."""
        prepare()
        try:
            sys.exit(super().main(*args, **{**kwargs, "standalone_mode": False}) or 0)
        except NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            fail(error.format_message(), error.exit_code)
        except SeCostError as error:
            fail(str(error), error.exit_code)
        except ModuleNotFoundError as error:
            fail(lacking(error), MeasurementError.exit_code)
        except (click.Abort, KeyboardInterrupt):
            fail(NOTHING_FINISHED, INTERRUPTED)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="se-cost")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Say what Squeeze-and-Excitation blocks cost a convolutional network.

    Options can also be set in the [tool.se-cost] table of the nearest pyproject.toml.
    """
    from se_cost.cli.config.defaults import defaults

    words = defaults()
    ctx.default_map = dict.fromkeys(COMMANDS, words) if words else {}
