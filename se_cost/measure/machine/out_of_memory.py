"""Out of memory, as one error whatever library it comes from; other failures of a GPU, too."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from se_cost.errors import MeasurementError, OutOfMemoryError, SeCostError
from se_cost.measure.steps.allocator import give_back, refused


@contextmanager
def enough_memory(device: torch.device, *, tuning: bool = False) -> Iterator[None]:
    """Turn every way to run out of memory into OutOfMemoryError on a GPU, else MeasurementError.

    So it is where a library was refused memory and did with less: near the limit a convolution
    takes a slower plan. While `tuning`, all plans are tried, and too large ones are expected.
    Another failure of a GPU is a MeasurementError.
    """
    give_back(device)
    before = refused(device)
    try:
        yield
    except SeCostError:
        raise
    except torch.OutOfMemoryError:
        raise OutOfMemoryError(OUT_OF_MEMORY) from None
    except MemoryError:
        raise MeasurementError(OUT_OF_MEMORY) from None
    except RuntimeError as error:
        said = str(error)
        if refused(device) > before or any(words in said for words in ON_A_GPU):
            raise OutOfMemoryError(OUT_OF_MEMORY) from None
        if any(words in said for words in ON_A_CPU):
            raise MeasurementError(OUT_OF_MEMORY) from None
        if isinstance(error, torch.AcceleratorError) or any(name in said for name in LIBRARIES):
            first = said.strip().partition("\n")[0]
            raise MeasurementError(f"{device} failed: {first}") from None
        raise
    if refused(device) > before and not tuning:
        raise OutOfMemoryError(OUT_OF_MEMORY)


# the driver and the libraries allocate memory beside torch
ON_A_GPU = (
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED",  # nearly always: no memory for its handle
    "CUDNN_STATUS_ALLOC_FAILED",
    "Failed to CUDA calloc",  # NCCL
    "MPS backend out of memory",
)
# torch raises a RuntimeError for it on a CPU; the last is for sizes beyond 2^63 bytes
ON_A_CPU = ("can't allocate memory", "not enough memory", "Storage size calculation overflowed")
LIBRARIES = (
    *("CUDA error", "cuDNN error", "CUBLAS_STATUS", "NCCL error", "unable to find an engine"),
    "not currently implemented for the MPS device",
)
OUT_OF_MEMORY = "out of memory: take a smaller --batch, --input or --arch"
