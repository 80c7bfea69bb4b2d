"""Entries, times and documents as the tests of `check` and `diff` need them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from report.made_up import timing
from se_cost.measure.settings import Settings
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe
from se_cost.report import time
from se_cost.report.gate.budgets import Budget
from se_cost.report.gate.entry import Entry, Time, counted, read_time
from se_cost.report.gate.reading import Part
from se_cost.report.page import Data

SMALL = recipe("se_resnet18", input=64)
RICHER = recipe("se_resnet18", input=64, r=8)  # costs more
LEANER = recipe("se_resnet18", input=64, r=32)  # costs less


def budget(net: Recipe = SMALL, name: str = "net", **limits: float) -> Budget:
    """Return a budget; limits are spelled `max_params`, `grow_params` and so on."""
    words = {word.replace("_", "-"): value for word, value in limits.items()}
    most, growth = (
        {word.removeprefix(kind): value for word, value in words.items() if word.startswith(kind)}
        for kind in ("max-", "grow-")
    )
    return Budget(name, net, most, growth)


def time_document(net: Recipe = SMALL, overhead: float = 10.0, **given: Any) -> Data:
    """Return the document of a timing whose true overhead is known, in per cent."""
    truth = {"network": 1 + overhead / 100, "without_final_stage": 1.04}
    settings = given.pop("settings", Settings())
    data = time.page(timing(net, settings, truth, **given)).data
    document: Data = json.loads(json.dumps(data))
    return document


def timed(net: Recipe = SMALL, overhead: float = 10.0, **changes: Any) -> Time:
    """Return a time of known overhead; `changes` override its fields."""
    return replace(read_time(Part(time_document(net, overhead), "time")), **changes)


def entry(net: Recipe = SMALL, *times: Time) -> Entry:
    """Return the counts of a network, with times."""
    return replace(counted(net), times=times)


def elsewhere(time: Time, **environment: object) -> Time:
    """Return a time as if it had been taken in another environment."""
    return replace(time, environment={**time.environment, **environment})


def written(path: Path, data: Mapping[str, Any]) -> Path:
    """Write a document, and return its path."""
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
