"""Out of memory, however it is reported."""

import pytest
import torch

from se_cost.errors import MeasurementError, OutOfMemoryError
from se_cost.measure.machine.out_of_memory import enough_memory

ON_A_GPU = [
    torch.cuda.OutOfMemoryError("CUDA out of memory"),
    RuntimeError("CUDA error: out of memory"),
    RuntimeError("cuBLAS error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
]
ON_A_CPU = [
    MemoryError(),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried"),
    RuntimeError("Storage size calculation overflowed with sizes=[3, 9999999999]"),
]


@pytest.mark.parametrize("error", ON_A_GPU)
def test_on_a_gpu_a_smaller_batch_may_fit(error: Exception) -> None:
    """However the memory of a GPU runs out, it is the error that halves the batch."""
    with pytest.raises(OutOfMemoryError, match="out of memory: take a smaller"), enough_memory():
        raise error


@pytest.mark.parametrize("error", ON_A_CPU)
def test_on_a_cpu_it_cannot_be_measured(error: Exception) -> None:
    """The system would begin to swap before a smaller batch is found."""
    with pytest.raises(MeasurementError, match="out of memory") as raised, enough_memory():
        raise error
    assert not isinstance(raised.value, OutOfMemoryError)


def test_other_errors_are_not_hidden() -> None:
    """An error that is not about memory stays what it is."""
    with pytest.raises(RuntimeError, match="shape mismatch"), enough_memory():
        raise RuntimeError("shape mismatch")
