"""What attention adds: a network's ledger held against that of the same recipe without it."""

from dataclasses import dataclass
from functools import lru_cache

from se_cost.ledger.rows import Ledger, Row
from se_cost.ledger.walk import ledger
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import build

PARTS = ("squeeze", "excite", "scale")


@dataclass(frozen=True)
class Comparison:
    """The ledgers of one recipe with and without attention."""

    recipe: Recipe
    network: Ledger
    baseline: Ledger

    @property
    def attention(self) -> Ledger:
        """Return the rows that attention adds; all others are equal in both networks."""
        return self.network.minus(self.baseline)

    @property
    def percent(self) -> float:
        """Return the added parameters in per cent of the plain network's."""
        return 100 * self.attention.params / self.baseline.params


@lru_cache(maxsize=64)
def compare(recipe: Recipe) -> Comparison:
    """Return the comparison of a recipe with its baseline; raise ShapeError if it is unfit."""
    plain = recipe.baseline
    return Comparison(
        recipe=recipe,
        network=ledger(build(recipe), recipe.input),
        baseline=ledger(build(plain), plain.input),
    )


def parts(attention: Ledger) -> dict[str, Ledger]:
    """Return the rows of an attention by `PARTS`: the pool, the product, and all between."""
    return {
        name: Ledger(tuple(row for row in attention.rows if _part(row) == name)) for name in PARTS
    }


def _part(row: Row) -> str:
    if row.op.startswith("global_"):
        return "squeeze"
    return "scale" if row.op == "scale" else "excite"
