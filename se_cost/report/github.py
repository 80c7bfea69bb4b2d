"""What GitHub reads from a job: lines that become annotations, and the summary of its page."""

import os
from pathlib import Path

from se_cost.report.files import unwritable
from se_cost.report.formats import visible

LIMIT = 2**20 - 2**10  # bytes; GitHub drops a step's whole summary above 1 MiB
CUT = "**The rest is left out: GitHub shows no more than 1 MiB of a step.**"
END = f"{CUT}\n"
FENCE, BREAK = "```", "\n\n"


def on_actions() -> bool:
    """Return whether this is a job of GitHub Actions, which reads annotations from its log."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotation(level: str, message: str, title: str = "") -> str:
    """Return the line that makes GitHub show `message`; `level` is error, warning or notice."""
    about = f" title={_property(title)}" if title else ""
    return f"::{level}{about}::{_escaped(message)}"


def append_summary(markdown: str) -> None:
    """Append to the file named by $GITHUB_STEP_SUMMARY, if that is set, as much as GitHub takes.

    Raises BadInput if it cannot be written to.
    """
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    path = Path(name)
    try:
        before = path.read_bytes() if path.exists() else b""
        if not before.endswith(END.encode()):
            with path.open("ab") as file:
                file.write(fitting(f"\n\n{markdown.strip()}\n", LIMIT - len(before)).encode())
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None


def fitting(markdown: str, limit: int) -> str:
    """Return as many whole blocks of a page as fit into `limit` bytes, and a word on the rest."""
    if len(markdown.encode()) <= limit:
        return markdown
    kept, closing = [""], ""
    size = fences = folds = 0
    for block in markdown.split(BREAK):
        size += len(f"{block}{BREAK}".encode())
        fences += block.count(FENCE)
        folds += block.count("<details>") - block.count("</details>")
        closed = f"{FENCE}\n\n" * (fences % 2) + "</details>\n\n" * folds
        if size + len(f"{closed}{END}".encode()) > limit:
            break
        kept.insert(-1, block)  # the last, which is empty, ends the one before it
        closing = closed
    text = f"{BREAK.join(kept)}{closing}{END}"
    return text if len(text.encode()) <= limit else ""


def _escaped(text: str) -> str:
    """Return text as a workflow command writes it: on one line, percent signs spelled out."""
    lines = (visible(line) for line in text.replace("%", "%25").splitlines())
    return "%0A".join(lines)


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
