"""What GitHub reads from a job: lines that become annotations, and the summary of its page."""

import os
from pathlib import Path

from se_cost.files import unwritable
from se_cost.text import printable

LIMIT = 2**20 - 2**10  # bytes; GitHub drops a step's whole summary above 1 MiB
LEFT_OUT = "**Left out: GitHub shows no more than 1 MiB of a step.**\n"


def on_actions() -> bool:
    """Return whether this is a job of GitHub Actions, which reads annotations from its log."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotation(level: str, message: str, title: str = "") -> str:
    """Return the line that makes GitHub show `message`; `level` is error, warning or notice."""
    about = f" title={_property(title)}" if title else ""
    return f"::{level}{about}::{_escaped(message)}"


def append_summary(markdown: str) -> None:
    """Append to the file named by $GITHUB_STEP_SUMMARY, if that is set.

    A page that would make the file larger than GitHub takes is left out, and a line says so.
    Raises UsageError if the file cannot be written to.
    """
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    path = Path(name)
    text = f"\n\n{markdown.strip()}\n"
    try:
        size = path.stat().st_size if path.exists() else 0
        fits = size + len(text.encode()) <= LIMIT
        with path.open("a", encoding="utf-8") as file:
            file.write(text if fits else f"\n\n{LEFT_OUT}")
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None


def _escaped(text: str) -> str:
    """Return text as a workflow command writes it: on one line, percent signs spelled out."""
    lines = (printable(line) for line in text.replace("%", "%25").splitlines())
    return "%0A".join(lines)


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
