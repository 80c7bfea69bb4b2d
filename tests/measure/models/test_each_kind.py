"""The network of a model with every kind, in the places that there are."""

from pathlib import Path

import pytest
from helpers import GATING_KINDS

from se_cost.measure.models.costs import resolved
from se_cost.measure.models.each_kind import each_kind
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.imported import OWN, Imported
from se_cost.nets.zoo.model import model

FILE = Path(__file__).parents[2] / "data" / "models" / "nets.py"


def net(name: str, **rest: object) -> Imported:
    """Return a model of the user's that knows its stages."""
    asked = Imported(spec=f"{FILE}:{name}", input=(3, 32, 32), **rest)  # type: ignore[arg-type]
    found = resolved(asked)
    assert isinstance(found, Imported)
    return found


def test_of_the_zoo() -> None:
    """Its own as it is, the others with their usual options, of the same input and classes."""
    own = model("se_resnet50", r=8, input=320, classes=10)
    found = {one.kind: one for one in each_kind(own)}
    assert list(found) == list(KINDS)
    assert found["se"] == own
    assert found["eca"] == model("resnet50", attention="eca", input=320, classes=10)
    assert found["mhsa"] == model("mhsa_resnet50", input=320, classes=10)
    assert {one.plain for one in found.values()} == {own.plain}


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"stages": (2, 3)}, GATING_KINDS),
        ({"place": "post"}, list(KINDS)),
        ({"stride_in": "3x3"}, GATING_KINDS),
    ],
)
def test_without_a_place(options: dict[str, object], left: list[str]) -> None:
    """Self-attention needs the last stage and a convolution without stride."""
    own = model("se_resnet50", **options)  # type: ignore[arg-type]
    found = each_kind(own)
    assert [one.kind for one in found] == left
    for one in found:
        if one.kind in GATING_KINDS:
            assert one.stages == own.stages
            assert one.attention.place == own.attention.place  # type: ignore[union-attr]


def test_of_the_user() -> None:
    """Its own attention, or the kind that is tried, and all that can be found in its place."""
    known = [kind for kind in GATING_KINDS if kind != "simam"]
    own = net("Net")
    assert [one.kind for one in each_kind(own)] == [OWN, *known]
    tried = net("Residual", attention=ECA(), after=("*.conv1",))
    found = {one.kind: one for one in each_kind(tried)}
    assert list(found) == known
    assert found["eca"] == tried
    assert all(one.stages == tried.stages for one in found.values())
