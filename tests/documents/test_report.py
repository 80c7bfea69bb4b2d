"""The documents of a report, on one network and on several."""

from measure.made_up import timing

from documents.every import SMALL, built, counted, of_one
from se_cost.documents.flops import flops
from se_cost.documents.params import params
from se_cost.documents.report import ReportDocument, ReportsDocument, report, reports
from se_cost.documents.time import timed
from se_cost.ledger.costs import costs
from se_cost.measure.timing.settings import Mode
from se_cost.nets.model import Model
from se_cost.nets.zoo.model import model
from se_cost.record import replace

OTHER = model("se_resnet18", input=64, r=8)


def wrong(net: Model) -> ReportDocument:
    """Return a report in which FlopCounterMode counts 2 more, of a timing that was too short."""
    right = counted(net)
    torch = replace(right.network.torch, forward=right.network.torch.forward + 2)
    counts = replace(right, network=replace(right.network, torch=torch))
    time = timed(timing(net, warm=False))
    return report(params(costs(net), built(net)), flops(costs(net), counts), [time], max_time=12)


def test_it_holds_the_documents_of_the_commands() -> None:
    """Under their names."""
    document = of_one(SMALL, *Mode)
    assert document.recipe == document.params.recipe == document.flops.recipe == SMALL
    assert document.params == params(costs(SMALL), built(SMALL))
    assert document.flops == flops(costs(SMALL), counted(SMALL))
    assert [time.settings.mode for time in document.time] == list(Mode)
    assert (document.failed, document.doubts, document.max_time) == (False, (), None)


def test_what_is_wrong_with_a_part_is_wrong_with_all() -> None:
    """Disagreements fail the report; a doubt says of which timing it is."""
    document = wrong(SMALL)
    assert document.failed
    (sentence,) = document.disagreements
    assert sentence.startswith("THE COUNTS DISAGREE: torch")
    (doubt,) = document.doubts
    assert doubt.startswith("infer: the timings had not become steady")
    assert document.max_time == 12


def test_one_is_no_list() -> None:
    """The report on one network is that of the network."""
    document = of_one(SMALL)
    assert reports([document]) is document


def test_several_are_told_apart() -> None:
    """What is wrong with one of them is said of that one, by what tells it apart."""
    document = reports([of_one(SMALL), wrong(OTHER)])
    assert isinstance(document, ReportsDocument)
    assert [network.recipe for network in document.networks] == [SMALL, OTHER]
    assert document.failed
    (sentence,), (doubt,) = document.disagreements, document.doubts
    assert sentence.startswith("SE-ResNet-18, r 8: THE COUNTS DISAGREE: torch")
    assert doubt.startswith("SE-ResNet-18, r 8: infer: the timings")
