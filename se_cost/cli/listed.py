"""Lists in pyproject.toml, each of whose tables has the words of the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from se_cost.cli.config import TABLE, nearest, read, spelled
from se_cost.errors import BadInput, not_one_of


def listed(
    ctx: click.Context, key: str, parser: click.Command, usual: Mapping[str, Any] | None = None
) -> list[Any]:
    """Return what `parser` returns for every table of the list under `key` in pyproject.toml.

    Where a table says nothing, what is `usual` holds, or else the defaults of the command. The
    list is empty if the command line has a word that `parser` knows: that wins. Raises BadInput
    for what is no list of tables, for an unknown word, and for whatever `parser` refuses.
    """
    path = nearest(Path.cwd())
    words = [str(option.name) for option in parser.params]
    given = any(ctx.get_parameter_source(word) is ParameterSource.COMMANDLINE for word in words)
    tables = [] if given or path is None else read(path).get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadInput(f"{path}: {key} in {TABLE} must be a list: write [[tool.se-cost.{key}]]")
    defaults = ctx.default_map or {} if usual is None else usual
    return [
        parsed(parser, table, defaults, f"{path}: {key} {n} in {TABLE}")
        for n, table in enumerate(tables, 1)
    ]


def parsed(
    parser: click.Command, words: Mapping[str, Any], usual: Mapping[str, Any], where: str
) -> Any:
    """Return what `parser` returns for `words`, where they say nothing for the `usual` ones.

    Raises BadInput that begins with `where` the words stand.
    """
    names = {option.opts[0].removeprefix("--"): str(option.name) for option in parser.params}
    try:
        for word in words:
            if word not in names:
                raise not_one_of("key", word, names)
        said = {names[word]: spelled(value) for word, value in words.items()}
        with parser.make_context(None, [], default_map={**usual, **said}) as ctx:
            return parser.invoke(ctx)
    except click.ClickException as error:
        raise BadInput(f"{where}: {error.format_message()}") from None
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None
