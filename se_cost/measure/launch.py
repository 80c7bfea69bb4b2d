"""Ranks of data-parallel work: how torchrun is asked for them, and what it tells each; no torch.

The variables of the environment are those that torchrun documents.
"""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

from se_cost.errors import BadInput
from se_cost.measure.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the ranks this process is."""

    rank: int  # of all, from 0
    world: int  # how many there are, on all hosts
    local: int  # of those on this host, from 0


def outer(environment: Mapping[str, str] = os.environ) -> Place | None:
    """Return the place that torchrun gave to this process, or None if it is no rank of several.

    Raises BadInput if a variable is no number.
    """
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    if not all(name in environment for name in names):
        return None
    place = Place(*(_number(name, environment[name]) for name in names))
    return place if place.world > 1 else None


def _number(name: str, value: str) -> int:
    if not value.isdecimal():
        raise BadInput(f"environment variable {name} is {value!r}: torchrun sets a number")
    return int(value)


def ranked(settings: Settings, place: Place | None) -> Settings:
    """Return the settings with as many processes as there are ranks; unchanged without a place.

    Raises BadInput if `settings` already say another number, 1 excepted, which is the default.
    """
    if place is None:
        return settings
    if settings.nproc not in (1, place.world):
        raise BadInput(
            f"--nproc {settings.nproc} contradicts torchrun, which started {place.world} "
            f"processes: leave it out or take {place.world}"
        )
    return replace(settings, nproc=place.world)


def expect_alone(command: str) -> None:
    """Raise BadInput for what all ranks of an outer torchrun would do at once."""
    if outer() is not None:
        raise BadInput(f"{command} is of one process: run it without torchrun")


def torchrun(nproc: int, module: str) -> list[str]:
    """Return the command that runs a module in `nproc` ranks on this host; arguments may follow."""
    alone = ("--standalone", f"--nproc-per-node={nproc}")
    return [sys.executable, "-m", "torch.distributed.run", *alone, "-m", module]


def cause(said: str) -> str | None:
    """Return in one line which rank ended first, and how, from what torchrun wrote to stderr.

    None if that is no summary of torchrun.
    """
    summary = said.rpartition("Root Cause")[2]
    rank = re.search(r"^ *rank *: (\d+)", summary, re.MULTILINE)
    code = re.search(r"^ *exitcode *: (-?\d+)", summary, re.MULTILINE)
    if rank is None or code is None:
        return None
    lines = re.findall(rf"^\[rank{rank[1]}\]: *(\S.*)$", said, re.MULTILINE)
    return ": ".join([f"rank {rank[1]} ended with {code[1]}", *lines[-1:]])
