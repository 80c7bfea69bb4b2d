"""How often timing one network after the other gets the sign wrong, and how often pairs do.

    python benchmarks/naive.py [TRIALS [STAGE ...]]

A naive trial times ResNet-50 sixteen times, then SE-ResNet-50 (in these stages, or in all) sixteen
times, each in a process of its own after a warm-up, and compares the means. A paired trial is one
process of our protocol with as many timings: eight quads. Trials take turns, so that both meet the
same machine. SE-ResNet-50 is the slower one: it does all that ResNet-50 does, and more.
"""

import subprocess
import sys
from math import expm1, log
from statistics import mean, stdev

from tabulate import tabulate

from se_cost.measure.session.jobs import TimeJob
from se_cost.measure.session.parent import work
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.run import Run
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import QuickPlan, Settings
from se_cost.nets.zoo.model import model

QUADS = 8
LIMIT = 300.0  # seconds
NAIVE = f"""
import statistics, sys, time, torch, se_cost
stages = list(map(int, sys.argv[1:]))
model = se_cost.module(se_cost.model("se_resnet50", stages=stages)).eval()
x = torch.randn(1, 3, 224, 224)
def once():
    start = time.perf_counter()
    with torch.inference_mode():
        model(x)
    return time.perf_counter() - start
for _ in range(5):
    once()
print(statistics.mean(once() for _ in range({2 * QUADS})))
"""


def naive(stages: list[int]) -> float:
    """Return the mean seconds of SE-ResNet-50 in a process of its own; no stages is ResNet-50."""
    command = [sys.executable, "-c", NAIVE, *map(str, stages)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)
    return float(said.stdout)


def paired(stages: list[int], seed: int) -> float:
    """Return log(SE-ResNet-50 / ResNet-50) by one process of our protocol."""
    network = model("se_resnet50", stages=stages)
    networks = {BASELINE: network.plain, NETWORK: network}
    plan = QuickPlan(quads=QUADS, seed=seed)
    result: ProcessResult = work(TimeJob(networks, Settings(device="cpu"), plan, seed), LIMIT)
    effect: float = Run((result,)).effect(NETWORK).value
    return effect


def row(name: str, effects: list[float]) -> list[object]:
    """Return what the trials of one design say, in per cent."""
    percent = [100 * expm1(effect) for effect in effects]
    wrong = sum(effect < 0 for effect in effects)
    share = f"{wrong} ({wrong / len(effects):.0%})"
    return [name, len(effects), mean(percent), stdev(percent), share]


def main(trials: int, stages: list[int]) -> None:
    """Run trials of both designs in turn, and print what became of them."""
    found: dict[str, list[float]] = {"one after the other": [], "one process of pairs": []}
    for trial in range(trials):
        plain = naive([])
        found["one after the other"].append(log(naive(stages) / plain))
        found["one process of pairs"].append(paired(stages, trial))
    headers = ("design", "trials", "mean %", "standard deviation", "wrong sign")
    rows = [row(name, effects) for name, effects in found.items()]
    print(tabulate(rows, headers, tablefmt="pipe", floatfmt="+.2f"))


if __name__ == "__main__":
    given = list(map(int, sys.argv[1:]))
    main(given[0] if given else 20, given[1:] or [2, 3, 4, 5])
