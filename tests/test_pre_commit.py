"""The hook for pre-commit: what pre-commit reads, and that it names a command there is."""

from pathlib import Path
from typing import Any

import pytest

from se_cost.cli import COMMANDS

FILE = Path(__file__).parent.parent / ".pre-commit-hooks.yaml"
# https://pre-commit.com/#creating-new-hooks
TYPES = {
    **dict.fromkeys(("id", "name", "description", "entry", "language", "files", "exclude"), str),
    **dict.fromkeys(("pass_filenames", "always_run", "fail_fast", "verbose"), bool),
    **dict.fromkeys(("require_serial",), bool),
    **dict.fromkeys(("types", "types_or", "exclude_types", "args", "stages"), list),
    **dict.fromkeys(("minimum_pre_commit_version", "language_version"), str),
}


@pytest.fixture(scope="module")
def hooks() -> list[dict[str, Any]]:
    """Return the hooks of this repository."""
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with fvcore")
    found: list[dict[str, Any]] = yaml.safe_load(FILE.read_text())
    return found


def test_fields_are_those_of_pre_commit(hooks: list[dict[str, Any]]) -> None:
    """Each hook has what it must have, and nothing that pre-commit does not know."""
    for hook in hooks:
        assert {"id", "name", "entry", "language"} <= set(hook)
        for field, value in hook.items():
            assert type(value) is TYPES[field], field


def test_the_hook_runs_check(hooks: list[dict[str, Any]]) -> None:
    """The hook runs `se-cost check`, on everything and not on files."""
    (hook,) = hooks
    assert (hook["id"], hook["language"]) == ("se-cost-check", "python")
    program, command = hook["entry"].split()
    assert program == "se-cost"
    assert command in COMMANDS
    assert (hook["pass_filenames"], hook["always_run"]) == (False, True)
