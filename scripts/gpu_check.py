"""Check the GPU path on a real GPU; see gpu_check.sh, which runs this.

    scripts/gpu_check.sh

Each check is one line of reports/gpu/verdicts.txt: good, bad or skipped, and the figures that it
was judged by. The documents of se-cost that they come from lie beside it. Exits 0 if no check is
bad, 1 if one is, 3 without a GPU or torch.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
OUT = ROOT / "reports" / "gpu"
sys.path.insert(0, str(ROOT))
QUICK = "--quick --max-time 40"
COMMANDS = {  # each with --device cuda, its json in a file of its name
    "self_check": "time --self-check --batch 32 --max-time 120",
    "launches_1": f"time --cuda-graphs both --batch 1 {QUICK}",
    "launches_128": f"time --cuda-graphs both --batch 128 {QUICK}",
    "too_large": f"time --mode train --batch 2048 {QUICK}",
    "too_large_graphs": f"time --mode train --batch 2048 --cuda-graphs {QUICK}",
    "explain": "explain --batch 32 --max-time 60",
    "energy": "time --energy --batch 32 --max-time 60",
    "one_rank": f"time --mode train --batch 32 {QUICK}",  # under torchrun
    "two_ranks": f"time --mode train --batch 32 --nproc 2 {QUICK}",
    "eager": f"time --batch 32 {QUICK}",
    "compiled": f"time --batch 32 --compile {QUICK}",
    "fused": f"fuse --time --batch 32 {QUICK}",
}
TENTH = {"PYTORCH_CUDA_ALLOC_CONF": "per_process_memory_fraction:0.10"}
CONVERSIONS = ("nchwtonhwc", "nhwctonchw")  # in the names of cuDNN's kernels, in small letters
SKIPPED = "skipped"
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "1")


class Verdict(NamedTuple):
    """Whether a check is good, and by which figures; None is one that could not be made."""

    good: bool | None
    why: str


Check = Callable[[], Verdict]


class Done(NamedTuple):
    """How a command ended."""

    code: int
    said: str  # on stderr
    document: Any  # None without one


def words(name: str) -> list[str]:
    """Return the arguments of a command of COMMANDS."""
    file = OUT / f"{name}.json"
    rest = ["--device", "cuda", "--format", "json", "--output", str(file), "--quiet"]
    return [*shlex.split(COMMANDS[name]), *rest]


def ran(name: str, *before: str, environment: Mapping[str, str] | None = None) -> Done:
    """Run a command of COMMANDS in a process, under torchrun if that comes `before`."""
    from se_cost.documents.files import read

    file = OUT / f"{name}.json"
    file.unlink(missing_ok=True)
    command = [sys.executable, *before, "-m", "se_cost", *words(name)]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment or {})
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    return Done(done.returncode, done.stderr.strip(), read(file) if file.exists() else None)


def measured(name: str) -> Any:
    """Return the document of a command; raise RuntimeError if it failed."""
    done = ran(name)
    if done.code or done.document is None:
        raise RuntimeError(f"`se-cost {COMMANDS[name]}` exits {done.code}: {last(done.said)}")
    return done.document


def last(text: str) -> str:
    """Return the last line of a text."""
    return text.splitlines()[-1] if text else "nothing said"


def within(value: float | None, low: float, high: float, what: str) -> Verdict:
    """Judge a figure by the range that it should lie in; skip one that is not known."""
    if value is None:
        return Verdict(None, f"{what}: not told here")
    return Verdict(low <= value <= high, f"{what} {value:.4g}, should be {low:g} to {high:g}")


def both(*verdicts: Verdict) -> Verdict:
    """Join verdicts: bad if one is, skipped if all are."""
    known = [verdict.good for verdict in verdicts if verdict.good is not None]
    return Verdict(all(known) if known else None, "; ".join(verdict.why for verdict in verdicts))


@contextmanager
def watched(field: str) -> Iterator[list[float]]:
    """Let nvidia-smi read a field twice a second; the list is filled when the block is left.

    Readings at which the GPU had little to do are left out.
    """
    import torch

    found: list[float] = []
    uuid = f"--id=GPU-{torch.cuda.get_device_properties(0).uuid}"
    query = f"--query-gpu=utilization.gpu,{field}"
    command = ["nvidia-smi", uuid, query, "--format=csv,noheader,nounits", "-lms", "500"]
    try:
        smi = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    except OSError:
        yield found
        return
    try:
        yield found
    finally:
        smi.terminate()
        lines = (line.split(",") for line in smi.communicate()[0].splitlines() if "," in line)
        found += [
            float(value) for busy, value in lines if is_number(busy, value) and int(busy) > 90
        ]


def is_number(*texts: str) -> bool:
    """Return whether all texts are numbers; nvidia-smi writes [N/A] for what it does not know."""
    return all(text.strip().replace(".", "", 1).isdigit() for text in texts)


def ratio(value: float | None, of: list[float]) -> float | None:
    """Return a value over the median of many, None where something is missing."""
    return value / median(of) if value is not None and of else None


def tests() -> Verdict:
    """Run the tests that need a GPU."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "cuda", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return Verdict(done.returncode == 0, last(done.stdout.strip()))


def environment() -> Verdict:
    """Ask the GPU for all that it tells of itself."""
    import msgspec
    import torch

    from se_cost.measure.machine.environment import environment as fingerprint
    from se_cost.measure.timing.settings import Settings

    found = fingerprint(torch.device("cuda", 0), Settings(device="cuda"))
    (OUT / "environment.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    tf32 = torch.cuda.is_tf32_supported()
    return Verdict(
        bool(found.sms and found.memory),
        f"{found.device_name}, cuDNN {found.cudnn}, TF32 {tf32}, bf16 {bf16}",
    )


def clocks() -> Verdict:
    """Compare events with the wall clock over 50 iterations."""
    from time import perf_counter

    import torch

    from se_cost.measure.machine.clocks import stopwatch
    from se_cost.measure.steps.steps import steps
    from se_cost.measure.timing.settings import Settings
    from se_cost.nets.zoo.model import model

    device = torch.device("cuda", 0)
    watch = stopwatch(
        steps({"arm": model("resnet50")}, Settings(device="cuda", batch=64), device), device
    )
    watch("arm", 50)
    torch.accelerator.synchronize(device)
    begun = perf_counter()
    by_events = watch("arm", 50)
    wall = perf_counter() - begun
    return within(wall / by_events, 1.0, 1.01, "wall clock / events")


def self_check() -> Verdict:
    """Time a network against itself, and compare the clock that was read with nvidia-smi's."""
    with watched("clocks.sm") as smi:
        document = measured("self_check")
    change = document.overhead
    zero = Verdict(
        change.holds_zero, f"itself {change.percent:+.2f} % [{change.low}, {change.high}]"
    )
    throttling = document.samples.processes[0].throttling
    if throttling is None:
        return both(zero, Verdict(False, "the GPU was not watched: pip install '.[cuda]'"))
    return both(
        zero, within(ratio(throttling.clock_high, smi), 0.95, 1.05, "clock / that of nvidia-smi")
    )


def launches() -> Verdict:
    """Replay at a batch of one, where launches count, and of 128, where they do not."""
    few, many = (measured(name).launches.network for name in ("launches_1", "launches_128"))
    return both(
        Verdict(
            few.low is not None and few.low > 5,
            f"batch 1: launches {few.percent:.1f} % of plain, should be above 5",
        ),
        within(many.percent, -3, 3, "batch 128: launches %"),
    )


def layouts() -> Verdict:
    """Look for kernels that convert layouts in float16 training with channels last."""
    import torch
    from torch.profiler import ProfilerActivity, profile

    from se_cost.measure.steps.steps import steps
    from se_cost.measure.timing.settings import DType, MemoryFormat, Mode, Settings
    from se_cost.nets.zoo.model import model

    settings = Settings(*("cuda", Mode.TRAIN, 32, DType.FLOAT16, MemoryFormat.NHWC), autocast=True)
    step = steps({"arm": model("resnet50")}, settings, torch.device("cuda", 0))["arm"]
    step()
    with profile(activities=[ProfilerActivity.CUDA]) as profiled:
        step()
        torch.accelerator.synchronize()
    kernels = [event.key for event in profiled.key_averages()]
    found = [name for name in kernels if any(word in name.lower() for word in CONVERSIONS)]
    return Verdict(
        bool(kernels) and not found, f"{len(kernels)} kernels, {found or 'none'} convert"
    )


def memory() -> Verdict:
    """Train at a batch that cannot fit into a tenth of the memory, eagerly and as graphs."""
    return both(
        *(_halved(ran(name, environment=TENTH)) for name in ("too_large", "too_large_graphs"))
    )


def _halved(done: Done) -> Verdict:
    if done.code or done.document is None:
        return Verdict(False, f"exit {done.code}: {last(done.said)}")
    told = [doubt for doubt in done.document.doubts if "did not fit" in doubt]
    return Verdict(len(told) == 1, f"exit 0, batch {done.document.settings.batch}, said {told}")


def explained() -> Verdict:
    """Compare the copy bandwidth with the data sheet's, and attention with its passes."""
    document = measured("explain")
    machine, passes = document.machine, document.total.e_passes
    sheet = data_sheet()
    return both(
        within(sheet and machine.bandwidth / sheet, 0.70, 0.95, "bandwidth / data sheet"),
        within(1e6 * machine.launch, 2, 10, "launch us"),
        within(passes and passes.value, 3, 4, "E-passes"),
    )


def data_sheet() -> float | None:
    """Return the bytes per second that the memory can move at most: two transfers a clock."""
    import torch

    from se_cost.errors import MeasurementError
    from se_cost.measure.machine.nvml import open_nvml, told

    try:
        nvml, gpu = open_nvml(torch.device("cuda", 0))
    except MeasurementError:
        return None
    bits = told(nvml, lambda: nvml.nvmlDeviceGetMemoryBusWidth(gpu))
    megahertz = told(nvml, lambda: nvml.nvmlDeviceGetMaxClockInfo(gpu, nvml.NVML_CLOCK_MEM))
    return 2e6 * megahertz * bits / 8 if bits and megahertz else None


def joules() -> Verdict:
    """Compare energy with the limit of the board and with what nvidia-smi reads meanwhile."""
    with watched("power.draw") as smi:
        document = measured("energy")
    arm = document.network
    watts = arm.joules_per_image * arm.images_per_second
    limit = document.environment.power_limit
    return both(
        within(watts, 0, float(limit) if limit else watts, "watts"),
        within(ratio(watts, smi), 0.9, 1.1, "watts / those of nvidia-smi"),
    )


def ranks() -> Verdict:
    """Run a world of one rank over NCCL, and ask one GPU for two."""
    import torch

    alone = ran("one_rank", *TORCHRUN)
    exchanged = bool(alone.document and alone.document.exchanges)
    one = Verdict(alone.code == 0 and exchanged, f"one rank: exit {alone.code}, {exchanged=}")
    if torch.cuda.device_count() > 1:
        return one
    two = ran("two_ranks")
    return both(one, Verdict(two.code == 3, f"two: exit {two.code}, {last(two.said)}"))


def overheads() -> Verdict:
    """Time SE-ResNet-50, for which +10 to +30 % are known: far from that is a broken arm."""
    return both(
        *(
            within(measured(name).overhead.percent, 0, 200, f"{name} overhead %")
            for name in ("eager", "compiled")
        )
    )


def fusing() -> Verdict:
    """Fuse, and time that beside the network as it is."""
    time = measured("fused").time
    fused = next(rung.overhead for rung in time.ladder if rung.fused)
    return Verdict(
        fused.low is not None, f"eager {time.overhead.percent:+.1f} %, fused {fused.percent:+.1f} %"
    )


CHECKS: tuple[Check, ...] = (
    *(tests, environment, clocks, self_check, launches, layouts, memory, explained, joules),
    *(ranks, overheads, fusing),
)


def told_by(check: Check) -> Verdict:
    """Return the verdict of a check; one that raises is bad."""
    try:
        return check()
    except Exception as error:
        return Verdict(False, f"{type(error).__name__}: {last(str(error).strip())}")


def main() -> int:
    """Make every check and write the verdicts."""
    try:
        import torch
    except ImportError:
        print(
            "gpu_check: this Python has no torch: run `make .venv/.installed` first",
            file=sys.stderr,
        )
        return 3
    if not torch.cuda.is_available():
        print(f"gpu_check: torch {torch.__version__} sees no CUDA device", file=sys.stderr)
        return 3
    OUT.mkdir(parents=True, exist_ok=True)
    bad = 0
    with (OUT / "verdicts.txt").open("w", encoding="utf-8") as file:
        for number, check in enumerate(CHECKS, 1):
            verdict = told_by(check)
            bad += verdict.good is False
            word = SKIPPED if verdict.good is None else "good" if verdict.good else "bad"
            line = f"{number:2} {check.__name__:<12} {word:<8}{verdict.why}"
            print(line, flush=True)
            print(line, file=file, flush=True)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
