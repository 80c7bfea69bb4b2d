"""Bring README.md and its picture up to date with the program.

    python scripts/readme.py

The block between the two HELP comments is what `se-cost --help` prints, that between the two
EXAMPLE comments is a file of tests/data/models and what `se-cost params` prints of it; the picture
is what `se-cost params` prints. A test fails when one is out of date.
"""

import io
import os
import subprocess
import sys
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
NET = ROOT / "tests" / "data" / "models" / "net.py"
QUESTION = f"params --model {NET.name}:Net --input 3x224x224"
WIDTH = 120  # columns of the picture


def help_block() -> str:
    """Return what `se-cost --help` prints, as a block of markdown."""
    shown = CliRunner().invoke(program, ["--help"], prog_name="se-cost", terminal_width=80).stdout
    return f"```text\n{shown}```"


def example() -> str:
    """Return a network of a user's, and what it is told about it, as blocks of markdown."""
    done = subprocess.run(
        [sys.executable, "-m", "se_cost", *QUESTION.split()],
        cwd=NET.parent,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    file = f"```python\n# {NET.name}\n{NET.read_text(encoding='utf-8')}```"
    return f"{file}\n\n```console\n$ se-cost {QUESTION}\n{printed}\n```"


def updated(text: str) -> str:
    """Return the README with fresh blocks."""
    for name, block in (("HELP", help_block()), ("EXAMPLE", example())):
        begin, end = f"<!-- {name} -->", f"<!-- END OF {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n{block}\n{end}{after}"
    return text


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
