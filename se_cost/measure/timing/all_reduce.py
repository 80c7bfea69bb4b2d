"""What the all-reduce of gradients costs in data-parallel training.

Ranks compute while gradients travel, so only a part of the all-reduce is exposed: the time that a
step takes longer than the same step without it. A slow rank shows only in steps without it: with
it, all ranks wait for the slowest, and take equally long.
"""

from collections.abc import Callable, Iterable
from random import Random
from statistics import median

from se_cost.measure.timing.protocol import expect_forward
from se_cost.record import Record

QUADS = 2  # of each arm
SLOWER = 1.1  # times the median of ranks: a straggler

Watch = Callable[[str, int], list[float]]  # (arm, iterations) to the seconds of every rank


class AllReduce(Record):
    """Timings of one arm, in seconds per iteration, in each of them those of all ranks."""

    steps: tuple[tuple[float, ...], ...]
    without: tuple[tuple[float, ...], ...]  # under no_sync, which leaves gradients where they are

    @property
    def step_ms(self) -> float:
        """Return the median time of a step in milliseconds; the slowest rank decides."""
        return 1000 * median(map(max, self.steps))

    @property
    def without_ms(self) -> float:
        """Return the median time of a step without all-reduce, in milliseconds."""
        return 1000 * median(map(max, self.without))

    @property
    def exposed_ms(self) -> float:
        """Return how long a step waits for gradients, in milliseconds."""
        return self.step_ms - self.without_ms

    @property
    def ranks_ms(self) -> list[float]:
        """Return the median time of every rank without all-reduce, in milliseconds."""
        return [1000 * median(seconds) for seconds in zip(*self.without, strict=True)]

    @property
    def straggler(self) -> int | None:
        """Return the slowest rank if it is far slower than the median of ranks, else None."""
        ranks = self.ranks_ms
        slowest = max(ranks)
        return ranks.index(slowest) if slowest > SLOWER * median(ranks) else None


def merged(parts: Iterable[AllReduce]) -> AllReduce:
    """Return the timings of one arm in several processes as one."""
    every = list(parts)
    return AllReduce(
        steps=tuple(timing for part in every for timing in part.steps),
        without=tuple(timing for part in every for timing in part.without),
    )


def measure_all_reduce(
    steps: Watch,
    without: Watch,
    arms: Iterable[str],
    iterations: int,
    expired: Callable[[], bool],
    coin: Random,
) -> dict[str, AllReduce]:
    """Time every arm with and without all-reduce in quads, in at least one round of all arms.

    Every rank decides by itself, so `expired` and `coin` must give all of them the same answers.
    """
    found = {arm: AllReduce((), ()) for arm in arms}
    for _ in range(QUADS):
        for arm, known in found.items():
            quad = _quad(steps, without, arm, iterations, coin.random() < 0.5)
            found[arm] = merged((known, quad))
        if expired():
            break
    return found


def _quad(steps: Watch, without: Watch, arm: str, iterations: int, reverse: bool) -> AllReduce:
    taken: dict[bool, list[tuple[float, ...]]] = {False: [], True: []}
    for bare in (reverse, not reverse, not reverse, reverse):
        watch = without if bare else steps
        watch(arm, 1)  # one untimed iteration, as in every quad
        each = (expect_forward(seconds) / iterations for seconds in watch(arm, iterations))
        taken[bare].append(tuple(each))
    return AllReduce(steps=tuple(taken[False]), without=tuple(taken[True]))
