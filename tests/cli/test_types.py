"""How single words are read, whether they come from the command line or from a program."""

from typing import Any

import click
import pytest

from se_cost.cli.types import Device, ImageSize, Numbers, OneOf, Percent, Seconds
from se_cost.errors import BadInput
from se_cost.measure.settings import Mode
from se_cost.nets.attention import GATES
from se_cost.nets.nodes import Fn


@pytest.mark.parametrize(
    ("kind", "word", "meant"),
    [
        (Numbers(), "16", (16,)),
        (Numbers(), "16, 8 ,4", (16, 8, 4)),
        (Numbers(), "-3", (-3,)),
        (Numbers(), 16, (16,)),
        (Numbers(), (16, 8), (16, 8)),
        (ImageSize(), "224", (224, 224)),
        (ImageSize(), "800x1333", (800, 1333)),
        (ImageSize(), (800, 1333), (800, 1333)),
        (Device(), "auto", "auto"),
        (Device(), "cuda:12", "cuda:12"),
        (OneOf(Mode), "train", Mode.TRAIN),
        (OneOf(Mode), Mode.TRAIN, Mode.TRAIN),
        (OneOf(Fn, only=GATES), "hardsigmoid", Fn.HARDSIGMOID),
        (Seconds(), "0.5", 0.5),
        (Percent(), "0.5", 0.5),
    ],
)
def test_read(kind: Any, word: object, meant: object) -> None:
    """A word is what it says; what is read already stays as it is."""
    assert kind.convert(word, None, None) == meant


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        *((Numbers(), word) for word in ("", "1.5", "16,,", "1-2", "1_0", "²", "0x10", "+-1")),
        *((ImageSize(), word) for word in ("", "x", "224x", "1x2x3", "22.4", "²", "224X224")),
        *((Device(), word) for word in ("", "gpu", "cuda:", "cuda:x", "cpu:0", "CPU")),
        *((OneOf(Mode), word) for word in ("", "Train", "inference")),
        (OneOf(Fn, only=GATES), "softmax"),
        *((Seconds(), word) for word in ("", "0", "-1", "nan", "1s", "inf", "1e9")),
        *((Percent(), word) for word in ("", "0", "100", "-1", "nan", "inf")),
    ],
)
def test_refused(kind: Any, word: str) -> None:
    """What cannot be read is refused, in words that hold it."""
    with pytest.raises((click.BadParameter, BadInput)) as refused:
        kind.convert(word, None, None)
    told: Any = refused.value
    text = told.format_message() if isinstance(told, click.BadParameter) else str(told)
    assert word.removeprefix("16,,") in text


def test_metavar_lists_the_words() -> None:
    """Help shows which words there are."""
    option = click.Option(["--mode"], type=OneOf(Mode))
    assert option.make_metavar(click.Context(click.Command("x"))) == "[infer|train]"
