"""Defaults of options from `[tool.se-cost]`; no command need be imported to read them."""

from collections.abc import Mapping

from se_cost.cli.config.pyproject import LISTS, TABLE, as_typed, nearest, read
from se_cost.errors import UsageError, not_one_of


def defaults() -> dict[str, str]:
    """Return the words that the table sets, by the names of their options.

    Raises UsageError for an unknown key, or a file that cannot be read.
    """
    path = nearest()
    table = {k: v for k, v in (read(path) if path else {}).items() if k not in LISTS}
    if not table:
        return {}
    from se_cost.cli.options.every import KEYS

    for key, value in table.items():
        if key not in KEYS:
            wrong = not_one_of(f"key in {TABLE}", key, sorted([*KEYS, *LISTS]))
            raise UsageError(f"{path}: {wrong}")
        if isinstance(value, Mapping):
            raise UsageError(f"{path}: {key} in {TABLE} must be a value, not a table")
    return {KEYS[key].name: as_typed(value) for key, value in table.items()}
