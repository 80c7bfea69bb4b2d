"""Out of memory, however it is reported."""

import pytest
import torch

from se_cost.errors import MeasurementError, OutOfMemoryError
from se_cost.measure.machine import out_of_memory as module
from se_cost.measure.machine.out_of_memory import enough_memory

CPU, GPU = torch.device("cpu"), torch.device("cuda")

ON_A_GPU = [
    torch.cuda.OutOfMemoryError("CUDA out of memory"),
    RuntimeError("CUDA error: out of memory"),
    RuntimeError("cuBLAS error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
    RuntimeError("NCCL error: unhandled system error\nFailed to CUDA calloc 6291456 bytes"),
    RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
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
    told = pytest.raises(OutOfMemoryError, match="out of memory: take a smaller")
    with told, enough_memory(CPU):
        raise error


@pytest.mark.parametrize("error", ON_A_CPU)
def test_on_a_cpu_it_cannot_be_measured(error: Exception) -> None:
    """The system would begin to swap before a smaller batch is found."""
    with pytest.raises(MeasurementError, match="out of memory") as raised, enough_memory(CPU):
        raise error
    assert not isinstance(raised.value, OutOfMemoryError)


def test_other_errors_are_not_hidden() -> None:
    """An error that is not about memory stays what it is."""
    with pytest.raises(RuntimeError, match="shape mismatch"), enough_memory(CPU):
        raise RuntimeError("shape mismatch")


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("an illegal memory access\nCompile with `TORCH_USE_CUDA_DSA`"),
        RuntimeError("cuDNN error: an illegal memory access\nat conv.cpp:1"),
        RuntimeError("NCCL error: an illegal memory access"),
        NotImplementedError(
            "an illegal memory access is not currently implemented for the MPS device.\nFile it"
        ),
    ],
)
def test_a_failure_of_a_gpu_is_one_line(error: Exception) -> None:
    """Its first line, with the device that failed, and nothing of how to debug torch."""
    with pytest.raises(MeasurementError) as raised, enough_memory(CPU):
        raise error
    assert str(raised.value).startswith("cpu failed: ")
    assert "an illegal memory access" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not isinstance(raised.value, OutOfMemoryError)


NO_ENGINE = "GET was unable to find an engine to execute this computation"


@pytest.mark.parametrize(
    ("refusals", "error", "meant"),
    [
        ((0, 1), RuntimeError(NO_ENGINE), OutOfMemoryError),  # cuDNN's plans were too large
        ((0, 0), RuntimeError(NO_ENGINE), MeasurementError),  # or there is none for this type
        ((0, 1), None, OutOfMemoryError),  # a slower plan was taken, and nobody told
        ((3, 3), None, None),
    ],
)
def test_the_allocator_knows(
    monkeypatch: pytest.MonkeyPatch,
    refusals: tuple[int, int],
    error: Exception | None,
    meant: type[Exception] | None,
) -> None:
    """Whether memory was refused is counted, whatever a library makes of it."""
    counted = iter([*refusals, refusals[1]])
    monkeypatch.setattr(module, "refused", lambda device: next(counted))

    def attempt() -> None:
        with enough_memory(GPU):
            if error:
                raise error

    if meant is None:
        attempt()
        return
    with pytest.raises(MeasurementError) as raised:
        attempt()
    assert type(raised.value) is meant
