"""Networks of the zoo as a user would bring them, with their attention to be found."""

from torch import nn

import se_cost


def network(arch: str, input: int = 64) -> nn.Module:  # noqa: A002 - the option's word
    """Return the module of a network of the zoo."""
    return se_cost.module(se_cost.model(arch, input=input))
