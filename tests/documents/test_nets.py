"""The document that lists the networks."""

from se_cost.documents.nets import nets
from se_cost.nets.attention.place import Place
from se_cost.nets.zoo.registry import FAMILIES


def test_every_family_is_there_once() -> None:
    """None is missing, and each says what it is and what it costs."""
    found = nets().networks
    assert [family.name for family in found] == list(FAMILIES)
    for family in found:
        assert family.title
        assert family.source
        assert {Place.STANDARD, Place.BLOCK} & {*family.places}
        assert len(family.input) in (1, 3)
        assert 0 < family.attention.params < family.params
        assert 0 < family.attention.macs < family.macs
        assert all(stage.blocks > 0 and stage.channels > 0 for stage in family.stages)


def test_figures_of_resnet_50() -> None:
    """Those of shared/counting.md, section 1."""
    known = {family.name: family for family in nets().networks}["resnet50"]
    assert (known.params, known.macs) == (25_557_032, 3_857_973_248)
    assert (known.attention.params, known.attention.macs) == (2_530_992, 2_514_944)
    assert [stage.blocks for stage in known.stages] == [3, 4, 6, 3]
    assert [stage.channels for stage in known.stages] == [256, 512, 1024, 2048]
