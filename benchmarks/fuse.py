"""What attention costs before and after it is fused, on this machine: reports/fuse.md.

    python benchmarks/fuse.py [SECONDS]

Four timings by the full protocol, of at most so many seconds each, 240 if nothing is said: up to
16 minutes on a machine that does nothing else. Every document is kept in reports/fuse/.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tabulate import tabulate

from se_cost.documents.files import read
from se_cost.documents.fuse import FuseDocument
from se_cost.documents.time import TimeDocument
from se_cost.measure.fuse.record import How
from se_cost.measure.timing.verdict import MARGIN, Change, Overhead
from se_cost.nets.words import title
from se_cost.report.figures.intervals import interval, intervals
from se_cost.report.pages.time import basis, heading
from se_cost.report.pages.words import UNMEASURED

FOLDER = Path(__file__).parent.parent / "reports"
RUNS = (
    *(("se_resnet50", 1), ("se_resnet50", 8)),
    *(("se_resnext50_32x4d", 1), ("se_mobilenet", 1)),
)
HEADERS = (
    *("network", "batch", "plain, ms", "with attention, %", "fused, %", "left of it"),
    *("plain, sums in place, %", "fused beside that, %"),
)
WORDS = """# Attention before and after `se-cost fuse`

Time beside the plain network, with 95 % intervals; norms are folded in all networks. *Left of it*
is the overhead of the fused network divided by that of the unfused one.

A fused sum is written in place, those of the other networks into new memory. The last two columns
tell what that is worth by itself: they compare with a plain network whose sums are in place, too.
"""


def main(seconds: int) -> None:
    """Time all networks, and write the page after each."""
    found: list[FuseDocument] = []
    for arch, batch in RUNS:
        found.append(timed(arch, batch, seconds))
        (FOLDER / "fuse.md").write_text(page(found), encoding="utf-8")
        (FOLDER / "fuse.svg").write_text(picture(found), encoding="utf-8")
        print(*line(found[-1]), flush=True)


def command(arch: str, batch: int, seconds: int) -> list[str]:
    """Return the words of one timing, after the program's name."""
    asked = f"fuse --arch {arch} --batch {batch} --device cpu --time --target 0.5"
    return [*asked.split(), "--max-time", str(seconds), "--output", str(file(arch, batch))]


def file(arch: str, batch: int) -> Path:
    """Return where the document of a timing is kept."""
    return FOLDER / "fuse" / f"{arch}-batch-{batch}.json"


def timed(arch: str, batch: int, seconds: int) -> FuseDocument:
    """Time a network, and return the document."""
    file(arch, batch).parent.mkdir(parents=True, exist_ok=True)
    words = (sys.executable, "-m", "se_cost", *command(arch, batch, seconds))
    subprocess.run(words, check=True)
    document = read(file(arch, batch))
    assert isinstance(document, FuseDocument)
    return document


def page(found: list[FuseDocument]) -> str:
    """Return the page of some timings."""
    table = tabulate(map(line, found), HEADERS, tablefmt="github", disable_numparse=True)
    runs = "\n".join(f"- {name(one)}: {_said(one)}" for one in found)
    commands = "\n".join(
        f"$ se-cost {' '.join(command(one.recipe.arch, one.settings.batch, 240)[:-2])}"
        for one in found
    )
    picture = "![Overhead before and after, with 95 % intervals](fuse.svg)"
    again = f"## Reproduce\n\n```console\n{commands}\n```\n"
    return "\n".join((WORDS, table, "", picture, "", runs, "", again))


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
    """Return a network and its batch in words."""
    return f"{title(document.recipe)}, batch {document.settings.batch}"


def _said(document: FuseDocument) -> str:
    time = _time(document)
    return " ".join((f"{heading(time)}.", basis(time), *(f"{doubt}." for doubt in time.doubts)))


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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 240)
