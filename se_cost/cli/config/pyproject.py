"""The `[tool.se-cost]` table of the nearest pyproject.toml."""

from pathlib import Path
from typing import Any

from se_cost import files
from se_cost.errors import UsageError

TABLE = "[tool.se-cost]"
BUDGETS, REPORT = "budgets", "report"
LISTS = (BUDGETS, REPORT)  # of networks, read by the commands that they are for


def nearest() -> Path | None:
    """Return the pyproject.toml of this folder or of the first folder above it that has one."""
    try:
        here = Path.cwd()
        candidates = (folder / "pyproject.toml" for folder in (here, *here.parents))
        return next((path for path in candidates if path.is_file()), None)
    except OSError as error:  # a folder that is gone, or may not be searched
        raise UsageError(f"cannot look for pyproject.toml: {error.strerror}") from None


def read(path: Path) -> dict[str, Any]:
    """Return the table, empty if there is none; a file that cannot have it is not parsed."""
    try:
        text = files.read(path).decode()
        tools = _parsed(text).get("tool", {}) if _mentioned(text) else {}
    except (OSError, ValueError, RecursionError) as error:  # ValueErrors: no UTF-8, no TOML
        raise UsageError(f"cannot read {path}: {error}") from None
    table = tools.get("se-cost", {}) if isinstance(tools, dict) else tools
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {TABLE} must be a table")
    return table


def _mentioned(text: str) -> bool:
    """Return whether the table may be there; a sign of its name may be written as an escape."""
    return any(sign in text for sign in ("se-cost", "\\u", "\\U"))


def _parsed(text: str) -> dict[str, Any]:
    import tomllib  # parsing takes as long as some commands

    return tomllib.loads(text)


def as_typed(value: object) -> str:
    """Return a value as it would stand on the command line."""
    if isinstance(value, list):
        return ",".join(map(as_typed, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
