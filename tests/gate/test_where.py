"""Where a figure sits, and what was done to a model."""

import pytest

from gate.budgeted import ALIEN, LEANER, RICHER, SMALL, entry
from se_cost.documents.baseline import Entry
from se_cost.gate.where import growth, largest, model_change
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model


def test_largest() -> None:
    """The first of equals; nothing where nothing is above zero."""
    assert largest({"a": 1, "b": 3, "c": 3}) == "b"
    assert largest({"a": 1}) == "a"
    assert largest({"a": 0, "b": -1}) is None
    assert largest({}) is None


def test_growth_of_stages() -> None:
    """Stages that come or go grow from nothing, or to nothing."""
    assert growth({"a": 5, "b": 1}, {"a": 2, "c": 4}) == {"a": 3, "c": -4, "b": 1}


@pytest.mark.parametrize(
    ("now", "was", "change"),
    [
        (SMALL, SMALL, ""),
        (RICHER, SMALL, "--r 16 became --r 8"),
        (LEANER, RICHER, "--r 8 became --r 32"),
        (model("se_resnet18"), SMALL, "--input 64x64 is gone"),
        (SMALL, model("se_resnet18"), "--input 64x64 is new"),
        (model("se_vgg16"), model("vgg16"), "--arch vgg16 became --arch se_vgg16 --r 16"),
    ],
)
def test_what_was_done_to_a_model(now: Model, was: Model, change: str) -> None:
    """In the words of the command line."""
    assert model_change(entry(now), entry(was)) == change


def test_a_model_that_is_not_known() -> None:
    """What this se-cost cannot build is not compared option by option."""
    assert model_change(entry(), Entry(ALIEN)) == ""
    assert model_change(Entry(ALIEN), entry()) == ""
