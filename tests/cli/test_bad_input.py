"""Input that cannot be used: an exit code, one line that helps, and nothing else."""

import shlex
from pathlib import Path

import pytest

from cli.conftest import Run, assert_refused

REFUSED = {
    # networks
    "params --arch resnett50": ["'resnett50'", "did you mean resnet50?"],
    "params --arch SE_RESNET50": ["did you mean se_resnet50?"],
    "params --arch ''": ["network ''"],
    "flops --arch zzz --no-measure": ["'zzz'", "se-cost nets"],
    "time --arch se_resnet5": ["'se_resnet5'", "did you mean se_resnet50?"],
    "report --arch se_resnet5": ["'se_resnet5'", "did you mean se_resnet50?"],
    "params --attention cbma": ["--attention", "'cbma'", "none, se, ese, eca", "mean cbam"],
    "nets resnet51": ["'resnet51'", "did you mean resnet50?"],
    # reduction ratios
    "params --r 0": ["r 0", "at least 1"],
    "params --r -1": ["r -1", "at least 1"],
    "params --r 16,0,16,16": ["r 0", "at least 1"],
    "params --r 1.5": ["--r", "'1.5'", "no whole number"],
    "params --r abc": ["--r", "'abc'", "no whole number"],
    "params --r ''": ["--r", "''", "no whole number"],
    "params --r 16,": ["--r", "''", "no whole number"],
    "params --r=--5": ["--r", "'--5'", "no whole number"],
    f"params --r {'9' * 5000}": ["--r", "no whole number"],
    "params --r 1,2": ["r has 2 values", "4", "stages 2, 3, 4, 5"],
    "params --r 1,2,3,4,5": ["r has 5 values", "4", "stages 2, 3, 4, 5"],
    # stages
    "params --stages 9": ["stage", "'9'", "2, 3, 4, 5", "did you mean 5?"],
    "params --drop-stages 1": ["stage", "'1'", "2, 3, 4, 5"],
    "params --stages two": ["--stages", "'two'", "no whole number"],
    # inputs
    "params --input 0": ["0x0", "too small", "32x32"],
    "params --input 7": ["7x7", "too small", "32x32"],
    "params --input 224x8": ["224x8", "too small"],
    "params --input 224x": ["--input", "'224x'", "224, 800x1333"],
    "params --input axb": ["--input", "'axb'", "224, 800x1333"],
    "params --model x": ["--model 'x'", "timm:NAME, torchvision:NAME"],
    "params --model a.py:B --arch resnet50": ["two networks"],
    "params --model a.py:B --place pre": ["--place is for the networks of `se-cost nets`"],
    "params --model a.py:B --r 8,4": ["--r 8,4 has one value for each stage"],
    "params --model a.py:B --attention none": ["counts --model without it"],
    "params --insert-after x": ["--insert-after belongs to --model"],
    "params --model none.py:B": ["there is no file 'none.py'"],
    "params --model-arg width=8": ["--model-arg belongs to --model"],
    "params --drop x": ["--drop belongs to --model"],
    "params --model a.py:B --model-arg x": ["--model-arg 'x'", "NAME=VALUE"],
    "params --input 1x2x3": ["--input", "'1x2x3'", "224, or 800x1333"],
    "params --input -224": ["--input", "'-224'"],
    "params --input ''": ["--input", "''"],
    "params --classes 0": ["--classes", "0", ">=1"],
    "params --classes 1e3": ["--classes", "'1e3'"],
    "params --width 0.5": ["resnet50 has no width", "mobilenet"],
    "params --arch se_mobilenet --width nan": ["width nan", "0.5"],
    "params --arch se_mobilenet --width 0": ["width 0", "0.5"],
    # words
    "params --place standart": ["--place", "'standart'", "did you mean standard?"],
    "params --gate sigmoyd": ["--gate", "'sigmoyd'", "did you mean sigmoid?"],
    "params --squeeze average": ["--squeeze", "'average'", "avg, max, none"],
    "params --stride-in 5x5": ["--stride-in", "'5x5'", "1x1, 3x3"],
    "params --head tail": ["--head", "'tail'", "classifier, none"],
    "params --format jsn": ["--format", "'jsn'", "did you mean json?"],
    "params --format TEXT": ["--format", "'TEXT'", "did you mean text?"],
    # measurement
    "time --batch 0": ["--batch", "0", "1 or more"],
    "time --batch 8,0": ["--batch", "0", "1 or more"],
    "time --target 0": ["--target", "0", "0<x<100"],
    "time --target nan": ["--target", "nan", "0.5"],
    "time --quick --target 1": ["--target", "--quick"],
    "time --runs 5": ["--runs 5", "--quick", "--target"],
    "time --self-check --ladder": ["--self-check", "--ladder"],
    "time --mode infer --optimizer": ["--optimizer", "--mode train"],
    "time --batch 15 --nproc 2": ["batch 15", "2 processes", "14 or 16"],
    "time --batch x": ["--batch", "'x'"],
    "time --device tpu": ["device 'tpu'", "auto, cpu, cuda"],
    "time --device cuda:x": ["device 'cuda:x'", "did you mean cuda:0?"],
    "time --device ''": ["device ''"],
    "report --device gpu": ["device 'gpu'", "auto, cpu, cuda"],
    "time --dtype float": ["--dtype", "did you mean float32?"],
    "time --layout nhcw": ["--layout", "did you mean n"],
    "time --mode training": ["--mode", "infer, train"],
    "flops --mode backward --no-measure": ["--mode", "infer, train"],
    "time --threads 0": ["--threads", "0", ">=1"],
    "time --seed x": ["--seed", "'x'"],
    "time --runs 0": ["--runs", "0", ">=1"],
    "time --max-time 0": ["--max-time", ">0"],
    "time --max-time nan": ["--max-time", "'nan'"],
    "report --max-time -1": ["--max-time", ">0"],
    "time --arch se_resnet18 --input 32 --mode train": ["batch 1 is too small", "batch of 2"],
    # output
    "params --output missing/x.md": ["'missing/x.md'", "No such file or directory"],
    "params --output .": ["'.'", "Is a directory"],
    "params --output ''": ["--output", "'' is no name of a file"],
    "params --output x/": ["--output", "'x/' is no name of a file"],
    "params --output x.docx": ["'.docx'", ".md, .csv, .json"],
    f"params --output {'x' * 300}": ["File name too long"],
    "nets --output missing/x.md": ["'missing/x.md'", "No such file or directory"],
    "time --output missing/x.md": ["'missing/x.md'", "No such file or directory"],
    "report --output .": ["'.'", "Is a directory"],
    "report --output /dev/null/x.md": ["'/dev/null/x.md'", "cannot write"],
    "report --no-time --output x.py": ["'.py'", ".md, .csv, .json"],
    "report --no-time --from missing.json": ["cannot read 'missing.json'"],
    "show missing.json": ["cannot read 'missing.json'"],
    # the command line itself
    "parms": ["command 'parms'", "did you mean params?"],
    "''": ["command ''"],
    "params --archs resnet50": ["no such option", "--archs"],
    "--format json params": ["no such option", "--format"],
    "params extra": ["unexpected extra argument", "extra"],
    "params --r": ["--r", "requires an argument"],
    "params --bias=3": ["--bias", "does not take a value"],
}


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line[:60])
def test_bad_input(run: Run, line: str) -> None:
    """Each mistake is told in one line that names it and what would do; nothing is left behind."""
    assert_refused(run(*shlex.split(line)), 2, *REFUSED[line])
    assert list(Path().iterdir()) == []


def test_read_only_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that takes no files is told before any work is done."""

    def touch(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", touch)
    monkeypatch.setattr("se_cost.documents.params.params", lambda *given: pytest.fail("too late"))
    assert_refused(run("params", "--output", "x.md"), 2, "'x.md'", "Permission denied")


CANNOT = {
    "time --arch resnet18 --device cpu": ["nothing to compare", "resnet18"],
    "time --attention none --device cpu": ["nothing to compare", "resnet50"],
    "time --stages 3 --drop-stages 3 --device cpu": ["nothing to compare"],
}


@pytest.mark.parametrize("line", CANNOT)
def test_cannot_measure(run: Run, line: str) -> None:
    """What cannot be measured is exit code 3, never a success."""
    assert_refused(run(*shlex.split(line)), 3, *CANNOT[line])


@pytest.mark.parametrize("device", ["cuda", "cuda:0", "cuda:7"])
@pytest.mark.parametrize("command", ["time", "explain"])
def test_no_such_device(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, device: str
) -> None:
    """A GPU that is not there is exit code 3, at once; it is not replaced by the CPU."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert_refused(run(command, "--quick", "--device", device), 3, f"no device {device}", "torch")


@pytest.mark.parametrize("command", ["explain", "report", "paper --time", "time --energy"])
def test_what_ranks_cannot_do(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """What is of one process is refused under an outer torchrun: its ranks would all write it."""
    for name, value in (("RANK", 1), ("WORLD_SIZE", 2), ("LOCAL_RANK", 1)):
        monkeypatch.setenv(name, str(value))
    assert_refused(run(*command.split(), "--device", "cpu"), 2, "torchrun")
