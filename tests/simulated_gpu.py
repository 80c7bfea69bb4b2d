"""GPUs that are simulated on a CPU, so that code for CUDA runs unchanged and the truth is known.

Two modes of torch make them: one puts tensors for `cuda` on the CPU and lets them say `cuda:N`, the
other charges every operator to the stream of its device, on a virtual clock, and every storage to
the memory of its device. Streams, events and graphs of torch are replaced by ones that read that
clock; `torch.cuda.graph` is the real one. What cuDNN chooses and how memory is cut up is not here.
"""

import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

NO_ENGINE = "GET was unable to find an engine to execute this computation"
REPLAY = 1e-3  # seconds that the CPU takes to launch a graph


class Stream:
    """Work in order; it is done at `ready`, in seconds of the virtual clock."""

    def __init__(self, device: int) -> None:
        self.device, self.ready = device, 0.0

    def wait_stream(self, other: "Stream") -> None:
        """Begin what comes next when `other` is done."""
        self.ready = max(self.ready, other.ready)


class Simulation:
    """Two GPUs: an operator takes `launch` of the CPU, and of the GPU its bytes, or `floor`."""

    def __init__(
        self, launch: float = 2e-3, floor: float = 5e-4, bandwidth: float = 1e12, limit: float = 1e9
    ) -> None:
        self.launch, self.floor, self.bandwidth, self.limit = launch, floor, bandwidth, limit
        self.now = 0.0  # of the CPU
        self.streams = [Stream(0), Stream(1)]  # the current one of each device
        self.current = 0  # device
        self.placing: int | None = None  # device of the tensors that are made now
        self.where: dict[int, int] = {}  # storage to device
        self.live, self.peak = Counter[int](), Counter[int]()  # bytes by device
        self.kernels: dict[int, list[float]] = defaultdict(list)  # seconds, by device
        self.captured: list[float] | None = None  # while a graph is captured
        self.refused = 0  # requests for memory
        self.flushed = 0  # times that memory was found only behind a flush of the cache
        self.at_start: list[int] = []  # live bytes whenever the cache was given back
        self.refuse: Callable[[str], bool] = lambda operator: False  # as too large for the memory
        self.hidden = False  # whether cuDNN reports what is refused as another error
        self.passed_over = False  # or not at all, and does with less

    def run(self, device: int, operator: str, tensors: list[torch.Tensor], *, view: bool) -> None:
        """Charge an operator, whose operands and results are `tensors`."""
        self._take(device, operator, [tensor.untyped_storage() for tensor in tensors])
        if view:
            return
        moved = {tensor.data_ptr(): tensor.numel() * tensor.element_size() for tensor in tensors}
        seconds = max(self.floor, sum(moved.values()) / self.bandwidth)
        self.now += self.launch
        if self.captured is not None:
            self.captured.append(seconds)
            return
        self.kernels[device].append(seconds)
        stream = self.streams[device]
        stream.ready = max(stream.ready, self.now) + seconds

    def _take(self, device: int, operator: str, storages: list[torch.UntypedStorage]) -> None:
        new = {one._cdata: one for one in storages if one._cdata not in self.where}
        size = sum(one.nbytes() for one in new.values())
        if self.live[device] + size > self.limit or self.refuse(operator):
            self.refused += 1
            if not self.passed_over:
                raise RuntimeError(NO_ENGINE) if self.hidden else torch.OutOfMemoryError("full")
        for key, one in new.items():
            self.where[key] = device
            weakref.finalize(one, self._free, key, device, one.nbytes())
        self.live[device] += size
        self.peak[device] = max(self.peak[device], self.live[device])

    def _free(self, key: int, device: int, size: int) -> None:
        del self.where[key]
        self.live[device] -= size

    def device_of(self, tensors: list[torch.Tensor]) -> int | None:
        """Return the device of the first tensor that is on one."""
        found = (self.where.get(one.untyped_storage()._cdata) for one in tensors)
        return next((device for device in found if device is not None), self.placing)


class Placed(TorchFunctionMode):
    """Puts on the CPU what is meant for a GPU, and says of a tensor where it is meant to be."""

    def __init__(self, gpu: Simulation) -> None:
        super().__init__()
        self.gpu = gpu

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # torch's own signature
        """Run a function of torch."""
        kwargs, gpu, wanted = kwargs or {}, self.gpu, []
        if func == torch.Tensor.device.__get__:
            device = gpu.where.get(args[0].untyped_storage()._cdata)
            return func(*args) if device is None else torch.device("cuda", device)

        def on_the_cpu(value: Any) -> Any:
            if isinstance(value, torch.device) and value.type == "cuda":
                wanted.append(gpu.current if value.index is None else value.index)
                return torch.device("cpu")
            return value

        if func is not torch.device:  # which only names one
            args, kwargs = tree_map(on_the_cpu, args), tree_map(on_the_cpu, kwargs)
        if not wanted:
            return func(*args, **kwargs)
        copy = {"copy": True} if func is torch.Tensor.to else {}
        gpu.placing = wanted[0]
        try:
            return func(*args, **kwargs, **copy)
        finally:
            gpu.placing = None


class Charged(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Charges operators on tensors of a GPU."""

    def __init__(self, gpu: Simulation) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.gpu = gpu

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run an operator."""
        result = func(*args, **(kwargs or {}))
        leaves = tree_leaves((args, kwargs, result))
        tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        device = self.gpu.device_of(tensors)
        if device is not None:
            self.gpu.run(device, str(func), tensors, view=func.is_view)
        return result


@contextmanager
def simulated(monkeypatch: pytest.MonkeyPatch, **figures: float) -> Iterator[Simulation]:
    """Let torch see two GPUs of the `figures` that Simulation takes."""
    gpu = Simulation(**figures)

    @contextmanager
    def within(device: Any) -> Iterator[None]:
        before, gpu.current = gpu.current, number(device)
        yield
        gpu.current = before

    class on:  # noqa: N801 # torch.cuda.stream, which torch.cuda.graph enters by hand
        def __init__(self, stream: Stream) -> None:
            self.stream, self.before = stream, gpu.streams[stream.device]

        def __enter__(self) -> None:
            gpu.streams[self.stream.device] = self.stream

        def __exit__(self, *error: object) -> None:
            gpu.streams[self.stream.device] = self.before

    class Event:
        def __init__(self, device: Any, *, enable_timing: bool) -> None:
            self.at = 0.0

        def record(self, stream: Stream) -> None:
            self.at = max(stream.ready, gpu.now)

        def synchronize(self) -> None:
            gpu.now = max(gpu.now, self.at)

        def elapsed_time(self, end: "Event") -> float:
            return 1000 * (end.at - self.at)

    class Graph:
        def capture_begin(self, *pool: object, **how: object) -> None:
            gpu.captured = []

        def capture_end(self) -> None:
            self.seconds, gpu.captured = sum(gpu.captured or ()), None
            self.device = gpu.current

        def replay(self) -> None:
            gpu.now += REPLAY
            stream = gpu.streams[self.device]
            stream.ready = max(stream.ready, gpu.now) + self.seconds

    def number(device: Any) -> int:
        index = torch.device(device).index
        return gpu.current if index is None else index

    def stats(device: Any) -> dict[str, int]:
        found = {"allocated_bytes.all.peak": gpu.peak, "reserved_bytes.all.peak": gpu.peak}
        return {
            **{name: of[number(device)] for name, of in found.items()},
            "num_ooms": gpu.refused,
            "num_alloc_retries": gpu.flushed,
        }

    def reset(device: Any) -> None:
        gpu.peak[number(device)] = gpu.live[number(device)]

    properties = SimpleNamespace(
        name="Simulated GPU",
        multi_processor_count=4,
        major=9,
        minor=0,
        total_memory=int(gpu.limit),
        uuid="none",
        L2_cache_size=2**20,
    )
    stand_ins: dict[Any, dict[str, Any]] = {
        torch: {"Event": Event},
        torch.accelerator: {
            "current_accelerator": lambda check_available=False: torch.device("cuda"),
            "device_count": lambda: 2,
            "current_stream": lambda device: gpu.streams[number(device)],
            "memory_stats": stats,
            "reset_peak_memory_stats": reset,
            "empty_cache": lambda: gpu.at_start.append(gpu.live.total()),
        },
        torch.cuda: {
            "Stream": lambda device: Stream(number(device)),
            "stream": on,
            "device": within,
            "current_stream": lambda: gpu.streams[gpu.current],
            "CUDAGraph": Graph,
            "synchronize": lambda: None,
            "empty_cache": lambda: None,
            "get_device_properties": lambda device: properties,
            "is_tf32_supported": lambda: True,
            "is_bf16_supported": lambda **how: True,
        },
        torch._C: {"_host_emptyCache": lambda: None},
    }
    with monkeypatch.context() as patched:
        for where, names in stand_ins.items():
            for name, value in names.items():
                patched.setattr(where, name, value, raising=False)
        with Placed(gpu), Charged(gpu):
            yield gpu
