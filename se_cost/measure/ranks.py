"""One rank of data-parallel work: its part of the batch, its replica, and the times of all ranks.

Gradients are exchanged by DistributedDataParallel, over NCCL on GPUs and gloo on CPUs. The numbers
on which ranks agree always go over gloo: nothing is added to what a GPU does.
"""

import atexit
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from time import monotonic

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

from se_cost.measure.arms import Step, data, network, step
from se_cost.measure.clocks import quiet, stopwatch
from se_cost.measure.device import resolve
from se_cost.measure.exchange import Exchange, measure_exchange
from se_cost.measure.launch import Place
from se_cost.measure.memory import enough_memory
from se_cost.measure.process import gathered, timed
from se_cost.measure.protocol import Plan, Progress, silent
from se_cost.measure.run import Process
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe

PATIENCE = timedelta(minutes=5)  # with other ranks, in everything that is done together
EXCHANGE = 0.25  # of the time, for timings with and without exchange


@dataclass(frozen=True, slots=True)
class Replicas:
    """The step functions of one rank, by arm."""

    steps: dict[str, Step]
    alone: dict[str, Step]  # without exchange of gradients; none if there are no gradients


def one_rank(
    place: Place,
    networks: Mapping[str, Recipe],
    settings: Settings,
    plan: Plan,
    progress: Progress = silent,
) -> Process:
    """Time `networks`, which are built in their order, together with all other ranks.

    Every rank returns the same samples. Raises CannotMeasure if there is no such device, or not
    enough memory or time; other ranks are then left waiting, and it is for torchrun to end them.
    """
    device = own_device(settings.device, place)
    join(device)
    with quiet(settings.threads), enough_memory():
        replicas = replicate(place, networks, settings, device)
        share = EXCHANGE if replicas.alone else 0
        main = replace(plan, max_time=(1 - share) * plan.max_time)
        process = timed(replicas.steps, settings, device, main, progress, gather)
        found = replace(process, environment=process.environment | {"ranks": settings.nproc})
        if not replicas.alone or process.samples.interrupted:
            return found
        rest = replace(plan, max_time=share * plan.max_time)
        try:
            return replace(found, exchanges=_exchanges(replicas, device, process, rest))
        except KeyboardInterrupt:  # what was finished before is kept
            return replace(found, samples=replace(process.samples, interrupted=True))


def own_device(name: str, place: Place) -> torch.device:
    """Return the device of a rank: the CPU, or the GPU of its number on this host.

    Raises CannotMeasure if it is not there.
    """
    device = resolve(name)
    return resolve(f"cuda:{place.local}") if device.type == "cuda" else device


def join(device: torch.device) -> None:
    """Join the group of all ranks, until this process ends.

    Who left could not come back: the addresses of the old group stay in the store of torchrun.
    """
    on_gpu = device.type == "cuda"
    if on_gpu:
        torch.cuda.set_device(device)
    if distributed.is_initialized():
        return
    distributed.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=PATIENCE)
    atexit.register(distributed.destroy_process_group)


def gather(value: float) -> list[float]:
    """Return the numbers of all ranks, by rank, on every rank; it returns when all have called."""
    own = torch.tensor([value], dtype=torch.float64)
    everyone = [torch.empty_like(own) for _ in range(distributed.get_world_size())]
    distributed.all_gather(everyone, own)
    return [float(number) for number in everyone]


def replicate(
    place: Place, networks: Mapping[str, Recipe], settings: Settings, device: torch.device
) -> Replicas:
    """Build all networks for one rank, with a part of the batch that no other rank has.

    Training starts from the weights of rank 0 on all ranks. Inference has nothing to exchange.
    """
    part = replace(settings, batch=settings.batch // settings.nproc)
    torch.manual_seed(settings.seed + place.rank)
    batch = data(next(iter(networks.values())), part, device)
    replicas = Replicas({}, {})
    for arm, recipe in networks.items():
        own = network(recipe, part, device)
        if settings.mode is Mode.INFER:
            replicas.steps[arm] = step(own, batch, part)
            continue
        wrapped = DistributedDataParallel(own, [device] if device.type == "cuda" else None)
        replicas.steps[arm] = step(wrapped, batch, part)
        replicas.alone[arm] = without_exchange(wrapped, replicas.steps[arm])
    return replicas


def without_exchange(wrapped: DistributedDataParallel, step: Step) -> Step:
    """Return a step that leaves gradients where they are.

    With an optimiser the replicas drift apart: that changes numbers, but not what is computed.
    """

    def iteration() -> None:
        with wrapped.no_sync():
            step()

    return iteration


def _exchanges(
    replicas: Replicas, device: torch.device, process: Process, plan: Plan
) -> dict[str, Exchange]:
    deadline = max(gather(monotonic())) + plan.max_time
    return measure_exchange(
        gathered(stopwatch(replicas.steps, device), gather),
        gathered(stopwatch(replicas.alone, device), gather),
        replicas.steps,
        process.samples.iterations,
        expired=lambda: max(gather(monotonic())) > deadline,
        coin=Random(plan.seed),
    )
