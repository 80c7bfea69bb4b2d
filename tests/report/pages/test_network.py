"""The page of one network, stage by stage."""

from report.pages.tables import sentences
from se_cost.documents.network import network
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.page import Page
from se_cost.report.pages.network import page


def of(name: str, **options: object) -> Page:
    """Return the page of a network."""
    return page(network(costs(model(name, **options))))  # type: ignore[arg-type]


def test_lines_add_up() -> None:
    """The total below the table is the sum of the lines, and that of the network."""
    *lines, total = of("se_vgg16").tables[0].rows
    assert total == ("all", None, None, None, 138_596_784, 15_470_490_624)
    for i in (4, 5):
        assert sum(int(line[i] or 0) for line in lines) == total[i]


def test_is_table_1_of_the_paper() -> None:
    """Stages, outputs, blocks and layers of SE-ResNet-50."""
    rows = of("se_resnet50").tables[0].rows
    assert rows[1][:4] == ("2", "256x56x56", 3, "1x1, 64 → 3x3, 64 → 1x1, 256 → SE 16-256")
    assert rows[-2][:4] == ("head", "1000", 1, "global avg pool → fc 1000")


def test_says_where_it_is_from_and_where_attention_goes() -> None:
    """The source; the note on the place of its attention with attention only."""
    first, note = sentences(of("se_vgg16"))
    assert first.startswith("SE-VGG-16 (BN), r = 16, input 3x224x224. Source: ")
    assert note.startswith("SE: after the ReLU of each of the 13 convolutions")
    assert len(sentences(of("vgg16"))) == 1
    assert sentences(of("vgg16", attention="eca"))[1].startswith("ECA: after the ReLU")


def test_what_an_older_document_lacks_is_left_out() -> None:
    """It has neither a total nor a source."""
    document = network(costs(model("se_vgg16")))
    older = page(replace(document, network=None, source="", note="", blocks=()))
    assert sentences(older) == ["SE-VGG-16 (BN), r = 16, input 3x224x224."]
    assert older.tables[0].totals == 0
