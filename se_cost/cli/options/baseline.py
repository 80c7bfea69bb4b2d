"""The options that say what is compared with what: baselines, saved timings, revisions."""

from pathlib import Path

import click

from se_cost.cli.config.pyproject import nearest
from se_cost.cli.options.option import Option, typed
from se_cost.cli.options.types import FilePath
from se_cost.errors import UsageError

OWN = "Options"
NAME = "se-cost-baseline.json"

BASELINE = Option(
    "--baseline",
    OWN,
    "Accepted figures.",
    FilePath(),
    usual=f"{NAME} beside pyproject.toml",
    metavar="FILE",
)
FROM = Option(
    "--from",
    OWN,
    "What `se-cost time --output FILE.json` wrote, or `report`.",
    FilePath(),
    metavar="FILE",
    multiple=True,
    key=False,
    called="saved",
)
UPDATE = Option("--update", OWN, "Accept the figures: write them into the baseline.", key=False)
REQUIRE_TIME = Option("--require-time", OWN, "Exit 3 unless a time could be judged.")
AGAINST = Option(
    "--against",
    OWN,
    "Compare the baseline of a revision with now.",
    click.STRING,
    metavar="REVISION",
    key=False,
)


def baseline_file(given: Path | None, *, must_exist: bool) -> Path:
    """Return the file of the baseline; one from pyproject.toml is relative to that file.

    Raises UsageError if it was named and `must_exist`, but does not.
    """
    project = nearest()
    folder = project.parent if project else Path()
    if given is None:
        return folder / NAME
    path = given if typed("baseline") else folder / given
    if must_exist and not path.exists():
        raise UsageError(f"there is no baseline {str(path)!r}; `se-cost check --update` writes one")
    return path
