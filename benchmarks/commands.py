"""Whole commands against what they are held to, as ratios within one run.

    python benchmarks/commands.py [RUNS]

Each pair runs in turn, A B A B ..., so that a change of the machine's speed meets both. The ratio
is the median of the ratios of neighbours; times and peak memory are medians. The last column says
what the ratio, the memory or the seconds of A must not exceed. Where timm can be imported, a model
of it is held against a script that builds it and counts it once.
"""

import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from tabulate import tabulate

from se_cost.record import Record

PYTHON = sys.executable
LOADED = [PYTHON, "-c", "import click, rich.console, rich.table, tabulate"]
TABLE = """
[tool.se-cost]
baseline = "se-cost-baseline.json"
r = 16
"""
BUDGET = """
[[tool.se-cost.budgets]]
name = "n{n}"
arch = "se_resnet50"
r = {r}
max-params = "100M"
max-macs = "4G"
"""
BARE_FVCORE = """
import torch
from fvcore.nn import FlopCountAnalysis
import se_cost
for name in ("resnet152", "se_resnet152"):
    model = se_cost.module(se_cost.model(name)).eval()
    print(FlopCountAnalysis(model, torch.zeros(1, 3, 224, 224)).total())
"""
BARE_TIMM = """
import torch
from torch.utils.flop_counter import FlopCounterMode
try:
    import timm
except RuntimeError:  # torchvision for CUDA beside torch for the CPU: declare what it looks for
    for name in ("nms", "qnms"):
        torch.library.define(f"torchvision::{name}", "(Tensor a, Tensor b, float c) -> Tensor")
    import timm
model = timm.create_model("seresnet50").eval()
with FlopCounterMode(display=False) as counter, torch.no_grad():
    model(torch.zeros(1, 3, 224, 224))
print(sum(p.numel() for p in model.parameters()), counter.get_total_flops())
"""


class Run(Record):
    """Wall-clock seconds and peak resident MiB of one process."""

    seconds: float
    mebibytes: float


def run(args: list[str], folder: str | None = None) -> Run:
    """Run a process in a folder to its end and ask the system what it took."""
    start = time.perf_counter()
    process = subprocess.Popen(
        args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{args} failed with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def compare(
    what: str,
    ours: list[str],
    against: list[str],
    limit: str,
    runs: int,
    folder: str | None = None,
) -> list[str]:
    """Return a row of the table: both commands, run in turn, ours in a `folder`."""
    run(ours, folder), run(against)  # files into the cache
    pairs = [(run(ours, folder), run(against)) for _ in range(runs)]
    ratios = [a.seconds / b.seconds for a, b in pairs]
    return [
        what,
        f"{median(a.seconds for a, _ in pairs):.3f}",
        f"{median(b.seconds for _, b in pairs):.3f}",
        f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})",
        f"{max(a.mebibytes for a, _ in pairs):.0f}",
        limit,
    ]


def main(runs: int) -> None:
    """Print the table."""
    se_cost = [PYTHON, "-m", "se_cost"]
    params = [*se_cost, "params", "--arch", "se_resnet50", "--r", "16"]
    flops = [*se_cost, "flops", "--arch", "se_resnet152"]
    kinds = [*se_cost, "alternatives", "--arch", "resnet50"]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "pyproject.toml")
        table.write_text("\n".join(BUDGET.format(n=n, r=n + 1) for n in range(50)))
        check = [*se_cost, "check"]
        rows = [compare("check, 50 budgets / libraries", check, LOADED, "1.6", runs, folder)]
        table.write_text(TABLE)
        rows.append(compare("params, table / libraries", params, LOADED, "1.15", runs, folder))
    rows += [
        compare("params / its libraries", params, LOADED, "1.15, 40 MiB", runs),
        compare("alternatives / its libraries", kinds, LOADED, "3, 0.4 s", runs),
        compare("params / import torch", params, [PYTHON, "-c", "import torch"], "0.1", runs),
        compare("flops / bare fvcore", flops, [PYTHON, "-c", BARE_FVCORE], "0.9", runs),
    ]
    if find_spec("timm"):
        yours = [*se_cost, "params", "--model", "timm:seresnet50"]
        once = [PYTHON, "-c", BARE_TIMM]
        rows.append(compare("params --model / FlopCounterMode once", yours, once, "1.3", runs))
    heads = ["A / B", "A s", "B s", "A/B (range)", "A peak MiB", "limit"]
    print(tabulate(rows, heads, tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
