"""A private copy of a network while it is being rewritten, and what must not be touched in it."""

from collections.abc import Iterator
from typing import NamedTuple

from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from se_cost.errors import UsageError
from se_cost.measure.fuse.chains import Chain, chains, flat
from se_cost.measure.fuse.seen import Seen
from se_cost.nets.attention.kinds import KINDS

ROOT = "network"
HOOKS = (
    *("_forward_hooks", "_forward_pre_hooks"),
    *("_backward_hooks", "_backward_pre_hooks"),
    *("_state_dict_hooks", "_load_state_dict_pre_hooks"),
)


class Network(NamedTuple):
    """A network in a holder, what one run showed of it, and the original paths of its modules."""

    holder: nn.ModuleDict
    seen: Seen
    paths: dict[nn.Module, str]
    originals: dict[nn.Module, nn.Module]  # of gates that were a module of someone else's
    reasons: dict[nn.Module, str]  # why modules of others are not in our words

    @property
    def module(self) -> nn.Module:
        """Return the network itself."""
        return self.holder[ROOT]

    def chains(self) -> Iterator[Chain]:
        """Yield the chains of the network, those within a module before that of the module."""
        return chains(tuple(flat(self.holder, ROOT, self.seen)), self.seen)

    def locate(self, module: nn.Module) -> tuple[Chain, int]:
        """Return the chain that a module is in, and its place there."""
        return next(
            (chain, place)
            for chain in self.chains()
            for place, spot in enumerate(chain.spots)
            if spot.module is module
        )

    def path(self, module: nn.Module | None) -> str:
        """Return the path of a module in the original, empty if there is no module."""
        return self.paths.get(module, "") if module is not None else ""

    def kind(self, gate: nn.Module, built: str) -> str:
        """Return the kind of a gate that is `built` like one: ours have the name of theirs.

        A kind of several gates is one block of attention, whose name is above theirs.
        """
        names = [] if gate in self.originals else self.path(gate).split(".")
        return next((name for name in reversed(names) if name in KINDS), built)

    def unread(self, chain: Chain) -> str:
        """Return why what a chain is a part of is left as it is, nothing if it is in our words."""
        module = chain.join.module if chain.join else None
        reason = self.reasons.get(module, "") if module is not None else ""
        return f"{self.path(module) or 'the network'} is left as it is: {reason}" if reason else ""

    def expect_removable(self, *parts: nn.Module) -> None:
        """Raise UsageError if something else depends on a part that is about to change."""
        for part in parts:
            path = self.path(part)
            if is_parametrized(part):
                raise UsageError(f"{path} is parametrised: remove its parametrisations first")
            if hooked(part):
                raise UsageError(f"{path} has hooks, which fusing would lose: remove them first")
            weighs = next(part.parameters(recurse=False), None) is not None
            if weighs and self.seen.uses[part] > 1:
                raise UsageError(f"{path} is used {self.seen.uses[part]} times: it cannot be fused")


def hooked(module: nn.Module) -> bool:
    """Return whether someone else's code runs with a module."""
    return any(getattr(module, hooks, None) for hooks in HOOKS)


def held(module: nn.Module) -> nn.ModuleDict:
    """Return a holder of a module, so that every module has a spot."""
    return nn.ModuleDict({ROOT: module})
