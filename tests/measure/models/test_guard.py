"""Hostile code of the user's: what is ours stays right, and a hang ends."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.overrides import _get_current_function_mode_stack

from se_cost.errors import MeasurementError
from se_cost.measure.models import guard
from se_cost.measure.models.costs import costs
from se_cost.measure.models.foreign import _looked_at
from se_cost.measure.models.guard import default_device_kept
from se_cost.measure.models.loading import load
from se_cost.nets.imported import Imported

FILE = Path(__file__).parents[2] / "data" / "models" / "hostile.py"
SHAPE = (3, 8, 8)
ATTENTION = 2 * 8 * 2 + 8 + 2
PARAMS = 3 * 8 * 9 + 8 + ATTENTION


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the folder that a test adds."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    _looked_at.cache_clear()


def built(name: str) -> None:
    """Build a model in whose factory something is done."""
    load(Imported(spec=f"{FILE}:{name}", input=SHAPE))


def run(name: str) -> None:
    """Look at a model in whose forward the same is done."""
    costs(Imported(spec=f"{FILE}:Rude", arguments=(("like", name),), input=SHAPE))


def program(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the program, or some Python, in a process of its own."""
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, timeout=100
    )


BOTH = pytest.mark.parametrize("way", [built, run])
Way = Callable[[str], None]


@BOTH
def test_what_is_printed_is_not_on_stdout(way: Way, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither by Python, nor by the system, nor by a process of its own."""
    way("prints")
    out, err = capfd.readouterr()
    assert out == ""
    assert all(f"by {who}" in err for who in ("print", "the system", "a process"))
    os.write(1, b"ours\n")
    assert capfd.readouterr().out == "ours\n"


@BOTH
@pytest.mark.parametrize(
    ("name", "message"),
    [("exits", "ended with exit code no more"), ("raises", "raised GeneratorExit: odd")],
)
def test_the_program_does_not_end(way: Way, name: str, message: str) -> None:
    """One line says what did."""
    with pytest.raises(MeasurementError, match=message) as refused:
        way(name)
    assert str(refused.value).startswith("building" if way is built else "running")


@BOTH
@pytest.mark.parametrize("name", ["loops", "catches"])
def test_a_hang_ends(way: Way, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit, even if it catches every error."""
    monkeypatch.setattr(guard, "LIMIT", 1)
    with pytest.raises(MeasurementError, match="took longer than 1 s"):
        way(name)


def test_a_hang_that_catches_everything_ends() -> None:
    """Together with the program, whose exit code is that of a failure."""
    code = (
        "from se_cost.measure.models import guard; guard.LIMIT, guard.AGAIN = 1, 0.05\n"
        "from se_cost.cli import main\n"
        f"main(['params', '--model', '{FILE}:catches_all', '--input', '3x8x8'])"
    )
    done = program("-c", code)
    assert (done.returncode, done.stdout) == (3, "")
    assert "took longer than 1 s, and catches what would end it" in done.stderr


def test_a_copy_of_the_process_ends() -> None:
    """What is found is printed once."""
    asked = ("params", "--model", f"{FILE}:forks", "--input", "3x8x8", "--format", "json")
    done = program("-m", "se_cost", *asked)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["network"]["params"] == PARAMS


@BOTH
def test_what_a_program_shares_is_as_before(way: Way) -> None:
    """Folder, seeds, type, threads, and whether there are gradients."""
    random.seed(7)
    torch.manual_seed(7)
    expected = random.random(), torch.rand(1)
    random.seed(7)
    torch.manual_seed(7)
    folder, threads = Path.cwd(), torch.get_num_threads()
    way("changes")
    assert (random.random(), torch.rand(1)) == expected
    assert Path.cwd() == folder
    assert torch.get_default_dtype() is torch.float32
    assert torch.get_num_threads() == threads
    assert torch.is_grad_enabled()


@BOTH
@pytest.mark.parametrize("name", ["moves", "moves_to_the_cpu"])
def test_the_default_device_is_as_before(way: Way, name: str) -> None:
    """Also beneath a device of `with torch.device(...)`, and where one was set before."""
    way(name)
    assert torch.zeros(1).device.type == "cpu"
    assert _get_current_function_mode_stack() == []  # type: ignore[no-untyped-call]
    with torch.device("meta"), default_device_kept():
        torch.set_default_device("cpu")
        assert torch.zeros(1).device.type == "cpu"
    assert torch.zeros(1).device.type == "cpu"
    torch.set_default_device("meta")
    try:
        way("prints")
        with default_device_kept():
            torch.set_default_device("cpu")
        assert torch.zeros(1).device.type == "meta"
    finally:
        torch.set_default_device(None)


def test_counts_are_right_all_the_same() -> None:
    """Those of the model, not of what was changed."""
    for name in ("prints", "changes", "moves", "moves_to_the_cpu"):
        found = costs(Imported(spec=f"{FILE}:{name}", input=SHAPE))
        assert (found.network.params, found.attention.params) == (PARAMS, ATTENTION)
        assert torch.zeros(1).device.type == "cpu"


def test_the_limit() -> None:
    """The README states it."""
    assert guard.LIMIT == 300
