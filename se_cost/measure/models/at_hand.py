"""What of the user's is at hand, a module or inputs: no spec leads to it, so the spec holds it.

Another process gets them pickled. A class of the program's main file is called `__main__.NAME` in a
pickle, so that file is imported there first, as multiprocessing does.
"""

import io
import pickle
from typing import Any

from se_cost.errors import MeasurementError, SeCostError
from se_cost.measure.models.guard import guarded
from se_cost.measure.models.importing import MAIN, attribute, imported, main_name
from se_cost.measure.models.told import told
from se_cost.nets.imported import Imported


class AtHand(str):
    """A name, for people, and what is called so, which decides what is equal."""

    value: Any

    def __new__(cls, value: Any, name: str) -> "AtHand":
        """Hold a value, of which nobody else may change anything."""
        made = super().__new__(cls, name)
        made.value = value
        return made

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same object."""
        return isinstance(other, AtHand) and self.value is other.value

    def __ne__(self, other: object) -> bool:
        """Return whether they hold two objects."""
        return not self == other

    def __hash__(self) -> int:
        """Return a number that belongs to the object."""
        return id(self.value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what another process makes it of; raise MeasurementError if there is nothing."""
        try:
            content = pickle.dumps(self.value)
        except Exception as error:
            raise MeasurementError(_refused(self, told(error))) from None
        main = main_name()
        if not main and MAIN.encode() in content:
            raise MeasurementError(_refused(self, f"it is of {MAIN}, which is no file"))
        return restored, (content, str(self), main)


def restored(content: bytes, name: str, main: str) -> AtHand:
    """Return what was at hand elsewhere; raise MeasurementError if it cannot be read here."""
    try:
        with guarded(f"reading {name}"):
            return AtHand(_Reader(content, main).load(), name)
    except SeCostError:
        raise
    except Exception as error:
        raise MeasurementError(f"a process cannot read {name}: {told(error)}") from None


class _Reader(pickle.Unpickler):
    """Reads a pickle that another program wrote, whose main file it imports where it is needed."""

    def __init__(self, content: bytes, main: str) -> None:
        super().__init__(io.BytesIO(content))
        self._main = Imported(spec=main)

    def find_class(self, module: str, name: str) -> Any:
        """Return a class or function."""
        if module != MAIN:
            return super().find_class(module, name)
        return attribute(imported(self._main, self._main.spec), name, self._main)


def _refused(name: str, reason: str) -> str:
    hint = "define its class at the top of a file, or give a function that makes it"
    return f"{name} cannot be timed in processes of its own: {reason}; {hint}"
