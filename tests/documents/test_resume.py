"""A saved timing read back: the same processes, networks and settings."""

import pytest
from measure.made_up import full, timing

from se_cost.documents.files import encode, parse
from se_cost.documents.resume import processes, resumed, rule_of
from se_cost.documents.time import TimeDocument, timed
from se_cost.errors import UsageError
from se_cost.measure.timing.arms import BASELINE, FUSED, NETWORK, TRIMMED, itself
from se_cost.measure.timing.settings import Settings, StoppingRule
from se_cost.nets.zoo.model import model
from se_cost.record import replace

NET = model("se_resnet18")


def document() -> TimeDocument:
    """Return the document of a full timing, through its json."""
    found = parse(encode(timed(full(NET))).encode(), "time.json")
    assert isinstance(found, TimeDocument)
    return found


def test_what_was_timed_is_timed_on() -> None:
    """The processes are those that ran, in their order, and nothing is added to them."""
    asked = resumed(document(), StoppingRule())
    assert asked.before == full(NET).run.processes
    assert (asked.model, asked.settings) == (NET, Settings())
    assert list(asked.networks) == [BASELINE, NETWORK, TRIMMED]


def test_a_fused_network_is_timed_on() -> None:
    """It is built again as it was."""
    whole = timed(full(NET, {NETWORK: 1.1, FUSED: 1.02}))
    assert list(resumed(whole, StoppingRule()).networks) == [BASELINE, NETWORK, FUSED]


def test_the_target_of_the_file_is_known() -> None:
    """In the unit of a rule."""
    whole = document()
    assert whole.protocol.rule
    rule = replace(whole.protocol.rule, target_percent=0.4)
    assert rule_of(replace(whole, protocol=replace(whole.protocol, rule=rule))).target == 0.004


def test_a_self_check_stays_one() -> None:
    """Both arms are the network."""
    assert resumed(replace(document(), self_check=True), StoppingRule()).networks == itself(NET)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (timed(timing(NET)), "--quick"),
        (replace(document(), settings=Settings(batch=2, nproc=2)), "--nproc"),
    ],
)
def test_what_cannot_go_on(wrong: TimeDocument, words: str) -> None:
    """One process has no further ones; a merged exchange of gradients cannot be taken apart."""
    with pytest.raises(UsageError, match=words):
        resumed(wrong, StoppingRule())


def test_samples_that_were_cut_off() -> None:
    """Quads of a process that is not there, or none of one that is."""
    whole = document()
    for quads in (whole.samples.quads[:3], (replace(whole.samples.quads[0], process=99),)):
        cut = replace(whole, samples=replace(whole.samples, quads=quads))
        with pytest.raises(UsageError, match="not those of its processes"):
            processes(cut)
