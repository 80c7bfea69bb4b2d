"""Ranks of data-parallel work: the command that starts them, and what torchrun tells each of them.

The variables of the environment are those that torchrun documents. Needs no torch.
"""

import os
import re
import sys
from collections.abc import Mapping

from se_cost.errors import UsageError
from se_cost.measure.processes import told_by
from se_cost.measure.timing.settings import Settings
from se_cost.record import Record, replace

TORCHRUN = "torch.distributed.run"


class Rank(Record):
    """Which of the data-parallel processes this one is."""

    rank: int  # of all, from 0
    world: int  # how many there are, on all hosts
    local: int  # of those on this host, from 0


def outer(environment: Mapping[str, str] = os.environ) -> Rank | None:
    """Return the rank that torchrun gave to this process, or None if it is not one of several.

    Raises UsageError if a variable is not a number.
    """
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    if not all(name in environment for name in names):
        return None
    rank = Rank(*(_number(name, environment[name]) for name in names))
    return rank if rank.world > 1 else None


def _number(name: str, value: str) -> int:
    if not value.isdecimal():
        raise UsageError(f"environment variable {name} is {value!r}: torchrun sets a number")
    return int(value)


def ranked(settings: Settings, rank: Rank | None) -> Settings:
    """Return the settings with as many processes as there are ranks; unchanged without a rank.

    Raises UsageError if `settings` already ask for another number than 1, the default.
    """
    if rank is None:
        return settings
    if settings.nproc not in (1, rank.world):
        raise UsageError(
            f"--nproc {settings.nproc} contradicts torchrun, which started {rank.world} "
            f"processes: leave it out or take {rank.world}"
        )
    return replace(settings, nproc=rank.world)


def expect_single_process(command: str) -> None:
    """Raise UsageError under torchrun, where all ranks would run the same command at once."""
    if outer() is not None:
        raise UsageError(f"{command} cannot run under torchrun: run it as one process")


def expect_cores(nproc: int) -> None:
    """Raise UsageError for more ranks than there are cores: each has one, or a GPU, to itself."""
    cores = os.cpu_count() or 1
    if nproc > cores:
        raise UsageError(f"--nproc {nproc} is too many: at most {cores}, the cores of this machine")


def torchrun(nproc: int, module: str, launcher: str = TORCHRUN) -> list[str]:
    """Return the command that runs a module in `nproc` ranks on this host; arguments may follow.

    Raises UsageError as `expect_cores` does.
    """
    expect_cores(nproc)
    here = ("--standalone", f"--nproc-per-node={nproc}")
    return [sys.executable, "-m", launcher, *here, "-m", module]


def cause(said: str) -> str | None:
    """Return in one line which rank ended first, and how, from what torchrun wrote to stderr.

    None if that is not a summary of torchrun.
    """
    summary = said.rpartition("Root Cause")[2]
    rank = re.search(r"^ *rank *: (\d+)", summary, re.MULTILINE)
    code = re.search(r"^ *exitcode *: (-?\d+)", summary, re.MULTILINE)
    if rank is None or code is None:
        return None
    lines = re.findall(rf"^\[rank{rank[1]}\]: *(\S.*)$", said, re.MULTILINE)
    return ": ".join(filter(None, [f"rank {rank[1]} ended with {code[1]}", told_by(lines)]))
