"""Out of memory, told apart from every other error."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from se_cost.errors import CannotMeasure


@contextmanager
def enough_memory() -> Iterator[None]:
    """Turn the many ways to run out of memory into one CannotMeasure."""
    try:
        yield
    except (torch.cuda.OutOfMemoryError, MemoryError):
        raise CannotMeasure(OUT_OF_MEMORY) from None
    except RuntimeError as error:
        if "can't allocate memory" not in str(error):  # torch has no type for it on a CPU
            raise
        raise CannotMeasure(OUT_OF_MEMORY) from None


OUT_OF_MEMORY = "out of memory: take a smaller --batch, --input or --arch"
