"""The ledger: one network without memory, and a thousand models with it.

    python benchmarks/ledger.py

Times are medians of this run; a walk of plain Python loops is timed beside them as a yardstick,
because an absolute time says nothing about a machine that others use too.
"""

import time
from collections.abc import Callable
from itertools import product
from statistics import median

from tabulate import tabulate

from se_cost.ledger import walk
from se_cost.ledger.costs import costs, network
from se_cost.nets.zoo import resnet
from se_cost.nets.zoo.model import model

STAGES = ([2, 3, 4, 5], [2], [3], [4], [5], [2, 3], [2, 3, 4], [3, 4], [4, 5], [3, 4, 5])


def forget() -> None:
    """Empty every cache."""
    for cached in (walk.walk, walk.stage, resnet.block, network, costs):
        cached.cache_clear()


def cold() -> None:
    """Find out what SE-ResNet-152 costs with nothing remembered."""
    forget()
    costs(model("se_resnet152"))


def thousand(name: str) -> None:
    """Ask for parameters and MACs of a thousand models: 100 ratios in 10 choices of stages."""
    forget()
    for r, stages in product(range(1, 101), STAGES):
        found = costs(model(name, r=r, stages=stages))
        assert found.network.params > found.plain.params
        assert found.network.macs


def yardstick() -> None:
    """Add a million integers, one by one."""
    total = 0
    for i in range(1_000_000):
        total += i


def seconds(work: Callable[[], None], runs: int) -> float:
    """Return the median time of some work."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def main() -> None:
    """Print the table."""
    million = seconds(yardstick, 9)
    rows = [
        ("SE-ResNet-152, cold", seconds(cold, 25)),
        ("1,000 models of SE-ResNet-50", seconds(lambda: thousand("se_resnet50"), 5)),
        ("1,000 models of SE-ResNet-152", seconds(lambda: thousand("se_resnet152"), 5)),
        ("a million additions", million),
    ]
    table = [(what, f"{1000 * s:.1f}", f"{s / million:.2f}") for what, s in rows]
    heads = ["what", "ms", "in millions of additions"]
    print(tabulate(table, heads, tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main()
