"""What the tests of the command line share: a way to run it, and a clock of known times."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from se_cost.cli import main
from se_cost.measure.protocol import Stopwatch
from se_cost.measure.result import BASELINE, NETWORK, TRIMMED
from se_cost.measure.surroundings import Surroundings

Run = Callable[..., Result]
MILLISECONDS: Mapping[str, float] = {BASELINE: 10.0, NETWORK: 11.0, TRIMMED: 10.4}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs se-cost with some words, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> Result:
        result = CliRunner().invoke(main, words)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    return run


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Stopwatch], None]:
    """Return a function that has a stopwatch time the networks, which are not even built."""

    def use(stopwatch: Stopwatch) -> None:
        monkeypatch.setattr("se_cost.measure.timing.steps", lambda arms, *rest: dict.fromkeys(arms))
        monkeypatch.setattr("se_cost.measure.process.stopwatch", lambda *given: stopwatch)

    calm = Surroundings(preempted=0, others=0.0, stolen=0.0, load=0.0)
    monkeypatch.setattr("se_cost.measure.process.watched", lambda: lambda: calm)
    use(lambda arm, iterations: iterations * MILLISECONDS[arm] / 1000)
    return use
