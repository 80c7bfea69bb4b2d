"""Which value every tensor holds, as a change in place is seen through all views of its memory."""

from typing import NamedTuple

from torch import Tensor


class Extent(NamedTuple):
    """Where a tensor lies in its memory."""

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def end(self) -> int:
        """Return the position behind its last element."""
        steps = zip(self.shape, self.strides, strict=True)
        return self.offset + sum((size - 1) * stride for size, stride in steps) + 1

    def overlaps(self, other: "Extent") -> bool:
        """Return whether both may share elements."""
        return self.offset < other.end and other.offset < self.end


class Held(NamedTuple):
    """A tensor, the value that it held, and how many writes to its memory there were by then."""

    tensor: Tensor  # kept, so that no other tensor takes its id or its memory
    value: int
    writes: int


class Memory:
    """The tensors that were seen, and what was written to their memory."""

    def __init__(self) -> None:
        self._held: dict[int, Held] = {}
        self._writes: dict[int, list[tuple[int, Extent]]] = {}

    def knows(self, tensor: Tensor) -> bool:
        """Return whether this very tensor was seen."""
        return id(tensor) in self._held

    def shares(self, tensor: Tensor) -> bool:
        """Return whether the memory of a tensor was seen."""
        return _key(tensor) in self._writes

    def write(self, tensor: Tensor, value: int) -> None:
        """Note that a value was written to a tensor, new or not."""
        self._writes.setdefault(_key(tensor), []).append((value, _extent(tensor)))
        self.hold(tensor, value)

    def hold(self, tensor: Tensor, value: int) -> None:
        """Note that a tensor holds a value that it shows of memory which was written before."""
        writes = len(self._writes.get(_key(tensor), ()))
        self._held[id(tensor)] = Held(tensor, value, writes)

    def values(self, tensor: Tensor) -> tuple[int, ...]:
        """Return the values that a tensor is made of: one, unless part of it was written later."""
        held = self._held.get(id(tensor))
        writes = self._writes.get(_key(tensor), [])
        start = held.writes if held else 0
        if held and start == len(writes):
            return (held.value,)
        place = _extent(tensor)
        later = [(value, at) for value, at in writes[start:] if at.overlaps(place)]
        if later and later[-1][1] == place:
            return (later[-1][0],)
        first = (held.value,) if held else ()
        return (*first, *[value for value, _ in later])


def _key(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _extent(tensor: Tensor) -> Extent:
    return Extent(int(tensor.storage_offset()), tuple(tensor.shape), tensor.stride())
