"""The commands that make a report again."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from msgspec import UNSET
from msgspec.structs import asdict

from se_cost.documents.report import ReportDocument
from se_cost.documents.time import TimeDocument
from se_cost.measure.timing.settings import Settings, StoppingRule
from se_cost.nets.words import options
from se_cost.record import replace
from se_cost.text import joined

USUAL, RULE = Settings(), StoppingRule()


def commands(networks: Sequence[ReportDocument]) -> tuple[str, ...]:
    """Return what makes the page again; where no single command does, each network's part.

    Timings that `report` itself does not make go first, into files that it then reads.
    """
    numbers = count(1)
    timings, reports = [], []
    for network in networks:
        saved = () if _own(network) else network.time
        files = {f"time{next(numbers)}.json": timing for timing in saved}
        timings += [f"se-cost time {_time(of)} --output {file}" for file, of in files.items()]
        named, _, own = options(network.recipe).partition(" --")
        words = (f"--{own}" if own else "", *_measuring(network, files))
        reports.append((named, joined(filter(None, words), " ")))
    rest = {words for _, words in reports}
    if len(rest) == 1:
        first, *others = (named for named, _ in reports)
        archs = (named.removeprefix("--arch ") for named in others)
        reports = [(joined((first, *archs), ","), rest.pop())]
    return (*timings, *(f"se-cost report {named} {words}" for named, words in reports))


def _own(network: ReportDocument) -> bool:
    """Return whether `report` makes such timings: usual ones but for device and batch.

    With a fused network the norms of all are folded in inference.
    """
    timings = network.time
    told = network.made_here or network.max_time is not None
    made = told or all(timing.quick for timing in timings)
    asked = [timing.settings for timing in timings]
    if timings and all(map(fuses, timings)):
        asked = [replace(one, fold_norms=USUAL.fold_norms) for one in asked]
    settings = {replace(one, mode=USUAL.mode) for one in asked}
    usual = {replace(one, device=USUAL.device, batch=USUAL.batch) for one in settings}
    return len(settings) <= 1 and usual <= {USUAL} and made


def fuses(timing: TimeDocument) -> bool:
    """Return whether one of the networks was fused."""
    return any(rung.fused is not UNSET for rung in timing.ladder)


def _measuring(network: ReportDocument, files: Iterable[str]) -> Iterator[str]:
    """Yield the options that say what was measured."""
    yield from (f"--from {file}" for file in files)
    yield from ["--alternatives"] * (network.alternatives is not UNSET)
    if files or not network.time:
        yield from ["--no-time"] * (network.params.measured is UNSET)
        return
    timing = network.time[0]
    if timing.settings.device != USUAL.device:
        yield f"--device {timing.settings.device}"
    yield f"--batch {timing.asked_batch}"
    yield from ["--fuse"] * fuses(timing)
    yield from ["--quick"] * timing.quick
    if network.max_time is not None:
        yield f"--max-time {network.max_time:g}"


def _time(timing: TimeDocument) -> str:
    """Return the options of `time` that make a timing again."""
    return joined((options(timing.recipe), *_settings(timing), *_protocol(timing)), " ")


def _settings(timing: TimeDocument) -> Iterator[str]:
    for name, value in asdict(replace(timing.settings, batch=timing.asked_batch)).items():
        if value != getattr(USUAL, name):
            option = f"--{name.replace('_', '-')}"
            yield option if value is True else f"{option} {value}"


def _protocol(timing: TimeDocument) -> Iterator[str]:
    rule = timing.protocol.rule
    if rule is None:
        yield "--quick"
    else:
        target = f"{rule.target_percent:g}"
        yield from [f"--target {target}"] * (target != f"{100 * RULE.target:g}")
        yield from [f"--max-time {rule.max_time:g}"] * (rule.max_time != RULE.max_time)
    rungs = [rung for rung in timing.ladder if not rung.in_place and not rung.replayed]
    if any(len(rung.dropped) > 1 for rung in rungs):
        yield "--ladder"
    if fuses(timing):
        yield "--fuse"
    if timing.network.joules_per_image is not UNSET:
        yield "--energy"
