"""A model that is at hand, timed in processes that get it pickled."""

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from torch import nn

import se_cost
from se_cost.documents.files import encode, parse
from se_cost.documents.time import TimeDocument, timed
from se_cost.errors import MeasurementError
from se_cost.measure.timing.settings import QuickPlan, Settings, StoppingRule
from se_cost.nets.imported import Imported

SETTINGS = Settings(device="cpu", threads=1)
# a twentieth of the time each, so that a slow machine has time for two
TWO = StoppingRule(target=0.5, max_time=100, at_least=20, at_most=2)
ONCE = QuickPlan(quads=1, max_time=20, shortest=0.001)
NETS = Path(__file__).parents[2] / "data" / "models"


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the file of small networks among what can be imported, and forget it again."""
    monkeypatch.setattr(sys, "path", [str(NETS), *sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)


def test_an_object_in_processes_of_its_own() -> None:
    """They get the module itself, and example inputs with it."""
    import nets

    net = se_cost.model(nets.Looked(), *nets.image_and_words())
    document = timed(se_cost.time(net, SETTINGS, TWO))
    assert document.protocol.processes == 2
    assert document.protocol.lost == 0
    assert document.network.median_ms > 0
    again = parse(encode(document).encode(), "time.json")
    assert isinstance(again, TimeDocument)
    assert isinstance(again.recipe, Imported)
    assert (again.recipe.spec, again.recipe.inputs) == ("Looked", "tensors")
    assert again.recipe.input == (3, 8, 8)


class Local(nn.Module):
    """A network that holds what no pickle can."""

    def __init__(self) -> None:
        super().__init__()
        import nets

        self.net = nets.Net(8, 2)
        self.after: Any = lambda scores: scores

    def forward(self, x: Any) -> Any:
        """Return ten scores."""
        return self.after(self.net(x))


def test_a_spec_that_nobody_has_looked_at() -> None:
    """Its stages are found first."""
    spec = se_cost.Imported(spec="nets:Net", arguments=(("width", 8), ("r", 2)), input=(3, 16, 16))
    assert se_cost.time(spec, SETTINGS, ONCE).model.stages == (1, 2)


def test_what_cannot_be_pickled_is_counted_and_timed_here() -> None:
    """Fresh processes cannot have it: one line says why, and what helps."""
    net = se_cost.model(Local(), (3, 16, 16))
    costs = se_cost.costs(net)
    assert [block.path for block in costs.blocks] == ["net.one.se", "net.two.se"]
    assert se_cost.costs(net.without([2])).attention.params == 2 * 8 * 4 + 4 + 8
    assert se_cost.time(net, SETTINGS, ONCE).median_ms("network") > 0
    explained = se_cost.explain(net, SETTINGS, QuickPlan(max_time=4))
    assert explained.whole.operators == 12
    for ask in (se_cost.time, se_cost.explain):
        with pytest.raises(MeasurementError) as refused:
            ask(net, SETTINGS, TWO)
        said = str(refused.value)
        assert "Local cannot be timed in processes of its own: " in said
        assert "give a function that makes it" in said
        assert "\n" not in said


SCRIPT = """
import sys

import nets
import se_cost
from se_cost.measure.timing.settings import Settings, StoppingRule

class Mine(nets.Net):
    pass

def ask(what):
    net = se_cost.model(what, (3, 16, 16), **({} if isinstance(what, Mine) else NARROW))
    rule = StoppingRule(target=0.5, max_time=100, at_least=20, at_most=1)
    timing = se_cost.time(net, Settings(device="cpu", threads=1), rule)
    print(net.spec, len(timing.run.processes), se_cost.costs(net).attention.params)

NARROW = {"arguments": {"width": 8, "r": 2}}
"""
GUARDED = "if __name__ == '__main__':\n    ask(Mine(8, 2))\n    ask(Mine)\n"


def program(folder: Path, tail: str, *how: str) -> "subprocess.CompletedProcess[str]":
    """Run a script that ends so, as `how` says."""
    (folder / "script.py").write_text(textwrap.dedent(SCRIPT) + tail)
    (folder / "nets.py").write_text((NETS / "nets.py").read_text())
    return subprocess.run(
        [sys.executable, *how], cwd=folder, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize("how", [("script.py",), ("-m", "script")])
def test_classes_of_the_program_itself(tmp_path: Path, how: tuple[str, ...]) -> None:
    """The processes import its file, which they do not run as a program."""
    done = program(tmp_path, GUARDED, *how)
    assert done.returncode == 0, done.stderr
    name = "script:Mine" if how[0] == "-m" else f"{tmp_path / 'script.py'}:Mine"
    attention = 2 * 8 * 4 + 4 + 8 + 2 * 16 * 8 + 8 + 16
    assert done.stdout == f"Mine 1 {attention}\n{name} 1 {attention}\n"


@pytest.mark.parametrize("ask", ["ask(Mine(8, 2))", "ask(Mine)"])
def test_a_program_that_would_start_itself_again(tmp_path: Path, ask: str) -> None:
    """It is told what to write, by the first of the processes."""
    done = program(tmp_path, ask, "script.py")
    assert done.returncode == 1
    assert "put that under if __name__ == '__main__'" in done.stderr.splitlines()[-1]
    assert "a process died" not in done.stderr


def test_a_class_that_is_in_no_file(tmp_path: Path) -> None:
    """As in a notebook: no other process could have it."""
    done = program(tmp_path, "", "-c", SCRIPT + "ask(Mine(8, 2))")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert (
        "Mine cannot be timed in processes of its own: it is of __main__, which is no file" in last
    )
