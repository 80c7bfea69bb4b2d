"""`se-cost paper`, on the command line; where it times, a stopwatch tells known times."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from report.made_up import timing

from cli.conftest import MILLISECONDS, Run
from se_cost.measure.protocol import Plan, Progress, Stopwatch
from se_cost.measure.result import Timing
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe
from se_cost.report.doubts import INTERRUPTED
from se_cost.report.time import QUICK

Clock = Callable[[Stopwatch], None]
TIMED = ("paper", "--time", "--device", "cpu")
HEAVY = {"torch", "fvcore", "matplotlib", "numpy", "tabulate"}


def test_prints_the_tables(run: Run) -> None:
    """Without options it is the page as text, and nothing on stderr."""
    result = run("paper")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Hu et al., Squeeze-and-Excitation Networks")
    assert "62 exact, 15 close, 10 differ." in result.stdout
    assert QUICK not in result.stdout


def test_json_is_one_document(run: Run) -> None:
    """Stdout holds one json document and nothing else."""
    data = json.loads(run("paper", "--format", "json").stdout)
    assert (data["schema_version"], data["command"]) == (1, "paper")
    assert data["rows"][2] == {
        "table": "2",
        "row": "ResNet-50",
        "quantity": "FLOPs",
        "published": 3.86,
        "ours": 3.857973248,
        "unit": "G",
        "verdict": "exact",
        "note": "multiply-accumulates",
    }


def test_needs_no_heavy_package() -> None:
    """Neither torch nor matplotlib is loaded for text, json or csv."""
    code = (
        "import sys; from se_cost.cli import main\n"
        "try: main(['paper', '--format', sys.argv[1]])\n"
        f"except SystemExit as e: print('HEAVY', sorted({HEAVY!r} & set(sys.modules)), e.code)"
    )
    for word in ("text", "json", "csv"):
        result = subprocess.run(
            [sys.executable, "-c", code, word], capture_output=True, text=True, check=True
        )
        assert result.stdout.splitlines()[-1] == "HEAVY [] 0"


def test_figure_is_drawn(run: Run, tmp_path: Path) -> None:
    """--figure writes an SVG and nothing beside it; the page is still on stdout."""
    result = run("paper", "--figure", "errors.svg", "--format", "markdown")
    assert (result.exit_code, result.stderr) == (0, "")
    assert ET.parse(tmp_path / "errors.svg").getroot().tag.endswith("svg")
    assert [path.name for path in tmp_path.iterdir()] == ["errors.svg"]
    assert "errors.svg" not in result.stdout, "a page that lies nowhere can link to nothing"


def test_markdown_file_shows_the_figure(run: Run, tmp_path: Path) -> None:
    """A file of markdown links to the picture, one of another format does not."""
    (tmp_path / "docs").mkdir()
    assert run("paper", "--figure", "errors.svg", "--output", "docs/paper.md").stdout == ""
    assert (tmp_path / "docs" / "paper.md").read_text().endswith("](../errors.svg)\n")
    run("paper", "--figure", "errors.svg", "--output", "paper.csv")
    assert "errors.svg" not in (tmp_path / "paper.csv").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--figure", "errors.png"], "--figure draws SVG, not 'errors.png': say errors.svg"),
        (
            ["--figure", "a.svg", "--output", "./a.svg"],
            "--figure and --output are both 'a.svg': give each its own file",
        ),
        (["--figure", "no/a.svg"], "cannot write 'no/a.svg': No such file or directory"),
        (["--figure", "a.svg", "--output", "no/a.md"], "cannot write 'no/a.md': No such file or"),
        (["--device", "gpu"], "device 'gpu' is unknown: choose from auto, cpu, cuda, cuda:0"),
        (["--arch", "resnet50"], "No such option '--arch'"),
    ],
)
def test_bad_input_is_one_line(run: Run, tmp_path: Path, words: list[str], message: str) -> None:
    """It names the value and what to say instead, and writes nothing."""
    result = run("paper", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"se-cost: {message}")
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_no_such_device(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be measured is no answer: one line, and exit 3."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    result = run("paper", "--time", "--device", "cuda")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("se-cost: no device cuda")


@pytest.mark.usefixtures("clock")
def test_time_puts_this_machine_beside_the_paper(run: Run) -> None:
    """SE-ResNet-50 is timed in training and in inference, 10 % slower as the stopwatch has it."""
    data = json.loads(run(*TIMED, "--format", "json").stdout)
    settings = [time["settings"] for time in data["time"]]
    assert [(s["mode"], s["batch"], s["device"]) for s in settings] == [
        ("train", 1, "cpu"),
        ("infer", 1, "cpu"),
    ]
    for time in data["time"]:
        assert time["recipe"]["arch"] == "se_resnet50"
        assert time["overhead"]["percent"] == pytest.approx(10)
        assert len(time["samples"]["quads"]) == 24
    text = run(*TIMED).stdout
    assert QUICK in text
    last = text.split("Time of ResNet-50", 1)[1]
    assert last.index("Titan X") < last.index("Forward, loss and backward pass of one image")
    assert "Inference of one image" in last


def test_a_gpu_trains_as_many_images_as_in_the_paper(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """256 images on 8 GPUs are 32 on each; inference is of one image everywhere."""
    asked: list[tuple[str, str, int]] = []

    def time(network: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
        asked.append((settings.device, settings.mode.value, settings.batch))
        return timing(network, settings)

    monkeypatch.setattr("se_cost.measure.device.resolve", torch.device)
    monkeypatch.setattr("se_cost.measure.timing.time", time)
    assert run("paper", "--time", "--device", "cuda:1").exit_code == 0
    assert asked == [("cuda:1", "train", 32), ("cuda:1", "infer", 1)]


def stopped_after(calls: int) -> Stopwatch:
    """Return a stopwatch during whose next timing the user presses Ctrl-C."""
    left = calls

    def watch(arm: str, iterations: int) -> float:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return iterations * MILLISECONDS[arm] / 1000

    return watch


SETTING_UP = 6 + 30  # calls for three arms: twice to calibrate, ten times until they are steady
WHOLE = SETTING_UP + 24 * 8  # two calls for each of the four timings of a quad


@pytest.mark.parametrize(
    ("calls", "timings"),
    [
        (SETTING_UP + 17, 1),  # in the third quad of the first timing
        (WHOLE + 5, 1),  # before the first quad of the second one
        (WHOLE + SETTING_UP + 9, 2),
    ],
)
def test_interrupt_keeps_what_is_finished(run: Run, clock: Clock, calls: int, timings: int) -> None:
    """Ctrl-C prints the page with the timings there are, and exits 130."""
    clock(stopped_after(calls))
    result = run(*TIMED, "--format", "json")
    assert result.exit_code == 130
    assert len(json.loads(result.stdout)["time"]) == timings
    assert (INTERRUPTED in result.stderr) is (calls != WHOLE + 5)


def test_interrupt_before_anything_is_finished(run: Run, clock: Clock) -> None:
    """Ctrl-C before the first comparison prints no page, one line, and exits 130."""
    clock(stopped_after(3))
    result = run(*TIMED)
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.strip() == "se-cost: interrupted before anything was finished"
