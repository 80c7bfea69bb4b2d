"""How long every stage of a network takes, told by hooks between its stages."""

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from se_cost.measure.steps.steps import Step
from se_cost.record import Record


class Clock(Record):
    """What tells the time within an iteration: the system's clock, or events of a stream."""

    read: Callable[[], Any]
    between: Callable[[Any, Any], float]  # seconds from one reading to another


class Laps:
    """The seconds of every stage since they were last asked for.

    A network of ours is a sequence of stages. The clock is read whenever a map goes from one to the
    next and, in training, whenever its gradient comes back. What comes before the first map counts
    to the first stage, the loss to the last.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._iterations: list[tuple[list[str], list[Any]]] = []  # names of stages, and readings

    def watched(self, network: nn.Module, step: Step) -> Step:
        """Return an iteration that leaves readings behind, of a sequence of stages."""
        if type(network) is not nn.Sequential:
            return step
        names = [name for name, _ in network.named_children()]
        for border in list(network.children())[1:]:
            border.register_forward_pre_hook(self._passed)

        def iteration() -> None:
            readings = [self._clock.read()]
            self._iterations.append((names, readings))
            step()
            readings.append(self._clock.read())

        return iteration

    def taken(self) -> dict[str, float]:
        """Return the seconds of every stage, in all iterations since this was last asked."""
        found: dict[str, float] = {}
        for names, readings in self._iterations:
            lengths = [self._clock.between(*pair) for pair in pairwise(readings)]
            for i, name in enumerate(names):
                back = 2 * (len(names) - 1) - i  # gradients come back in the opposite order
                both = {i, back} if back < len(lengths) else {i}
                found[name] = found.get(name, 0.0) + sum(lengths[k] for k in both)
        self._iterations.clear()
        return found

    def _passed(self, _: nn.Module, maps: tuple[Tensor, ...]) -> None:
        """Read the clock, and once more when the gradient of a map comes back."""
        readings = self._iterations[-1][1]
        readings.append(self._clock.read())
        if maps[0].requires_grad:
            maps[0].register_hook(lambda _: readings.append(self._clock.read()))  # type: ignore[no-untyped-call]


def clock(device: torch.device) -> Clock:
    """Return the clock of a device; the events of an accelerator are read when it is done."""
    if device.type == "cpu":
        return Clock(perf_counter, lambda start, end: end - start)

    def read() -> torch.Event:
        event = torch.Event(device, enable_timing=True)
        event.record(torch.accelerator.current_stream(device))
        return event

    return Clock(read, lambda start, end: start.elapsed_time(end) / 1000)  # of milliseconds
