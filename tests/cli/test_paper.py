"""`se-cost paper`: the tables, and the timings beside them."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from measure.made_up import timing

from cli.conftest import Run, Time, assert_refused
from se_cost.cli.options.protocol import PAGE
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.paper.published import findings, tradeoffs

TIMED = ("paper", "--time", "--device", "cpu")
HEAVY = {"torch", "fvcore", "matplotlib", "numpy", "tabulate"}
Use = Callable[[Time], None]


def test_prints_the_tables(run: Run) -> None:
    """Without options it is the page as text, and nothing on stderr."""
    result = run("paper")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "62 exact, 15 close, 10 differ." in result.stdout


def test_json_is_one_document(run: Run) -> None:
    """Stdout holds one json document and nothing else."""
    data = json.loads(run("paper", "--format", "json").stdout)
    assert (data["schema_version"], data["command"]) == (1, "paper")
    assert "time" not in data


@pytest.mark.parametrize("word", ["text", "json", "csv"])
def test_needs_no_heavy_package(word: str) -> None:
    """Neither torch nor matplotlib is loaded where no picture is drawn."""
    code = (
        "import sys; from se_cost.cli import main\n"
        "try: main(['paper', '--format', sys.argv[1]])\n"
        f"except SystemExit as e: print('HEAVY', sorted({HEAVY!r} & set(sys.modules)), e.code)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, word], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "HEAVY [] 0"


def test_figure_is_drawn(run: Run) -> None:
    """--figure writes an SVG and nothing beside it, and a markdown file shows it."""
    assert run("paper", "--figure", "errors.svg", "--format", "markdown").exit_code == 0
    assert ET.parse("errors.svg").getroot().tag.endswith("svg")
    assert [path.name for path in Path().iterdir()] == ["errors.svg"]
    run("paper", "--figure", "errors.svg", "--output", "paper.md")
    assert "](errors.svg)\n" in Path("paper.md").read_text()


def test_no_such_device(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be measured is no answer: one line, and exit 3."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert_refused(run("paper", "--time", "--device", "cuda"), 3, "no device cuda")


@pytest.mark.parametrize(("device", "batch"), [("cpu", 1), ("cuda:1", 32)])
def test_what_is_timed(
    run: Run, monkeypatch: pytest.MonkeyPatch, timed_by: Use, device: str, batch: int
) -> None:
    """SE-ResNet-50 as in the paper: 256 images on 8 GPUs are 32 on each; inference is of one."""
    asked: list[Asked] = []

    def time(one: Asked) -> Timing:
        asked.append(one)
        return timing(one.model, one.settings)

    timed_by(time)
    monkeypatch.setattr("se_cost.measure.machine.device.resolve", torch.device)
    result = run("paper", "--time", "--device", device, "--format", "json")
    assert result.exit_code == 0
    assert {one.model for one in asked} == {model("se_resnet50")}
    assert [one.protocol for one in asked] == [PAGE[Mode.TRAIN], PAGE[Mode.INFER]]
    assert [one.settings for one in asked] == [
        Settings(device, Mode.TRAIN, batch),
        Settings(device, Mode.INFER),
    ]
    modes = [time["settings"]["mode"] for time in json.loads(result.stdout)["time"]]
    assert modes == ["train", "infer"]


def test_interrupt_keeps_what_is_finished(run: Run, timed_by: Use) -> None:
    """Ctrl-C in the second timing prints the page with the first, and exits 130."""

    def time(asked: Asked) -> Timing:
        if asked.settings.mode is Mode.INFER:
            raise KeyboardInterrupt
        return timing(asked.model, asked.settings)

    timed_by(time)
    result = run(*TIMED, "--format", "json")
    assert result.exit_code == 130
    assert len(json.loads(result.stdout)["time"]) == 1


def test_interrupt_before_anything_is_finished(run: Run, timed_by: Use) -> None:
    """There is no page: one line, and exit 130."""

    def time(asked: Asked) -> Timing:
        raise KeyboardInterrupt

    timed_by(time)
    assert_refused(run(*TIMED), 130, "interrupted before anything was finished")


def test_another_study(run: Run) -> None:
    """The costs of its paper, in the same words; only the SE paper is timed and drawn."""
    result = run("paper", "--study", "cbam")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("The costs in the CBAM paper, recomputed")
    assert "7 costs, 6 exact, 0 close, 1 differ" in result.stdout
    data = json.loads(run("paper", "--study", "eca", "--format", "json").stdout)
    assert data["study"] == "eca"
    assert data["rows"][-1]["verdict"] == "differs"
    assert_refused(run("paper", "--study", "eca", "--time"), 2, "--time", "--study eca")
    assert_refused(run("paper", "--study", "ecaa"), 2, "se, cbam, bam, eca, srm", "mean eca")


def test_some_tables(run: Run) -> None:
    """Figures, sentence and errors are of these tables alone."""
    whole = json.loads(run("paper", "--format", "json").stdout)
    part = json.loads(run("paper", "--table", "10, 13", "--format", "json").stdout)
    assert len(whole["rows"]) == len(findings())  # those without a cost, too
    assert len(whole["errors"]) == len(tradeoffs())
    for what in ("rows", "errors"):
        assert part[what] == [row for row in whole[what] if row["table"] in ("10", "13")]
    assert part["rows"]
    assert "29 costs and differences" in run("paper", "--table", "10,13").stdout


def test_tables_without_an_error_have_no_picture(run: Run) -> None:
    """Section 4 prints costs only."""
    refused = run("paper", "--table", "section 4", "--figure", "a.svg")
    assert_refused(refused, 2, "--table section 4 has none")


@pytest.mark.parametrize("table", ["8", "99", "", "10;13"])
def test_tables_without_a_cost(run: Run, table: str) -> None:
    """Table 8 has errors only."""
    assert_refused(run("paper", "--table", table), 2, f"table '{table}' is unknown", "section 4")
