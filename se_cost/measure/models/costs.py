"""What any model costs: those of the zoo by their definition, others by a trace."""

from se_cost.ledger import costs as zoo
from se_cost.ledger.costs import Costs
from se_cost.ledger.gates.sites import InsertionSite, sites
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.record import replace


def costs(model: Model) -> Costs:
    """Return what a model costs; torch is imported for a model of the user's only.

    The model in the result knows its input and the stages that hold attention.
    """
    match model:
        case Imported():
            from se_cost.measure.models import foreign

            return foreign.costs(model)
        case _:
            return zoo.costs(model)


def insertion_sites(model: Model) -> tuple[InsertionSite, ...]:
    """Return where attention could be put into a model of the user's; none for one of the zoo."""
    if not isinstance(model, Imported):
        return ()
    from se_cost.measure.models import foreign

    return sites(foreign.known(model).seen)


def to_be_timed(model: Model) -> Model:
    """Return a model that knows how attention is taken out of it, alike for all arms of a timing.

    Raises MeasurementError where it cannot be, with the path and the reason.
    """
    if not isinstance(model, Imported):
        return model
    from se_cost.measure.models import foreign

    return replace(model, removal=foreign.removal(model))


def resolved(model: Model) -> Model:
    """Return a model that knows its input and the stages that hold attention."""
    return costs(model).model if isinstance(model, Imported) else model
