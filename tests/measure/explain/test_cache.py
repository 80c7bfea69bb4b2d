"""What is used between two operators, in bytes."""

from pathlib import Path

import pytest
import torch

from se_cost.measure.explain import cache
from se_cost.measure.explain.cache import TIMES, USUAL, Stream, last_level, use

CPU = torch.device("cpu")


def test_the_largest_cache_is_the_last(tmp_path: Path) -> None:
    """As the system writes it; where it writes nothing, a usual one."""
    for number, size in enumerate(("32K", "512K", "16M", "what")):
        (tmp_path / f"index{number}").mkdir()
        (tmp_path / f"index{number}" / "size").write_text(f"{size}\n")
    assert last_level(CPU, tmp_path) == 16 * 2**20
    assert last_level(CPU, tmp_path / "none") == USUAL


def test_other_memory_is_used_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many bytes as are asked for, those that were used longest ago, and never more than all."""
    monkeypatch.setattr(cache, "last_level", lambda device: 1024)
    stream = Stream(CPU)
    assert stream.bytes == TIMES * 1024
    places = []
    for size in (400, 0, 4000, None, 10**9):
        stream.use(size)
        places.append(stream._at)
    assert places == [100, 100, 76, 76, 76]


def test_use_leaves_numbers_as_they_are() -> None:
    """But for whole numbers, which are positions that must be within bounds."""
    numbers, whole = torch.randn(8), torch.ones(8, dtype=torch.int64)
    before = numbers.clone()
    use(numbers)
    use(whole)
    assert numbers.equal(before)
    assert not whole.any()
