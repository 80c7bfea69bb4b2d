"""`se-cost time`, with a stopwatch that tells known times; no network is built or run."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from report.made_up import TRUTH, process, timing

from cli.conftest import MILLISECONDS, Run
from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure import protocol
from se_cost.measure.full import Protocol
from se_cost.measure.jobs import Timed, Weighed
from se_cost.measure.peaks import Peak
from se_cost.measure.protocol import Plan, Stopwatch
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED, Timing
from se_cost.measure.run import Process
from se_cost.nets.registry import recipe
from se_cost.report import doubts
from se_cost.report import time as report_time

Clock = Callable[[Stopwatch], None]
TIME = ("time", "--quick", "--device", "cpu", "--arch", "se_resnet50")
SETTING_UP = 6 + 30  # calls for three arms: twice to calibrate, ten times until they are steady
QUAD = 2 * 4  # calls for one quad: before each timing an iteration that is not timed

pytestmark = pytest.mark.usefixtures("clock")


def table(text: str) -> list[list[str]]:
    """Return the cells of the first printed table."""
    lines = text.split("network  ", 1)[1].splitlines()[2:]
    return [re.split(r"\s{2,}", line.strip()) for line in lines[: lines.index("")]]


def test_prints_the_truth(run: Run) -> None:
    """With SE 10 % slower, without the final stage 4 %: as the stopwatch has it."""
    result = run(*TIME)
    assert (result.exit_code, result.stderr) == (0, "")
    assert table(result.stdout) == [
        ["ResNet-50", "10.00", "100.0", "–", "–", "–", "–"],
        ["SE-ResNet-50", "11.00", "90.9", "+10.00", "+10.00", "+10.00", "slower"],
        ["without stage 5", "10.40", "96.2", "+4.00", "+4.00", "+4.00", "slower"],
    ]
    assert "+10.00 % time beside ResNet-50" in result.stdout
    assert report_time.QUICK in result.stdout


def test_json_is_one_document(run: Run) -> None:
    """Stdout holds one json document and nothing else, with numbers, samples and environment."""
    result = run(*TIME, "--runs", "7", "--batch", "2", "--seed", "5", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert (data["schema_version"], data["command"]) == (1, "time")
    assert data["recipe"]["arch"] == "se_resnet50"
    assert data["baseline"]["median_ms"] == pytest.approx(10)
    assert data["network"]["median_ms"] == pytest.approx(11)
    assert data["network"]["images_per_second"] == pytest.approx(2000 / 11)
    assert data["overhead"] == {
        **{key: pytest.approx(10) for key in ("percent", "low", "high")},
        "verdict": "slower",
    }
    assert data["without_final_stage"]["overhead"]["percent"] == pytest.approx(4)
    assert data["null"] == {key: pytest.approx(0) for key in ("percent", "low", "high")}
    quads = data["samples"]["quads"]
    assert [quad["arm"] for quad in quads] == [NETWORK, TRIMMED] * 7
    for quad in quads:
        outer, inner = MILLISECONDS[BASELINE] / 1000, MILLISECONDS[quad["arm"]] / 1000
        if quad["reverse"]:
            outer, inner = inner, outer
        assert quad["seconds"] == pytest.approx([outer, inner, inner, outer])
    assert {quad["reverse"] for quad in quads} == {True, False}
    assert data["settings"]["batch"] == 2
    assert data["settings"]["seed"] == 5
    environment = data["environment"]
    for key in ("se_cost", "torch", "python", "device_name", "dtype", "layout"):
        assert isinstance(environment[key], str)
        assert environment[key]
    assert environment["device"] == "cpu"
    assert environment["cores"] >= 1
    assert environment["threads"] >= 1


def test_environment_names_no_person_and_no_place(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither user, nor host, nor folder is in the document."""
    monkeypatch.setenv("USER", "somebody-special")
    monkeypatch.setattr("platform.node", lambda: "host-of-mine")
    text = run(*TIME, "--format", "json").stdout
    assert "somebody-special" not in text
    assert "host-of-mine" not in text
    assert "/home" not in text
    assert "/tmp" not in text


def test_csv(run: Run) -> None:
    """The table of the arms and that of the noise, with full numbers."""
    first, second = run(*TIME, "--format", "csv").stdout.split("\n\n")
    rows = list(csv.DictReader(first.splitlines()))
    assert [row["network"] for row in rows] == ["ResNet-50", "SE-ResNet-50", "without stage 5"]
    assert float(rows[1]["overhead %"]) == pytest.approx(10)
    assert rows[0]["overhead %"] == ""
    assert [row["check"] for row in csv.DictReader(second.splitlines())] == ["null (A/A)", "drift"]


def test_seed_decides_the_order(run: Run) -> None:
    """The same seed takes the quads in the same order, another one does not."""

    def order(seed: str) -> list[bool]:
        data = json.loads(run(*TIME, "--seed", seed, "--format", "json").stdout)
        return [quad["reverse"] for quad in data["samples"]["quads"]]

    assert order("1") == order("1")
    assert order("1") != order("2")


def test_one_stage(run: Run) -> None:
    """Where the final stage is the only one, two networks are timed, not three."""
    data = json.loads(run(*TIME, "--stages", "3", "--format", "json").stdout)
    assert {quad["arm"] for quad in data["samples"]["quads"]} == {NETWORK}
    assert data["without_final_stage"] is None


def interrupting(after: int) -> Stopwatch:
    """Return a stopwatch that is interrupted, as by Ctrl-C, after so many calls."""
    calls: Iterator[int] = count()

    def watch(arm: str, iterations: int) -> float:
        if next(calls) == after:
            raise KeyboardInterrupt
        return iterations * MILLISECONDS[arm] / 1000

    return watch


def test_interrupted_prints_what_is_finished(run: Run, clock: Clock) -> None:
    """After 16 quads and a bit Ctrl-C leaves 16, exit code 130, and says so."""
    clock(interrupting(SETTING_UP + QUAD * 16 + 2))
    result = run(*TIME, "--format", "json")
    assert result.exit_code == 130
    samples = json.loads(result.stdout)["samples"]
    assert len(samples["quads"]) == 16
    assert (samples["interrupted"], samples["complete"]) == (True, False)
    assert result.stderr == f"se-cost: warning: {doubts.INTERRUPTED}\n"


def test_interrupted_early_has_no_interval(run: Run, clock: Clock) -> None:
    """After one quad there is a value, but neither interval nor verdict."""
    clock(interrupting(SETTING_UP + QUAD + 1))
    result = run(*TIME)
    assert result.exit_code == 130
    assert table(result.stdout)[1] == [
        *("SE-ResNet-50", "11.00", "90.9", "+10.00", "–", "–", "inconclusive")
    ]
    assert doubts.TOO_FEW in result.stderr


@pytest.mark.parametrize("after", [0, 5, SETTING_UP, SETTING_UP + 3])
def test_interrupted_before_the_first_comparison(run: Run, clock: Clock, after: int) -> None:
    """With nothing finished there is nothing to print: one line, exit code 130."""
    clock(interrupting(after))
    result = run(*TIME)
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.strip() == "se-cost: interrupted before anything was finished"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each look at the clock take a second of the time that is left."""
    monkeypatch.setattr("se_cost.measure.process.monotonic", partial(next, map(float, count())))


@pytest.mark.usefixtures("hurried")
def test_a_run_that_is_cut_short_warns(run: Run) -> None:
    """If the time ends first, what was measured is printed with a warning; that is no failure."""
    result = run(*TIME, "--max-time", "40", "--format", "json")
    assert result.exit_code == 0
    samples = json.loads(result.stdout)["samples"]
    assert 0 < len(samples["quads"]) < 40
    assert (samples["complete"], samples["interrupted"]) == (False, False)
    assert f"se-cost: warning: {doubts.NOT_COMPLETE}" in result.stderr.splitlines()


@pytest.mark.usefixtures("hurried")
def test_quiet_silences_the_warning(run: Run) -> None:
    """With --quiet there is not a byte on stderr."""
    result = run(*TIME, "--max-time", "40", "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.usefixtures("hurried")
def test_timings_that_do_not_become_steady_warn(run: Run, clock: Clock) -> None:
    """If every timing is slower than the last, the warm-up gives up and the page says so."""
    calls = count(1)
    clock(lambda arm, iterations: iterations * 1e-3 * 1.01 ** next(calls))
    result = run(*TIME, "--max-time", "300", "--runs", "1")
    assert result.exit_code == 0
    assert f"se-cost: warning: {doubts.NOT_WARM}" in result.stderr.splitlines()


def test_progress_is_reported_on_a_terminal_only(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measurement gets a silent progress where stderr is no terminal."""
    seen = []
    measure = protocol.measure

    def watched(*given: object, **named: object) -> protocol.Samples:
        seen.append(given[4])
        return measure(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("se_cost.measure.process.measure", watched)
    assert run(*TIME).stderr == ""
    assert seen == [protocol.silent]


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], None]:
    """Return a function that has made-up processes time the networks, after some trouble."""

    def use(trouble: Callable[[int], None]) -> None:
        numbers = count()

        def work(job: Timed | Weighed, limit: float, padding: int = 0) -> Process | Peak:
            trouble(next(numbers))
            if isinstance(job, Weighed):
                return Peak(300 * 2**20, None)
            return process(
                {arm: TRUTH[arm] for arm in job.networks if arm in TRUTH}, job.plan.quads
            )

        monkeypatch.setattr("se_cost.measure.full.work", work)

    return use


FULL = ("time", "--arch", "se_resnet50", "--device", "cpu")
Trouble = Callable[[Callable[[int], None]], None]


def failing(after: int, error: BaseException) -> Callable[[int], None]:
    """Return the trouble that a process has."""

    def trouble(number: int) -> None:
        if number == after:
            raise error

    return trouble


def test_the_full_protocol_prints_the_truth(run: Run, workers: Trouble) -> None:
    """Ten processes that agree are enough; memory stands beside the times."""
    workers(lambda number: None)
    result = run(*FULL)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = table(result.stdout)
    assert rows[0] == ["ResNet-50", "10.00", "100.0", "300", "–", "–", "–", "–"]
    assert rows[1][0] == "SE-ResNet-50"
    assert rows[1][4] == "+10.00"
    assert rows[1][7] == "slower"
    assert report_time.QUICK not in result.stdout
    assert "10 fresh processes" in result.stdout


def test_interrupted_between_processes(run: Run, workers: Trouble) -> None:
    """Ctrl-C prints the finished processes and exits 130; before the first there is nothing."""
    workers(failing(8, KeyboardInterrupt()))
    result = run(*FULL, "--format", "json")
    assert result.exit_code == 130
    data = json.loads(result.stdout)
    assert (data["protocol"]["processes"], data["protocol"]["stop"]) == (8, "interrupted")
    assert data["overhead"]["verdict"] == "slower"
    workers(failing(0, KeyboardInterrupt()))
    result = run(*FULL)
    assert (result.exit_code, result.stdout) == (130, "")


def test_a_failure_keeps_what_is_finished(run: Run, workers: Trouble) -> None:
    """What was measured is printed, with the reason, and the exit code is no success."""
    workers(failing(8, CannotMeasure("the clock went backwards")))
    result = run(*FULL, "--format", "json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["protocol"]["processes"] == 8
    assert "ended early, this is what was finished: the clock went backwards" in result.stderr


def test_a_full_disk_loses_nothing(
    run: Run, workers: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written is printed instead, and exits 2."""
    workers(lambda number: None)

    def full(path: object, text: str) -> None:
        raise BadInput("cannot write time.json: no space left on device")

    monkeypatch.setattr("se_cost.cli.output.write", full)
    result = run(*FULL, "--output", "time.json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["overhead"]["verdict"] == "slower"
    assert "no space left" in result.stderr


def test_batches_are_rows_of_one_table(run: Run, workers: Trouble) -> None:
    """Each batch is timed by itself; trouble with one keeps those before."""
    workers(lambda number: None)
    result = run(*FULL, "--batch", "1,8", "--format", "json")
    assert result.exit_code == 0
    assert [one["settings"]["batch"] for one in json.loads(result.stdout)["batches"]] == [1, 8]
    workers(failing(13, CannotMeasure("out of memory")))
    result = run(*FULL, "--batch", "1,8", "--format", "json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["settings"]["batch"] == 1
    assert result.stderr.strip().endswith("out of memory")


def test_self_check_times_a_network_against_itself(run: Run, clock: Clock) -> None:
    """Both arms are the network, and the answer says whether zero lies within."""
    clock(lambda arm, iterations: iterations / 100)
    result = run(*TIME, "--self-check", "--format", "json")
    data = json.loads(result.stdout)
    assert data["self_check"] is True
    assert data["overhead"]["verdict"] == "same"
    text = run(*TIME, "--self-check").stdout
    assert "beside itself" in text
    assert "the same, built again" in text


def test_ladder_drops_stage_after_stage(run: Run, clock: Clock) -> None:
    """Each rung is a row of its own."""
    slower = {"without_stages_5_4": 10.2, "without_stages_5_4_3": 10.1} | dict(MILLISECONDS)
    clock(lambda arm, iterations: iterations * slower[arm] / 1000)
    result = run(*TIME, "--ladder", "--format", "json")
    rungs = json.loads(result.stdout)["ladder"]
    assert [rung["dropped"] for rung in rungs] == [[5], [5, 4], [5, 4, 3]]
    assert [rung["overhead"]["percent"] for rung in rungs] == pytest.approx([4, 2, 1])


def test_under_torchrun_one_rank_prints(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others measure too, and are silent."""
    asked = []

    def time_by(protocol: Protocol, *rest: object, **named: object) -> Timing:
        asked.append(protocol)
        return timing(recipe("se_resnet50"))

    monkeypatch.setattr("se_cost.cli.time.time_by", time_by)
    texts = []
    for rank in (0, 1):
        for name, value in (("RANK", rank), ("WORLD_SIZE", 2), ("LOCAL_RANK", rank)):
            monkeypatch.setenv(name, str(value))
        result = run(*FULL, "--batch", "2")
        assert result.exit_code == 0
        texts.append(result.stdout)
    assert "SE-ResNet-50" in texts[0]
    assert texts[1] == ""
    assert all(isinstance(protocol, Plan) for protocol in asked)


def test_ctrl_c_in_a_later_batch_says_what_is_finished(run: Run, workers: Trouble) -> None:
    """Its number is told, and no further batch is begun."""
    workers(failing(13, KeyboardInterrupt()))
    result = run(*FULL, "--batch", "1,8,32", "--format", "json")
    assert result.exit_code == 130
    assert json.loads(result.stdout)["settings"]["batch"] == 1
    assert result.stderr.strip() == "se-cost: warning: interrupted: 1 of 3 batches are finished"


def test_ctrl_c_while_memory_is_measured(run: Run, workers: Trouble) -> None:
    """The times are kept, and no further batch is begun."""
    workers(failing(11, KeyboardInterrupt()))
    result = run(*FULL, "--batch", "1,8", "--format", "json")
    assert result.exit_code == 130
    assert json.loads(result.stdout)["protocol"]["processes"] == 10


def test_a_bad_batch_is_refused_before_the_good_ones_are_timed(run: Run, workers: Trouble) -> None:
    """Nothing is measured in vain."""
    workers(failing(0, AssertionError()))
    result = run(*FULL, "--mode", "train", "--input", "32", "--batch", "8,1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "batch 1 is too small" in result.stderr


@pytest.mark.parametrize(
    ("set_there", "typed", "quick"),
    [
        ("quick = true", [], True),
        ("quick = true", ["--target", "1"], False),
        ("runs = 30", [], False),
        ("target = 1", ["--quick"], True),
    ],
)
def test_what_is_typed_wins(
    run: Run,
    workers: Trouble,
    monkeypatch: pytest.MonkeyPatch,
    set_there: str,
    typed: list[str],
    quick: bool,
) -> None:
    """A pyproject.toml never makes a command line wrong."""
    workers(lambda number: None)
    Path("pyproject.toml").write_text(f"[tool.se-cost]\n{set_there}\n")
    result = run(*FULL, *typed, "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["quick"] is quick


def test_energy_is_not_measured_by_ranks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outer torchrun leaves no process that does nothing else."""
    for name, value in (("RANK", 0), ("WORLD_SIZE", 2), ("LOCAL_RANK", 0)):
        monkeypatch.setenv(name, str(value))
    result = run(*FULL, "--batch", "2", "--energy")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--energy needs one process" in result.stderr


@pytest.mark.parametrize("command", ["explain", "report", "paper --time"])
def test_ranks_do_not_write_one_file_twice(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """What is of one process is refused under an outer torchrun."""
    for name, value in (("RANK", 1), ("WORLD_SIZE", 2), ("LOCAL_RANK", 1)):
        monkeypatch.setenv(name, str(value))
    result = run(*command.split(), "--device", "cpu")
    assert result.exit_code == 2
    assert "is of one process: run it without torchrun" in result.stderr
