"""What the exchange of gradients costs in data-parallel training; needs no torch.

Ranks work while gradients travel, so only a part of the exchange is exposed: the time that a step
takes longer than the same step without it. And only without it does a slow rank show: with it, all
ranks wait for the slowest, and take equally long.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from statistics import median

from se_cost.measure.protocol import expect_forward

QUADS = 2  # of each arm
SLOWER = 1.1  # than the median of ranks: a straggler

Watch = Callable[[str, int], list[float]]  # (arm, iterations) to the seconds of every rank


@dataclass(frozen=True, slots=True)
class Exchange:
    """Timings of one arm, in seconds per iteration, in each of them those of all ranks."""

    steps: tuple[tuple[float, ...], ...]
    alone: tuple[tuple[float, ...], ...]  # under no_sync, which keeps gradients where they are

    @property
    def step_ms(self) -> float:
        """Return the median time of a step in milliseconds; the slowest rank decides."""
        return 1000 * median(map(max, self.steps))

    @property
    def alone_ms(self) -> float:
        """Return the same for a step without exchange."""
        return 1000 * median(map(max, self.alone))

    @property
    def exposed_ms(self) -> float:
        """Return how long a step waits for gradients."""
        return self.step_ms - self.alone_ms

    @property
    def ranks_ms(self) -> list[float]:
        """Return the median time of every rank without exchange."""
        return [1000 * median(seconds) for seconds in zip(*self.alone, strict=True)]

    @property
    def straggler(self) -> int | None:
        """Return the slowest rank if it is far slower than the median of ranks, else None."""
        ranks = self.ranks_ms
        slowest = max(ranks)
        return ranks.index(slowest) if slowest > SLOWER * median(ranks) else None


def joint(exchanges: Iterable[Exchange]) -> Exchange:
    """Return the timings of one arm in several processes as one."""
    together = list(exchanges)
    return Exchange(
        tuple(timing for exchange in together for timing in exchange.steps),
        tuple(timing for exchange in together for timing in exchange.alone),
    )


def measure_exchange(
    steps: Watch,
    alone: Watch,
    arms: Iterable[str],
    iterations: int,
    expired: Callable[[], bool],
    coin: Random,
) -> dict[str, Exchange]:
    """Time every arm with and without exchange in quads, in at least one round of all arms.

    All ranks must get the same answers from `expired` and `coin`: each decides by itself.
    """
    found = {arm: Exchange((), ()) for arm in arms}
    for _ in range(QUADS):
        for arm, exchange in found.items():
            quad = _quad(steps, alone, arm, iterations, coin.random() < 0.5)
            found[arm] = joint((exchange, quad))
        if expired():
            break
    return found


def _quad(steps: Watch, alone: Watch, arm: str, iterations: int, reverse: bool) -> Exchange:
    taken: dict[bool, list[tuple[float, ...]]] = {False: [], True: []}
    for without in (reverse, not reverse, not reverse, reverse):
        watch = alone if without else steps
        watch(arm, 1)  # one that is not timed, as in every quad
        each = (expect_forward(seconds) / iterations for seconds in watch(arm, iterations))
        taken[without].append(tuple(each))
    return Exchange(tuple(taken[False]), tuple(taken[True]))
