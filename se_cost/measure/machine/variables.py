"""Variables of the environment that change times from outside, as a document tells them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import UNSET

LIBRARIES = "LD_PRELOAD"  # may be another allocator
VARIABLES = (
    "CUDA_LAUNCH_BLOCKING",
    "NVIDIA_TF32_OVERRIDE",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_HIP_ALLOC_CONF",
    "PYTORCH_NO_CUDA_MEMORY_CACHING",
    "ATEN_CPU_CAPABILITY",
    "GLIBC_TUNABLES",
    "KMP_AFFINITY",
    "KMP_BLOCKTIME",
    LIBRARIES,
    "MALLOC_ARENA_MAX",
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TOP_PAD_",
    "MALLOC_TRIM_THRESHOLD_",
    "OMP_PROC_BIND",
    "OMP_WAIT_POLICY",
    "ONEDNN_MAX_CPU_ISA",
)


def variables(environment: Mapping[str, str] = os.environ) -> Any:
    """Return those of VARIABLES that are set, UNSET if none is; libraries without folders."""
    found = {name: environment[name] for name in VARIABLES if environment.get(name)}
    if LIBRARIES in found:
        found[LIBRARIES] = " ".join(Path(one).name for one in _listed(found[LIBRARIES]))
    return found or UNSET


def _listed(libraries: str) -> list[str]:
    return libraries.replace(":", " ").split()
