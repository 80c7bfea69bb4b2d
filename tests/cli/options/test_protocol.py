"""Options of a protocol: many processes by a rule, or one by a plan."""

import shlex

import click
import pytest

from cli.conftest import Run, assert_refused
from se_cost.cli.options.protocol import EXPLAINED, explain_options, protocol_options
from se_cost.measure.timing.settings import Protocol, QuickPlan, StoppingRule
from se_cost.record import replace


@click.command()
@protocol_options
def asked(protocol: Protocol) -> Protocol:
    """Return the protocol that the options ask for."""
    return protocol


@click.command()
@explain_options
def explained(protocol: Protocol) -> Protocol:
    """Return the protocol of an explanation that the options ask for."""
    return protocol


@pytest.mark.parametrize(
    ("words", "set_there", "meant"),
    [
        ("", {}, StoppingRule()),
        ("--target 0.5 --max-time 90", {}, StoppingRule(target=0.005, max_time=90)),
        ("--quick", {}, QuickPlan()),
        ("--quick --runs 5 --max-time 7.5", {}, QuickPlan(quads=5, max_time=7.5)),
        ("", {"quick": "true"}, QuickPlan()),
        ("--target 1", {"quick": "true"}, StoppingRule(target=0.01)),
        ("", {"runs": "30"}, StoppingRule()),
        ("--quick", {"target": "1"}, QuickPlan()),
    ],
)
def test_protocols(words: str, set_there: dict[str, str], meant: Protocol) -> None:
    """What is typed wins over what pyproject.toml sets, which never makes it wrong."""
    found = asked.main(shlex.split(words), standalone_mode=False, default_map=set_there)
    assert found == meant


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", EXPLAINED),
        ("--max-time 90", replace(EXPLAINED, max_time=90)),
        ("--quick", QuickPlan()),
        ("--quick --runs 3 --max-time 9", QuickPlan(quads=3, max_time=9)),
    ],
)
def test_protocols_of_an_explanation(words: str, meant: Protocol) -> None:
    """The full one within its own limit, unless the quick one is asked for."""
    assert explained.main(shlex.split(words), standalone_mode=False) == meant


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("time --quick --target 1", "--target needs fresh processes: leave out --quick"),
        ("time --runs 5", "--runs 5 only applies to --quick; without it, use --target PERCENT"),
        ("explain --runs 5", "--runs 5 only applies to --quick; without it, use --max-time"),
    ],
)
def test_words_that_do_not_go_together(run: Run, words: str, told: str) -> None:
    """The line says which one to leave out."""
    assert_refused(run(*words.split()), 2, told)
