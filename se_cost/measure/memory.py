"""Out of memory, told apart from every other error."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from se_cost.errors import CannotMeasure, OutOfMemory


@contextmanager
def enough_memory() -> Iterator[None]:
    """Turn the many ways to run out of memory into OutOfMemory on a GPU, else CannotMeasure."""
    try:
        yield
    except torch.cuda.OutOfMemoryError:
        raise OutOfMemory(OUT_OF_MEMORY) from None
    except MemoryError:
        raise CannotMeasure(OUT_OF_MEMORY) from None
    except RuntimeError as error:
        if any(words in str(error) for words in ON_A_GPU):
            raise OutOfMemory(OUT_OF_MEMORY) from None
        if not any(words in str(error) for words in ON_A_CPU):
            raise
        raise CannotMeasure(OUT_OF_MEMORY) from None


# of the driver and of the libraries, which do not ask torch for their memory
ON_A_GPU = (
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
# torch has no type of its own for it on a CPU; the second is for more bytes than there are numbers
ON_A_CPU = ("can't allocate memory", "not enough memory", "Storage size calculation overflowed")
OUT_OF_MEMORY = "out of memory: take a smaller --batch, --input or --arch"
