"""What the tests of the command line share: a way to run it, and timings that nobody takes."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from measure.made_up import timing

from se_cost.cli import main
from se_cost.documents.base import Document
from se_cost.documents.files import encode
from se_cost.measure.session.several import Asked, time_several
from se_cost.measure.timing.protocol import Progress
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import Protocol, Settings
from se_cost.nets.model import Model

Run = Callable[..., Result]
Time = Callable[[Asked], Timing]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs se-cost with some words, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("se_cost.cli.output.progress.LOOK", 0)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> Result:
        result = CliRunner().invoke(main, words)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    return run


@pytest.fixture
def timed_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[Time], None]:
    """Return a function that has every timing made by another one; it begins with a made-up one."""

    def use(time: Time) -> None:
        def time_by(
            protocol: Protocol,
            model: Model,
            networks: Mapping[str, Model],
            settings: Settings,
            progress: Progress,
            *,
            energy: bool,
            before: tuple[ProcessResult, ...],
            memory: bool,
        ) -> Timing:
            return time(Asked(model, networks, settings, protocol, energy, before, memory))

        several: Any = partial(time_several, time=time_by)
        monkeypatch.setattr("se_cost.cli.timed.time_several", several)

    for caller in ("timed", "findings"):
        monkeypatch.setattr(f"se_cost.cli.{caller}.announce", lambda *given, **how: None)
    use(lambda asked: timing(asked.model, asked.settings))
    return use


def configure(text: str, folder: str = ".") -> None:
    """Write a pyproject.toml."""
    Path(folder, "pyproject.toml").write_text(text, encoding="utf-8")


def saved(file: str, document: Document) -> str:
    """Write a document into a file, and return its name."""
    Path(file).write_text(encode(document), encoding="utf-8")
    return file


def assert_refused(result: Result, exit_code: int, *words: str) -> None:
    """Assert that a run ended with a code and one line with all the words, and printed nothing."""
    assert result.exit_code == exit_code, result.output
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()  # click ends the line of a ^C
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("se-cost: ")
    assert "Traceback" not in lines[0]
    for word in words:
        assert word.lower() in lines[0].lower(), lines[0]
