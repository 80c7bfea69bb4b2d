"""Libraries that abort the program where memory is limited are not loaded there."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

from se_cost.errors import MeasurementError

NEEDED = 768 << 20  # bytes of address space; with less, torch and OpenBLAS end the process
GREEDY = ("numpy", "torch")


class NoRoom(MetaPathFinder):
    """Refuses to find these libraries."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Raise MeasurementError for one of them, and leave all others to other finders."""
        if name in GREEDY:
            raise MeasurementError(
                f"{name} does not fit into the {self.allowed >> 20} MiB that `ulimit -v` allows: "
                f"it takes {NEEDED >> 20} MiB to load"
            )


def expect_room() -> None:
    """From here on, raise MeasurementError if a library is imported for which memory is too short.

    Only Unix limits the memory of a process.
    """
    try:
        import resource
    except ImportError:
        return
    allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
    if allowed != resource.RLIM_INFINITY and allowed < NEEDED:
        sys.meta_path.insert(0, NoRoom(allowed))
