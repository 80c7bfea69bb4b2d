"""An iteration as a CUDA graph: captured once, then replayed with one launch."""

from collections.abc import Callable
from typing import Any

import torch

from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.steps.allocator import refused
from se_cost.measure.timing.arms import GRAPHS_NEED_CUDA
from se_cost.record import Record

WARM_UPS = 3  # iterations that allocate and tune; torch's notes on CUDA graphs take as many


class Replay(Record):
    """Replays a captured iteration, once a call."""

    graph: Any
    iteration: Callable[[], None]  # keeps its tensors alive: the graph works in their memory

    def __call__(self) -> None:
        """Launch the whole iteration at once, on the current stream."""
        self.graph.replay()


def replayed(iteration: Callable[[], None], device: torch.device, cuda: Any = torch.cuda) -> Replay:
    """Return the replay of `iteration`, captured on a side stream after a warm-up there.

    This is the whole-network capture of torch's notes on CUDA graphs. An iteration must use the
    same tensors every time, drop gradients before the backward pass, and never wait for the GPU.
    SGD can be captured: it counts no steps, and its momentum exists after the warm-up. Raises
    UsageError on a CPU, MeasurementError if the capture fails.
    """
    if device.type != "cuda":
        raise UsageError(GRAPHS_NEED_CUDA)
    with cuda.device(device):
        side = cuda.Stream(device)
        _warm_up(iteration, side, cuda)
        graph, before = cuda.CUDAGraph(), refused(device)
        _capture(iteration, graph, side, cuda, lambda: refused(device) > before)
    return Replay(graph, iteration)


def _warm_up(iteration: Callable[[], None], side: Any, cuda: Any) -> None:
    main = cuda.current_stream()
    side.wait_stream(main)
    with cuda.stream(side):
        for _ in range(WARM_UPS):
            iteration()
    main.wait_stream(side)


def _capture(
    iteration: Callable[[], None], graph: Any, side: Any, cuda: Any, ran_out: Callable[[], bool]
) -> None:
    """Capture one iteration; out of memory is passed on, since a smaller batch may fit.

    Torch leaves its stream and its allocator in the capture that broke off: what comes next must
    be done in another process.
    """
    try:
        with cuda.graph(graph, stream=side):
            iteration()
    except RuntimeError as error:
        # a capture that breaks off fails once more when it is ended: the first error is the cause
        cause = error.__context__ or error
        if isinstance(cause, cuda.OutOfMemoryError) or ran_out():
            raise cause from None
        said = str(cause).partition("\n")[0]
        raise MeasurementError(
            f"the iteration cannot be captured as a CUDA graph: {said}"
        ) from None
