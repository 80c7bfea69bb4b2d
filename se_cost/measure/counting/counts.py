"""Records of what is counted in a built network, by counters that are not ours; needs no torch."""

from collections.abc import Mapping

from se_cost.record import Record

Parameters = Mapping[str, tuple[int, int]]  # path of a submodule to its weights and biases


class FvcoreCount(Record):
    """Operations for one image by operator: fvcore's own, and those of handles of ours."""

    own: dict[str, int]
    left_out: dict[str, int]

    @property
    def total(self) -> int:
        """Return the total that fvcore prints by itself."""
        return sum(self.own.values())

    @property
    def complete(self) -> int:
        """Return the total with the operators that fvcore leaves out."""
        return self.total + sum(self.left_out.values())


class TorchCount(Record):
    """FLOPs by FlopCounterMode for one image; the backward pass is None where it was not run."""

    forward: int
    backward: int | None


class Counts(Record):
    """The counts of one network by both counters."""

    fvcore: FvcoreCount
    torch: TorchCount


class Counted(Record):
    """The counts of a model and of its plain network."""

    network: Counts
    plain: Counts


class YourCounts(Record):
    """What counters say of a model of the user's, and why some say nothing."""

    network: Mapping[str, int]  # totals by the name of the counter
    plain: Mapping[str, int]
    missing: tuple[str, ...]  # a sentence for each that cannot count it


class Built(Record):
    """The parameters of a model's module and of its plain network's, by path."""

    network: Parameters
    plain: Parameters
