"""Whether two traces are of one network, but for some gates that hand on their maps in one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from se_cost.ledger.gates.liveness import Cut, Living
from se_cost.ledger.trace import Op, Trace

SUM = "add"  # what is left of a sum with a gate's product in one


def aligned(whole: Trace, cuts: Iterable[Cut], left: Trace) -> Mapping[int, int] | None:
    """Return the operator of `left` for each that `whole` still needs without some gates.

    None if the networks differ: in what runs, in its shapes and MACs, or in what it reads. What
    only looks at memory, and what no output needs, is left out of the comparison.
    """
    return _Comparison(whole, tuple(cuts), left).operators()


class _Comparison:
    def __init__(self, whole: Trace, cuts: Sequence[Cut], left: Trace) -> None:
        self._traces = (whole, left)
        self._living = (Living(whole), Living(left))
        self._living[0].remove(cuts)
        self._sums = {cut.op for cut in cuts if len(whole.ops[cut.op].reads) > 2}
        self._there: dict[int, int] = {}  # values of `left` by those of `whole`
        self._back: dict[int, int] = {}

    def operators(self) -> dict[int, int] | None:
        """Return the operators of the second trace by those of the first, None if they differ."""
        whole, left = self._traces
        ours, theirs = list(self._computing(0)), list(self._computing(1))
        alike = (
            len(ours) == len(theirs)
            and self._all_fit(whole.inputs, left.inputs)
            and all(map(self._alike, ours, theirs))
            and self._read_alike(whole.outputs, left.outputs)
        )
        return dict(zip(ours, theirs, strict=True)) if alike else None

    def _computing(self, side: int) -> Iterator[int]:
        ops = self._traces[side].ops
        return (number for number in sorted(self._living[side].ops) if not ops[number].view)

    def _alike(self, ours: int, theirs: int) -> bool:
        """Return whether two operators are one; what they write is one from then on."""
        a, b = self._traces[0].ops[ours], self._traces[1].ops[theirs]
        name = SUM if ours in self._sums else a.name
        return (
            name == b.name
            and self._macs(0, a) == self._macs(1, b)
            and self._read_alike(self._living[0].reads(ours), self._living[1].reads(theirs))
            and self._all_fit(a.writes, b.writes)
        )

    def _macs(self, side: int, op: Op) -> int:
        return op.macs // self._traces[side].batch

    def _read_alike(self, ours: Iterable[int], theirs: Iterable[int]) -> bool:
        a = [base for read in ours for base in self._bases(0, read)]
        b = [base for read in theirs for base in self._bases(1, read)]
        return self._all_fit(a, b)

    def _bases(self, side: int, value: int) -> Iterator[int]:
        """Yield what a value is a view of: several, if it was changed in part."""
        value = self._living[side].source(value)
        number = self._traces[side].values[value].producer
        if number is None or not self._traces[side].ops[number].view:
            yield value
            return
        for read in self._traces[side].ops[number].reads:
            yield from self._bases(side, read)

    def _all_fit(self, ours: Sequence[int], theirs: Sequence[int]) -> bool:
        return len(ours) == len(theirs) and all(map(self._fit, ours, theirs))

    def _fit(self, ours: int, theirs: int) -> bool:
        """Return whether two values are one, as far as is known; from then on they are."""
        if ours in self._there or theirs in self._back:
            return self._there.get(ours) == theirs
        a, b = self._traces[0].values[ours], self._traces[1].values[theirs]
        batches = a.live and a.shape[1:] == b.shape[1:]
        if a.live != b.live or not (batches or a.shape == b.shape):
            return False
        self._there[ours], self._back[theirs] = theirs, ours
        return True
