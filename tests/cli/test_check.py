"""`se-cost check`: exit codes, formats, baselines, and what a code host is told."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gate.budgeted import RICHER, time_document

from cli.conftest import Run, assert_refused, configure, saved
from se_cost import files
from se_cost.documents.flops import flops
from se_cost.documents.params import params
from se_cost.documents.report import report
from se_cost.documents.time import TimeDocument
from se_cost.ledger.costs import costs
from se_cost.measure.timing.verdict import TimeVerdict
from se_cost.record import replace

SMALLS = ("--arch", "se_resnet18", "--input", "64")
BASELINE = Path("se-cost-baseline.json")


def elsewhere(document: TimeDocument) -> TimeDocument:
    """Return a timing as if another torch had run it."""
    return replace(document, environment=replace(document.environment, torch="1.0"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--max-params", "12M"), 0),
        (("--max-params", "11M"), 1),
        (("--max-params", "eleven"), 2),
        (("--max-overhead-percent", "5"), 3),
        ((), 3),
    ],
)
def test_exit_codes(run: Run, words: tuple[str, ...], code: int) -> None:
    """Within, over, unusable, and nothing that could be judged."""
    assert run("check", *SMALLS, *words).exit_code == code


def test_nothing_judged_is_said(run: Run) -> None:
    """Never a silent success: what to do stands on stderr, what was looked at on stdout."""
    result = run("check", *SMALLS, "--max-overhead-percent", "5")
    assert "not judged" in result.stdout
    assert "no time was given; `--from` takes what" in result.stderr
    assert "se-cost: nothing was judged" in result.stderr


def test_update_then_growth_then_acceptance(run: Run) -> None:
    """The baseline is written beside the project, holds what is accepted, and stops growth."""
    result = run("check", *SMALLS, "--update")
    assert (result.exit_code, "wrote se-cost-baseline.json" in result.stderr) == (0, True)
    assert run("check", *SMALLS).exit_code == 0
    before = BASELINE.read_bytes()
    grown = run("check", *SMALLS, "--r", "8")
    assert grown.exit_code == 1
    assert "--r 16 became --r 8" in grown.stdout
    assert BASELINE.read_bytes() == before
    assert run("check", *SMALLS, "--r", "8", "--update").exit_code == 0
    assert run("check", *SMALLS, "--r", "8").exit_code == 0


def test_an_update_over_a_cap_is_still_over(run: Run) -> None:
    """The figures are written, and the budget stays what it is."""
    assert run("check", *SMALLS, "--max-params", "1", "--update").exit_code == 1
    assert BASELINE.exists()


def test_the_baseline_is_beside_the_project(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder of it, and wherever its pyproject.toml says."""
    Path("pyproject.toml").write_text("[tool.se-cost]\n")
    Path("src").mkdir()
    monkeypatch.chdir("src")
    run("check", *SMALLS, "--update")
    assert Path("..", BASELINE).exists()
    Path("..", "pyproject.toml").write_text('[tool.se-cost]\nbaseline = "costs.json"\n')
    run("check", *SMALLS, "--update")
    assert Path("..", "costs.json").exists()
    run("check", *SMALLS, "--update", "--baseline", "here.json")
    assert Path("here.json").exists()


def test_a_baseline_that_was_named_must_be_there(run: Run) -> None:
    """A typing error does not switch the check off."""
    words = ("check", *SMALLS, "--max-params", "90M", "--baseline", "bse.json")
    assert_refused(run(*words), 2, "there is no baseline 'bse.json'; `se-cost check --update`")
    assert run(*words, "--update").exit_code == 0
    assert run(*words).exit_code == 0


def test_times(run: Run) -> None:
    """A time is judged beside one of the same environment, and passed over beside another."""
    words = ("check", *SMALLS, "--max-overhead-percent", "6", "--from")
    run(*words, saved("4.json", time_document(overhead=4)), "--update")
    assert run(*words, "4.json").exit_code == 0
    result = run(*words, saved("9.json", time_document(overhead=9)))
    assert result.exit_code == 1
    assert "9 % time overhead (infer, batch 1" in result.stdout
    result = run(*words, saved("there.json", elsewhere(time_document(overhead=9))))
    assert result.exit_code == 1, "a cap needs no baseline"
    grows = ("check", *SMALLS, "--grow-overhead-percent", "1", "--from", "there.json")
    assert "torch 2.99 then, 1.0 now" in run(*grows).stderr


def test_a_time_is_required(run: Run) -> None:
    """Without one that was judged the gate does not open."""
    words = ("check", *SMALLS, "--max-params", "99M", "--require-time")
    result = run(*words)
    assert result.exit_code == 3
    assert "no time was judged" in result.stderr
    file = saved("time.json", time_document(overhead=4))
    assert run(*words, "--max-overhead-percent", "6", "--from", file).exit_code == 0
    assert run(*words, "--max-overhead-percent", "2", "--from", file).exit_code == 1


def test_the_time_of_a_report(run: Run) -> None:
    """Its json is as good as that of `time`."""
    net = time_document().recipe
    page = report(params(costs(net)), flops(costs(net)), [time_document(overhead=9)])
    words = ("check", *SMALLS, "--max-overhead-percent", "2", "--from", saved("page.json", page))
    assert run(*words).exit_code == 1


def test_an_inconclusive_time_is_no_baseline(run: Run) -> None:
    """From then on nothing could be judged, so it is refused, and the file stays as it was."""
    sure = time_document(overhead=4)
    unsure = replace(sure.overhead, verdict=TimeVerdict.INCONCLUSIVE)
    file = saved("time.json", replace(sure, overhead=unsure))
    refused = run("check", *SMALLS, "--from", file, "--update")
    assert_refused(refused, 2, "not conclusive")
    assert not Path("se-cost-baseline.json").exists()


@pytest.mark.parametrize(
    "words",
    [
        "--arch resnet50 --r 2 --max-params 99M",
        "--arch resnet50 --max-attention-params-percent 1",
        "--arch se_resnet50 --drop-stages 2,3,4,5 --max-attention-params-percent 1",
        "--arch resnet50 --grow-attention-macs-percent 1",
    ],
)
def test_limits_that_hold_whatever_it_costs(run: Run, words: str) -> None:
    """A gate for which somebody forgot `se_` could not fail."""
    assert_refused(run("check", *words.split()), 2, "resnet50")


def test_pyproject_sets_attention_where_there_is_any(run: Run) -> None:
    """A limit and an r for all networks do not stop a plain one."""
    configure("""
[tool.se-cost]
r = 8
max-attention-params-percent = 30
[[tool.se-cost.budgets]]
arch = "resnet50"
max-params = "99M"
""")
    assert run("check").exit_code == 0


def test_a_log_is_not_empty(run: Run) -> None:
    """With --output the sentences, and where the file is, go to stderr."""
    result = run("check", "--max-params", "1", "--format", "junit", "--output", "x.xml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "28,088,024 parameters" in result.stderr
    assert result.stderr.splitlines()[-1] == "wrote x.xml"


def test_a_time_of_another_network(run: Run) -> None:
    """It belongs to no budget."""
    file = saved("time.json", time_document(RICHER))
    assert_refused(run("check", *SMALLS, "--from", file), 2, "with options that no budget has")


def test_annotations_leave_stdout_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On GitHub the log says what is wrong, and json is still one document."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    limits = ("--max-params", "1", "--max-overhead-percent", "5", "--name", "a,b: c%")
    result = run("check", *SMALLS, *limits, "--format", "json")
    json.loads(result.stdout)
    assert "::" not in result.stdout
    lines = [line for line in result.stderr.splitlines() if line.startswith("::")]
    assert lines[0].startswith("::error title=a%2Cb%3A c%25%3A max-params::a,b: c%25: 11,778,592")
    assert lines[1].startswith("::warning title=")
    assert lines[2].startswith("::notice title=se-cost check::Not in the baseline")


def test_the_summary_of_a_job(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The page is appended to what other steps wrote, with a heading."""
    summary = tmp_path / "summary.md"
    summary.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert run("check", *SMALLS, "--max-params", "1").exit_code == 1
    text = summary.read_text()
    assert text.startswith("# before\n")
    assert "## se-cost check" in text
    assert "| se\\_resnet18" in text


def test_needs_no_torch() -> None:
    """Counts are judged without loading anything heavy."""
    heavy = {"torch", "fvcore", "matplotlib", "numpy", "tabulate"}
    code = (
        "import sys; from se_cost.cli import main\n"
        "try: main(['check', '--max-params', '1', '--format', 'junit'])\n"
        f"except SystemExit as e: print(sorted({heavy!r} & set(sys.modules)), e.code)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.splitlines()[-1] == "[] 1"


BROKEN: dict[str, tuple[str, str]] = {  # what becomes of which part of the file
    "is no whole json": ("}\n}\n", "}\n"),
    "has schema_version 99": ('"schema_version": 1', '"schema_version": 99'),
    "merge conflict": ("{", "<<<<<<< HEAD\n{"),
    "network 'se_resnet18': Expected": ('"network": 1', '"network": 0.1'),
}


@pytest.mark.parametrize("message", BROKEN)
@pytest.mark.parametrize("update", [(), ("--update",)])
def test_a_broken_baseline(run: Run, message: str, update: tuple[str, ...]) -> None:
    """One clear line, exit 2, and the file is not touched."""
    run("check", *SMALLS, "--update")
    BASELINE.write_text(BASELINE.read_text().replace(*BROKEN[message]))
    before = BASELINE.read_bytes()
    assert_refused(run("check", *SMALLS, *update), 2, message)
    assert BASELINE.read_bytes() == before


def test_a_full_disk(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old baseline stays whole, and the line names the file."""
    run("check", *SMALLS, "--update")
    before = BASELINE.read_bytes()
    real = Path.write_text

    def full(self: Path, data: str, **given: Any) -> int:
        real(self, data[:100], **given)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    result = run("check", *SMALLS, "--r", "8", "--update")
    assert_refused(result, 2, "cannot write 'se-cost-baseline.json': No space left on device")
    assert BASELINE.read_bytes() == before
    assert os.listdir() == [BASELINE.name]  # noqa: PTH208 - names, not paths


def test_a_folder_that_may_not_be_written_to(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only checkout, as of a fork, can be checked; only an update is refused."""
    run("check", *SMALLS, "--update")
    before = BASELINE.read_bytes()

    def refuse(path: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "_beside", refuse)
    assert run("check", *SMALLS).exit_code == 0
    assert run("check", *SMALLS, "--r", "8").exit_code == 1
    assert_refused(run("check", *SMALLS, "--r", "8", "--update"), 2, "Permission denied")
    assert BASELINE.read_bytes() == before


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31mred", "a\x00b"])
def test_names_with_controls_are_refused(run: Run, name: str) -> None:
    """Nothing that a terminal obeys gets further than the error, which spells it out."""
    result = run("check", *SMALLS, "--name", name, "--max-params", "1")
    assert_refused(result, 2, "must be one printable line")
    assert "\x1b" not in result.output


OPTIONS = """
[tool.se-cost]
r = 8
max-params = "10k"
format = "json"
[[tool.se-cost.budgets]]
arch = "se_resnet18"
[[tool.se-cost.budgets]]
arch = "se_resnet34"
r = 4
max-params = "90M"
"""


def test_options_of_the_whole_table_hold_for_every_budget(run: Run) -> None:
    """A budget says only what is different, for the network as for its limits."""
    configure(OPTIONS)
    found = json.loads(run("check").stdout)
    ratios = {
        name: {stage["r"] for stage in net["recipe"]["attention"]["stages"]}
        for name, net in found["networks"].items()
    }
    assert ratios == {"se_resnet18": {8}, "se_resnet34": {4}}
    assert [finding["verdict"] for finding in found["findings"]] == ["over", "within"]


def test_the_command_line_takes_the_place_of_the_budgets(run: Run) -> None:
    """An option that names a network or a limit means one network; others do not."""
    configure('[[tool.se-cost.budgets]]\narch = "se_resnet18"\nmax-params = 5\n')
    assert "se_resnet18: " in run("check", "--quiet").stdout
    for words in (("--arch", "se_vgg16", "--max-params", "900M"), ("--max-params", "900M")):
        result = run("check", *words)
        assert result.exit_code == 0
        assert "se_resnet18" not in result.stdout
