"""A job on GitHub is told what came out: annotations in its log, the page in its summary."""

import os
from collections.abc import Iterable

from se_cost.cli.output.streams import say
from se_cost.errors import UsageError
from se_cost.report.formats import markdown
from se_cost.report.github import annotation, append_summary, on_actions
from se_cost.report.page import Page

Note = tuple[str, str, str]  # level, message, title


def tell(title: str, page: Page, notes: Iterable[Note]) -> None:
    """Show a page in the job's summary, and notes beside its log; elsewhere do nothing.

    The summary has the `title` as a heading, where the page has none.

    GitHub reads stderr too, so that stdout holds nothing but data.
    """
    if on_actions():
        for note in notes:
            say(annotation(*note))
    if "GITHUB_STEP_SUMMARY" in os.environ:
        try:
            heading = f"## {title}\n\n" if title else ""
            append_summary(heading + markdown.page(page))
        except UsageError as error:  # what was asked for is done all the same
            say(f"se-cost: warning: {error}")
