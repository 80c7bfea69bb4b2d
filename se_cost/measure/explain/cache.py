"""What the caches hold before an operator runs, made as it was found in the network."""

from pathlib import Path

import torch
from torch import Tensor

CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
USUAL = 32 * 2**20  # bytes of a last-level cache whose size the system does not tell
TIMES = 4  # the size of the last-level cache: so much other memory leaves nothing in it
UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}


class Stream:
    """Other memory, which pushes out of the caches what is in them."""

    def __init__(self, device: torch.device) -> None:
        self._buffer = torch.ones(TIMES * last_level(device) // 4, device=device)
        self._at = 0

    @property
    def bytes(self) -> int:
        """Return the bytes of all of it."""
        return self._buffer.nbytes

    def use(self, size: int | None) -> None:
        """Read and write so many bytes, those that were used longest ago; None is all of it."""
        left = self._buffer.numel() if size is None else min(size // 4, self._buffer.numel())
        while left > 0:
            part = self._buffer[self._at : self._at + left]
            part.add_(0)
            left -= part.numel()
            self._at = (self._at + part.numel()) % self._buffer.numel()

    def write(self, tensor: Tensor, beside: int) -> None:
        """Use a tensor together with `beside` bytes of this memory, as what wrote it has done.

        Positions and counters become zeros, all other numbers ones, or stay what they are.
        """
        if not tensor.is_floating_point():
            tensor.zero_()
        elif beside < tensor.nbytes / 2 or tensor.nbytes > self.bytes:
            tensor.add_(0)
        else:
            tensor.copy_(self._next(tensor.nbytes).view(tensor.dtype)[: tensor.numel()])

    def _next(self, size: int) -> Tensor:
        """Return so many bytes, rounded up, of what was used longest ago, in one piece."""
        number = -(-size // 4)
        begun = self._at if self._at + number <= self._buffer.numel() else 0
        self._at = (begun + number) % self._buffer.numel()
        return self._buffer[begun : begun + number]


def last_level(device: torch.device, caches: Path = CACHES) -> int:
    """Return the bytes of the last cache before memory, as the system tells them."""
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).L2_cache_size)
    sizes = [_bytes(file.read_text()) for file in sorted(caches.glob("index*/size"))]
    return max(sizes, default=0) or USUAL


def _bytes(text: str) -> int:
    """Return the bytes of what the system writes as, for instance, 32768K; 0 if it is no size."""
    number, unit = text.strip()[:-1], text.strip()[-1:]
    return int(number) * UNITS.get(unit, 0) if number.isdecimal() else 0
