"""Recipes drawn at random."""

from hypothesis import strategies as st

from se_cost.nets.attention import GATES, RESIDUAL_PLACES, SE, Squeeze
from se_cost.nets.recipe import Head, Recipe, StrideIn
from se_cost.nets.registry import recipe

STAGES = (2, 3, 4, 5)
RATIO = st.integers(1, 64)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Draw a ResNet, plain or with SE, varied in every way that the command line knows."""
    attention = st.builds(
        SE,
        squeeze=st.sampled_from(Squeeze),
        gate=st.sampled_from(GATES),
        bias=st.booleans(),
    )
    return recipe(
        draw(st.sampled_from(("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"))),
        se=draw(st.none() | attention),
        r=draw(RATIO | st.tuples(RATIO, RATIO, RATIO, RATIO)),
        place=draw(st.sampled_from(RESIDUAL_PLACES)),
        stages=draw(st.none() | st.sets(st.sampled_from(STAGES)).map(sorted)),
        drop_stages=sorted(draw(st.sets(st.sampled_from(STAGES), max_size=2))),
        input=draw(st.none() | st.integers(32, 999) | st.tuples(*[st.integers(32, 999)] * 2)),
        classes=draw(st.none() | st.integers(1, 5000)),
        stride_in=draw(st.sampled_from(StrideIn)),
        head=draw(st.sampled_from(Head)),
    )
