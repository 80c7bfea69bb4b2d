"""How ranks are started, and how they find their place, without torch."""

import subprocess
import sys
from dataclasses import replace

import pytest

from se_cost.errors import BadInput
from se_cost.measure.launch import Place, cause, outer, ranked, torchrun
from se_cost.measure.settings import Settings

# what torch 2.13 wrote when rank 1 raised an error, without its warnings, hosts and paths
CRASHED = """\
[rank1]: Traceback (most recent call last):
[rank1]:   File "program.py", line 3, in step
[rank1]:     raise ZeroDivisionError("a bug")
[rank1]: ZeroDivisionError: a bug
[rank0]: RuntimeError: Connection closed by peer
============================================================
program.py FAILED
------------------------------------------------------------
Failures:
[1]:
  time      : 2026-01-02_03:04:05
  host      : host
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 4710)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-01-02_03:04:05
  host      : host
  rank      : 1 (local_rank: 1)
  exitcode  : 1 (pid: 4711)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================
"""


def test_a_rank_finds_its_place() -> None:
    """The place is read from the variables of torchrun."""
    variables = {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1"}
    assert outer(variables) == Place(rank=5, world=8, local=1)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"WORLD_SIZE": "2"},
        {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"},
    ],
)
def test_a_process_without_others_has_no_place(variables: dict[str, str]) -> None:
    """Other launchers set some of the variables, and torchrun all of them for one process too."""
    assert outer(variables) is None


def test_a_place_that_is_no_number() -> None:
    """A variable that torchrun did not set is named."""
    with pytest.raises(BadInput, match="variable RANK is 'first'"):
        outer({"RANK": "first", "WORLD_SIZE": "2", "LOCAL_RANK": "0"})


def test_torchrun_says_how_many() -> None:
    """Under torchrun the number is known; it may be repeated, but not contradicted."""
    place, two = Place(0, 2, 0), Settings(nproc=2)
    assert ranked(Settings(batch=4), place) == Settings(batch=4, nproc=2)
    assert ranked(two, place) == two
    assert ranked(two, None) == two
    with pytest.raises(BadInput, match="--nproc 8 contradicts torchrun, which started 2"):
        ranked(replace(two, nproc=8), place)


def test_torchrun_understands_its_command() -> None:
    """The command runs a module in every rank, and hands over what follows."""
    command = [*torchrun(2, "json.tool"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("usage: python -m json.tool") == 2
    assert command[0] == sys.executable


def test_the_cause_is_the_first_rank_that_failed() -> None:
    """Of all that torchrun says, the rank of the root cause and its last line are told."""
    assert cause(CRASHED) == "rank 1 ended with 1: ZeroDivisionError: a bug"
    killed = CRASHED.replace("[rank1]", "[rank7]").replace(": 1 (pid: 4711)", ": -9 (pid: 4711)")
    assert cause(killed) == "rank 1 ended with -9"
    assert cause("Traceback ...\nMemoryError") is None
