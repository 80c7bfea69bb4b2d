"""Options from the `[tool.se-cost]` table of the nearest pyproject.toml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from se_cost.errors import BadInput, not_one_of

MENTIONED = re.compile(r"\btool\b.*\bse-cost\b", re.DOTALL)
TABLE = "[tool.se-cost]"
BUDGETS = "budgets"
LISTS = (BUDGETS, "report")  # of networks, read by the commands that they are for


def defaults(ctx: click.Context) -> dict[str, dict[str, Any]]:
    """Return the default of every option that the table sets, for each command that has it.

    Raises BadInput for an unknown key, or a file that cannot be read.
    """
    path = nearest(Path.cwd())
    table = {k: v for k, v in (read(path) if path else {}).items() if k not in LISTS}
    if not table:
        return {}
    known = _options(ctx)
    allowed = sorted({name for names in known.values() for name in names} | set(LISTS))
    for key, value in table.items():
        if key not in allowed:
            raise BadInput(f"{path}: {not_one_of(f'key in {TABLE}', key, allowed)}")
        if isinstance(value, Mapping):
            raise BadInput(f"{path}: {key} in {TABLE} must be a value, not a table")
    return {
        command: {names[key]: spelled(v) for key, v in table.items() if key in names}
        for command, names in known.items()
    }


def nearest(folder: Path) -> Path | None:
    """Return the pyproject.toml of `folder` or of the first folder above it that has one."""
    candidates = (parent / "pyproject.toml" for parent in (folder, *folder.parents))
    return next((path for path in candidates if path.is_file()), None)


def read(path: Path) -> dict[str, Any]:
    """Return the table, empty if there is none; a file that cannot have it is not parsed."""
    try:
        text = path.read_text(encoding="utf-8")
        tools = _parsed(text).get("tool", {}) if MENTIONED.search(text) else {}
    except (OSError, ValueError) as error:  # those of decoding and of TOML are ValueErrors
        raise BadInput(f"cannot read {path}: {error}") from None
    table = tools.get("se-cost", {}) if isinstance(tools, dict) else tools
    if not isinstance(table, dict):
        raise BadInput(f"{path}: {TABLE} must be a table")
    return table


def _parsed(text: str) -> dict[str, Any]:
    import tomllib  # parsing takes as long as some commands

    return tomllib.loads(text)


def _options(ctx: click.Context) -> dict[str, dict[str, str]]:
    """Return for every command its options: the key in the table, and click's name of it."""
    group = ctx.command
    assert isinstance(group, click.Group)
    found = {}
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        options = [p for p in command.params if isinstance(p, click.Option)]
        found[name] = {option.opts[0].removeprefix("--"): str(option.name) for option in options}
    return found


def spelled(value: object) -> str:
    """Return a value as it would stand on the command line."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
