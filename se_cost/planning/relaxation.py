"""An upper bound on what a choice can be worth: budgets are not kept but paid for.

Every cost has a price, and each site takes what is worth most after paying; the budgets are
refunded. Whatever the prices are (none below 0), no choice within the budgets is worth more than
that (Lagrange). Good prices, found by Polyak's subgradient steps, make the bound nearly reached.
"""

from collections import Counter
from collections.abc import Sequence

from se_cost.record import Record

STEPS = 400
ROUNDING = 1e-10  # of a sum of some hundreds of numbers, relative to their sizes
PATIENCE = 15  # steps without a better bound, after which they become half as long

Wares = tuple[tuple[float, tuple[float, ...]], ...]  # of a site: each value with its costs


class Relaxation(Record):
    """Prices, and what follows from them."""

    profits: tuple[tuple[float, ...], ...]  # of each candidate of each site
    most: tuple[float, ...]  # refunds, and the most that the sites from this one on can profit
    slack: float  # more than all roundings of these floating-point numbers together


def relaxed(sites: Sequence[Wares], budgets: Sequence[float], reached: float) -> Relaxation:
    """Return the relaxation with good prices; `reached` is what some choice is worth."""
    prices = _prices(Counter(sites), budgets, reached)
    profits = tuple(tuple(_profit(ware, prices) for ware in site) for site in sites)
    most = [_paid(prices, budgets)]
    for site in reversed(profits):
        most.append(most[-1] + max(site))
    largest = abs(most[0]) + sum(max(map(abs, site)) for site in profits)
    return Relaxation(profits, tuple(reversed(most)), ROUNDING * (1 + largest))


def _prices(sites: Counter[Wares], budgets: Sequence[float], reached: float) -> list[float]:
    prices = [0.0] * len(budgets)
    best, found, length, waited = float("inf"), prices, 1.0, 0
    for _ in range(STEPS):
        bound, slope = _bound(sites, budgets, prices)
        if bound < best:
            best, found, waited = bound, prices, 0
        else:
            waited += 1
        if waited == PATIENCE:
            prices, length, waited = found, length / 2, 0
            bound, slope = _bound(sites, budgets, prices)
        steep = sum(s * s for s in slope)
        if not steep or bound <= reached:
            break
        step = length * (bound - reached) / steep
        prices = [max(0.0, p - step * s) for p, s in zip(prices, slope, strict=True)]
    return found


def _bound(
    sites: Counter[Wares], budgets: Sequence[float], prices: Sequence[float]
) -> tuple[float, list[float]]:
    """Return the bound of some prices, and how it changes with each of them."""
    bound, slope = _paid(prices, budgets), list(budgets)
    for site, number in sites.items():
        profit, taken = max((_profit(ware, prices), i) for i, ware in enumerate(site))
        bound += number * profit
        for k, cost in enumerate(site[taken][1]):
            slope[k] -= number * cost
    return bound, slope


def _profit(ware: tuple[float, tuple[float, ...]], prices: Sequence[float]) -> float:
    value, costs = ware
    return value - _paid(prices, costs)


def _paid(prices: Sequence[float], costs: Sequence[float]) -> float:
    return sum([price * cost for price, cost in zip(prices, costs, strict=True)])
