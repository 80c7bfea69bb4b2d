"""Options that name a network: what is said is what is meant."""

import shlex

import click
import pytest
from hypothesis import given
from report.drawn import recipes

from cli.conftest import Run
from se_cost.cli.options import recipe_options
from se_cost.nets.attention import SE, Place, Squeeze
from se_cost.nets.nodes import Fn
from se_cost.nets.recipe import Head, Recipe, StrideIn
from se_cost.nets.registry import names, recipe
from se_cost.report.recipes import options


@click.command()
@recipe_options
def named(recipe: Recipe) -> Recipe:
    """Return the recipe that the options name."""
    return recipe


def parsed(words: str) -> Recipe:
    """Return the recipe that words of the command line name."""
    found: Recipe = named.main(shlex.split(words), standalone_mode=False)
    return found


@given(recipes())
def test_options_name_the_recipe(drawn: Recipe) -> None:
    """The options that a report prints give the same network again, whatever it was."""
    assert parsed(options(drawn)) == drawn


@pytest.mark.parametrize("name", names())
def test_every_name_is_an_option(name: str) -> None:
    """Every network that is listed can be asked for, and is what the registry has."""
    assert parsed(f"--arch {name}") == recipe(name)
    assert parsed(options(recipe(name))) == recipe(name)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", recipe("se_resnet50")),
        ("--arch resnet50 --attention se", recipe("se_resnet50")),
        ("--arch se_resnet50 --attention none", recipe("resnet50")),
        ("--arch resnet50 --attention none --r 4", recipe("resnet50")),
        ("--r 8", recipe("se_resnet50", r=8)),
        ("--r 16,16,8,4", recipe("se_resnet50", r=(16, 16, 8, 4))),
        ("--place pre", recipe("se_resnet50", place=Place.PRE)),
        ("--squeeze max", recipe("resnet50", se=SE(squeeze=Squeeze.MAX))),
        ("--gate tanh", recipe("resnet50", se=SE(gate=Fn.TANH))),
        ("--no-bias", recipe("resnet50", se=SE(bias=False))),
        ("--stages 2,3", recipe("se_resnet50", stages=(2, 3))),
        ("--drop-stages 5", recipe("se_resnet50", stages=(2, 3, 4))),
        ("--input 320", recipe("se_resnet50", input=(320, 320))),
        ("--input 800x1333", recipe("se_resnet50", input=(800, 1333))),
        ("--classes 10", recipe("se_resnet50", classes=10)),
        ("--stride-in 3x3", recipe("se_resnet50", stride_in=StrideIn.CONV3X3)),
        ("--head none", recipe("se_resnet50", head=Head.NONE)),
        ("--arch se_mobilenet --width 0.5", recipe("se_mobilenet", width=0.5)),
    ],
)
def test_words_mean(words: str, meant: Recipe) -> None:
    """Each option changes what its name says, and only that."""
    assert parsed(words) == meant


def test_dropping_all_stages_leaves_the_plain_network(run: Run) -> None:
    """A network that lost all its attention is the plain one, by name and by number."""
    both = [
        run("params", *words, "--format", "json").stdout
        for words in (("--drop-stages", "2,3,4,5"), ("--arch", "resnet50"))
    ]
    assert both[0] == both[1]
