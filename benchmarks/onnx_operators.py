"""Where ONNX Runtime spends an inference: plain, with attention, and with attention fused.

    python benchmarks/onnx_operators.py [ARCH] [--batch N] [--iterations N]

The runtime's own profile, operator by operator, of three networks: the median milliseconds
of an iteration, and how often the operator runs in it, after the runtime has merged what it can.
Its own clock slows it down: what attention costs is measured by `se-cost fuse --time --runtime
onnx`. Needs pip install 'se-cost[onnx]'.
"""

import argparse
import json
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import torch
from tabulate import tabulate
from torch import Tensor, nn

from se_cost.measure.fuse.fuse import folded, fuse
from se_cost.measure.fuse.record import How
from se_cost.measure.fuse.whole import unfused
from se_cost.measure.steps.runtimes import installed, onnx_session, version
from se_cost.measure.timing.settings import Runtime, Settings
from se_cost.nets.words import title
from se_cost.nets.zoo.model import model

WARM = 5  # iterations that nobody counts
ARMS = ("plain", "with attention", "fused")
HEADERS = ("operator", *(f"{arm}, ms" for arm in ARMS), *(f"times, {arm}" for arm in ARMS))
Spent = tuple[float, int]  # milliseconds, and how often
Profile = Mapping[str, Spent]  # by operator
Operators = list[tuple[str, float]]  # of an iteration, with their milliseconds


def main(arch: str, batch: int, iterations: int) -> None:
    """Print the operators of the three networks, those that take longest first."""
    net = model(arch)
    settings = Settings(device="cpu", batch=batch, runtime=Runtime.ONNX)
    network, images = unfused(net, settings)
    plain, _ = unfused(net.plain, settings)
    fused = fuse(network, images, How.AUTO, Runtime.ONNX).module
    networks = (folded(plain, images), folded(network, images), fused)
    with TemporaryDirectory() as folder:
        profiles = [profiled(one, images, iterations, Path(folder)) for one in networks]
    operators = {op: [one.get(op, (0.0, 0)) for one in profiles] for one in profiles for op in one}
    rows = [_row(op, found) for op, found in sorted(operators.items(), key=_longest)]
    whole = [sum(ms for ms, _ in one.values()) for one in profiles]
    rows.append(("all", *(f"{ms:.2f}" for ms in whole), "", "", ""))
    print(f"{title(net)}, batch {batch}, {version(Runtime.ONNX)}\n")
    print(tabulate(rows, HEADERS, tablefmt="pipe", disable_numparse=True))


def profiled(network: nn.Module, images: Tensor, iterations: int, folder: Path) -> Profile:
    """Return the profile of a network that runs by itself: threads of another one would wait."""
    one = session(network, images, folder)
    array = images.numpy()
    for _ in range(WARM + iterations):
        one.run(None, {one.get_inputs()[0].name: array})
    return profile(Path(one.end_profiling()))


def session(network: nn.Module, images: Tensor, folder: Path) -> Any:
    """Return a session of a network that writes a profile."""
    onnxruntime = installed(Runtime.ONNX)[0]
    options = onnxruntime.SessionOptions()
    options.enable_profiling, options.profile_file_prefix = True, str(folder / "profile")
    with torch.no_grad(), warnings.catch_warnings(action="ignore"):  # of the exporter
        return onnx_session(network, images, onnxruntime, options)


def profile(file: Path) -> Profile:
    """Return what a profile says of an iteration that is counted; all run the same operators."""
    iterations: list[Operators] = []
    operators: Operators = []
    for event in json.loads(file.read_text(encoding="utf-8")):
        if event["name"] == "model_run":  # after its operators
            iterations.append(operators)
            operators = []
        elif "op_name" in event["args"]:
            operators.append((event["args"]["op_name"], event["dur"] / 1000))
    counted = iterations[WARM:]
    often = Counter(op for op, _ in counted[0])
    return {op: (median(_spent(op, each) for each in counted), often[op]) for op in often}


def _spent(op: str, operators: Operators) -> float:
    return sum(ms for name, ms in operators if name == op)


def _longest(operator: tuple[str, list[Spent]]) -> float:
    return -max(ms for ms, _ in operator[1])


def _row(op: str, found: list[Spent]) -> tuple[str, ...]:
    return (op, *(f"{ms:.2f}" for ms, _ in found), *(str(times) for _, times in found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("arch", nargs="?", default="se_resnet50")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--iterations", type=int, default=50)
    given = parser.parse_args()
    main(given.arch, given.batch, given.iterations)
