"""How often the full protocol finds no difference where there is none.

    python benchmarks/self_check.py [RUNS]

SE-ResNet-50 against itself, one image on the CPU, with the defaults and the seeds 0, 1, ...: about
two minutes each on a quiet machine. Every document is kept in reports/self-check/, and a table of
them beside it. A 95 % interval misses zero in one of twenty.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tabulate import tabulate

FOLDER = Path(__file__).parent.parent / "reports"
COMMAND = (*(sys.executable, "-m", "se_cost", "time", "--self-check"), "--device", "cpu")
HEADERS = ("seed", "processes", "overhead %", "low", "high", "holds zero", "ended by")


def main(runs: int) -> None:
    """Run the self-checks one after another, and write the table after each."""
    rows: list[tuple[Any, ...]] = []
    for seed in range(runs):
        rows.append(row(seed, checked(seed)))
        (FOLDER / "self-check.md").write_text(page(rows))
        print(*rows[-1], flush=True)


def checked(seed: int) -> dict[str, Any]:
    """Return the document of one self-check, which is kept."""
    file = FOLDER / "self-check" / f"seed-{seed:02}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*COMMAND, "--seed", str(seed), "--output", str(file)], check=True)
    document: dict[str, Any] = json.loads(file.read_text())
    return document


def row(seed: int, document: dict[str, Any]) -> tuple[Any, ...]:
    """Return what the table says of one self-check."""
    change, protocol = document["overhead"], document["protocol"]
    bounds = (change["low"], change["high"])
    holds = None not in bounds and bounds[0] <= 0 <= bounds[1]
    said = "yes" if holds else "no"
    return (seed, protocol["processes"], change["percent"], *bounds, said, protocol["stop"])


def page(rows: list[tuple[Any, ...]]) -> str:
    """Return the table as markdown, with the sentence that matters above it."""
    held = sum(row[5] == "yes" for row in rows)
    formats = ("", "", "+.2f", "+.2f", "+.2f", "", "")
    table = tabulate(rows, HEADERS, tablefmt="pipe", floatfmt=formats)
    return (
        "# SE-ResNet-50 against itself\n\n"
        f"{held} of {len(rows)} runs of `se-cost time --self-check` hold zero, "
        "made by `benchmarks/self_check.py`.\n\n"
        f"{table}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
