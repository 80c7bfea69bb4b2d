"""What can go wrong, and the exit code each kind of trouble has."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager


class SeCostError(Exception):
    """Base of every error that se-cost raises on purpose; its message is one line."""

    exit_code = 2


class UsageError(SeCostError, ValueError):
    """A value that cannot be used (exit code 2)."""


class MeasurementError(SeCostError, RuntimeError):
    """The machine cannot do what was asked, or there is nothing to compare (exit code 3)."""

    exit_code = 3


class UnforeseenError(SeCostError):
    """A fault of the program itself (exit code 70, as sysexits.h has it); never taken for 1."""

    exit_code = 70


class OutOfMemoryError(MeasurementError):
    """A batch did not fit into the memory of a GPU; a smaller one may."""


def expect_met(needs: Mapping[str, object]) -> None:
    """Raise UsageError with the first need beside which stands that it is missing."""
    for need, missing in needs.items():
        if missing:
            raise UsageError(need)


MANY = 30  # names; a longer list is not read: `se-cost nets` shows the networks


def not_one_of(what: str, value: object, allowed: Iterable[object]) -> UsageError:
    """Return the error for a `value` outside `allowed`, naming the nearest allowed one."""
    names = [str(name) for name in allowed]
    near = nearest(str(value), names)
    hint = f"; did you mean {near}?" if near else ""
    listed = len(names) <= MANY or what != "network"
    choice = ", ".join(names) if listed else "those of `se-cost nets`"
    return UsageError(f"{what} {str(value)!r} is unknown: choose from {choice}{hint}")


def nearest(value: str, names: list[str]) -> str | None:
    """Return the name closest to `value`: by distance for numbers, by spelling for words."""
    if value.isdigit() and names and all(name.isdigit() for name in names):
        return min(names, key=lambda name: abs(int(name) - int(value)))
    from difflib import get_close_matches

    close = get_close_matches(value.lower(), names, n=1, cutoff=0.55)
    return close[0] if close else None


@contextmanager
def ctrl_c_unmasked() -> Iterator[None]:
    """Raise KeyboardInterrupt where a library made an error of its own out of it.

    Torch does, if it comes while torch puts a device or mode on its stack or takes it off.
    """
    try:
        yield
    except Exception as error:
        before = error.__context__
        while before:
            if isinstance(before, KeyboardInterrupt):
                raise before from None
            before = before.__context__
        raise
