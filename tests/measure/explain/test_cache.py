"""What is used between two operators, in bytes."""

from pathlib import Path

import pytest
import torch

from se_cost.measure.explain import cache
from se_cost.measure.explain.cache import TIMES, USUAL, Stream, last_level

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


def test_a_tensor_is_used_with_as_much_beside_it_as_in_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Written from other memory, of whatever type, or in place; positions become zeros."""
    monkeypatch.setattr(cache, "last_level", lambda device: 1024)
    stream, numbers = Stream(CPU), torch.randn(9)
    before = numbers.clone()
    stream.write(numbers, beside=17)
    assert (numbers.equal(before), stream._at) == (True, 0)
    stream.write(numbers, beside=18)
    assert (numbers.tolist(), stream._at) == ([1] * 9, 9)
    half, whole = torch.zeros(3, dtype=torch.bfloat16), torch.ones(8, dtype=torch.int64)
    stream.write(half, beside=6)
    stream.write(whole, beside=64)
    assert stream._at == 11
    assert not whole.any()
    large = torch.zeros(5000)
    stream.write(large, beside=20_000)
    assert (stream._at, large.any().item()) == (11, False)


def test_what_is_read_beside_lies_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins anew where the end is too near."""
    monkeypatch.setattr(cache, "last_level", lambda device: 1024)
    stream = Stream(CPU)
    stream.use(4 * 1020)
    stream.write(torch.zeros(10), beside=40)
    assert stream._at == 10
