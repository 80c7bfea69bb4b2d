"""The ledger: one network without memory, and a thousand recipes with it.

    python benchmarks/ledger.py

Times are medians of this run; a walk of plain Python loops is timed beside them as a yardstick,
because an absolute time says nothing about a machine that others use too.
"""

import time
from collections.abc import Callable
from itertools import product
from statistics import median

from tabulate import tabulate

from se_cost.ledger.compare import compare
from se_cost.ledger.walk import ledger, walk
from se_cost.nets import resnet
from se_cost.nets.registry import build, recipe

STAGES = ([2, 3, 4, 5], [2], [3], [4], [5], [2, 3], [2, 3, 4], [3, 4], [4, 5], [3, 4, 5])


def cold() -> None:
    """Build SE-ResNet-152 and its ledger with nothing remembered."""
    walk.cache_clear()
    resnet.block.cache_clear()
    net = recipe("se_resnet152")
    ledger(build(net), net.input)


def thousand(name: str) -> None:
    """Ask for parameters and MACs of a thousand recipes: 100 ratios in 10 choices of stages."""
    walk.cache_clear()
    resnet.block.cache_clear()
    compare.cache_clear()
    for r, stages in product(range(1, 101), STAGES):
        net = recipe(name, r=r, stages=stages)
        found = ledger(build(net), net.input)
        assert found.params > found.weights
        assert found.macs


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
        ("SE-ResNet-152, cold", seconds(cold, 25), "5 ms"),
        ("1,000 recipes of SE-ResNet-50", seconds(lambda: thousand("se_resnet50"), 3), "2 s"),
        ("1,000 recipes of SE-ResNet-152", seconds(lambda: thousand("se_resnet152"), 3), "2 s"),
        ("a million additions", million, ""),
    ]
    table = [(what, f"{1000 * s:.1f}", f"{s / million:.2f}", limit) for what, s, limit in rows]
    heads = ["what", "ms", "in millions of additions", "limit"]
    print(tabulate(table, heads, tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main()
