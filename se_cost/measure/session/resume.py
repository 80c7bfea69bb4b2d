"""Whether a timing that was begun elsewhere, or before, may go on here."""

from typing import Any

from msgspec.structs import asdict

from se_cost.errors import UsageError
from se_cost.measure.machine.clocks import quiet
from se_cost.measure.machine.device import resolve
from se_cost.measure.machine.environment import environment
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.settings import Settings


def expect_here(before: Environment, settings: Settings) -> None:
    """Raise UsageError if this is another machine, or has other versions; it names all of them."""
    with quiet(settings.threads, benchmark=settings.cudnn_benchmark):
        here = environment(resolve(settings.device), settings)
    then, now = asdict(before), asdict(here)
    other = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    if other:
        raise UsageError(
            "--resume: the file was timed elsewhere: "
            + "; ".join(_both(name, then, now) for name in other)
        )


def _both(name: str, then: dict[str, Any], now: dict[str, Any]) -> str:
    return f"{name} {then.get(name)} there, {now.get(name)} here"
