"""A model of the user's timed by the full protocol, in processes that build it from its spec."""

import shutil
import sys
from pathlib import Path

import pytest

from se_cost.documents.time import timed
from se_cost.errors import MeasurementError
from se_cost.measure.models.costs import resolved
from se_cost.measure.session.full import time_fully
from se_cost.measure.session.jobs import MemoryJob
from se_cost.measure.session.parent import work
from se_cost.measure.session.quick import time_quick
from se_cost.measure.timing.arms import BASELINE, NETWORK, three, two
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings, StoppingRule
from se_cost.nets.imported import Imported, Removal
from se_cost.record import replace

NETS = Path(__file__).parents[2] / "data" / "models" / "nets.py"
SETTINGS = Settings(device="cpu", threads=1)
ONCE = QuickPlan(quads=1, max_time=20, shortest=0.001)
NARROW = (("width", 8), ("r", 2))


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in a folder with a file of models; forget the modules and folders that a test adds."""
    shutil.copy(NETS, tmp_path / "mine.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine", raising=False)


def test_the_full_protocol() -> None:
    """Two fresh processes, and one more for the memory of each network."""
    own = Imported(spec="mine.py:Net", arguments=NARROW, input=(3, 16, 16))
    model = resolved(own)
    # a twentieth of the time each, so that a slow machine has time for two
    rule = StoppingRule(target=0.5, max_time=100, at_least=20, at_most=2)
    document = timed(time_fully(model, two(model), SETTINGS, rule))
    assert document.protocol.processes == 2
    assert document.protocol.lost == 0
    assert document.recipe == replace(own, stages=(1, 2))
    assert {quad.process for quad in document.samples.quads} == {0, 1}
    assert document.removal is Removal.MODULE
    for arm in (document.baseline, document.network):
        assert arm.median_ms > 0
        assert isinstance(arm.peak_memory_bytes, int)


def test_a_process_finds_a_module_by_its_folder() -> None:
    """The same folder, arguments and level as here."""
    model = resolved(Imported(spec="mine:Net", arguments=NARROW, app_dir=".", input=(3, 16, 16)))
    peak = work(MemoryJob(replace(model.plain, removal=Removal.MODULE), SETTINGS), 60)
    assert peak.allocated > 0


@pytest.mark.parametrize("mode", Mode)
def test_both_arms_run_as_graphs_where_one_must(mode: Mode) -> None:
    """The result says so."""
    model = resolved(Imported(spec="mine.py:Selected", input=(3, 16, 16)))
    networks = three(model)
    timing = time_quick(model, networks, Settings("cpu", mode, threads=1), ONCE)
    assert [own.removal for own in timing.networks.values()] == [Removal.REWRITE] * 2  # type: ignore[union-attr]
    assert list(timing.networks) == [BASELINE, NETWORK]
    assert timed(timing).removal is Removal.REWRITE


@pytest.mark.parametrize("mode", Mode)
def test_several_inputs_and_any_output(mode: Mode) -> None:
    """All inputs are given, and whatever numbers come out are trained on."""
    model = resolved(Imported(spec="mine.py:Two", input=(3, 16, 16), others=((5,),)))
    timing = time_quick(model, three(model), Settings("cpu", mode, threads=1), ONCE)
    assert timing.median_ms(BASELINE) > 0


def test_what_fails_only_then_is_one_line() -> None:
    """The line says what could not be done, why, and where in the user's code."""
    model = resolved(Imported(spec="mine.py:Normed", input=(3, 16, 16)))
    settings = Settings("cpu", Mode.TRAIN, threads=1)
    with pytest.raises(MeasurementError) as refused:
        time_quick(model, three(model), settings, ONCE)
    assert "mine.py:Normed cannot be trained with a batch of 1 in float32: " in str(refused.value)
    assert "(mine.py:" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_it_prints_while_it_is_timed(capfd: pytest.CaptureFixture[str]) -> None:
    """It is not on stdout, which is for the result."""
    model = resolved(Imported(spec="mine.py:Talking", input=(3, 16, 16)))
    capfd.readouterr()
    time_quick(model, three(model), SETTINGS, ONCE)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "still here" in captured.err
