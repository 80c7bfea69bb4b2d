"""Where in a network a figure sits or grew, and what in its model changed."""

from collections.abc import Mapping

from se_cost.documents.baseline import Entry
from se_cost.gate.entry import rebuilt
from se_cost.nets.words import options


def largest(parts: Mapping[str, int]) -> str | None:
    """Return the stage with the largest part, if any has one."""
    stage = max(parts, key=lambda name: parts[name], default=None)
    return stage if stage is not None and parts[stage] > 0 else None


def growth(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """Return by how much every stage grew."""
    return {stage: after.get(stage, 0) - before.get(stage, 0) for stage in {**before, **after}}


def model_change(after: Entry, before: Entry) -> str:
    """Return what was done to a model, in the command line's options; nothing if that is unknown.

    It is unknown if this se-cost cannot build both models.
    """
    if after.recipe == before.recipe or not rebuilt(after) or not rebuilt(before):
        return ""
    new, old = (options(entry.recipe).split(" --") for entry in (after, before))
    gone, come = _only(old, new), _only(new, old)
    if gone and come:
        return f"{gone} became {come}"
    return f"{gone} is gone" if gone else f"{come} is new" if come else ""


def _only(words: list[str], others: list[str]) -> str:
    """Return the options that only the first list has, as they are typed."""
    return " ".join(f"--{word.removeprefix('--')}" for word in words if word not in others)
