"""The networks of one rank: replicas that train together, each with its part of the batch.

Gradients are reduced by DistributedDataParallel, over NCCL on GPUs and gloo on CPUs. Each rank
keeps running statistics of its own: no_sync leaves their broadcast out too, so it would be taken
for a part of the all-reduce.
"""

from collections.abc import Mapping

import torch
from torch.nn.parallel import DistributedDataParallel

from se_cost.measure.ranks.torchrun import Rank
from se_cost.measure.steps.arms import built
from se_cost.measure.steps.steps import Step, data, step
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.model import Model
from se_cost.record import Record, replace


class Replicas(Record):
    """The steps of one rank, by arm."""

    steps: dict[str, Step]
    no_sync: dict[str, Step]  # without all-reduce; empty if there are no gradients


def replicate(
    rank: Rank, networks: Mapping[str, Model], settings: Settings, device: torch.device
) -> Replicas:
    """Build all networks for one rank, with a part of the batch that no other rank has.

    Training starts from the weights of rank 0 on all ranks. Inference has no gradients.
    """
    part = replace(settings, batch=settings.batch // settings.nproc)
    torch.manual_seed(settings.seed + rank.rank)
    batch = data(next(iter(networks.values())), part, device)
    replicas = Replicas({}, {})
    for arm, model in networks.items():
        own = built(arm, model, part, batch.images)
        if settings.mode is Mode.INFER:
            replicas.steps[arm] = step(own, batch, part)
            continue
        on = None if device.type == "cpu" else [device]
        wrapped = DistributedDataParallel(own, on, broadcast_buffers=False)
        replicas.steps[arm] = step(wrapped, batch, part)
        replicas.no_sync[arm] = without_all_reduce(wrapped, replicas.steps[arm])
    return replicas


def without_all_reduce(wrapped: DistributedDataParallel, step: Step) -> Step:
    """Return a step that leaves gradients where they are.

    With an optimiser the replicas drift apart, which changes values but not the work.
    """

    def iteration() -> None:
        with wrapped.no_sync():
            step()

    return iteration
