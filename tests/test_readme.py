"""The README says what the program does."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import readme
from click.testing import CliRunner

from se_cost.cli import COMMANDS, main

TEXT = readme.README.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\$ se-cost (.+)$", TEXT, re.MULTILINE)


def test_help_is_up_to_date() -> None:
    """Help and example are what the program prints; `make readme` brings them up to date."""
    assert readme.updated(TEXT) == TEXT
    assert readme.help_block() in TEXT


def test_picture_is_up_to_date() -> None:
    """The picture is what the program draws."""
    assert readme.PICTURE.read_text(encoding="utf-8") == readme.picture()


def test_links_lead_somewhere() -> None:
    """Every relative link and picture of the README is a file of the repository."""
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert links
    for link in links:
        assert (readme.ROOT / link).exists(), link


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_are_understood(line: str) -> None:
    """Every example parses: asked for help instead, the program finds each of its options."""
    words = shlex.split(line.split("#")[0].split("|")[0].split(">")[0])
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0, result.output


def test_every_command_has_an_example() -> None:
    """No command is left out."""
    shown = {line.split()[0] for line in EXAMPLES}
    assert shown >= set(COMMANDS)


def test_python_example_runs() -> None:
    """Its lines do what their comments say, for a network of ours and for another."""
    ours, yours = re.findall(r"```python\n(.+?)```", TEXT, re.DOTALL)[-2:]
    names: dict[str, Any] = {}
    exec(ours.split("timing =")[0], names)
    assert names["added"] == 2_530_992
    exec((readme.ROOT / "tests/data/models/nets.py").read_text(), names)
    exec(f"images = torch.randn(2, 3, 32, 32)\n{yours}", names)
    assert [block.path for block in names["blocks"]] == ["one.se", "two.se"]
    assert (names["yours"].stages, names["tried"].stages) == ((1, 2), (1,))
    assert Path(readme.ROOT / "CHANGELOG.md").exists()


def test_the_output_of_plan_is_what_it_prints() -> None:
    """Whatever stands between two dots was printed by the command above it, line breaks apart."""
    command = "plan --max-attention-params 1M"
    shown = TEXT.split(f"$ se-cost {command}\n")[1].split("\n$ ")[0]
    printed = " ".join(CliRunner().invoke(main, command.split()).stdout.split())
    parts = [" ".join(part.split()) for part in shown.split("...") if part.strip()]
    assert len(parts) == 3
    assert all(part in printed for part in parts)
