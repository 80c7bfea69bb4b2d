"""What every kind of attention costs in ResNet-50, times included: reports/alternatives.md.

    python benchmarks/alternatives.py [--infer SECONDS] [--train SECONDS] [--kinds KIND,...]

Two timings by the full protocol, all kinds beside the plain network in the same processes:
inference of one image for at most 600 seconds, training on two for at most 840, if nothing else is
said. That is 25 minutes on a machine that does nothing else; with 0 seconds what was timed before
stays. Each document is kept in reports/alternatives/. What is written in the page by hand, between
its marks, stays.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from by_hand import kept
from tabulate import tabulate

from se_cost.documents.alternatives import KEYS, AlternativesDocument
from se_cost.documents.files import expect, read
from se_cost.documents.order import Order
from se_cost.measure.timing.settings import Mode
from se_cost.paper.published import Match
from se_cost.paper.studies import STUDIES, findings_of
from se_cost.record import replace
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer
from se_cost.report.formats.beside import files
from se_cost.report.pages.alternatives import page

FOLDER = Path(__file__).parent.parent / "reports"
PAGE = FOLDER / "alternatives.md"
ARCH, BATCHES = "resnet50", {Mode.INFER: 1, Mode.TRAIN: 2}
SECONDS = {Mode.INFER: 600, Mode.TRAIN: 840}
HAND = ("<!-- by hand -->", "<!-- end of what is written by hand -->")
WANTED = "document of `se-cost alternatives`"
NOTHING = "Nothing has been written about this table yet."
HEADERS = ("study", "figure", "published", "ours", "verdict", "why")


def main(seconds: dict[Mode, int], kinds: str | None) -> int:
    """Time both modes one after another, and write the page after each; return the worst exit."""
    codes = [0]
    for mode, limit in seconds.items():
        if limit:
            file(mode).parent.mkdir(parents=True, exist_ok=True)
            words = command(mode, limit, kinds)
            codes.append(subprocess.run((sys.executable, "-m", "se_cost", *words)).returncode)
        write()
    return max(codes)


def command(mode: Mode, seconds: int, kinds: str | None) -> list[str]:
    """Return the words of one timing, after the program's name."""
    asked = f"alternatives --arch {ARCH} --time --mode {mode} --batch {BATCHES[mode]} --device cpu"
    some = ["--kinds", kinds] if kinds else []
    return [*asked.split(), *some, "--max-time", str(seconds), "--output", str(file(mode))]


def file(mode: Mode) -> Path:
    """Return where the document of a mode is kept."""
    return FOLDER / PAGE.stem / f"{mode}.json"


def write() -> None:
    """Write the page of what is kept, with its picture."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    document = together(
        [
            expect(read(file(mode)), AlternativesDocument, mode, WANTED)
            for mode in Mode
            if file(mode).is_file()
        ]
    )
    for path, text in files(Answer(document, page(document)), PAGE, Format.MARKDOWN).items():
        end = "\n".join(("", *ending(before))) if path == PAGE else ""
        path.write_text(text + end, encoding="utf-8")


def together(found: list[AlternativesDocument]) -> AlternativesDocument:
    """Return the documents of one mode each as one, the kind that takes the least time first."""
    first, *rest = found
    plain, *kinds = first.alternatives
    for other in rest:
        trained = {one.kind: one.train for one in other.alternatives}
        kinds = [replace(one, train=trained.get(one.kind)) for one in kinds]
    return replace(
        first,
        sort=Order.INFER,
        alternatives=(plain, *sorted(kinds, key=KEYS[Order.INFER])),
        modes=tuple(mode for one in found for mode in one.modes),
        doubts=tuple(f"{one.modes[0]}: {doubt}" for one in found for doubt in one.doubts),
    )


def ending(before: str) -> Iterator[str]:
    """Yield what stands below the tables; what was written by hand before is kept."""
    yield kept(before, *HAND, NOTHING)
    yield "## Published figures that are not met to the last digit\n"
    yield tabulate(differing(), HEADERS, tablefmt="pipe", disable_numparse=True)
    yield "\n## Reproduce\n\n```console"
    yield from (f"$ se-cost {' '.join(command(mode, SECONDS[mode], None)[:-2])}" for mode in Mode)
    yield "$ se-cost paper --study cbam    # or another of the studies\n```\n"


def differing() -> Iterator[tuple[str, ...]]:
    """Yield the published figures that ours do not equal, each with the reason."""
    for study in STUDIES:
        for one in findings_of(study):
            found, figure = one.finding, one.finding.figure
            if found.verdict is Match.EXACT or found.ours is None:
                continue
            ours = f"{float(found.ours):.6g}"
            numbers = [f"{number} {figure.unit}".strip() for number in (figure.published, ours)]
            what = f"{figure.row}, {figure.quantity}"
            yield (study, what, *numbers, found.verdict, one.remark)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for mode in Mode:
        parser.add_argument(f"--{mode}", type=int, default=SECONDS[mode], help="seconds, at most")
    parser.add_argument("--kinds", help="these alone")
    given = parser.parse_args()
    sys.exit(main({mode: getattr(given, mode) for mode in Mode}, given.kinds))
