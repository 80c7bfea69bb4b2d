"""The arguments of a factory, as they are typed."""

from ast import literal_eval

from se_cost.errors import UsageError
from se_cost.nets.imported import Argument


def argument(text: str) -> tuple[str, Argument]:
    """Return a name and its value: a literal of Python where it is one, else the text."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(f"--model-arg {text!r} is no argument: write NAME=VALUE")
    try:
        literal = literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value
    return name, literal if isinstance(literal, bool | int | float | str | None) else value
