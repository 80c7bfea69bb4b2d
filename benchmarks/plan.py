"""What a plan takes, as whole processes and as it grows with blocks, choices and budgets.

    python benchmarks/plan.py [RUNS]

Times are medians of RUNS processes (3), with the processor's seconds beside those on the wall,
since others may share the machine; memory is the peak of the process. The searches below are run
in processes of their own, over random budgets from a fixed seed; the slowest of them counts.
"""

import json
import os
import subprocess
import sys
import time
from random import Random
from statistics import median

from tabulate import tabulate

from se_cost.record import Record

PYTHON = sys.executable
BUDGETS = 6  # random ones for each line of the second table
WHOLE = {  # the command, and the seconds and MiB that it must not exceed
    "7^4 choices by stage": (["--max-attention-params", "1M"], "0.5 s"),
    "7^50 choices by block, three budgets": (
        [
            *("--arch", "se_resnet152", "--by", "block", "--bandwidth", "20GB/s"),
            *("--launch", "2us", "--max-attention-params", "3M", "--max-attention-macs", "2.9M"),
            *("--max-attention-time", "6ms"),
        ],
        "5 s, 200 MiB",
    ),
    "a map of 12 pairs": (["--input", "64,128,224,448", "--batch", "1,8,32"], ""),
}
GROWTH = (
    ("se_resnet50", (2, 4, 8, 16, 32, 64), 1),
    ("se_resnet50", (2, 4, 8, 16, 32, 64), 3),
    ("se_resnet101", (2, 4, 8, 16, 32, 64), 3),
    ("se_resnet152", (2, 4, 8, 16, 32, 64), 1),
    ("se_resnet152", (2, 4, 8, 16, 32, 64), 2),
    ("se_resnet152", (2, 4, 8, 16, 32, 64), 3),
    ("se_resnet152", (4, 16, 64), 3),
    ("se_resnet152", (2, 3, 5, 7, 11, 13), 3),
    ("se_densenet121", (2, 4, 8, 16, 32, 64), 3),
    ("se_inception_resnet_v2", (2, 4, 8, 16, 32, 64), 3),
)


class Took(Record):
    """Seconds on the wall and of the processor, and the peak of resident MiB."""

    wall: float
    processor: float
    mebibytes: float


def run(args: list[str]) -> Took:
    """Run a process to its end and ask the system what it took."""
    start = time.perf_counter()
    process = subprocess.Popen(args, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{args} failed with {process.returncode}")
    return Took(
        time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    )


def whole(runs: int) -> list[list[str]]:
    """Return the table of whole processes."""
    rows = []
    for what, (words, limit) in WHOLE.items():
        command = [PYTHON, "-m", "se_cost", "plan", *words, "--quiet"]
        run(command)  # files into the cache
        taken = [run(command) for _ in range(runs)]
        rows.append(
            [
                what,
                f"{median(one.wall for one in taken):.2f}",
                f"{median(one.processor for one in taken):.2f}",
                f"{median(one.mebibytes for one in taken):.0f}",
                limit,
            ]
        )
    return rows


def search(arch: str, ratios: list[int], budgets: int) -> dict[str, float]:
    """Return the processor's seconds of the slowest and the median search, and its sites."""
    from se_cost.measure.machine.figures import Machine
    from se_cost.measure.timing.settings import Settings
    from se_cost.nets.zoo.model import model
    from se_cost.planning.optimum import best
    from se_cost.planning.plan import Question, items
    from se_cost.planning.sites import sites
    from se_cost.planning.words import By, Dimension

    models = tuple(model(arch, r=r) for r in ratios)
    machine = Machine(bandwidth=2e10, launch=2e-6)
    asked = Question(model(arch), models, Settings(), By.BLOCK, machine=machine)
    which = (Dimension.TIME, Dimension.PARAMS, Dimension.MACS)[:budgets]
    found = items(asked, sites(models, Settings(), By.BLOCK), which)
    most = [sum(max(item.costs[k] for item in site) for site in found) for k in range(budgets)]
    random, taken = Random(0), []
    for _ in range(BUDGETS):
        limits = [int(of * random.random() ** 2) for of in most]
        start = time.process_time()
        best(found, limits)
        taken.append(time.process_time() - start)
    return {"sites": len(found), "median": median(taken), "slowest": max(taken)}


def growth() -> list[list[str]]:
    """Return the table of searches, each in a process of its own."""
    rows = []
    for arch, ratios, budgets in GROWTH:
        command = [PYTHON, __file__, "--search", json.dumps([arch, ratios, budgets])]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        out = process.stdout.read() if process.stdout else ""
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        found = json.loads(out)
        rows.append(
            [
                arch,
                f"{len(ratios) + 1}^{found['sites']}",
                str(budgets),
                f"{found['median']:.2f}",
                f"{found['slowest']:.2f}",
                f"{usage.ru_maxrss / 1024:.0f}",
            ]
        )
    return rows


def main() -> None:
    """Print both tables, or do one search."""
    if sys.argv[1:2] == ["--search"]:
        print(json.dumps(search(*json.loads(sys.argv[2]))))
        return
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    headers = ["whole process", "wall s", "processor s", "MiB", "at most"]
    print(tabulate(whole(runs), headers, disable_numparse=True))
    print()
    headers = ["network, by block", "choices", "budgets", "median s", "slowest s", "MiB"]
    print(tabulate(growth(), headers, disable_numparse=True))


if __name__ == "__main__":
    main()
