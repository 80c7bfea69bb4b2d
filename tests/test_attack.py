"""The attack: it makes the same cases from the same seed, and sees what does not hold."""

import json
import sys
from itertools import islice
from random import Random

import attack
import pytest


@pytest.mark.parametrize("name", [name for name in attack.CLASSES if name != "json mutations"])
def test_the_same_seed_makes_the_same_cases(name: str) -> None:
    """So that what did not hold can be had again."""
    first, second = (list(islice(attack.CLASSES[name](Random(7)), 20)) for _ in range(2))
    assert first == second
    assert len(set(map(repr, first))) > 5


def test_mutated_documents_differ() -> None:
    """Cut off, with foreign bytes, or with other values."""
    content = json.dumps({"a": [1, {"b": 2}], "c": "d"}).encode()
    found = {attack.mutated(content, Random(seed)) for seed in range(50)}
    assert len(found) > 30


@pytest.mark.skipif(sys.platform != "linux", reason="starts real processes")
@pytest.mark.parametrize(
    ("words", "codes", "said"),
    [
        (("params",), (0,), ""),
        (("params", "--r", "0"), (0,), "exit 2"),
        (("nope",), (2,), ""),
    ],
)
def test_what_does_not_hold_is_seen(
    words: tuple[str, ...], codes: tuple[int, ...], said: str
) -> None:
    """An exit code that is not documented for a case is a fault."""
    fault = attack.wrong(attack.Case(words, codes))
    assert fault.startswith(said)
    assert bool(fault) is bool(said)
