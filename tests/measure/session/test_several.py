"""Several timings in a row, with timings that are made up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from measure.made_up import full, timing
from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.session.several import Asked, Finished, time_several
from se_cost.measure.timing.arms import three
from se_cost.measure.timing.protocol import Progress, silent
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.run import Stop
from se_cost.measure.timing.settings import QuickPlan, Settings
from se_cost.nets.zoo.model import model

NET = model("se_resnet18", input=32)
DONE = timing(NET)
ASKED = [
    Asked(NET, three(NET), Settings(batch=batch), QuickPlan(), energy=batch == 4)
    for batch in (1, 2, 4)
]


def answering(*answers: Timing | BaseException) -> Callable[..., Timing]:
    """Return what times, with these answers one after the other."""
    rest = iter(answers)

    def time(*given: object, energy: bool, before: object, memory: bool) -> Timing:
        answer = next(rest)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return time


def test_all_are_done_in_their_order() -> None:
    """Each gets what was asked for, and the progress that was opened for it."""
    log: list[object] = []

    @contextmanager
    def progress(asked: Asked) -> Iterator[Progress]:
        log.append(f"open {asked.settings.batch}")
        yield silent
        log.append(f"close {asked.settings.batch}")

    def time(*given: object, energy: bool, before: object, memory: bool) -> Timing:
        log.append((*given, energy))
        return DONE

    assert time_several(ASKED, progress, time) == Finished((DONE,) * 3)
    assert log[0::3] == ["open 1", "open 2", "open 4"]
    assert log[1::3] == [
        (QuickPlan(), NET, three(NET), one.settings, silent, one.energy) for one in ASKED
    ]
    assert log[2::3] == ["close 1", "close 2", "close 4"]


@pytest.mark.parametrize("error", [MeasurementError("no device"), KeyboardInterrupt()])
def test_what_is_finished_is_kept(error: MeasurementError | KeyboardInterrupt) -> None:
    """And what stopped the others is told beside it."""
    found = time_several(ASKED, time=answering(DONE, DONE, error))
    assert found == Finished((DONE, DONE), error)
    assert found.interrupted is isinstance(error, KeyboardInterrupt)
    assert found.error is (None if found.interrupted else error)


@pytest.mark.parametrize("error", [UsageError("no"), KeyboardInterrupt()])
def test_with_nothing_finished_it_is_passed_on(error: BaseException) -> None:
    """There is nothing to show."""
    with pytest.raises(type(error)):
        time_several(ASKED, time=answering(error))


@pytest.mark.parametrize(
    "interrupted", [timing(NET, interrupted=True), full(NET, stop=Stop.INTERRUPTED)]
)
def test_an_interrupted_timing_is_the_last(interrupted: Timing) -> None:
    """What it had finished is kept; the next is not begun."""
    found = time_several(ASKED, time=answering(DONE, interrupted))
    assert found == Finished((DONE, interrupted))
    assert found.interrupted
    assert found.error is None


def test_a_failed_timing_is_not_the_last() -> None:
    """It has finished processes; the next may fare better."""
    failed = full(NET, stop=Stop.FAILED)
    found = time_several(ASKED, time=answering(failed, DONE, DONE))
    assert found.timings == (failed, DONE, DONE)
    assert not found.interrupted
