"""How ranks are started, and how they find their rank, without torch."""

import sys

import pytest

from se_cost.errors import UsageError
from se_cost.measure.ranks.torchrun import (
    Rank,
    cause,
    expect_single_process,
    outer,
    ranked,
    torchrun,
)
from se_cost.measure.timing.settings import Settings
from se_cost.record import replace

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
    assert outer(variables) == Rank(rank=5, world=8, local=1)


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


def test_a_rank_that_is_not_a_number() -> None:
    """A variable that torchrun did not set is named."""
    with pytest.raises(UsageError, match="variable RANK is 'first'"):
        outer({"RANK": "first", "WORLD_SIZE": "2", "LOCAL_RANK": "0"})


def test_torchrun_says_how_many() -> None:
    """Under torchrun the number is known; it may be repeated, but not contradicted."""
    rank, two = Rank(0, 2, 0), Settings(nproc=2)
    assert ranked(Settings(batch=4), rank) == Settings(batch=4, nproc=2)
    assert ranked(two, rank) == two
    assert ranked(two, None) == two
    with pytest.raises(UsageError, match="--nproc 8 contradicts torchrun, which started 2"):
        ranked(replace(two, nproc=8), rank)


def test_the_command_starts_ranks_on_this_host() -> None:
    """With this Python; test_rank.py runs it."""
    command = torchrun(2, "json.tool")
    assert command[:3] == [sys.executable, "-m", "torch.distributed.run"]
    assert command[3:] == ["--standalone", "--nproc-per-node=2", "-m", "json.tool"]


def test_the_cause_is_the_first_rank_that_failed() -> None:
    """Of all that torchrun says, the rank of the root cause and its last line are told."""
    assert cause(CRASHED) == "rank 1 ended with 1: ZeroDivisionError: a bug"
    killed = CRASHED.replace("[rank1]", "[rank7]").replace(": 1 (pid: 4711)", ": -9 (pid: 4711)")
    assert cause(killed) == "rank 1 ended with -9"
    assert cause("Traceback ...\nMemoryError") is None


def test_some_commands_are_for_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under torchrun they are refused; without it, or with one process, they are not."""
    expect_single_process("report")
    for name, value in {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    expect_single_process("report")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UsageError, match=r"^report cannot run under torchrun"):
        expect_single_process("report")


def test_the_cause_is_an_error() -> None:
    """Not what torch adds to it."""
    error = "[rank1]: torch.AcceleratorError: CUDA error: an illegal memory access"
    said = CRASHED.replace("[rank1]: ZeroDivisionError: a bug", f"{error}\n[rank1]: Compile with")
    assert cause(said) == f"rank 1 ended with 1: {error.removeprefix('[rank1]: ')}"
