"""The command line: one file for each command, none of which imports torch to be listed."""

import os
import sys
import warnings
from importlib import import_module
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from se_cost.cli.failure import INTERRUPTED, NOTHING_FINISHED, end_without_memory, fail, in_one_line
from se_cost.cli.output.streams import prepare
from se_cost.cli.room import expect_room
from se_cost.cli.signals import Ended, as_ctrl_c
from se_cost.errors import SeCostError, ctrl_c_unmasked, not_one_of
from se_cost.version import __version__

COMMANDS = (
    *("nets", "params", "flops", "time", "explain", "fuse", "alternatives", "plan", "paper"),
    *("report", "show", "check", "diff", "schema", "completion"),
)

COMPLETING = "_SE_COST_COMPLETE"  # click's name for the variable


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

    traceback = False  # whether one is shown for what nobody raised on purpose

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        self.traceback = ctx.params["traceback"]
        return super().invoke(ctx)

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run and exit: 0 done, 1 disagreement, 2 bad input, 3 not measurable, 130 Ctrl-C."""
        prepare()
        expect_room()
        self.traceback = False
        os.environ.pop("MPLBACKEND", None)  # of a notebook; pictures are SVG in a file
        if COMPLETING in os.environ:
            import_module("se_cost.cli.completion")
        with as_ctrl_c() as ended, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of others' code; as errors they would end it
            self._main(ended, *args, **kwargs)

    def _main(self, ended: Ended, *args: Any, **kwargs: Any) -> NoReturn:
        try:
            with ctrl_c_unmasked():
                code = super().main(*args, **{**kwargs, "standalone_mode": False}) or 0
        except SystemExit:  # click's answer to a reader of help that has left
            code = 0
        except NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.ClickException as error:
            fail(error.format_message(), error.exit_code)
        except SeCostError as error:
            fail(str(error), error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            fail(NOTHING_FINISHED, ended.code(INTERRUPTED))
        except MemoryError:
            end_without_memory()
        except Exception as error:
            if self.traceback:
                raise
            wrong = in_one_line(error)
            fail(str(wrong), wrong.exit_code)
        sys.exit(ended.code(code))


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="se-cost")
@click.option("--traceback", is_flag=True, help="Show where an internal error comes from.")
@click.pass_context
def main(ctx: click.Context, traceback: bool) -> None:
    """Say what Squeeze-and-Excitation blocks cost a convolutional network.

    Options can also be set in the [tool.se-cost] table of the nearest pyproject.toml.
    """
    from se_cost.cli.config.defaults import defaults

    words = defaults()
    ctx.default_map = dict.fromkeys(COMMANDS, words) if words else {}
