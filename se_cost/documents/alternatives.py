"""What `alternatives` finds: one network with each kind of attention, side by side."""

from collections.abc import Callable, Mapping, Sequence
from math import inf, prod
from types import MappingProxyType
from typing import assert_never

from se_cost.documents.base import Document
from se_cost.documents.doubts import doubts_of_many
from se_cost.documents.order import Order
from se_cost.documents.time import TimeDocument, timed
from se_cost.ledger.costs import Costs
from se_cost.ledger.rows import FLOAT32
from se_cost.ledger.traffic import Traffic, total
from se_cost.measure.models.costs import costs
from se_cost.measure.models.traffic import of_one_image
from se_cost.measure.timing.pairs import pairs
from se_cost.measure.timing.result import Timing
from se_cost.measure.timing.settings import Mode
from se_cost.nets.model import Model
from se_cost.record import Record
from se_cost.text import joined

Timings = Mapping[Mode, Mapping[str, TimeDocument]]  # by kind
NAMES = {Mode.INFER: "inference", Mode.TRAIN: "training"}


class AttentionCost(Record):
    """What attention adds to the plain network, for one image in float32."""

    params: int
    params_percent: float  # of the plain network's
    macs: int
    macs_percent: float
    traffic: Traffic
    passes_infer: float  # bytes moved / E, predicted
    passes_train: float  # with the backward pass


class Alternative(Record):
    """The network with one kind of attention."""

    kind: str  # "none" for the plain network, "own" for what a model of the user's has
    recipe: Model
    params: int
    macs: int
    blocks: int
    gated_bytes: int  # E: one read, or one write, of every gated map
    attention: AttentionCost
    without_final_stage: AttentionCost | None  # null for the plain network
    infer: TimeDocument | None = None  # beside the plain network, if it was timed
    train: TimeDocument | None = None

    def timed(self, mode: Mode) -> TimeDocument | None:
        """Return the timing in a mode, None if there is none."""
        match mode:
            case Mode.INFER:
                return self.infer
            case Mode.TRAIN:
                return self.train
            case _:
                assert_never(mode)


class AlternativesDocument(Document, tag="alternatives", kw_only=True):
    """One network plain, and with each of several kinds of attention."""

    recipe: Model  # the plain network
    sort: Order
    final_stage: int | None
    alternatives: tuple[Alternative, ...]  # the plain network first
    modes: tuple[Mode, ...] = ()  # in which times were asked for; some may have none


def alternatives(
    models: Sequence[Model],
    sort: Order = Order.KINDS,
    timings: Sequence[Timing] = (),
    missing: Mapping[Mode, str] = MappingProxyType({}),
) -> AlternativesDocument:
    """Return one network with the attention of each of the models, the plain one first.

    `missing` are modes that were to be timed and were not, each with the reason.
    """
    times: dict[Mode, dict[str, TimeDocument]] = {}
    for timing in timings:
        times[timing.settings.mode] = {kind: timed(one) for kind, one in pairs(timing).items()}
    plain = models[0].plain
    found = sorted((_alternative(model, times) for model in models), key=KEYS[sort])
    return AlternativesDocument(
        recipe=plain,
        sort=sort,
        final_stage=models[0].final_stage,
        alternatives=(_alternative(plain, {}), *found),
        modes=tuple(mode for mode in Mode if mode in times or mode in missing),
        doubts=tuple(_doubts(timings, missing)),
    )


def _alternative(model: Model, times: Timings) -> Alternative:
    whole, by = costs(model), of_one_image(model)
    kind, final = model.kind, model.final_stage
    return Alternative(
        kind=kind,
        recipe=model,
        params=whole.network.params,
        macs=whole.network.macs,
        blocks=len(whole.blocks),
        gated_bytes=_gated(whole, ()),
        attention=_cost(whole, by, ()),
        without_final_stage=None if final is None else _cost(whole, by, (final,)),
        infer=times.get(Mode.INFER, {}).get(kind),
        train=times.get(Mode.TRAIN, {}).get(kind),
    )


def _cost(whole: Costs, by: Mapping[int | None, Traffic], dropped: Sequence[int]) -> AttentionCost:
    """Return what is left of the attention without that of some stages."""
    added, plain, e = whole.attention_without(dropped), whole.plain, _gated(whole, dropped)
    traffic = total(part for stage, part in by.items() if stage not in dropped)
    return AttentionCost(
        params=added.params,
        params_percent=100 * added.params / plain.params,
        macs=added.macs,
        macs_percent=100 * added.macs / plain.macs,
        traffic=traffic,
        passes_infer=traffic.forward / e if e else 0.0,
        passes_train=(traffic.forward + traffic.backward) / e if e else 0.0,
    )


def _gated(whole: Costs, dropped: Sequence[int]) -> int:
    """Return the bytes of all gated maps."""
    kept = (block for block in whole.blocks if block.stage not in dropped)
    return FLOAT32 * sum(prod((block.channels, block.height, block.width)) for block in kept)


def _measured(time: TimeDocument | None) -> float:
    percent = time.overhead.percent if time else None
    return inf if percent is None else percent


KEYS: Mapping[Order, Callable[[Alternative], float]] = {
    Order.KINDS: lambda one: 0,
    Order.PARAMS: lambda one: one.params,
    Order.MACS: lambda one: one.macs,
    Order.BYTES: lambda one: one.attention.traffic.forward,
    Order.OPERATORS: lambda one: one.attention.traffic.operators_forward,
    Order.PASSES: lambda one: one.attention.passes_train,
    Order.SAVED: lambda one: one.attention.traffic.saved,
    Order.INFER: lambda one: _measured(one.timed(Mode.INFER)),
    Order.TRAIN: lambda one: _measured(one.timed(Mode.TRAIN)),
}


def _doubts(timings: Sequence[Timing], missing: Mapping[Mode, str]) -> list[str]:
    """Return every doubt about the timings once, with the modes that it concerns if two are."""
    by_mode = {timing.settings.mode: doubts_of_many(timing) for timing in timings}
    every = dict.fromkeys(doubt for found in by_mode.values() for doubt in found)
    several = len(by_mode) + len(missing) > 1
    named = {
        doubt: joined(NAMES[mode] for mode, found in by_mode.items() if doubt in found)
        for doubt in every
    }
    return [
        *(f"{where}: {doubt}" if several else doubt for doubt, where in named.items()),
        *(f"{NAMES[mode]} was not timed: {why}" for mode, why in missing.items()),
    ]
