"""`se-cost report`: the whole command, with counts and timings handed in."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from report.made_up import timing

from cli.conftest import Run
from se_cost.errors import CannotMeasure
from se_cost.ledger.compare import compare
from se_cost.ledger.conventions import CONVENTIONS, total
from se_cost.measure.counts import Counts, FvcoreCount, TorchCount
from se_cost.measure.protocol import Plan, Progress
from se_cost.measure.result import Timing
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe
from se_cost.report.flops import complete

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>\n'
REPORT = ("report", "--arch", "se_resnet18", "--device", "cpu")
Time = Callable[[Recipe, Settings, Plan, Progress], Timing]


def count(recipes: Sequence[Recipe], *, backward: bool = False) -> list[Counts]:
    """Return what counters would say that agree with the ledger."""
    found = []
    for recipe in recipes:
        ledger = compare(recipe).network
        own, every = total(ledger, CONVENTIONS["fvcore"]), complete(ledger)
        fvcore = FvcoreCount({"conv": own}, {"relu": every - own})
        macs = ledger.macs
        found.append(Counts(fvcore, TorchCount(2 * macs, 4 * macs if backward else None)))
    return found


def time(recipe: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
    """Return a timing whose truth is known."""
    return timing(recipe, settings)


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> Callable[[Time], None]:
    """Replace what takes long; return a function that replaces the timing by another."""
    monkeypatch.setattr("se_cost.cli.report.count", count)
    monkeypatch.setattr("se_cost.measure.timing.time", time)
    monkeypatch.setattr("se_cost.report.figures.svg", lambda figure: SVG)
    return lambda other: monkeypatch.setattr("se_cost.measure.timing.time", other)


def contents() -> dict[str, bytes]:
    """Return every file below the current folder, by its path."""
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def test_writes_four_files(run: Run) -> None:
    """By default page, pictures and json go to reports/, named as the network."""
    result = run(*REPORT)
    assert result.exit_code == 0
    assert result.stderr == "wrote reports/se_resnet18.md\n"
    names = ("se_resnet18.md", "se_resnet18.json", "se_resnet18-stages.svg", "se_resnet18-time.svg")
    assert contents().keys() == {f"reports/{name}" for name in names}


def test_prints_every_table(run: Run) -> None:
    """The answers of the commands are printed as text too, in their order."""
    text = run(*REPORT).stdout
    headings = (
        "Parameters of the attention by stage",
        "One image, as counters count it",
        "Inference of one image",
        "Forward, loss and backward pass of one image",
    )
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


def test_page_shows_what_is_there(run: Run) -> None:
    """Links and pictures of the page exist beside it, pictures have words, tables are whole."""
    run(*REPORT, "--output", "out/page.md")
    page = Path("out/page.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[([^]]*)\]\(([^)]*)\)", page)
    links = re.findall(r"\]\(([^)]*)\)", page)
    assert {target for _, target in pictures} == {"page-stages.svg", "page-time.svg"}
    assert all(alternative for alternative, _ in pictures)
    assert set(links) == {path.name for path in Path("out").iterdir()} - {"page.md"}
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({line.replace(r"\|", "").count("|") for line in block.splitlines()}) == 1


def test_json_and_pictures_are_valid(run: Run) -> None:
    """The json is one document with the keys of the contract, the pictures are XML."""
    run(*REPORT, "--output", "page.md")
    data = json.loads(Path("page.json").read_text(encoding="utf-8"))
    assert (data["schema_version"], data["command"]) == (1, "report")
    assert data["params"]["baseline"]["params"] == 11_689_512
    assert data["params"]["measured"]["baseline"] == 11_689_512
    assert data["flops"]["measured"]["torch_backward"]["network"] > 0
    assert [run["overhead"]["verdict"] for run in data["time"]] == ["slower", "slower"]
    assert all(run["samples"]["quads"] for run in data["time"])
    for name in ("page-stages.svg", "page-time.svg"):
        assert ET.parse(name).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_same_findings_same_bytes(run: Run) -> None:
    """Running it again with the same findings changes no byte of any file."""
    run(*REPORT)
    first = contents()
    run(*REPORT)
    assert contents() == first


def test_quiet(run: Run, measured: Callable[[Time], None]) -> None:
    """--quiet silences the warnings; where the page went is still said."""
    measured(lambda recipe, settings, plan, progress: timing(recipe, settings, quads=2))
    assert "too few comparisons" in run(*REPORT).stderr
    assert run(*REPORT, "--quiet").stderr == "wrote reports/se_resnet18.md\n"


def test_settings_reach_the_timing(run: Run, measured: Callable[[Time], None]) -> None:
    """Both modes are timed, with the batch, device and limit that were asked for."""
    seen = []

    def watched(recipe: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
        seen.append((settings, plan.max_time))
        return timing(recipe, settings)

    measured(watched)
    run(*REPORT, "--batch", "4", "--max-time", "7.5")
    assert seen == [(Settings("cpu", mode, 4), 7.5) for mode in (Mode.INFER, Mode.TRAIN)]


@pytest.mark.parametrize(("device", "batch"), [("cpu", 1), ("cuda", 32)])
def test_batch_depends_on_the_device(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    measured: Callable[[Time], None],
    device: str,
    batch: int,
) -> None:
    """One image on a CPU, 32 on a GPU, which one image would leave idle."""
    seen = set()

    def watched(recipe: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
        seen.add(settings.batch)
        return timing(recipe, settings)

    measured(watched)
    monkeypatch.setattr("se_cost.measure.device.resolve", lambda name: torch.device(device))
    run("report", "--arch", "se_resnet18")
    assert seen == {batch}


def test_a_disagreement_fails_the_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts that disagree: loud words, exit code 1, and a page that shows them."""

    def wrong(recipes: Sequence[Recipe], *, backward: bool) -> list[Counts]:
        return [
            replace(one, torch=replace(one.torch, forward=1))
            for one in count(recipes, backward=backward)
        ]

    monkeypatch.setattr("se_cost.cli.report.count", wrong)
    result = run(*REPORT, "--quiet", "--output", "page.md")
    assert result.exit_code == 1
    assert "THE COUNTS DISAGREE: torch is 1 measured" in result.stderr
    assert "> **Warning:** THE COUNTS DISAGREE" in Path("page.md").read_text()


def test_interrupted_while_timing_keeps_what_is_finished(
    run: Run, measured: Callable[[Time], None]
) -> None:
    """Ctrl-C in the first timing ends the measurement; its quads are reported, exit code 130."""
    measured(
        lambda recipe, settings, plan, progress: timing(
            recipe, settings, complete=False, interrupted=True
        )
    )
    result = run(*REPORT, "--output", "page.md")
    assert result.exit_code == 130
    assert "interrupted: this is what was finished" in result.stderr
    data = json.loads(Path("page.json").read_text())
    assert [run["settings"]["mode"] for run in data["time"]] == ["infer"]


def second_fails(error: BaseException) -> Time:
    """Return a timing that raises an error in the training mode."""

    def fail(recipe: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
        if settings.mode is Mode.TRAIN:
            raise error
        return timing(recipe, settings)

    return fail


def test_interrupted_between_timings_keeps_the_first(
    run: Run, measured: Callable[[Time], None]
) -> None:
    """Ctrl-C before the second timing has anything still leaves the report of the first."""
    measured(second_fails(KeyboardInterrupt()))
    result = run(*REPORT, "--output", "page.md")
    assert result.exit_code == 130
    data = json.loads(Path("page.json").read_text())
    assert [run["settings"]["mode"] for run in data["time"]] == ["infer"]
    assert "## Time of inference" in Path("page.md").read_text()
    assert "## Time of a training step" not in Path("page.md").read_text()


def test_a_second_timing_that_fails_keeps_the_first(
    run: Run, measured: Callable[[Time], None]
) -> None:
    """If training does not fit into memory, inference is reported, and it is no success."""
    measured(second_fails(CannotMeasure("out of memory")))
    result = run(*REPORT, "--output", "page.md")
    assert result.exit_code == 3
    assert result.stderr.splitlines() == ["wrote page.md", "se-cost: out of memory"]
    assert len(json.loads(Path("page.json").read_text())["time"]) == 1


def test_a_first_timing_that_fails_writes_nothing(
    run: Run, measured: Callable[[Time], None]
) -> None:
    """With nothing timed there is no report."""

    def fail(recipe: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
        raise CannotMeasure("out of memory")

    measured(fail)
    result = run(*REPORT, "--output", "page.md")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "se-cost: out of memory\n"
    assert contents() == {}


def test_nothing_to_compare(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain network has no report: exit code 3."""
    monkeypatch.undo()
    monkeypatch.setattr("se_cost.cli.report.count", count)
    result = run("report", "--arch", "resnet18", "--device", "cpu", "--output", "/dev/null")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "se-cost: nothing to compare: resnet18 has no attention\n"


def test_nothing_to_compare_in_one_of_several(run: Run) -> None:
    """It is said before anything is counted or written."""
    result = run("report", "--arch", "se_resnet18,resnet18", "--no-time")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "se-cost: nothing to compare: resnet18 has no attention\n"
    assert contents() == {}


SEVERAL = ("report", "--arch", "se_resnet18,se_mobilenet", "--device", "cpu")
COUNTED = ("report", "--arch", "se_resnet18,se_mobilenet", "--no-time")


def test_several_networks(run: Run) -> None:
    """One page, one table for each question, one row for each network."""
    result = run(*SEVERAL)
    assert (result.exit_code, result.stderr) == (0, "wrote reports/networks.md\n")
    assert result.stdout.count("SE-ResNet-18") == result.stdout.count("SE-MobileNet") == 5
    page = Path("reports/networks.md").read_text()
    assert page.count("<details>") == 2
    assert {p.name for p in Path("reports").glob("*-time.svg")} == {
        *("networks-time.svg", "networks-se_resnet18-time.svg", "networks-se_mobilenet-time.svg")
    }
    data = json.loads(Path("reports/networks.json").read_text())
    assert [part["recipe"]["arch"] for part in data["networks"]] == ["se_resnet18", "se_mobilenet"]
    for part, params in zip(data["networks"], (11_689_512, 4_231_976), strict=True):
        assert part["params"]["measured"]["baseline"] == params
        assert (
            part["flops"]["measured"]["torch"]["baseline"] == 2 * part["flops"]["baseline"]["macs"]
        )
        assert len(part["time"]) == 2


def test_a_network_named_twice_is_one(run: Run) -> None:
    """And then the page is that of one network."""
    result = run("report", "--arch", "se_resnet18, se_resnet18", "--no-time")
    assert result.stderr == "wrote reports/se_resnet18.md\n"


@pytest.mark.parametrize(
    ("words", "wrong"), [("se_resnet18,nope", "nope"), ("se_resnet18,,se_vgg16", "")]
)
def test_every_name_is_checked(run: Run, words: str, wrong: str) -> None:
    """A list is as good as its worst name."""
    result = run("report", "--arch", words, "--no-time")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"se-cost: network {wrong!r} is unknown")


def test_without_times(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts alone are exact, need no counters and no clock, and leave no picture of times."""
    monkeypatch.delattr("se_cost.cli.report.count")
    monkeypatch.delattr("se_cost.measure.timing.time")
    result = run("report", "--arch", "se_resnet18", "--no-time")
    assert (result.exit_code, result.stderr) == (0, "wrote reports/se_resnet18.md\n")
    names = ("se_resnet18-stages.svg", "se_resnet18.json", "se_resnet18.md")
    assert contents().keys() == {f"reports/{name}" for name in names}
    page = Path("reports/se_resnet18.md").read_text()
    assert "Time" not in page
    assert "measured" not in page
    assert "$ se-cost report --arch se_resnet18 --r 16 --no-time\n" in page
    data = json.loads(Path("reports/se_resnet18.json").read_text())
    assert data["time"] == []
    assert "measured" not in data["params"]


def test_without_times_there_is_no_torch(tmp_path: Path) -> None:
    """Neither is loaded, so a job that only counts needs neither installed."""
    code = (
        "import sys; from se_cost.cli import main\n"
        f"try: main({[*COUNTED, '--output', str(tmp_path / 'x.md')]!r})\n"
        "except SystemExit as e: print(sorted({'torch', 'fvcore'} & set(sys.modules)), e.code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.parametrize(
    "words",
    [
        ("--output", "page.html"),
        ("--output", "page.HTM"),
        ("--format", "html", "--output", "page.x"),
    ],
)
def test_html(run: Run, words: Sequence[str]) -> None:
    """By the word or by the name of the file; all that it needs is in it."""
    assert run(*COUNTED, *words).exit_code == 0
    path = Path(words[-1])
    assert contents().keys() == {path.name, "page.json"}
    assert path.read_text().startswith("<!doctype html>")
    assert path.read_text().count("<svg ") == 4


def test_html_has_a_name_of_its_own(run: Run) -> None:
    """Beside the page of markdown, it would be."""
    assert run(*COUNTED, "--format", "html").stderr == "wrote reports/networks.html\n"
    assert run(*REPORT, "--no-time", "--format", "html").stderr.endswith("se_resnet18.html\n")


def test_markdown_in_a_file_of_any_name(run: Run) -> None:
    """The word wins over the name."""
    run(*COUNTED, "--format", "markdown", "--output", "page.html")
    assert Path("page.html").read_text().startswith("<!-- se-cost report -->")


def test_formats_of_other_commands(run: Run) -> None:
    """Set in pyproject.toml they are not meant for this command; on its command line they are."""
    Path("pyproject.toml").write_text('[tool.se-cost]\nformat = "json"\n')
    assert run(*COUNTED).stderr == "wrote reports/networks.md\n"
    refused = run(*COUNTED, "--format", "json")
    assert refused.exit_code == 2
    assert "'json' is unknown: choose from markdown, html" in refused.stderr


def test_format_of_pages_in_pyproject(run: Run) -> None:
    """A format that this command has is meant for it."""
    Path("pyproject.toml").write_text('[tool.se-cost]\nformat = "html"\n')
    assert run(*COUNTED).stderr == "wrote reports/networks.html\n"


@pytest.mark.parametrize(("form", "page"), [("markdown", "x.md"), ("html", "x.html")])
def test_json_goes_beside_the_page(run: Run, form: str, page: str) -> None:
    """A page cannot take the name of its json."""
    result = run(*COUNTED, "--format", form, "--output", "x.json")
    assert result.exit_code == 2
    assert result.stderr == f"se-cost: the page is {form}, its json goes beside it: {page}\n"


LIST = """
[tool.se-cost]
r = 8
[[tool.se-cost.report]]
arch = "se_resnet18"
[[tool.se-cost.report]]
arch = ["se_resnet18", "se_mobilenet"]
r = 4
drop-stages = [5]
bias = false
"""


def test_list_in_pyproject(run: Run) -> None:
    """The networks of the list are on one page, each with its own words."""
    Path("pyproject.toml").write_text(LIST)
    assert run("report", "--no-time").stderr == "wrote reports/networks.md\n"
    parts = json.loads(Path("reports/networks.json").read_text())["networks"]
    assert [part["recipe"]["arch"] for part in parts] == [
        *("se_resnet18", "se_resnet18", "se_mobilenet")
    ]
    stages = [part["recipe"]["attention"]["stages"] for part in parts]
    assert [{stage["r"] for stage in part} for part in stages] == [{8}, {4}, {4}]
    assert [part[-1]["stage"] for part in stages] == [5, 4, 4]
    assert [part[0]["bias"] for part in stages] == [True, False, False]


def test_command_line_wins_over_the_list(run: Run) -> None:
    """Who names a network means that one."""
    Path("pyproject.toml").write_text(LIST)
    assert run("report", "--no-time", "--arch", "se_vgg16").stderr == "wrote reports/se_vgg16.md\n"
    data = json.loads(Path("reports/se_vgg16.json").read_text())
    assert data["recipe"]["attention"]["stages"][0]["r"] == 8


@pytest.fixture
def summary(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a job on GitHub has its summary."""
    path = tmp_path.with_name(f"{tmp_path.name}-summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return path


def test_summary_of_a_job(run: Run, summary: Path) -> None:
    """The page is appended once each time, marked, drawn without files, and needs no token."""
    summary.write_text("theirs\n")
    run(*SEVERAL)
    text = summary.read_text()
    assert text.startswith("theirs\n\n\n<!-- se-cost report -->\n\n# What attention costs 2")
    assert text.count("<!-- se-cost report -->") == 1
    assert text.count("```mermaid\n") == 4
    assert not re.search(r"\]\(", text)
    run(*SEVERAL)
    assert summary.read_text().count("<!-- se-cost report -->") == 2


def test_annotations_of_a_job(run: Run, summary: Path, measured: Callable[[Time], None]) -> None:
    """What matters most, and every doubt, once, on stderr; stdout has the tables alone."""
    measured(lambda recipe, settings, plan, progress: timing(recipe, settings, warm=False))
    result = run(*SEVERAL)
    lines = result.stderr.splitlines()
    assert lines[0].startswith("::notice title=se-cost report::Attention adds +0.76 %25 (SE-ResNet")
    assert [line.split("::")[1] for line in lines[1:-1]] == [
        *["warning title=se-cost report%3A Time of inference"] * 2,
        *["warning title=se-cost report%3A Time of a training step"] * 2,
    ]
    assert lines[-1] == "wrote reports/networks.md"
    assert "::" not in result.stdout


def test_annotations_of_a_quiet_job(
    run: Run, summary: Path, monkeypatch: pytest.MonkeyPatch, measured: Callable[[Time], None]
) -> None:
    """Doubts are not told, but a failure is."""
    measured(lambda recipe, settings, plan, progress: timing(recipe, settings, warm=False))
    assert run(*REPORT, "--quiet").stderr == "wrote reports/se_resnet18.md\n"

    def wrong(recipes: Sequence[Recipe], *, backward: bool) -> list[Counts]:
        good = count(recipes, backward=backward)
        return [replace(one, torch=replace(one.torch, forward=1)) for one in good]

    monkeypatch.setattr("se_cost.cli.report.count", wrong)
    failed = run(*REPORT, "--quiet")
    assert failed.exit_code == 1
    assert "::error title=se-cost report%3A Computing::THE COUNTS DISAGREE: torch" in failed.stderr
    assert "::warning" not in failed.stderr


def test_an_error_in_a_job(run: Run, summary: Path) -> None:
    """The one line of an error is beside the log too, with what is hostile in it harmless."""
    result = run("report", "--arch", "x\n::error::y\x1b[31m")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "::error title=se-cost::network 'x\\n::error::y\\x1b[31m' is unk"
    )
    assert len(result.stderr.splitlines()) == 1
    assert not summary.exists()


def test_a_summary_that_cannot_be_written(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The page is there, and it is said what is not."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "such"))
    result = run(*COUNTED)
    assert result.exit_code == 2
    assert re.fullmatch("se-cost: cannot write '.*/no/such': .*\n", result.stderr)
    assert Path("reports/networks.md").exists()


@pytest.mark.parametrize("form", ["markdown", "html"])
@pytest.mark.parametrize("stem", ["a|b `c` <script>", "line\nbreak\x1b[31m", "\udcff"])
def test_hostile_names_of_files(run: Run, form: str, stem: str) -> None:
    """A page can have any name that a file can have, and shows it as it is."""
    result = run(*COUNTED, "--format", form, "--output", f"{stem}.page", "--quiet")
    assert result.exit_code == 0
    page = Path(f"{stem}.page").read_text(encoding="utf-8")
    assert page.replace("\n", "").isprintable()
    assert "<script" not in page
    assert (result.stdout + result.stderr).replace("\n", "").isprintable()


def test_trouble_with_the_second_network_keeps_the_first(
    run: Run, measured: Callable[[Time], None]
) -> None:
    """Its times are not there, its counts are; and it is no success."""

    def fail(recipe: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
        if recipe.family == "mobilenet":
            raise CannotMeasure("out of memory")
        return timing(recipe, settings)

    measured(fail)
    result = run(*SEVERAL)
    assert result.exit_code == 3
    assert result.stderr.splitlines() == ["wrote reports/networks.md", "se-cost: out of memory"]
    parts = json.loads(Path("reports/networks.json").read_text())["networks"]
    assert [len(part["time"]) for part in parts] == [2, 0]
    assert parts[1]["params"]["measured"]["baseline"] == 4_231_976


def test_interrupted_networks(run: Run, measured: Callable[[Time], None]) -> None:
    """Ctrl-C ends the timing of all networks, not only of the one that is being timed."""
    seen = []

    def interrupted(recipe: Recipe, settings: Settings, plan: Plan, progress: Progress) -> Timing:
        seen.append(recipe.name)
        return timing(recipe, settings, complete=False, interrupted=True)

    measured(interrupted)
    assert run(*SEVERAL).exit_code == 130
    assert seen == ["se_resnet18"]
