"""The stage of a map: how often its sides were halved (for a ResNet, the paper's numbers)."""

from math import log2, prod

from se_cost.ledger.trace import Trace, Value

PLANE = 2  # dimensions of space that count: of a video, those of its frames


def area(value: Value) -> int:
    """Return the positions of a map, those of one frame of a video."""
    return prod(value.shape[d] for d in value.space[-PLANE:])


def stage_of(trace: Trace, value: Value) -> int:
    """Return log2 of the ratio of the sides of the input to those of a map."""
    ratio = area(trace.values[trace.inputs[0]]) / area(value)
    return max(0, round(log2(ratio) / 2)) if ratio > 0 else 0
