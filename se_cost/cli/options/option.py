"""An option is declared once: its line gives click's option, its help and its key in the table."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource

from se_cost.cli.config.pyproject import TABLE, nearest
from se_cost.errors import UsageError
from se_cost.record import Record

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


class Option(Record):
    """One option of the command line, which is a key of `[tool.se-cost]` too."""

    flag: str  # as it is typed, for instance --r or --bias/--no-bias
    group: str  # the heading that help shows it under
    help: str
    type: Any = None  # of click; None is a switch
    default: Any = None
    usual: str = ""  # told in the help in the place of a default
    metavar: str | None = None
    multiple: bool = False
    key: bool = True  # whether pyproject.toml may set it
    called: str = ""  # its name in Python, if that is not its word
    alone: str | None = None  # the value that the flag means if none follows it

    @property
    def word(self) -> str:
        """Return the flag without its dashes: the key in pyproject.toml."""
        return self.flag.partition("/")[0].removeprefix("--")

    @property
    def name(self) -> str:
        """Return the name of the argument that a command receives."""
        return self.called or self.word.replace("-", "_")

    @property
    def told(self) -> str:
        """Return the help, and what holds if the option is not given."""
        usual = self.usual or (self.word if self.default is True else _shown(self.default))
        return f"{self.help}  [default: {usual}]" if usual else self.help

    @property
    def _switch(self) -> dict[str, Any]:
        """Return how click reads it: as a switch, a switch that a word may follow, or a word."""
        if self.type is None:
            return {"is_flag": True}
        return {} if self.alone is None else {"is_flag": False, "flag_value": self.alone}

    def added_to(self, command: Command) -> Command:
        """Return a command that has this option too."""
        add: Decorator = click.option(
            self.flag,
            self.name,
            cls=Grouped,
            group=self.group,
            help=self.told,
            type=self.type,
            **self._switch,
            default=self.default if self.type or "/" in self.flag else False,
            metavar=self.metavar,
            multiple=self.multiple,
        )
        return add(command)


class Grouped(click.Option):
    """An option of click that knows the heading it stands under."""

    def __init__(self, *names: Any, group: str, **rest: Any) -> None:
        super().__init__(*names, **rest)
        self.group = group

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value; an error about one from pyproject.toml names that file."""
        try:
            return super().process_value(ctx, value)
        except (click.ClickException, UsageError) as error:
            if ctx.get_parameter_source(str(self.name)) is not ParameterSource.DEFAULT_MAP:
                raise
            what = str(error) if isinstance(error, UsageError) else error.format_message()
            raise UsageError(f"{nearest()}: {TABLE}: {what}") from None


def _shown(default: Any) -> str:
    if default is None or default is False:
        return ""
    return f"{default:g}" if isinstance(default, float) else str(default)


def offered(*options: Option) -> Decorator:
    """Give a command some options; it receives each under its own name."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):  # click lists the last one first
            command = option.added_to(command)
        return command

    return decorate


def bundled(name: str, options: Sequence[Option], make: Callable[..., Any]) -> Decorator:
    """Give a command some options; it receives what `make` makes of them, as `name`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_record(**given: Any) -> Any:
            values = {option.name: given.pop(option.name) for option in options}
            return command(**{name: make(**values)}, **given)

        return offered(*options)(with_record)

    return decorate


def typed(name: str) -> bool:
    """Return whether an option stands on the command line; pyproject.toml yields to that."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE
