"""A job on GitHub is told what came out: annotations in its log, the page in its summary."""

import os
from collections.abc import Iterable

import click

from se_cost.report.formats import as_markdown
from se_cost.report.github import annotation, append_summary, on_actions
from se_cost.report.page import Page


def tell(title: str, page: Page, notes: Iterable[tuple[str, str, str]]) -> None:
    """Show the page in the job's summary, and notes (level, message, title) beside its log.

    GitHub reads stderr too, so that stdout holds nothing but data. Elsewhere nothing happens.
    """
    if "GITHUB_STEP_SUMMARY" in os.environ:
        append_summary(f"## {title}\n\n{as_markdown(page)}")
    if on_actions():
        for level, message, about in notes:
            click.echo(annotation(level, message, about), err=True)
