"""Timings that a command asks for: all in a row, and how the command ends after them."""

from collections.abc import Mapping, Sequence

from se_cost.cli.failure import INTERRUPTED
from se_cost.cli.output.progress import announce, bars
from se_cost.errors import MeasurementError
from se_cost.measure.session.several import Asked, Finished, time_several
from se_cost.measure.timing.arms import fusing, three, with_fused
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import Protocol, Settings
from se_cost.nets.model import Model

PER_GPU = 32  # images; one would leave a GPU idle, and the paper trains 256 on 8 GPUs


def usual_batch(device: str) -> int:
    """Return the images of an iteration where nobody says: 1 on a CPU, which 32 keep for long."""
    from se_cost.measure.machine.device import resolve

    return 1 if resolve(device).type == "cpu" else PER_GPU


def timings(
    models: Sequence[Model], settings: Mapping[Settings, Protocol], *, fuse: bool = False
) -> list[Asked]:
    """Return a timing of every model with every one of the settings, each by its protocol.

    `fuse` adds every model with its attention fused.
    """
    return [
        Asked(model, with_fused(three(model), model), fusing(one), protocol)
        if fuse
        else Asked(model, three(model), one, protocol)
        for model in models
        for one, protocol in settings.items()
    ]


def in_turn(asked: Sequence[Asked], quiet: bool, *, told: bool = False) -> Finished:
    """Do all timings of a command, one after the other; what is finished is kept.

    How long that may take, and who else uses the machine, is told before, unless it was `told`.
    """
    if not quiet and not told:
        compiling = any(one.settings.compile for one in asked)
        announce([one.protocol for one in asked], compiling=compiling)
    return time_several(asked, bars(asked, quiet))


def exit_code(finished: Finished) -> int:
    """Return 130 after Ctrl-C and 3 after a failure; raise the error that stopped the rest."""
    if finished.interrupted:
        return INTERRUPTED
    if finished.error is not None:
        raise finished.error
    failed = any(timing.run.stop is Stop.FAILED for timing in finished.timings)
    return MeasurementError.exit_code if failed else 0
