"""What any model costs: those of the zoo by their definition, others by a trace."""

from se_cost.ledger import costs as zoo
from se_cost.ledger.costs import Costs
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model


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


def resolved(model: Model) -> Model:
    """Return a model that knows its input and the stages that hold attention."""
    return costs(model).model if isinstance(model, Imported) else model
