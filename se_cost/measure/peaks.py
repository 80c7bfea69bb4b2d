"""What a pass for memory leaves behind; needs no torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory that was in use at any moment, in bytes.

    On a CPU it is that of the whole process, Python and torch included: only differences between
    networks speak of networks.
    """

    allocated: int  # by tensors on a GPU; resident in memory on a CPU
    reserved: int | None  # of the GPU by torch's allocator; None on a CPU
