"""A worker: it reads one job from a file, does it, and writes the answer to another.

    python -m se_cost.measure.session.child JOB ANSWER

The memory layout of a process alone can shift a timing by 1 %. So what decides it is random: the
size of the environment, blocks on the heap, and the order in which the networks are built. Under
torchrun each rank does the job, and rank 0 answers. Nothing imports this module. A job imports no
more than it needs: what is imported counts in the peak memory of a process.
"""

import os
import pickle
import sys
from pathlib import Path
from random import Random
from typing import assert_never

from se_cost.errors import SeCostError
from se_cost.measure.processes import end_with_parent
from se_cost.measure.ranks.torchrun import outer
from se_cost.measure.session.jobs import Answer, EnergyJob, Job, MemoryJob, TimeJob
from se_cost.record import replace

BLOCKS = 64  # on the heap, at most
BLOCK = 1 << 16  # bytes of one, at most


def main(asked: Path, answered: Path) -> int:
    """Do the job of one file and write the answer, or a SeCostError, to the other, whole.

    Every rank may write an error. Returns the exit code.
    """
    try:
        job: Job = pickle.loads(asked.read_bytes())
        answer: Answer | SeCostError = done(job)
    except SeCostError as error:
        answer = error
    code = answer.exit_code if isinstance(answer, SeCostError) else 0
    rank = outer()
    if code or rank is None or rank.rank == 0:
        half = answered.with_suffix(f".{os.getpid()}")
        half.write_bytes(pickle.dumps(answer))
        half.replace(answered)
    return code


def done(job: Job) -> Answer:
    """Return the answer to a job; raise SeCostError if it cannot be done."""
    match job:
        case TimeJob(networks, _, _, seed):
            from se_cost.measure.session.quick import one_process

            random = Random(seed)
            heap = heap_blocks(random)
            shuffled = dict(random.sample(list(networks.items()), len(networks)))
            result = one_process(replace(job, networks=shuffled))
            del heap  # it had to be there until now
            return result
        case MemoryJob(network, settings):
            from se_cost.measure.machine.peak_memory import peak_memory

            return peak_memory(network, settings)
        case EnergyJob(networks, settings):
            from se_cost.measure.machine.energy import joules

            return joules(networks, settings)
        case _:
            assert_never(job)


def heap_blocks(random: Random) -> list[bytearray]:
    """Return a random number of blocks of random sizes, which shift what is allocated later."""
    number = random.randrange(BLOCKS)
    return [bytearray(random.randrange(BLOCK)) for _ in range(number)]


if __name__ == "__main__":
    end_with_parent()
    code = main(*map(Path, sys.argv[1:]))
    if code:
        os._exit(code)  # at once: other ranks wait for this one, as it would for them
