"""Which file holds the baseline."""

from pathlib import Path

import click
from click.core import ParameterSource

from se_cost.cli.config import nearest
from se_cost.errors import BadInput
from se_cost.report.gate.baseline import NAME

BASELINE_OPTION = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"Accepted figures.  [default: {NAME} beside pyproject.toml]",
)


def baseline_file(ctx: click.Context, given: Path | None, *, must_exist: bool) -> Path:
    """Return the file of the baseline; one from pyproject.toml is relative to that file.

    Raises BadInput if it was named and `must_exist`, but does not.
    """
    project = nearest(Path.cwd())
    folder = project.parent if project else Path()
    if given is None:
        return folder / NAME
    named_there = ctx.get_parameter_source("baseline") is ParameterSource.DEFAULT_MAP
    path = folder / given if named_there else given
    if must_exist and not path.exists():
        raise BadInput(f"there is no baseline {str(path)!r}; `se-cost check --update` writes one")
    return path
