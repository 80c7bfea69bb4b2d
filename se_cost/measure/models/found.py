"""What was found in a network, as all that takes attention out of it needs to know it."""

from typing import Any

from se_cost.ledger.gates.find import TracedBlock
from se_cost.ledger.trace import Trace
from se_cost.record import Record


class FoundAttention(Record):
    """A network's trace of some inputs, and all blocks that are found and counted."""

    inputs: tuple[Any, ...]
    seen: Trace
    blocks: tuple[TracedBlock, ...]

    @property
    def unread(self) -> frozenset[str]:
        """Return the paths of the parameters that nothing reads: those of auxiliary heads."""
        read = {number for op in self.seen.ops for number in op.reads}
        values = enumerate(self.seen.values)
        known = {value.parameter for number, value in values if number in read}
        paths = enumerate(parameter.path for parameter in self.seen.parameters)
        return frozenset(path for number, path in paths if number not in known)
