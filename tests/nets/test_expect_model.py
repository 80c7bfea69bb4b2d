"""What is taken for a model where a model is asked for."""

import pytest

import se_cost
from se_cost.errors import UsageError
from se_cost.nets.imported import Imported
from se_cost.nets.model import expect_model
from se_cost.nets.zoo.model import model


def test_a_model_is_one() -> None:
    """Of the zoo, or of the user's."""
    ours, theirs = model("se_resnet18"), Imported(spec="timm:seresnet50")
    assert expect_model(ours) is ours
    assert expect_model(theirs) is theirs


@pytest.mark.parametrize("value", [3, None, "se_resnet18"])
def test_anything_else_is_refused(value: object) -> None:
    """By every public function that takes a model, with what would have been right."""
    for function in (se_cost.costs, se_cost.module, se_cost.time, se_cost.explain):
        with pytest.raises(UsageError, match=r"is no model: take se_cost\.model\('se_resnet"):
            function(value)  # type: ignore[arg-type]


class Net:
    """What could be called, as a module can."""

    def __call__(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("value", [Net, Net()])
def test_a_module_is_no_model_yet(value: object) -> None:
    """Its input is not known."""
    with pytest.raises(UsageError, match=r"a Net is no model yet: take se_cost\.model\(it, \(3"):
        expect_model(value)
