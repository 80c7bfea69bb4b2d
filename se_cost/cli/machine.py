"""The figures of the machine that a plan is for: told, saved by `explain`, or measured now."""

from fractions import Fraction
from pathlib import Path

from se_cost.cli.options.plan import KnownMachine
from se_cost.errors import UsageError
from se_cost.measure.machine.figures import Machine
from se_cost.measure.timing.settings import Settings
from se_cost.nets.model import Model
from se_cost.record import Record

SAME = ("mode", "batch", "dtype", "layout")  # settings on which the plain network's time depends


class Figures(Record):
    """What is known of a machine, and where from; empty if nothing is."""

    machine: Machine | None = None
    source: str = ""
    plain_seconds: Fraction | None = None


def figures(known: KnownMachine, asked: Model, settings: Settings, *, here: bool) -> Figures:
    """Return the figures; `here` has them measured now. Raise UsageError for half of them."""
    told = (known.bandwidth, known.launch)
    if known.machine and (any(told) or here):
        raise UsageError("--machine has both figures: leave out --bandwidth, --launch and --device")
    if known.machine:
        return _saved(known.machine, asked, settings, known.plain_time)
    if known.bandwidth and known.launch is not None:
        machine = Machine(float(known.bandwidth), float(known.launch))
        return Figures(machine, "as told by --bandwidth and --launch", known.plain_time)
    if known.bandwidth or known.launch is not None:
        lacking = "--launch" if known.bandwidth else "--bandwidth"
        raise UsageError(f"a prediction needs both figures of the machine: say {lacking} too")
    if here:
        from se_cost.measure.explain.explain import surveyed

        return Figures(surveyed(settings), "measured in this run", known.plain_time)
    return Figures(plain_seconds=known.plain_time)


def _saved(path: Path, asked: Model, settings: Settings, told: Fraction | None) -> Figures:
    """Return what `explain` found; the time of the plain network only if it is the same."""
    from se_cost.documents.explain import ExplainDocument
    from se_cost.documents.files import expect, read

    name = str(path)
    found = expect(read(path), ExplainDocument, name, "document of `se-cost explain`")
    its = found.time.settings
    alike = all(getattr(its, one) == getattr(settings, one) for one in SAME)
    if told is None and alike and found.recipe.plain == asked.plain:
        told = Fraction(found.baseline.median_ms) / 1000
    device = found.time.environment.device_name
    return Figures(found.machine, f"measured by `se-cost explain` on {device}", told)
