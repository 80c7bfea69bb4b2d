"""`se-cost report`: everything about one network on one page."""

from pathlib import Path

import click

from se_cost.cli import INTERRUPTED
from se_cost.cli.options import DEVICE_OPTION, POSITIVE, QUIET_OPTION, SECONDS, recipe_options
from se_cost.cli.output import Output
from se_cost.cli.progress import progress_bar
from se_cost.errors import BadInput, SeCostError
from se_cost.measure.counts import count
from se_cost.measure.protocol import Plan
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe
from se_cost.report.files import expect_writable, write
from se_cost.report.formats import Format


@click.command(name="report", short_help="Write all of it on one page, with pictures.")
@recipe_options
@DEVICE_OPTION
@click.option(
    "--batch", type=POSITIVE, metavar="N", help="Images per iteration.  [default: 1, on a GPU 32]"
)
@click.option(
    "--max-time",
    type=SECONDS,
    metavar="SECONDS",
    default=40,
    show_default=True,
    help="Limit of each of two timings.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="[default: reports/NETWORK.md]",
)
@QUIET_OPTION
@click.pass_context
def command(
    ctx: click.Context,
    recipe: Recipe,
    device: str,
    batch: int | None,
    max_time: float,
    output: Path | None,
    quiet: bool,
) -> None:
    """Count, time, and write a page of markdown with its pictures and json beside it.

    Times inference and a training step; Ctrl-C keeps what is finished and exits 130.
    """
    path = output or Path("reports") / f"{recipe.name}.md"
    if path.suffix.lower() == ".json":
        raise BadInput(f"the page is markdown, its json goes beside it: {path.with_suffix('.md')}")
    expect_writable(path, make_folder=True)
    counts = count([recipe, recipe.baseline], backward=True)
    from se_cost.measure.built import params
    from se_cost.measure.device import resolve
    from se_cost.measure.result import Timing
    from se_cost.measure.timing import time
    from se_cost.report.document import Findings, files

    batch = batch or (32 if resolve(device).type == "cuda" else 1)  # one image idles a GPU
    timings: list[Timing] = []
    trouble: SeCostError | KeyboardInterrupt | None = None
    try:
        for mode in Mode:
            settings = Settings(device=device, mode=mode, batch=batch)
            with progress_bar(quiet) as progress:
                timings.append(time(recipe, settings, Plan(max_time=max_time), progress))
            if timings[-1].samples.interrupted:
                break
    except (SeCostError, KeyboardInterrupt) as error:
        if not timings:
            raise
        trouble = error  # told after what is finished is written
    findings = Findings(recipe, (params(recipe), params(recipe.baseline)), counts, timings)
    for page in findings.pages.values():
        Output(Format.TEXT, None, quiet).show(page)
    for file, text in files(findings, path).items():
        write(file, text)
    click.echo(f"wrote {path}", err=True)
    if isinstance(trouble, SeCostError):
        raise trouble
    interrupted = trouble or timings[-1].samples.interrupted
    ctx.exit(INTERRUPTED if interrupted else int(findings.failed))
