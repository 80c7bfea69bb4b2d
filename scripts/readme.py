"""Bring README.md and its picture up to date with the program.

    python scripts/readme.py

The block between the two HELP comments is what `se-cost --help` prints; the picture is what
`se-cost params` prints. A test fails when either is out of date.
"""

import io
from pathlib import Path

from click.testing import CliRunner
from rich.console import Console
from rich.text import Text

from se_cost.cli import main as program
from se_cost.cli.output.output import answered
from se_cost.documents.params import params
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Screen

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "reports" / "params.svg"
BEGIN, END = "<!-- HELP -->", "<!-- END OF HELP -->"
WIDTH = 120  # columns of the picture


def help_block() -> str:
    """Return what `se-cost --help` prints, as a block of markdown."""
    shown = CliRunner().invoke(program, ["--help"], prog_name="se-cost", terminal_width=80).stdout
    return f"```text\n{shown}```"


def updated(text: str) -> str:
    """Return the README with a fresh help block."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{help_block()}\n{END}{after}"


def picture() -> str:
    """Return the output of `se-cost params` as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    answer = answered(params(costs(model("se_resnet50"))))
    console.print(Text.from_ansi(Format.TEXT.write(answer, Screen(WIDTH, color=True))))
    title = "se-cost params --arch se_resnet50 --r 16"
    return console.export_svg(title=title, unique_id="se-cost")


def main() -> None:
    """Write both files."""
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
