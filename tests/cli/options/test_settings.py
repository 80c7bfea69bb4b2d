"""Options of a measurement: each one reaches its setting."""

import shlex

import click
import pytest

from se_cost.cli.options.settings import SETTINGS, batches_options
from se_cost.measure.timing.settings import DType, Graphs, MemoryFormat, Mode, Runtime, Settings


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
        ("--dtype bfloat16", Settings(dtype=DType.BFLOAT16)),
        ("--threads 2 --seed 7", Settings(threads=2, seed=7)),
        ("--dtype float16 --autocast", Settings(dtype=DType.FLOAT16, autocast=True)),
        ("--layout nhwc --compile", Settings(layout=MemoryFormat.NHWC, compile=True)),
        ("--cuda-graphs", Settings(cuda_graphs=True)),
        ("--cuda-graphs --batch 2", Settings(cuda_graphs=True, batch=2)),
        ("--cuda-graphs both", Settings(cuda_graphs=Graphs.BOTH)),
        ("--cudnn-benchmark", Settings(cudnn_benchmark=True)),
        ("--fold-norms", Settings(fold_norms=True)),
        ("--mode train --optimizer", Settings(mode=Mode.TRAIN, optimizer=True)),
        ("--batch 8 --nproc 4", Settings(batch=8, nproc=4)),
        ("--runtime onnx", Settings(runtime=Runtime.ONNX)),
    ],
)
def test_options_name_the_settings(words: str, meant: Settings) -> None:
    """What is said is what is meant, and nothing else."""
    assert asked.main(shlex.split(words), standalone_mode=False) == [meant]


@pytest.mark.parametrize(("value", "meant"), [(True, True), (False, False), ("both", Graphs.BOTH)])
def test_pyproject_sets_a_switch_or_its_word(value: object, meant: object) -> None:
    """As json and toml write it."""
    (found,) = asked.main([], standalone_mode=False, default_map={"cuda_graphs": value})
    assert found.cuda_graphs is meant


def test_each_batch_has_its_settings() -> None:
    """In the order that they are said, each once."""
    found = asked.main(["--batch", "8,1,8", "--threads", "2"], standalone_mode=False)
    assert found == [Settings(batch=8, threads=2), Settings(batch=1, threads=2)]


def test_every_setting_has_an_option() -> None:
    """There is an option of each setting's name, with the record's own default."""
    assert {option.name for option in SETTINGS} == set(Settings.__struct_fields__)
    for option in SETTINGS:
        assert (option.default or None) == (getattr(Settings(), option.name) or None)
