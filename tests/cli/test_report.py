"""`se-cost report`: the whole command, with counts and timings handed in."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from helpers import GATING_KINDS
from measure.made_up import full, timing

from cli import counted
from cli.conftest import Run, Time, assert_refused, configure, saved
from se_cost.cli.options.protocol import PAGE, QUICK_PAGE
from se_cost.documents.paper import published
from se_cost.documents.time import batches, timed
from se_cost.errors import MeasurementError
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.arms import FUSED
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.schedule import LEAST, share
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.zoo.model import model
from se_cost.record import replace

INTERRUPTED = "se-cost: warning: interrupted: this is what was finished"
COUNT = "se_cost.measure.counting.side_by_side.count"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>\n'
REPORT = ("report", "--arch", "se_resnet18", "--device", "cpu")
SEVERAL = ("report", "--arch", "se_resnet18,se_mobilenet", "--device", "cpu")
COUNTED = ("report", "--arch", "se_resnet18,se_mobilenet", "--no-time")
Use = Callable[[Time], None]


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch, timed_by: Use) -> None:
    """Replace what takes long: counters, timings and drawing."""
    monkeypatch.setattr(COUNT, counted.count)
    for figure in ("bars.bars", "intervals.intervals", "stages.stages"):
        monkeypatch.setattr(f"se_cost.report.figures.{figure}", lambda *given: SVG)


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


def test_prints_what_the_page_says(run: Run) -> None:
    """Its first screen as text, whatever the page is written in; with --verbose all of it."""
    first = run(*REPORT).stdout
    assert first == run(*REPORT, "--format", "html").stdout
    assert "Should the final stage keep its attention?" in first
    assert "Parameters\n" not in first
    text = run(*REPORT, "--verbose").stdout
    assert set(first.splitlines()) <= set(text.splitlines())
    headings = ("Time of inference", "Time of a training step", "Parameters", "Computing")
    places = [text.index(f"{heading}\n") for heading in headings]
    assert places == sorted(places)


def test_other_kinds_are_on_the_page(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If they are asked for: the network's own block as it is, the others as they are usual."""
    monkeypatch.setattr("se_cost.report.figures.alternatives.kinds", lambda *given: SVG)
    words = ("--no-time", "--alternatives", "--r", "8", "--stages", "2,3", "--verbose")
    shown = run("report", "--arch", "se_resnet18", *words).stdout
    assert "What else could be taken?" in shown
    assert re.search(r"^  scSE +\d", shown, re.MULTILINE)
    assert "--no-time --alternatives" in shown or "--alternatives --no-time" in shown
    assert "se_resnet18-kinds.svg" in {path.name for path in Path("reports").iterdir()}
    data = json.loads(Path("reports/se_resnet18.json").read_text())
    rows = {one["kind"]: one for one in data["alternatives"]["alternatives"]}
    assert list(rows) == ["none", *GATING_KINDS]
    assert rows["se"]["params"] == data["params"]["network"]["params"]
    stages = [one["stage"] for one in rows["eca"]["recipe"]["attention"]["stages"]]
    assert stages == [2, 3]
    assert "alternatives" not in json.loads(
        run(*COUNTED, "--output", "-", "--format", "json").stdout
    )


def test_page_shows_what_is_there(run: Run) -> None:
    """Links and pictures of the page exist beside it, and pictures have words."""
    run(*REPORT, "--output", "out/page.md")
    page = Path("out/page.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[([^]]*)\]\(([^)]*)\)", page)
    assert {target for _, target in pictures} == {"page-stages.svg", "page-time.svg"}
    assert all(alternative for alternative, _ in pictures)
    links = re.findall(r"\]\(([^)]*)\)", page)
    assert set(links) == {path.name for path in Path("out").iterdir()} - {"page.md"}
    for name in ("page-stages.svg", "page-time.svg"):
        assert ET.parse(Path("out", name)).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_json_holds_all_that_was_measured(run: Run) -> None:
    """Counters, modules and both timings."""
    run(*REPORT, "--output", "page.md")
    data = json.loads(Path("page.json").read_text(encoding="utf-8"))
    assert (data["schema_version"], data["command"]) == (1, "report")
    assert data["params"]["measured"]["baseline"] == 11_689_512
    assert data["flops"]["measured"]["torch_backward"]["network"] > 0
    assert [run["settings"]["mode"] for run in data["time"]] == ["infer", "train"]


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (("--format", "json"), {"reports/networks.json"}),
        (("--format", "text"), {"reports/networks.txt"}),
        (("--format", "csv", "--output", "a/b.csv"), {"a/b.csv"}),
        (("--output", "x.tex"), {"x.tex"}),
        (("--output", "x.json"), {"x.json"}),
        (("--format", "html"), {"reports/networks.html", "reports/networks.json"}),
        (("--output", "x.HTM"), {"x.HTM", "x.json"}),
        (("--format", "html", "--output", "page.x"), {"page.x", "page.json"}),
        (("--output", "/dev/null"), set()),
    ],
)
def test_every_format(run: Run, words: Sequence[str], files: set[str]) -> None:
    """By the word or by the name of the file; what the page points to lies beside it."""
    assert run(*COUNTED, *words).exit_code == 0
    assert contents().keys() == files


def test_a_page_on_stdout(run: Run) -> None:
    """A dash is stdout, which gets the page and nothing else; no file is written."""
    result = run(*COUNTED, "--output", "-", "--format", "html")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("<!doctype html>")
    assert contents() == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_page_that_cannot_be_written_is_printed(run: Run) -> None:
    """It may have taken minutes."""
    result = run(*REPORT, "--output", "/dev/full")
    assert result.exit_code == 2
    assert result.stderr == "se-cost: cannot write '/dev/full': No space left on device\n"
    assert "Time of inference" in result.stdout


def test_the_format_of_pyproject_is_that_of_the_page(run: Run) -> None:
    """As it is for every command; a name that is typed wins."""
    configure('[tool.se-cost]\nformat = "json"\n')
    assert run(*COUNTED).stderr == "wrote reports/networks.json\n"
    assert run(*COUNTED, "--output", "x.md").stderr == "wrote x.md\n"


def test_same_findings_same_bytes(run: Run) -> None:
    """Running it again with the same findings changes no byte of any file."""
    run(*REPORT)
    first = contents()
    run(*REPORT)
    assert contents() == first


def test_quiet(run: Run, timed_by: Use) -> None:
    """--quiet silences the warnings; where the page went is still said."""
    timed_by(lambda asked: timing(asked.model, asked.settings, quads=2))
    assert "se-cost: warning: infer: too few comparisons" in run(*REPORT).stderr
    assert run(*REPORT, "--quiet").stderr == "wrote reports/se_resnet18.md\n"


@pytest.fixture
def asked(timed_by: Use) -> list[Asked]:
    """Return what is asked for; the answers are made up."""
    seen: list[Asked] = []

    def watched(one: Asked) -> Timing:
        seen.append(one)
        return timing(one.model, one.settings)

    timed_by(watched)
    return seen


@pytest.mark.parametrize(
    ("words", "device", "batch"),
    [((), "cpu", 1), ((), "cuda", 32), (("--batch", "4"), "cuda", 4)],
)
def test_what_is_timed(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[Asked],
    words: Sequence[str],
    device: str,
    batch: int,
) -> None:
    """Both modes, with the batch and limit that were asked for; 32 images where one idles a GPU."""
    monkeypatch.setattr("se_cost.measure.machine.device.resolve", lambda name: torch.device(device))
    run("report", "--arch", "se_resnet18", "--max-time", "7.5", *words)
    assert [one.settings for one in asked] == [Settings("auto", mode, batch) for mode in Mode]
    assert {one.protocol.max_time for one in asked} == {7.5}


def test_fused_networks_are_timed_too(run: Run, asked: list[Asked]) -> None:
    """One more network in both modes; in inference the norms of all are folded."""
    run("report", "--arch", "se_resnet18", "--device", "cpu", "--fuse")
    assert [list(one.networks)[-1] for one in asked] == [FUSED, FUSED]
    assert [one.settings.fold_norms for one in asked] == [True, False]


def test_the_full_protocol_is_the_usual_one(run: Run, asked: list[Asked]) -> None:
    """--quick is for the impatient; each has its own limit."""
    run(*REPORT)
    run(*REPORT, "--quick")
    assert [one.protocol for one in asked] == [*PAGE.values(), QUICK_PAGE, QUICK_PAGE]
    assert "--batch 1 --quick\n" in Path("reports/se_resnet18.md").read_text()
    run(*REPORT, "--quick", "--max-time", "50")
    assert "--quick --max-time 50" in Path("reports/se_resnet18.md").read_text()


def test_a_page_is_done_in_four_minutes(run: Run) -> None:
    """On two quiet cores every process has time for two comparisons of each network, or more.

    Seconds of SE-ResNet-50 there: of a network until the first quad, and of one quad.
    """
    for mode, setup, quad in ((Mode.INFER, 1.5, 0.5), (Mode.TRAIN, 2.4, 1.35)):
        rule = PAGE[mode]
        found = share(rule.max_time / rule.at_least, setup, quad, others=2)
        assert (found.arms, found.quads >= LEAST) == (2, True)
    assert sum(rule.max_time for rule in PAGE.values()) <= 180, "counts and memory take a minute"


def test_a_disagreement_fails_the_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts that disagree: loud words, exit code 1, and a page that shows them."""
    monkeypatch.setattr(COUNT, counted.wrong)
    result = run(*REPORT, "--quiet", "--output", "page.md")
    assert result.exit_code == 1
    assert "THE COUNTS DISAGREE: torch is 1 measured" in result.stderr
    assert "> **Warning:** THE COUNTS DISAGREE" in Path("page.md").read_text()


def failing(error: BaseException, mode: Mode = Mode.TRAIN, family: str = "") -> Time:
    """Return a timing that raises an error in one mode, or of one family."""

    def time(asked: Asked) -> Timing:
        if (family and asked.model.arch.endswith(family)) or (
            not family and asked.settings.mode is mode
        ):
            raise error
        return timing(asked.model, asked.settings)

    return time


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (KeyboardInterrupt(), 130, [INTERRUPTED, "wrote page.md"]),
        (MeasurementError("out of memory"), 3, ["wrote page.md", "se-cost: out of memory"]),
    ],
)
def test_trouble_in_the_second_timing_keeps_the_first(
    run: Run, timed_by: Use, error: BaseException, code: int, lines: list[str]
) -> None:
    """The page has what is finished, and the exit code is no success."""
    timed_by(failing(error))
    result = run(*REPORT, "--output", "page.md")
    assert result.exit_code == code
    assert result.stderr.strip().splitlines() == lines
    data = json.loads(Path("page.json").read_text())
    assert [run["settings"]["mode"] for run in data["time"]] == ["infer"]


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (MeasurementError("out of memory"), 3)]
)
def test_a_first_timing_that_fails_writes_nothing(
    run: Run, timed_by: Use, error: BaseException, code: int
) -> None:
    """With nothing timed there is no report."""
    timed_by(failing(error, Mode.INFER))
    assert_refused(run(*REPORT, "--output", "page.md"), code, "")
    assert contents() == {}


def test_interrupted_within_a_timing(run: Run, timed_by: Use) -> None:
    """Its part is reported, no other network is begun, and the exit code says so."""
    seen = []

    def interrupted(asked: Asked) -> Timing:
        seen.append(asked.model.arch)
        return timing(asked.model, asked.settings, complete=False, interrupted=True)

    timed_by(interrupted)
    result = run(*SEVERAL)
    assert (result.exit_code, seen) == (130, ["se_resnet18"])
    assert "interrupted: this is what was finished" in result.stderr


def test_no_such_device(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before anything is counted: counters take a while for many networks."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.delattr(COUNT)
    assert_refused(run("report", "--arch", "se_resnet18", "--device", "cuda"), 3, "no device cuda")
    assert contents() == {}


@pytest.mark.parametrize("words", ["resnet18", "se_resnet18,resnet18"])
def test_nothing_to_compare(run: Run, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """It is said before anything is counted or written."""
    monkeypatch.delattr(COUNT)
    line = "se-cost: nothing to compare: resnet18 has no attention"
    assert_refused(run("report", "--arch", words), 3, line)
    assert contents() == {}


def test_several_networks(run: Run) -> None:
    """One page, and in the json each with all that is known of it."""
    result = run(*SEVERAL)
    assert (result.exit_code, result.stderr) == (0, "wrote reports/networks.md\n")
    data = json.loads(Path("reports/networks.json").read_text())
    assert [part["recipe"]["arch"] for part in data["networks"]] == ["se_resnet18", "se_mobilenet"]
    for part, params in zip(data["networks"], (11_689_512, 4_231_976), strict=True):
        assert part["params"]["measured"]["baseline"] == params
        assert part["flops"]["measured"]["torch"]["baseline"] > 0
        assert len(part["time"]) == 2


def test_trouble_with_the_second_network_keeps_the_first(run: Run, timed_by: Use) -> None:
    """Its times are not there, its counts are; and it is no success."""
    timed_by(failing(MeasurementError("out of memory"), family="mobilenet"))
    assert run(*SEVERAL).exit_code == 3
    parts = json.loads(Path("reports/networks.json").read_text())["networks"]
    assert [len(part["time"]) for part in parts] == [2, 0]
    assert parts[1]["params"]["measured"]["baseline"] == 4_231_976


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
    assert_refused(result, 2, f"network {wrong!r} is unknown")


def test_without_times(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts alone are exact, need no counters and no clock, and leave no picture of times."""
    monkeypatch.delattr(COUNT)
    monkeypatch.delattr("se_cost.cli.timed.time_several")
    result = run("report", "--arch", "se_resnet18", "--no-time")
    assert (result.exit_code, result.stderr) == (0, "wrote reports/se_resnet18.md\n")
    names = ("se_resnet18-stages.svg", "se_resnet18.json", "se_resnet18.md")
    assert contents().keys() == {f"reports/{name}" for name in names}
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


NET = model("se_resnet18")
INFER, TRAIN = (replace(timed(full(NET)), settings=Settings("cpu", mode)) for mode in Mode)


@pytest.mark.parametrize("counters", [True, False])
def test_saved_timings(run: Run, timed_by: Use, counters: bool) -> None:
    """They are on the page in the place of new ones, with or without the counters."""
    timed_by(lambda asked: pytest.fail("it was timed again"))
    files = (saved("a.json", INFER), saved("b.json", TRAIN))
    words = ("--from", files[0], "--from", files[1], *([] if counters else ["--no-time"]))
    assert run(*REPORT, *words).exit_code == 0
    data = json.loads(Path("reports/se_resnet18.json").read_text())
    assert [time["quick"] for time in data["time"]] == [False, False]
    assert [time["settings"]["mode"] for time in data["time"]] == ["infer", "train"]
    assert ("measured" in data["flops"]) is counters
    assert "uick mode" not in Path("reports/se_resnet18.md").read_text()


def test_saved_timings_of_several_batches_and_networks(run: Run) -> None:
    """Each is on the part of the network that it is of."""
    both = batches([timing(NET, Settings(batch=batch)) for batch in (1, 8)])
    files = (saved("a.json", both), saved("b.json", timed(full(model("se_mobilenet")))))
    run(*COUNTED, "--from", files[0], "--from", files[1])
    parts = json.loads(Path("reports/networks.json").read_text())["networks"]
    assert [[time["settings"]["batch"] for time in part["time"]] for part in parts] == [[1, 8], [1]]


def test_saved_timings_that_do_not_belong(run: Run) -> None:
    """Another network, and what is no timing, are refused before anything is done."""
    other = saved("other.json", timed(full(model("se_resnet18", r=8))))
    message = "timed a network that is not on the page: --arch se_resnet18 --r 8"
    assert_refused(run(*REPORT, "--from", other), 2, "'other.json'", message)
    itself = replace(INFER, self_check=True)
    for name, document in {"self.json": itself, "paper.json": published()}.items():
        refused = run(*REPORT, "--from", saved(name, document))
        assert_refused(refused, 2, f"'{name}' holds no overhead: give what `se-cost time` wrote")
    assert not Path("reports").exists()


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
    configure(LIST)
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
    configure(LIST)
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
    assert text.count("```mermaid\n") == 4
    assert not re.search(r"\]\(", text)
    run(*SEVERAL)
    assert summary.read_text().count("<!-- se-cost report -->") == 2


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_annotations_of_a_job(
    run: Run, summary: Path, monkeypatch: pytest.MonkeyPatch, timed_by: Use, quiet: list[str]
) -> None:
    """What matters most and every doubt, once, on stderr; failures even if quiet."""
    timed_by(lambda asked: timing(asked.model, asked.settings, warm=False))
    monkeypatch.setattr(COUNT, counted.wrong)
    result = run(*REPORT, *quiet)
    lines = result.stderr.splitlines()
    about = "title=se-cost report::"
    assert [line.split(about)[0] for line in lines] == [
        "wrote reports/se_resnet18.md",
        *([] if quiet else ["::notice "]),
        *["::error "] * 2,
        *([] if quiet else ["::warning "] * 2),
    ]
    assert "::" not in result.stdout


def test_an_error_in_a_job(run: Run, summary: Path) -> None:
    """The one line of an error is beside the log too, with what is hostile in it harmless."""
    result = run("report", "--arch", "x\n::error::y\x1b[31m")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "::error title=se-cost::network 'x\\n::error::y\\x1b[31m' is unk"
    )
    assert len(result.stderr.splitlines()) == 1
    assert not summary.exists()


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
