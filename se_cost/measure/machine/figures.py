"""The two figures of a machine that a prediction needs; needs no torch."""

from se_cost.record import Record


class Machine(Record):
    """Copy bandwidth and launch latency, measured."""

    bandwidth: float  # bytes read and written per second by a copy in memory
    launch: float  # seconds from one tiny operator to the next
