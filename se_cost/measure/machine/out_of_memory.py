"""Out of memory, as one error whatever library it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from se_cost.errors import MeasurementError, OutOfMemoryError


@contextmanager
def enough_memory() -> Iterator[None]:
    """Turn every way to run out of memory into OutOfMemoryError on a GPU, else MeasurementError."""
    try:
        yield
    except torch.cuda.OutOfMemoryError:
        raise OutOfMemoryError(OUT_OF_MEMORY) from None
    except MemoryError:
        raise MeasurementError(OUT_OF_MEMORY) from None
    except RuntimeError as error:
        if any(words in str(error) for words in ON_A_GPU):
            raise OutOfMemoryError(OUT_OF_MEMORY) from None
        if not any(words in str(error) for words in ON_A_CPU):
            raise
        raise MeasurementError(OUT_OF_MEMORY) from None


# the driver and the libraries allocate memory beside torch
ON_A_GPU = (
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
# torch raises a RuntimeError for it on a CPU; the last is for sizes beyond 2^63 bytes
ON_A_CPU = ("can't allocate memory", "not enough memory", "Storage size calculation overflowed")
OUT_OF_MEMORY = "out of memory: take a smaller --batch, --input or --arch"
