"""Models drawn at random."""

from typing import Any

from hypothesis import strategies as st

from se_cost.nets.attention.place import RESIDUAL_PLACES
from se_cost.nets.attention.se import GATES, SE, Squeeze
from se_cost.nets.model import Head, Model, StrideIn
from se_cost.nets.zoo.model import model

STAGES = (2, 3, 4, 5)
RATIO = st.integers(1, 64)
SIDE = st.integers(32, 999)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Draw a ResNet with any kind of attention, varied in every way the command line knows."""
    attention: Any = draw(
        st.sampled_from(("none", "eca", "ese"))
        | st.builds(
            SE,
            squeeze=st.sampled_from(Squeeze),
            gate=st.sampled_from(GATES),
            bias=st.booleans(),
        )
    )
    head, plain = draw(st.sampled_from(Head)), attention == "none"
    kept = draw(st.none() | st.sets(st.sampled_from(STAGES)).map(sorted))
    held = STAGES if kept is None else kept
    dropped = sorted(draw(st.sets(st.sampled_from(held), max_size=2))) if held else []
    return model(
        draw(st.sampled_from(("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"))),
        attention=attention,
        r=draw(RATIO | st.tuples(*[RATIO] * 4)) if isinstance(attention, SE) else None,
        place=draw(st.sampled_from(RESIDUAL_PLACES)),
        stages=None if plain else kept,
        drop_stages=() if plain else dropped,
        input=draw(st.none() | SIDE | st.tuples(SIDE, SIDE)),
        classes=draw(st.none() | st.integers(1, 5000)) if head is Head.CLASSIFIER else None,
        stride_in=draw(st.sampled_from(StrideIn)),
        head=head,
    )
