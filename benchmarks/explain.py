"""How near the prediction of `se-cost explain` comes to what is measured: reports/explain.md.

    python benchmarks/explain.py [--run NAME] [--seconds N] [--case NAME]

Nine cases by the full protocol, inference of at most so many seconds each, 100 if nothing is said,
training of twice as many: 20 minutes on a machine that does nothing else. Every document is kept in
reports/explain/NAME/, NAME being the day if nothing is said, and the page holds the tables of all
runs that are kept there. What is written below a table by hand, between its marks, stays.
`--case se_resnet50-infer-8` does one.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from by_hand import kept
from tabulate import tabulate

from se_cost.documents.explain import ExplainDocument
from se_cost.documents.files import expect, read
from se_cost.measure.explain.prediction import AttentionTime
from se_cost.measure.timing.settings import Mode
from se_cost.measure.timing.statistics import Estimate
from se_cost.nets.words import title
from se_cost.record import Record
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer
from se_cost.report.formats.beside import files
from se_cost.report.pages.explain import page as explained
from se_cost.report.pages.settings import running
from se_cost.report.pages.time import placed

FOLDER = Path(__file__).parent.parent / "reports"
RUNS, PAGE = FOLDER / "explain", FOLDER / "explain.md"
NETWORKS = ("se_resnet50", "se_resnext50_32x4d", "se_mobilenet")
WAYS = ((Mode.INFER, 1), (Mode.INFER, 8), (Mode.TRAIN, 2))
SECONDS = 100
PICTURED = "se_resnet50-infer-1"
NEAR = 0.2  # of the measured time
HEADERS = (
    *("case", "lower bound, ms", "predicted, ms", "measured, ms", "predicted / measured"),
    *("within 20 %", "stages within their interval"),
)
STAGES = ("case", "stage", "lower bound, ms", "predicted, ms", "measured, ms", "left over, ms")
WORDS = """# What `se-cost explain` predicts, and what is measured

The prediction is the sum of what every operator of the attention takes by itself, at its own shape,
type, layout and direction, with its operands in the caches or evicted as the network leaves them;
nothing is fitted to the network's own time. The lower bound is bytes at copy speed, and launches.
Intervals are of 95 %. A prediction is near if it lies within 20 % of the measured total; a stage is
within its interval if the predicted value lies in the measured interval.
"""
HAND = ("<!-- by hand, run {} -->", "<!-- end of run {} -->")
NOTHING = "Nothing has been written about the misses of this run yet."


class Case(Record):
    """One network in one mode, at one batch."""

    arch: str
    mode: Mode
    batch: int

    @property
    def name(self) -> str:
        """Return what its files are called."""
        return f"{self.arch}-{self.mode}-{self.batch}"

    def command(self, seconds: int, file: Path) -> list[str]:
        """Return the words after the program's name."""
        limit = seconds * (2 if self.mode is Mode.TRAIN else 1)
        asked = f"explain --arch {self.arch} --mode {self.mode} --batch {self.batch} --device cpu"
        return [*asked.split(), "--max-time", str(limit), "--output", str(file)]


CASES = {case.name: case for arch in NETWORKS for mode, n in WAYS for case in [Case(arch, mode, n)]}


def main(run: str, seconds: int, names: list[str]) -> None:
    """Do the cases one after another, and write the page after each."""
    folder = RUNS / run
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        file = folder / f"{name}.json"
        words = CASES[name].command(seconds, file)
        subprocess.run((sys.executable, "-m", "se_cost", *words), check=True)
        document = _read(file)
        keep(document, file)
        write()
        print(*line(document), flush=True)


def keep(document: ExplainDocument, file: Path) -> None:
    """Write the page of a case beside its document; one picture is the README's, too."""
    page = explained(document)
    written = files(Answer(document, page), file.with_suffix(".md"), Format.MARKDOWN)
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    if file.stem == PICTURED:
        PAGE.with_suffix(".svg").write_text(page.pictures[0].draw(), encoding="utf-8")


def write() -> None:
    """Write the page of all runs that are kept."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    folders = sorted(folder for folder in RUNS.iterdir() if folder.is_dir())
    parts = [part for folder in folders for part in run_of(folder, before)]
    PAGE.write_text("\n".join((WORDS, *parts)), encoding="utf-8")


def run_of(folder: Path, before: str) -> Iterator[str]:
    """Yield the parts of the page about one run; what was written by hand before is kept."""
    found = [_read(file) for name in CASES if (file := folder / f"{name}.json").is_file()]
    if not found:
        return
    near = sum(_near(document.total) for document in found)
    stages = [stage for document in found for stage in document.stages]
    within = sum(map(_within, stages))
    yield f"## Run {folder.name}\n"
    yield f"{placed('done', found[0].time)}, each case within {_limit(found)} s."
    yield (
        f"{near} of {len(found)} predictions are within 20 % of the measured total, {within} of "
        f"{len(stages)} stages within their interval.\n"
    )
    yield tabulate(map(line, found), HEADERS, tablefmt="pipe", disable_numparse=True)
    yield "\n<details><summary>By stage</summary>\n"
    rows = [row for document in found for row in by_stage(document)]
    yield tabulate(rows, STAGES, tablefmt="pipe", disable_numparse=True)
    yield "\n</details>\n"
    start, end = (mark.format(folder.name) for mark in HAND)
    yield kept(before, start, end, NOTHING)


def line(document: ExplainDocument) -> tuple[str, ...]:
    """Return the row of one case."""
    total = document.total
    within = sum(map(_within, document.stages))
    part = _part(total)
    return (
        name(document),
        f"{1000 * total.predicted.seconds:.2f}",
        shown(total.alone_seconds),
        shown(total.measured_seconds),
        f"{part:.2f}" if part else "–",
        "yes" if _near(total) else "no",
        f"{within} of {len(document.stages)}",
    )


def by_stage(document: ExplainDocument) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the stages of one case."""
    for stage in document.stages:
        yield (
            name(document),
            str(stage.stage),
            f"{1000 * stage.predicted.seconds:.2f}",
            shown(stage.alone_seconds),
            shown(stage.measured_seconds),
            shown(stage.left_over),
        )


def name(document: ExplainDocument) -> str:
    """Return a case in words."""
    return f"{title(document.recipe)}, {running(document.time.settings)}"


def shown(estimate: Estimate | None) -> str:
    """Return milliseconds with their interval; none are shown without one."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return "not measured well enough"
    found = (1000 * estimate.value, 1000 * estimate.low, 1000 * estimate.high)
    return "{:.2f} [{:.2f}, {:.2f}]".format(*found)


def _limit(found: list[ExplainDocument]) -> int:
    """Return the longest limit of the timings, in seconds."""
    rules = [document.time.protocol.rule for document in found]
    return round(max((rule.max_time for rule in rules if rule), default=0))


def _part(time: AttentionTime) -> float | None:
    """Return predicted by measured time, None without an interval of both."""
    measured, alone = time.measured_seconds, time.alone_seconds
    if measured is None or alone is None or measured.low is None or measured.value <= 0:
        return None
    return alone.value / measured.value


def _near(time: AttentionTime) -> bool:
    part = _part(time)
    return part is not None and abs(part - 1) <= NEAR


def _within(time: AttentionTime) -> bool:
    measured, alone = time.measured_seconds, time.alone_seconds
    if measured is None or alone is None or measured.low is None or measured.high is None:
        return False
    return measured.low <= alone.value <= measured.high


def _read(file: Path) -> ExplainDocument:
    return expect(read(file), ExplainDocument, file.name, "document of `se-cost explain`")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", default=f"{datetime.now(UTC):%Y-%m-%d}", help="name of the run")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of inference, at most")
    parser.add_argument("--case", action="append", choices=CASES, help="this case alone")
    given = parser.parse_args()
    main(given.run, given.seconds, given.case or list(CASES))
