"""A timing of many networks is a timing of each beside the plain one."""

from measure.made_up import of_kinds, result
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.pairs import pairs
from se_cost.measure.timing.run import Run, Stop
from se_cost.measure.timing.settings import Settings, StoppingRule
from se_cost.nets.zoo.model import model
from se_cost.record import replace

MODELS = [model("resnet18", attention=kind) for kind in ("se", "eca", "srm")]
TIMING = of_kinds(MODELS, Settings(), (1.10, 1.02, 1.05))


def test_every_arm_is_a_timing_of_its_own() -> None:
    """With its quads, its network, and the plain one."""
    found = pairs(TIMING)
    assert list(found) == ["se", "eca", "srm"]
    for (kind, one), net in zip(found.items(), MODELS, strict=True):
        assert (one.model, one.networks) == (net, {BASELINE: net.plain, NETWORK: net})
        assert one.arms == [BASELINE, NETWORK]
        assert one.overhead(NETWORK) == TIMING.overhead(kind)
        assert one.median_ms(NETWORK) == TIMING.median_ms(kind)


def test_the_pairs_hold_every_quad_once() -> None:
    """None is lost, and none counts for another arm."""
    taken = [quad.seconds for quad in TIMING.run.quads]
    assert sorted(q.seconds for one in pairs(TIMING).values() for q in one.run.quads) == sorted(
        taken
    )


def test_an_arm_that_was_not_reached_is_left_out() -> None:
    """The run may end before its first comparison."""
    short = of_kinds(MODELS[:2], Settings(), (1.10, 1.02))
    networks = {**short.networks, "srm": MODELS[2]}
    assert list(pairs(type(short)(short.model, short.settings, networks, short.run))) == [
        "se",
        "eca",
    ]


def test_a_process_that_did_not_measure_an_arm_is_none_of_its() -> None:
    """Kinds take turns where time is short; the processes of each are counted from 0."""
    turns = [("se", "eca"), ("srm", "se"), ("eca", "srm")]
    found = tuple(result(dict.fromkeys(turn, 1.1), 2, i) for i, turn in enumerate(turns))
    timing = replace(TIMING, run=Run(found, StoppingRule(), stop=Stop.TIME))
    processes = {kind: one.run.processes for kind, one in pairs(timing).items()}
    assert [len(of) for of in processes.values()] == [2, 2, 2]
    for kind, numbers in {"se": (0, 1), "eca": (0, 2), "srm": (1, 2)}.items():
        assert [of.process for of in processes[kind]] == [found[i].process for i in numbers]
        assert [quad.process for of in processes[kind] for quad in of.quads] == [0, 0, 1, 1]
