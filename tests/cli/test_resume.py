"""`se-cost time --resume`: what goes on, and what is refused; nothing is timed."""

from collections.abc import Callable

import pytest
from measure.made_up import ENVIRONMENT, full, timing

from cli.conftest import Run, Time, assert_refused, saved
from se_cost.documents.params import params
from se_cost.documents.time import batches, timed
from se_cost.ledger.costs import costs
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Settings, StoppingRule
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18")
RESUME = ("time", "--resume", "t.json")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this the machine of the made-up timings."""
    monkeypatch.setattr("se_cost.measure.session.resume.environment", lambda *_: ENVIRONMENT)


@pytest.fixture
def asked(timed_by: Callable[[Time], None]) -> list[Asked]:
    """Return what is asked for; the answers are made up."""
    seen: list[Asked] = []

    def time(one: Asked) -> Timing:
        seen.append(one)
        return full(one.model)

    timed_by(time)
    return seen


def test_goes_on_where_it_ended(run: Run, asked: list[Asked]) -> None:
    """With its network, settings, processes and target, and the time that is given now."""
    slow = replace(full(NET), settings=Settings("cpu", batch=4))
    slow = replace(slow, run=replace(slow.run, rule=StoppingRule(target=0.002)))
    saved("t.json", timed(slow))
    result = run(*RESUME, "--max-time", "50")
    assert (result.exit_code, result.stderr) == (0, "")
    (one,) = asked
    assert one.model == NET
    assert one.settings == slow.settings
    assert one.before == slow.run.processes
    assert one.protocol == StoppingRule(target=0.002, max_time=50)


def test_another_target(run: Run, asked: list[Asked]) -> None:
    """What is typed holds."""
    saved("t.json", timed(full(NET)))
    assert run(*RESUME, "--target", "0.3").exit_code == 0
    assert asked[0].protocol == StoppingRule(target=0.003)


def test_every_batch_goes_on(run: Run, asked: list[Asked]) -> None:
    """Each from its own processes."""
    both = [replace(full(NET), settings=Settings(batch=size)) for size in (1, 8)]
    saved("t.json", batches(both))
    assert run(*RESUME).exit_code == 0
    assert [one.settings.batch for one in asked] == [1, 8]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--batch", "4"], "leave out --batch"),
        (["--arch", "se_resnet50"], "leave out --arch"),
        (["--ladder"], "leave out --ladder"),
        (["--quick"], "leave out --quick"),
    ],
)
def test_the_file_says_what_is_timed(run: Run, words: list[str], said: str) -> None:
    """An option that says it too could only contradict."""
    saved("t.json", timed(full(NET)))
    assert_refused(run(*RESUME, *words), 2, said)


def test_another_machine(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes would not be of one population: all that differs is named."""

    def other(*_: object) -> Environment:
        return replace(ENVIRONMENT, torch="3.0", cores=2)

    monkeypatch.setattr("se_cost.measure.session.resume.environment", other)
    saved("t.json", timed(full(NET)))
    assert_refused(run(*RESUME), 2, "torch 2.99 there, 3.0 here; cores 8 there, 2 here")


def test_no_timing_to_go_on_with(run: Run) -> None:
    """A count has no processes; a quick timing is one."""
    saved("t.json", params(costs(NET)))
    assert_refused(run(*RESUME), 2, "holds no timing")
    saved("t.json", timed(timing(NET)))
    assert_refused(run(*RESUME), 2, "timed with --quick")
