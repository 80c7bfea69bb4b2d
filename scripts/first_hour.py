"""Write reports/first-hour.md: what a new user asks in the first hour, and what the program says.

    python scripts/first_hour.py

Every output is real, at 80 columns, in a folder of its own; only the questions and the sentences
that lead from one to the next are written by hand.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "reports" / "first-hour.md"
PROJECT = """\
[[tool.se-cost.budgets]]
name = "classifier"
arch = "se_resnet50"
max-params = "29M"
"""
HEAD = """\
# The first hour

What a new user asks, what is typed, what the program answers on 80 columns, and what is asked next.
`python scripts/first_hour.py` writes this page from real output; times are those of the machine it
ran on.
"""


class Step(NamedTuple):
    """A question, the commands that answer it, and what one asks next."""

    question: str
    commands: tuple[str, ...]
    next: str


STEPS = (
    Step(
        "I have a ResNet-50. How many parameters would SE add?",
        ("se-cost params --arch se_resnet50",),
        "The last stage holds most of it. A larger r is the other way to save.",
    ),
    Step(
        "And with half the bottleneck width, and no attention in the last stage?",
        ("se-cost params --arch se_resnet50 --r 32 --drop-stages 5",),
        "Good. Now the same for the networks of my paper, in one table.",
    ),
    Step(
        "How do several networks compare?",
        (
            "se-cost params --arch se_resnet18,se_resnet50,se_mobilenet",
            "se-cost flops --arch se_resnet18,se_resnet50,se_mobilenet --no-measure",
        ),
        "`--format latex` makes a table for the paper of it. The MACs hardly grow; does the time?",
    ),
    Step(
        "I mistype. What then?",
        (
            "se-cost params --arch resnet5O",
            "se-cost params --arch resnet50 --r 8",
            "se-cost params --arch se_resnet50 --stages 2-4",
        ),
        "One line each, with what to type. Now to the time.",
    ),
    Step(
        "How much slower is it here?",
        (
            (
                "se-cost time --arch se_resnet18 --input 64 --quick --device cpu --threads 1"
                " --output time.json"
            ),
            "se-cost show time.json",
        ),
        "Quick is one process. Without `--quick` the number can be published. I keep time.json.",
    ),
    Step(
        "How do I keep the cost from growing unseen?",
        (
            "cat pyproject.toml",
            "se-cost check --update",
            "se-cost check",
        ),
        "The baseline goes into git. What if somebody makes the attention larger?",
    ),
    Step(
        "Does the gate close?",
        (
            "se-cost check --arch se_resnet50 --name classifier --r 8",
            "se-cost check --arch resnet50 --max-attention-params-percent 5",
        ),
        "Yes, and it says what to do; a limit that cannot fail is refused. Now a page for all:",
    ),
    Step(
        "Can I have one page?",
        ("se-cost report --arch se_resnet50 --no-time --quiet --output page.md", "ls"),
        "Without `--no-time` it measures the time of inference and of a training step too.",
    ),
)


def main() -> None:
    """Run every command and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").write_text(PROJECT)
        parts = [HEAD, *(_told(step, folder) for step in STEPS)]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


def _told(step: Step, folder: str) -> str:
    said = "\n".join(_said(command, folder) for command in step.commands)
    return f"## {step.question}\n\n```console\n{said}```\n\n{step.next}\n"


def _said(command: str, folder: str) -> str:
    """Return a command as it is typed, what it says, and its exit code if that is not 0."""
    words = shlex.split(command)
    real = [sys.executable, "-m", "se_cost", *words[1:]] if words[0] == "se-cost" else words
    env = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")}
    done = subprocess.run(
        real,
        cwd=folder,
        env=env | {"COLUMNS": "80", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    code = f"[exit {done.returncode}]\n" if done.returncode else ""
    return f"$ {command}\n{done.stdout.replace(f'{folder}/', '')}{code}"


if __name__ == "__main__":
    main()
