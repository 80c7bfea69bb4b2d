"""Lists in pyproject.toml: each of their tables is read as if its words were typed.

The key of a word is its option without the dashes: `r = 8` is read as `--r=8` is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from se_cost.cli.config.pyproject import TABLE, as_typed, nearest, read
from se_cost.cli.options.option import typed
from se_cost.errors import UsageError, not_one_of


def listed(key: str, parser: click.Command) -> list[Any]:
    """Return what `parser` returns for every table of the list under `key` in pyproject.toml.

    Where a table says nothing, what `[tool.se-cost]` itself sets holds. The list is empty if the
    command line has a word that `parser` knows: that wins. Raises UsageError for what is no list
    of tables, for an unknown word, and for whatever `parser` refuses.
    """
    path = nearest()
    given = any(typed(str(option.name)) for option in parser.params)
    tables = [] if given or path is None else read(path).get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"{path}: {key} in {TABLE} must be a list: write [[tool.se-cost.{key}]]")
    usual = click.get_current_context().default_map or {}
    return [
        parsed(parser, table, usual, f"{path}: {key} {n} in {TABLE}")
        for n, table in enumerate(tables, 1)
    ]


def parsed(
    parser: click.Command, table: Mapping[str, Any], usual: Mapping[str, Any], where: str
) -> Any:
    """Return what `parser` returns for a table, and for the `usual` words where it says nothing.

    Raises UsageError that begins with `where` the table stands.
    """
    try:
        words = list(_words(parser, table))
        with parser.make_context(None, words, default_map=dict(usual)) as ctx:
            return parser.invoke(ctx)
    except click.ClickException as error:
        raise UsageError(f"{where}: {error.format_message()}") from None
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _words(parser: click.Command, table: Mapping[str, Any]) -> Iterator[str]:
    """Yield the table as words of the command line."""
    options = {option.opts[0].removeprefix("--"): option for option in parser.params}
    for key, value in table.items():
        if key not in options:
            raise not_one_of("key", key, options)
        if isinstance(value, bool) and options[key].secondary_opts:
            yield options[key].opts[0] if value else options[key].secondary_opts[0]
        elif options[key].multiple and isinstance(value, list):
            yield from (f"--{key}={as_typed(one)}" for one in value)
        else:
            yield f"--{key}={as_typed(value)}"
