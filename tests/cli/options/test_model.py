"""Options that name a model: what is said is what is meant."""

import json
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given

from cli.conftest import Run, assert_refused, configure
from cli.options.drawn import models
from se_cost.cli.options.model import MODEL, model_options, models_options
from se_cost.nets.attention.eca import ECA
from se_cost.nets.attention.se import SE
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.nets.words import options
from se_cost.nets.zoo.model import model
from se_cost.nets.zoo.registry import names

NETS = Path(__file__).parents[2] / "data" / "models" / "nets.py"


@click.command()
@model_options
def named(model: Model) -> Model:
    """Return the model that the options name."""
    return model


@click.command()
@models_options
def several(models: list[Model]) -> list[Model]:
    """Return the models that the options name."""
    return models


def parsed(words: str) -> Model:
    """Return the model that words of the command line name."""
    found: Model = named.main(shlex.split(words), standalone_mode=False)
    return found


@given(models())
def test_options_name_the_model(drawn: Model) -> None:
    """The options that a report prints give the same network again, whatever it was."""
    assert parsed(options(drawn)) == drawn


@pytest.mark.parametrize("name", names())
def test_every_name_is_an_option(name: str) -> None:
    """Every network that is listed can be asked for, and is what the registry has."""
    assert parsed(f"--arch {name}") == model(name)
    assert parsed(options(model(name))) == model(name)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", model("se_resnet50")),
        ("--arch resnet50 --attention se", model("se_resnet50")),
        ("--arch resnet50 --attention eca", model("resnet50", attention="eca")),
        ("--arch se_resnet50 --attention ese", model("resnet50", attention="ese")),
        ("--arch se_resnet50 --attention none", model("resnet50")),
        ("--arch senet154 --attention none", model("senet154", attention="none")),
        ("--r 8", model("se_resnet50", r=8)),
        ("--r 16,16,8,4", model("se_resnet50", r=(16, 16, 8, 4))),
        ("--place pre", model("se_resnet50", place="pre")),
        ("--squeeze max", model("resnet50", attention=SE(squeeze="max"))),  # type: ignore[arg-type]
        ("--gate tanh", model("se_resnet50", gate="tanh")),
        ("--no-bias", model("se_resnet50", bias=False)),
        ("--arch cbam_resnet50 --kernel 3", model("cbam_resnet50", kernel=3)),
        ("--arch ge_resnet50 --extent 4 --theta", model("ge_resnet50", extent=4, theta=True)),
        ("--arch mhsa_resnet50 --heads 8", model("mhsa_resnet50", heads=8)),
        ("--stages 2,3", model("se_resnet50", stages=(2, 3))),
        ("--drop-stages 5", model("se_resnet50", stages=(2, 3, 4))),
        ("--drop-stages last", model("se_resnet50", stages=(2, 3, 4))),
        ("--input 320", model("se_resnet50", input=(320, 320))),
        ("--input 800x1333", model("se_resnet50", input=(800, 1333))),
        ("--classes 10", model("se_resnet50", classes=10)),
        ("--stride-in 3x3", model("se_resnet50", stride_in="3x3")),
        ("--head none", model("se_resnet50", head="none")),
        ("--arch se_mobilenet --width 0.5", model("se_mobilenet", width=0.5)),
        (
            f"--model {NETS}:Net --model-arg width=8 --input 3x32x32 --drop two*",
            Imported(
                spec=f"{NETS}:Net",
                arguments=(("width", 8),),
                input=(3, 32, 32),
                stages=(1,),
                patterns=("two*",),
            ),
        ),
        (
            f"--model {NETS}:Residual --input 3x32x32 --attention eca --insert-after *.conv1",
            Imported(
                spec=f"{NETS}:Residual",
                input=(3, 32, 32),
                attention=ECA(),
                after=("*.conv1",),
                stages=(1, 2),
            ),
        ),
        (
            f"--model nets:Net --app-dir {NETS.parent} --input 3x32x32 --drop-stages 2",
            Imported(
                spec="nets:Net",
                app_dir=str(NETS.parent),
                input=(3, 32, 32),
                stages=(1,),
                dropped=(2,),
            ),
        ),
        (
            f"--model {NETS}:Net --input 3x32x32 --drop-stages last",
            Imported(spec=f"{NETS}:Net", input=(3, 32, 32), stages=(1,), dropped=(2,)),
        ),
        (
            f"--model {NETS}:Looked --input {NETS}:image_and_words",
            Imported(
                spec=f"{NETS}:Looked",
                input=(3, 8, 8),
                others=((2,),),
                inputs=f"{NETS}:image_and_words",
                stages=(0,),
            ),
        ),
        (
            f"--model {NETS}:Net --input 3x32x32 --drop se",
            Imported(spec=f"{NETS}:Net", input=(3, 32, 32), patterns=("se",)),
        ),
    ],
)
def test_words_mean(words: str, meant: Model) -> None:
    """Each option changes what its name says, and only that."""
    assert parsed(words) == meant


def test_every_option_is_held_by_a_test() -> None:
    """No option of a model is without its line above."""
    mark: Any = test_words_mean.pytestmark[0]  # type: ignore[attr-defined]
    words = " ".join(words for words, _ in mark.args[1])
    assert {option.word for option in MODEL} - {"bias"} <= {
        word.removeprefix("--") for word in words.split()
    }


@pytest.mark.parametrize("option", ["--r 8", "--squeeze max", "--gate tanh", "--no-bias"])
def test_what_a_kind_does_not_have_is_refused(run: Run, option: str) -> None:
    """It is not ignored, since who says it means another kind."""
    name = option.split()[0].removeprefix("--").removeprefix("no-")
    result = run("params", "--attention", "eca", *option.split())
    assert_refused(result, 2, f"eca has no {name}: that is for se")


@pytest.mark.parametrize("arch", ["resnet50", "se_resnet50"])
@pytest.mark.parametrize("attention", ["eca", "none"])
def test_what_is_set_for_all_networks_holds_for_those_that_can_have_it(
    run: Run, arch: str, attention: str
) -> None:
    """What pyproject.toml sets never makes a command line wrong."""
    configure('[tool.se-cost]\nr = 8\nsqueeze = "max"\ngate = "tanh"\nbias = false\n')
    words = ("params", "--arch", arch, "--attention", attention, "--format", "json")
    found = json.loads(run(*words).stdout)["recipe"]["attention"]["stages"]
    assert all(stage.keys() == {"kind", "stage"} for stage in found)
    stages = json.loads(run("params", "--format", "json").stdout)["recipe"]["attention"]["stages"]
    assert stages[0].items() >= {"r": 8, "squeeze": "max", "gate": "tanh", "bias": False}.items()


def test_several() -> None:
    """Every name has the other options too."""
    found = several.main(["--arch", "se_resnet18, se_vgg16", "--r", "8"], standalone_mode=False)
    assert found == [model("se_resnet18", r=8), model("se_vgg16", r=8)]
