"""The document that counts parameters, against figures that were found without this project."""

from collections.abc import Mapping

import pytest

from documents.every import built
from se_cost.documents.params import MeasuredParams, ParamsDocument, params
from se_cost.ledger import formula
from se_cost.ledger.costs import costs
from se_cost.ledger.formula import Term
from se_cost.measure.counting.counts import Built, Parameters
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

SE50 = model("se_resnet50")
# shared/counting.md, section 1: blocks, channels, FC weights, FC biases
STAGES = {
    2: (3, 256, 24_576, 816),
    3: (4, 512, 131_072, 2_176),
    4: (6, 1024, 786_432, 6_528),
    5: (3, 2048, 1_572_864, 6_528),
}
PLAIN, WITH_SE = 25_557_032, 28_088_024


def of(net: Model, module: Built | None = None) -> ParamsDocument:
    """Return the document of a model."""
    return params(costs(net), module)


def test_networks() -> None:
    """Both networks have the known sums; weights and biases make them up."""
    document = of(SE50)
    for network, known in ((document.baseline, PLAIN), (document.network, WITH_SE)):
        assert network.params == known
        assert (network.weights or 0) + (network.biases or 0) == known
    assert document.attention.params == WITH_SE - PLAIN
    assert document.formula.weights == document.attention.weights == 2_514_944


def test_stages() -> None:
    """Blocks, channels, weights and biases of every stage are those counted independently."""
    every = WITH_SE - PLAIN
    for stage, (blocks, channels, weights, biases) in zip(
        of(SE50).stages, STAGES.values(), strict=True
    ):
        assert (stage.blocks, stage.channels, stage.gated_channels) == (
            *(blocks, channels, (channels,)),
        )
        assert stage.hidden == (channels // 16,)
        assert (stage.weights, stage.biases, stage.formula) == (weights, biases, weights)
        assert stage.params == weights + biases
        assert stage.share == pytest.approx(100 * stage.params / every)
        assert stage.growth == pytest.approx(100 * stage.params / PLAIN)
    assert [stage.stage for stage in of(SE50).stages] == list(STAGES)


def test_sums() -> None:
    """All stages, and all but the final one, are the sums of the stages."""
    document = of(SE50)
    assert document.final_stage == 5
    for added, stages in (
        (document.attention, document.stages),
        (document.without_final_stage, document.stages[:3]),
    ):
        assert added.blocks == sum(stage.blocks for stage in stages)
        assert added.formula == sum(stage.formula or 0 for stage in stages)
        assert added.weights == sum(stage.weights for stage in stages)
        assert added.biases == sum(stage.biases for stage in stages)
        assert added.params == sum(stage.params for stage in stages)
        assert added.percent == pytest.approx(100 * added.params / PLAIN)


def test_without_biases_it_is_what_the_paper_says() -> None:
    """FC weights alone are 9.84 % of the network, 3.69 % without the final stage."""
    document = of(model("se_resnet50", bias=False))
    assert document.attention.percent == pytest.approx(9.84, abs=0.005)
    assert document.without_final_stage.percent == pytest.approx(3.69, abs=0.005)
    assert document.attention.biases == 0


def test_blocks() -> None:
    """Every block is listed; they add up to the attention."""
    blocks = of(SE50).blocks
    assert len(blocks) == 16
    assert sum(block.params for block in blocks) == WITH_SE - PLAIN
    first = blocks[0]
    assert (first.kind, first.stage, first.channels, first.hidden, first.r) == (
        "se",
        2,
        256,
        16,
        16,
    )
    assert (first.height, first.width) == (56, 56)
    assert first.params == 2 * 256 * 16 + 256 + 16


def test_several_widths() -> None:
    """Stages whose blocks differ list every width, the most of them as `channels`."""
    third, fourth = of(model("se_bn_inception", drop_stages=5)).stages
    assert third.gated_channels == (256, 320, 576)
    assert third.hidden == (16, 20, 36)
    assert (third.channels, fourth.channels) == (576, 1056)


def test_plain_network() -> None:
    """Without attention there is nothing to add."""
    document = of(model("resnet50"))
    assert document.attention == document.without_final_stage
    assert (document.attention.params, document.attention.percent) == (0, 0)
    assert (document.stages, document.blocks, document.final_stage) == ((), (), None)
    assert not document.failed


def test_built_modules_agree() -> None:
    """What modules have stands beside what the ledger has, stage by stage."""
    document = of(SE50, built(SE50))
    assert document.measured == MeasuredParams(WITH_SE, PLAIN, WITH_SE - PLAIN, 951_600)
    assert [stage.measured for stage in document.stages] == [
        stage.params for stage in document.stages
    ]
    assert not document.failed


def test_a_real_module_agrees() -> None:
    """The modules of torch have the parameters that the ledger has."""
    from se_cost.measure.counting.parameters import built as really_built

    small = model("se_resnet18")
    document = of(small, really_built(small))
    assert document.measured == MeasuredParams(11_778_592, 11_689_512, 89_080, 22_456)
    assert not document.failed


def test_built_plain_network() -> None:
    """A plain network beside itself has no attention."""
    plain = model("resnet18")
    assert of(plain, built(plain)).measured == MeasuredParams(11_689_512, 11_689_512, 0, 0)


def test_formula_that_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """If closed form and ledger differ, the document fails and says both numbers."""

    def off_by_one(terms: list[Term]) -> int:
        return sum(term.weights for term in terms) + 1

    monkeypatch.setattr(formula, "weights", off_by_one)
    document = of(SE50)
    assert document.failed
    assert document.disagreements == (
        "THE COUNTS DISAGREE: formula 2,514,945, ledger 2,514,944 weights",
    )


PATH = "stage3.block2.sum.residual.conv2"


def changed(module: Parameters, change: Mapping[str, tuple[int, int] | None]) -> Parameters:
    """Return what a module has, with some layers changed or gone."""
    return {path: of for path, of in {**module, **change}.items() if of is not None}


@pytest.mark.parametrize("which", ["network", "plain"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({PATH: (147_455, 0)}, f"at {PATH}: (weights, biases) (147456, 0) in the ledger, (147455"),
        ({PATH: (147_456, 128)}, f"at {PATH}"),
        (
            {PATH: None},
            f"at {PATH}: (weights, biases) (147456, 0) in the ledger, None in the built",
        ),
        ({"extra.layer": (1, 2)}, "at extra.layer: (weights, biases) None in the ledger, (1, 2)"),
    ],
)
def test_module_that_disagrees(
    which: str, change: Mapping[str, tuple[int, int] | None], words: str
) -> None:
    """One layer that is built otherwise, missing or not expected is named."""
    small = model("se_resnet18")
    module = built(small)
    assert PATH in getattr(module, which)
    wrong = replace(module, **{which: changed(getattr(module, which), change)})
    (sentence,) = of(small, wrong).disagreements
    assert of(small, wrong).failed
    assert words in sentence
