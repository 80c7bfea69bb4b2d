"""The fingerprint of a measurement: what it depends on, and nothing that identifies a person."""

from msgspec import UNSET, UnsetType

from se_cost.measure.timing.settings import DType, MemoryFormat
from se_cost.record import Record


class Environment(Record, kw_only=True):
    """Versions, device, threads, type and layout; figures that a device lacks are left out."""

    se_cost: str
    torch: str
    python: str
    system: str
    device: str  # cpu, cuda, xpu or mps
    device_name: str
    cores: int | UnsetType = UNSET  # of a CPU, those that the process may use
    sms: int | UnsetType = UNSET  # multiprocessors of a GPU, as all that follows up to threads
    cuda: str | UnsetType = UNSET
    cudnn: int | UnsetType = UNSET
    cudnn_benchmark: int | UnsetType = UNSET
    cudnn_tf32: int | UnsetType = UNSET  # 1 if convolutions of float32 may run in TF32
    hip: str | UnsetType = UNSET  # version of ROCm
    capability: str | UnsetType = UNSET  # compute capability, 9.0
    memory: int | UnsetType = UNSET  # bytes of the device
    l2: int | UnsetType = UNSET  # bytes of the cache that all multiprocessors share
    driver: str | UnsetType = UNSET
    power_limit: float | UnsetType = UNSET  # watts
    clock_limit: int | UnsetType = UNSET  # MHz of the multiprocessors, at most
    conv_precision: str | UnsetType = UNSET  # of float32: tf32, ieee, or none for torch's default
    matmul_precision: str | UnsetType = UNSET
    nccl: str | UnsetType = UNSET  # with several ranks
    triton: str | UnsetType = UNSET  # with --compile
    variables: dict[str, str] | UnsetType = UNSET  # of the environment, that change how it runs
    threads: int  # of torch on the CPU
    dtype: DType
    layout: MemoryFormat
    runtime: str | UnsetType = UNSET  # name and version, of what runs the network if not torch
    ranks: int | UnsetType = UNSET  # data-parallel processes
