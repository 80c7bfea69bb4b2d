"""Several timings in a row: what is finished is kept, whatever ends them; needs no torch itself."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from se_cost.errors import SeCostError, ctrl_c_unmasked
from se_cost.measure.session.full import time_by
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import Protocol, Settings
from se_cost.nets.model import Model
from se_cost.record import Record


class Asked(Record):
    """One timing to be done."""

    model: Model
    networks: Mapping[str, Model]
    settings: Settings
    protocol: Protocol
    energy: bool = False
    before: tuple[ProcessResult, ...] = ()  # the full protocol goes on from these
    memory: bool = True  # weigh every network afterwards, in a process of its own


class Finished(Record):
    """The timings that are finished, in the order asked for, and what stopped the rest."""

    timings: tuple[Timing, ...]
    stopped: SeCostError | KeyboardInterrupt | None = None  # None also if the last was interrupted

    @property
    def interrupted(self) -> bool:
        """Return whether Ctrl-C ended it, within a timing or between two."""
        within = any(timing.interrupted for timing in self.timings)
        return within or isinstance(self.stopped, KeyboardInterrupt)

    @property
    def error(self) -> SeCostError | None:
        """Return the error that stopped it, if any."""
        return self.stopped if isinstance(self.stopped, SeCostError) else None


def quietly(asked: Asked) -> AbstractContextManager[Progress]:
    """Report no progress of a timing."""
    return nullcontext(silent)


def time_several(
    asked: Sequence[Asked],
    progress: Callable[[Asked], AbstractContextManager[Progress]] = quietly,
    time: Callable[..., Timing] = time_by,
) -> Finished:
    """Do the timings one after the other until one is interrupted or fails.

    `progress` opens what the progress of one timing is reported to. Raises what stopped the first
    timing, if nothing was finished by then.
    """
    timings: list[Timing] = []
    try:
        for one in asked:
            with ctrl_c_unmasked(), progress(one) as report:
                timings.append(
                    time(
                        *(one.protocol, one.model, one.networks, one.settings, report),
                        energy=one.energy,
                        before=one.before,
                        memory=one.memory,
                    )
                )
            if timings[-1].interrupted:
                break
    except (SeCostError, KeyboardInterrupt) as error:
        if not timings:
            raise
        return Finished(tuple(timings), error)
    return Finished(tuple(timings))
