"""What attention costs before and after it is fused, on this machine: reports/fuse.md.

    python benchmarks/fuse.py [--seconds N] [--case NAME]

Cases by the full protocol, of at most so many seconds each, 240 if nothing is said, eight images
three times as long: an hour on a machine that does nothing else. Every document is kept in
reports/fuse/, and the page holds all that are kept there. What is written in it by hand, between
its marks, stays. `--case se_resnet50-8` does one; those of another runtime need it installed.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from by_hand import kept
from tabulate import tabulate

from se_cost.documents.files import expect, read
from se_cost.documents.fuse import FuseDocument
from se_cost.documents.time import TimeDocument
from se_cost.measure.fuse.record import How
from se_cost.measure.timing.settings import Runtime
from se_cost.measure.timing.verdict import MARGIN, Change, Overhead
from se_cost.nets.words import title
from se_cost.record import Record
from se_cost.report.figures.intervals import interval, intervals
from se_cost.report.pages.time import basis, heading
from se_cost.report.pages.words import UNMEASURED

FOLDER = Path(__file__).parent.parent / "reports"
SECONDS, LONGER = 240, 3  # and how many times as long eight images take
HEADERS = (
    *("network", "runtime", "batch", "plain, ms", "with attention, %", "fused, %", "left of it"),
    *("plain, sums in place, %", "fused beside that, %"),
)
HAND = ("<!-- by hand -->", "<!-- end of what is written by hand -->")
NOTHING = "Nothing has been written about this table yet."
WORDS = """# Attention before and after `se-cost fuse`

Time beside the plain network, with 95 % intervals; norms are folded in all networks. *Left of it*
is the overhead of the fused network divided by that of the unfused one.

A fused sum is written in place, those of the other networks into new memory. The last two columns
tell what that is worth by itself: they compare with a plain network whose sums are in place, too.
"""


class Case(Record):
    """One network at one batch, by one runtime."""

    arch: str
    batch: int
    runtime: Runtime = Runtime.TORCH
    compiled: bool = False

    @property
    def name(self) -> str:
        """Return what its document is called."""
        runtime = f"-{self.runtime}" * (self.runtime is not Runtime.TORCH)
        return f"{self.arch}-{self.batch}{runtime}{'-compiled' * self.compiled}"

    @property
    def file(self) -> Path:
        """Return where its document is kept."""
        return FOLDER / "fuse" / f"{self.name}.json"

    def command(self, seconds: float) -> str:
        """Return the words after the program's name, without the output."""
        asked = f"fuse --arch {self.arch} --batch {self.batch} --device cpu --time --target 0.5"
        runtime = f" --runtime {self.runtime}" * (self.runtime is not Runtime.TORCH)
        compiled = " --compile" * self.compiled
        return f"{asked}{runtime}{compiled} --max-time {seconds:.0f}"


CASES = {
    case.name: case
    for case in (
        *(Case("se_resnet50", 1), Case("se_resnet50", 8)),
        *(Case("se_resnext50_32x4d", 1), Case("se_resnext50_32x4d", 8)),
        *(Case("se_mobilenet", 1), Case("se_mobilenet", 8)),
        Case("se_resnet50", 1, compiled=True),
        *(Case("se_resnet50", 1, runtime) for runtime in (Runtime.ONNX, Runtime.OPENVINO)),
    )
}


def main(seconds: int, names: list[str]) -> None:
    """Time the cases one after another, and write the page after each."""
    for name in names:
        case = CASES[name]
        case.file.parent.mkdir(parents=True, exist_ok=True)
        limit = seconds * (LONGER if case.batch > 1 else 1)
        words = (*case.command(limit).split(), "--output", str(case.file))
        subprocess.run((sys.executable, "-m", "se_cost", *words), check=True)
        write()


def write() -> None:
    """Write the page and the picture of all documents that are kept."""
    path = FOLDER / "fuse.md"
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = {
        case: expect(read(case.file), FuseDocument, case.name, "document of `se-cost fuse`")
        for case in CASES.values()
        if case.file.is_file()
    }
    path.write_text(page(found, before), encoding="utf-8")
    path.with_suffix(".svg").write_text(picture(list(found.values())), encoding="utf-8")


def page(found: dict[Case, FuseDocument], before: str) -> str:
    """Return the page of some timings."""
    table = tabulate(map(line, found.values()), HEADERS, tablefmt="pipe", disable_numparse=True)
    words = kept(before, *HAND, NOTHING)
    runs = "\n".join(f"- {name(one)}: {_said(one)}" for one in found.values())
    commands = "\n".join(f"$ se-cost {case.command(_limit(one))}" for case, one in found.items())
    picture = "![Overhead before and after, with 95 % intervals](fuse.svg)"
    again = f"## Reproduce\n\n```console\n{commands}\n```\n"
    return "\n".join((WORDS, table, "", picture, "", words, runs, "", again))


def line(document: FuseDocument) -> tuple[str, ...]:
    """Return the row of one network."""
    time = _time(document)
    changes = dict(_changes(time))
    before, after = time.overhead, changes["fused"]
    part = "–"
    if before.percent and after.percent is not None and before.percent > 0:
        part = f"{after.percent / before.percent:.2f}"
    beside = document.beside_in_place
    return (
        title(document.recipe),
        _runtime(document),
        str(document.settings.batch),
        f"{time.baseline.median_ms:.1f}",
        bounded(before),
        bounded(after),
        part,
        bounded(changes["in place"]),
        bounded(beside) if beside else "–",
    )


def bounded(change: Change) -> str:
    """Return a change with its interval."""
    if change.percent is None:
        return UNMEASURED
    return f"{change.percent:+.2f} [{change.low:+.2f}, {change.high:+.2f}]"


def picture(found: list[FuseDocument]) -> str:
    """Return the overheads before and after as a drawing."""
    changes = {}
    for document in found:
        time = _time(document)
        for label, change in (("with attention", time.overhead), *_changes(time)):
            if label != "in place":
                changes[f"{name(document)}, {label}"] = interval(change)
    return intervals(changes, "the plain network", MARGIN)


def name(document: FuseDocument) -> str:
    """Return a network, its batch and another runtime than torch in words."""
    runtime = _runtime(document)
    by_another = f", {runtime}" * (runtime != Runtime.TORCH)
    return f"{title(document.recipe)}, batch {document.settings.batch}{by_another}"


def _runtime(document: FuseDocument) -> str:
    compiled = ", compiled" * document.settings.compile
    return f"{document.settings.runtime}{compiled}"


def _said(document: FuseDocument) -> str:
    time = _time(document)
    doubts = (f"{doubt[:1].upper()}{doubt[1:]}." for doubt in time.doubts)
    return " ".join((f"{heading(time)}.", basis(time), *doubts))


def _limit(document: FuseDocument) -> float:
    rule = _time(document).protocol.rule
    assert rule, "timed by the full protocol"
    return rule.max_time


def _time(document: FuseDocument) -> TimeDocument:
    assert isinstance(document.time, TimeDocument), "the timing failed"
    return document.time


def _changes(time: TimeDocument) -> Iterator[tuple[str, Overhead]]:
    """Yield the overheads of the fused network, and of the plain one with its sums in place."""
    for rung in time.ladder:
        assert isinstance(rung.overhead, Overhead)
        if rung.fused is How.AUTO:
            yield "fused", rung.overhead
        if rung.in_place:
            yield "in place", rung.overhead


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of one image, at most")
    parser.add_argument("--case", action="append", choices=CASES, help="this case alone")
    given = parser.parse_args()
    main(given.seconds, given.case or list(CASES))
