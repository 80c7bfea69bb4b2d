"""How single words are read, whether they come from the command line or from a program."""

from pathlib import Path
from typing import Any

import click
import pytest

from se_cost.cli.options.stages import Stages
from se_cost.cli.options.types import (
    Device,
    FilePath,
    Inputs,
    Numbers,
    OneOf,
    Percent,
    Seconds,
    SwitchOr,
)
from se_cost.errors import UsageError
from se_cost.measure.timing.settings import Graphs, Mode
from se_cost.nets.attention.se import GATES
from se_cost.nets.nodes import Fn

PART = Percent(min=0, min_open=True, max=100, max_open=True)


@pytest.mark.parametrize(
    ("kind", "word", "meant"),
    [
        (Numbers(), "16", (16,)),
        (Numbers(), "16, 8 ,4", (16, 8, 4)),
        (Numbers(), "-3", (-3,)),
        (Numbers(), 16, (16,)),
        (Numbers(), (16, 8), (16, 8)),
        *((Stages(), word, meant) for word, meant in (("last", "last"), ("5,4", (5, 4)))),
        (Inputs(), "224", ((224,),)),
        (Inputs(), "800x1333", ((800, 1333),)),
        (Inputs(), "3x224x224,1x10", ((3, 224, 224), (1, 10))),
        (Inputs(), ((800, 1333),), ((800, 1333),)),
        (Device(), "auto", "auto"),
        (Device(), "cuda:12", "cuda:12"),
        *((Device(), word, word) for word in ("xpu", "xpu:1", "mps")),
        (SwitchOr(Graphs), "both", Graphs.BOTH),
        (SwitchOr(Graphs), Graphs.BOTH, Graphs.BOTH),
        *((SwitchOr(Graphs), word, word) for word in (True, False)),
        (SwitchOr(Graphs), "true", True),
        (OneOf(Mode), "train", Mode.TRAIN),
        (OneOf(Mode), Mode.TRAIN, Mode.TRAIN),
        (OneOf(GATES), "hardsigmoid", Fn.HARDSIGMOID),
        (OneOf(("none", "se")), "se", "se"),
        (Seconds(), "0.5", 0.5),
        (PART, "0.5", 0.5),
        (Percent(min=0), "inf", float("inf")),
        (FilePath(), "a/b.md", Path("a/b.md")),
        (FilePath(), Path("-"), Path("-")),
    ],
)
def test_read(kind: Any, word: object, meant: object) -> None:
    """A word is what it says; what is read already stays as it is."""
    assert kind.convert(word, None, None) == meant


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        *((Numbers(), word) for word in ("", "1.5", "16,,", "1-2", "1_0", "²", "0x10", "+-1")),
        *((Numbers(), word) for word in ("٣", "9" * 19, "--5", "1 2")),
        *((Inputs(), word) for word in ("", "x", "224x", "22.4", "²", "224X224", "3x8,")),
        *((Device(), word) for word in ("", "gpu", "cuda:", "cuda:x", "cuda:²", "cpu:0", "CPU")),
        *((SwitchOr(Graphs), word) for word in ("", "neither", "1")),
        *((OneOf(Mode), word) for word in ("", "Train", "TRAIN", "inference")),
        (OneOf(GATES), "softmax"),
        *((Seconds(), word) for word in ("", "0", "-1", "nan", "1s", "inf", "1e9")),
        *((PART, word) for word in ("", "0", "100", "-1", "nan", "inf")),
        *((Percent(min=0), word) for word in ("-1", "nan", "ten", "10%")),
        *((FilePath(), word) for word in ("", "a/", "a\0b")),
    ],
)
def test_refused(kind: Any, word: str) -> None:
    """What cannot be read is refused, in words that hold it."""
    with pytest.raises((click.BadParameter, UsageError)) as refused:
        kind.convert(word, None, None)
    told: Any = refused.value
    text = told.format_message() if isinstance(told, click.BadParameter) else str(told)
    assert repr(word.removeprefix("16,,"))[1:-1] in text
    assert text.isprintable()


def test_metavar_lists_the_words() -> None:
    """Help shows which words there are, as they are typed."""
    option = click.Option(["--mode"], type=OneOf(Mode))
    assert option.make_metavar(click.Context(click.Command("x"))) == "[infer|train]"


def test_the_word_for_the_last_stage_is_offered() -> None:
    """Who misspells it is told, and a range is still spelled out."""
    with pytest.raises(click.BadParameter, match=r"'lst' is no whole number; write .*, or last$"):
        Stages().convert("lst", None, None)
    with pytest.raises(click.BadParameter, match=r"write 2,3,4, or last$"):
        Stages().convert("2-4", None, None)
