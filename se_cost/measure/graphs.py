"""An iteration as a CUDA graph: captured once, then replayed without launching kernel by kernel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from se_cost.errors import BadInput, CannotMeasure
from se_cost.measure.possible import GRAPHS_NEED_CUDA

WARM_UPS = 3  # iterations that allocate and tune; torch's notes on CUDA graphs take as many


@dataclass(frozen=True, slots=True)
class Replay:
    """One replay of a captured iteration a call."""

    graph: Any
    iteration: Callable[[], None]  # keeps its tensors alive: the graph works in their memory

    def __call__(self) -> None:
        """Launch the whole iteration at once, on the current stream."""
        self.graph.replay()


def replayed(iteration: Callable[[], None], device: torch.device, cuda: Any = torch.cuda) -> Replay:
    """Return what replays `iteration`, captured on a side stream after a warm-up there.

    This is the whole-network capture of torch's notes on CUDA graphs. It asks of an iteration
    that its tensors are the same ones every time, that gradients are dropped before the backward
    pass, and that nothing waits for the GPU. SGD can be captured: it counts no steps, and the
    warm-up has made its momentum. Raises BadInput on a CPU, CannotMeasure if the capture fails.
    """
    if device.type != "cuda":
        raise BadInput(GRAPHS_NEED_CUDA)
    with cuda.device(device):
        side = cuda.Stream(device)
        _warm_up(iteration, side, cuda)
        graph = cuda.CUDAGraph()
        _capture(iteration, graph, side, cuda)
    return Replay(graph, iteration)


def _warm_up(iteration: Callable[[], None], side: Any, cuda: Any) -> None:
    main = cuda.current_stream()
    side.wait_stream(main)
    with cuda.stream(side):
        for _ in range(WARM_UPS):
            iteration()
    main.wait_stream(side)


def _capture(iteration: Callable[[], None], graph: Any, side: Any, cuda: Any) -> None:
    """Capture one iteration; out of memory is passed on, for a smaller batch may fit."""
    try:
        with cuda.graph(graph, stream=side):
            iteration()
    except RuntimeError as error:
        # a capture that breaks off fails once more when it is ended: the first error is the cause
        cause = error.__context__ or error
        if isinstance(cause, cuda.OutOfMemoryError):
            raise cause from None
        said = str(cause).partition("\n")[0]
        raise CannotMeasure(f"this iteration cannot become a CUDA graph: {said}") from None
