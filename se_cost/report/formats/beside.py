"""A page together with the files that lie beside it."""

from pathlib import Path

from se_cost.report.formats import html, markdown
from se_cost.report.formats.all import Format, of_suffix
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.page import Beside, flat


def files(answer: Answer, path: Path, form: Format) -> dict[Path, str]:
    """Return the text of every file of a page: what it shows or points to, and itself last.

    Markdown shows pictures, and both it and HTML point to the files of `Beside`; a page in any
    other format is one file.
    """
    page, screen = answer.page, Screen()
    if form is Format.MARKDOWN:
        pictures = {path.with_name(f"{path.stem}-{p.name}.svg"): p.draw() for p in page.pictures}
        return pictures | _beside(answer, path) | {path: markdown.page(page, path.stem)}
    if form is Format.HTML:
        whole = html.page(page, answer.command, path.stem)
        return _beside(answer, path) | {path: whole}
    return {path: form.write(answer, screen)}


def _beside(answer: Answer, path: Path) -> dict[Path, str]:
    """Return the files that the page points to, each in the format of its suffix."""
    suffixes = [block.suffix for block in flat(answer.page.blocks) if isinstance(block, Beside)]
    paths = [path.with_suffix(suffix) for suffix in suffixes]
    forms = [(path, of_suffix(path)) for path in paths]
    return {path: form.write(answer, Screen()) for path, form in forms if form}
