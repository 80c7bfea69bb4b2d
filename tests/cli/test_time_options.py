"""Options of a measurement: each one reaches its setting."""

import shlex
from dataclasses import fields

import click
import pytest

from se_cost.cli.time_options import TIME_OPTIONS, batches_options
from se_cost.measure.settings import DType, Layout, Mode, Settings


@click.command()
@batches_options
def asked(settings: list[Settings]) -> list[Settings]:
    """Return the settings that the options ask for, of every batch."""
    return settings


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("", Settings()),
        ("--device cuda:1", Settings(device="cuda:1")),
        ("--mode train --batch 8", Settings(mode=Mode.TRAIN, batch=8)),
        ("--dtype bfloat16 --layout nhwc", Settings(dtype=DType.BFLOAT16, layout=Layout.NHWC)),
        ("--threads 2 --seed 7", Settings(threads=2, seed=7)),
        ("--dtype bfloat16 --autocast", Settings(dtype=DType.BFLOAT16, autocast=True)),
        ("--layout nhwc --compile", Settings(layout=Layout.NHWC, compile=True)),
        ("--cuda-graphs", Settings(cuda_graphs=True)),
        ("--fold-norms", Settings(fold_norms=True)),
        ("--mode train --optimizer", Settings(mode=Mode.TRAIN, optimizer=True)),
        ("--batch 8 --nproc 4", Settings(batch=8, nproc=4)),
    ],
)
def test_options_name_the_settings(words: str, meant: Settings) -> None:
    """What is said is what is meant, and nothing else."""
    assert asked.main(shlex.split(words), standalone_mode=False) == [meant]


def test_each_batch_has_its_settings() -> None:
    """In the order that they are said, each once."""
    found = asked.main(["--batch", "8,1,8", "--threads", "2"], standalone_mode=False)
    assert found == [Settings(batch=8, threads=2), Settings(batch=1, threads=2)]


def test_every_setting_has_an_option() -> None:
    """There is an option of each setting's name, spelled with dashes."""
    assert set(TIME_OPTIONS) == {field.name for field in fields(Settings)}
    flags = {option.opts[0] for option in asked.params if isinstance(option, click.Option)}
    assert flags == {f"--{field.name.replace('_', '-')}" for field in fields(Settings)}


def test_at_least_one_process() -> None:
    """Fewer processes than one are none."""
    with pytest.raises(click.BadParameter, match="0 is not in the range"):
        asked.main(["--nproc", "0"], standalone_mode=False)
