"""Where the time of attention goes within a network that runs: what `se-cost explain` leaves over.

    python benchmarks/within.py [ARCH ...] [--batch N] [--pairs N]

Hooks read the clock before and after every attention block and every module in it, in inference on
the CPU in this process; the network and its plain form take turns. The table stands beside the
operators by themselves of `se-cost explain`: what a module takes more here, as a call of Python
with the caches and the threads as the layer before left them, and what lies outside all blocks, in
the layers that follow. Milliseconds of an iteration, with 95 % intervals of the differences of
neighbours, which say nothing of other processes.

A second table counts page faults: each is a page of memory that the allocator gave back to the
system and gets anew. With MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_MMAP_THRESHOLD_=4000000000 in
front of the command, glibc keeps what it has.
"""

import argparse
import resource
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter

import torch
from tabulate import tabulate
from torch import Tensor, nn

import se_cost
from se_cost.measure.models.layers import Gated
from se_cost.measure.timing.statistics import hodges_lehmann

HEADERS = ("network", "what", "ms", "low", "high")
FAULTS = ("network", "page faults of an iteration, plain", "with attention")
COUNTED = 5  # iterations
WARM = 5  # iterations that nobody counts


class Watch:
    """The seconds within modules, by their name within a block."""

    def __init__(self, network: nn.Module) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._begun: dict[nn.Module, float] = {}
        for block in network.modules():
            if isinstance(block, Gated):
                self._watch(block, "blocks")
                for name, module in block.named_modules():
                    if name and not list(module.children()):
                        self._watch(module, name)

    def _watch(self, module: nn.Module, name: str) -> None:
        module.register_forward_pre_hook(self._begin)
        module.register_forward_hook(partial(self._end, name))

    def _begin(self, module: nn.Module, _: object) -> None:
        self._begun[module] = perf_counter()

    def _end(self, name: str, module: nn.Module, _: object, __: object) -> None:
        self.seconds[name] += perf_counter() - self._begun[module]


def main(archs: list[str], batch: int, pairs: int) -> None:
    """Print the table of all networks."""
    found = [row for arch in archs for row in rows(arch, batch, pairs)]
    print(tabulate(found, HEADERS, tablefmt="pipe", floatfmt="+.2f"))
    print()
    counted = [(arch, *faults(arch, batch)) for arch in archs]
    print(tabulate(counted, FAULTS, tablefmt="pipe", intfmt=","))


def rows(arch: str, batch: int, pairs: int) -> Iterator[tuple[str, str, float, float, float]]:
    """Yield the seconds of one network: all of its attention, then where they go."""
    model = se_cost.model(arch)
    images = torch.randn(batch, *model.input)
    with_it, without = (se_cost.module(one).eval() for one in (model, model.plain))
    watched = se_cost.module(model).eval()
    watch = Watch(watched)
    taken: dict[str, list[float]] = {}
    with torch.inference_mode():
        for _ in range(WARM + pairs):
            run = partial(seconds, images=images)
            added = run(with_it) - run(without)
            run(watched)
            watch.seconds.clear()
            watched(images)
            taken.setdefault("attention", []).append(added)
            taken.setdefault("outside the blocks", []).append(added - watch.seconds["blocks"])
            for name, value in watch.seconds.items():
                taken.setdefault(name, []).append(value)
    for name, values in taken.items():
        found = hodges_lehmann(values[WARM:]).map(lambda x: 1000 * x)
        assert found.low is not None
        assert found.high is not None
        yield arch, name, found.value, found.low, found.high


def faults(arch: str, batch: int) -> tuple[int, int]:
    """Return the page faults of an iteration, plain and with attention: medians of a few."""
    model = se_cost.model(arch)
    images = torch.randn(batch, *model.input)
    networks = [se_cost.module(one).eval() for one in (model.plain, model)]
    counts: list[list[int]] = [[], []]
    with torch.inference_mode():
        for _ in range(COUNTED):
            for network, count in zip(networks, counts, strict=True):
                network(images)
                before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
                network(images)
                count.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    plain, attention = counts
    return round(median(plain)), round(median(attention))


def seconds(network: Callable[[Tensor], object], images: Tensor) -> float:
    """Return the seconds of one iteration, after another one."""
    network(images)
    begun = perf_counter()
    network(images)
    return perf_counter() - begun


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("arch", nargs="*", default=["se_resnet50", "se_resnext50_32x4d"])
    parser.add_argument("--batch", type=int, default=1, help="images of an iteration")
    parser.add_argument("--pairs", type=int, default=60, help="of the network and its plain form")
    given = parser.parse_args()
    main(given.arch, given.batch, given.pairs)
