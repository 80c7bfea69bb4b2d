"""What the attention of a network costs at several input sizes and batches."""

from collections.abc import Iterator, Sequence

from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model
from se_cost.planning.amounts import Amounts, Pace, amount
from se_cost.planning.budget import PlainAmounts, plain_amounts
from se_cost.planning.sites import Site, sites, summed
from se_cost.planning.words import By, Dimension
from se_cost.record import Record, replace


class Cell(Record):
    """One input size and batch."""

    model: Model
    batch: int
    plain: PlainAmounts
    stages: tuple[Site, ...]  # each with one candidate, and nothing
    pace: Pace | None

    @property
    def whole(self) -> Amounts:
        """Return what the attention of all stages adds."""
        return summed(site.candidates[0] for site in self.stages)

    def share(self, dimension: Dimension) -> float:
        """Return the share of the final stage in per cent of one cost of the attention."""
        every = [self._cost(site, dimension) for site in self.stages]
        return 100 * every[-1] / max(1, sum(every))

    def costliest(self, dimension: Dimension) -> int:
        """Return the stage that costs most; the first of several that cost alike."""
        return max(self.stages, key=lambda site: self._cost(site, dimension)).stage

    def _cost(self, site: Site, dimension: Dimension) -> int:
        return amount(site.candidates[0].amounts, dimension, self.pace)


def cells(
    model: Model,
    inputs: Sequence[tuple[int, ...]],
    batches: Sequence[int],
    settings: Settings,
    pace: Pace | None,
) -> Iterator[Cell]:
    """Yield what every pair costs, input by input."""
    for size in inputs:
        sized = replace(model, input=(model.input[0], *size)) if model.input[1:] != size else model
        for batch in batches:
            how = replace(settings, batch=batch)
            plain = plain_amounts(sized, how, None)
            yield Cell(sized, batch, plain, sites((sized,), how, By.STAGE), pace)
