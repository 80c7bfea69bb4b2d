"""Entries, times and documents as the tests of `check` and `diff` need them."""

from pathlib import Path
from typing import Any

from measure.made_up import timing

from se_cost.documents.base import Document
from se_cost.documents.baseline import Count, Entry, TimeEntry
from se_cost.documents.files import encode
from se_cost.documents.time import TimeDocument
from se_cost.documents.time import timed as time_of
from se_cost.gate.budgets import Budget
from se_cost.gate.entry import counted, entries
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SMALL = model("se_resnet18", input=64)
RICHER = model("se_resnet18", input=64, r=8)  # costs more
LEANER = model("se_resnet18", input=64, r=32)  # costs less
ALIEN = replace(SMALL, arch="se_eternal", family="eternal")  # of another version


def budget(net: Model = SMALL, name: str = "net", **limits: float) -> Budget:
    """Return a budget; limits are spelled `max_params`, `grow_params` and so on."""
    words = {word.replace("_", "-"): value for word, value in limits.items()}
    most, growth = (
        {word.removeprefix(kind): value for word, value in words.items() if word.startswith(kind)}
        for kind in ("max-", "grow-")
    )
    return Budget(name, net, most, growth)


def time_document(
    net: Model = SMALL, overhead: float = 10.0, settings: Settings | None = None
) -> TimeDocument:
    """Return the document of a timing whose true overhead is known, in per cent."""
    truth = {"network": 1 + overhead / 100, "without_final_stage": 1.04}
    return time_of(timing(net, settings, truth))


def timed(
    net: Model = SMALL,
    overhead: float = 10.0,
    settings: Settings | None = None,
    peak_memory: int | None = None,
    **changes: Any,
) -> TimeEntry:
    """Return a time of known overhead; `changes` override fields of the overhead."""
    (entry,) = entries(time_document(net, overhead, settings)).values()
    (time,) = entry.times
    return replace(
        time,
        network=replace(time.network, peak_memory_bytes=peak_memory),
        overhead=replace(time.overhead, **changes),
    )


def entry(net: Model = SMALL, *times: TimeEntry) -> Entry:
    """Return the counts of a network, with times."""
    return replace(counted(net), times=times)


def times_only(*times: TimeEntry) -> Entry:
    """Return an entry that holds no counts."""
    return Entry(SMALL, times=times)


def params_only(net: Model, network: int, attention: dict[str, int] | None = None) -> Entry:
    """Return an entry that holds one count of a plain network of 90, without its stages."""
    return Entry(net, params=Count(network, 90, {}, attention or {}))


def unknown(net: Model) -> Entry:
    """Return the counts of a network as another version would have them, of a model it alone has.

    This version cannot build it.
    """
    return replace(counted(net), recipe=ALIEN)


def elsewhere(time: TimeEntry, **environment: object) -> TimeEntry:
    """Return a time as if it had been taken in another environment."""
    return replace(time, environment=replace(time.environment, **environment))


def params_of(net: Model) -> Count:
    """Return the parameters of a network."""
    count = counted(net).params
    assert count
    return count


def written(path: Path, document: Document) -> Path:
    """Write a document, and return its path."""
    path.write_text(encode(document), encoding="utf-8")
    return path
