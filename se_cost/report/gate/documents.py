"""The program's own documents, read back: each becomes entries, by the names of its networks."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from se_cost.errors import not_one_of
from se_cost.report.gate.entry import MACS, PARAMS, Count, Entry, read_entry, read_time, stage_name
from se_cost.report.gate.reading import Part


def entries(document: Part) -> dict[str, Entry]:
    """Return the networks of a document; raise BadInput if it is of no kind that is known."""
    command = document["command"].text()
    if command not in READERS:
        raise not_one_of(f"{document.where}, 'command':", command, READERS)
    return READERS[command](document)


def time_entry(document: Part) -> Entry:
    """Return the network of a document that `time` wrote; raise BadInput if it is another."""
    if document["command"].text() != "time":
        document.fail("is no document of `se-cost time`")
    return _time(document)


def _networks(document: Part) -> dict[str, Entry]:
    return {
        _name(name, part): read_entry(part) for name, part in document["networks"].parts().items()
    }


def _name(name: str, part: Part) -> str:
    return name if name and name.isprintable() else part.fail("has a name that cannot be printed")


def _params(document: Part) -> Entry:
    return _counted(document, PARAMS)


def _flops(document: Part) -> Entry:
    return _counted(document, MACS)


def _counted(document: Part, count: str) -> Entry:
    """Return what was counted; such a document knows the stages of the attention only."""
    plain = document["baseline"][count]
    if not plain.count():
        plain.fail("is 0: nothing can be compared with it")
    added = {
        stage_name(stage["stage"].count()): stage[count].count()
        for stage in document["stages"].list()
    }
    found = Count(document["network"][count].count(), plain.count(), {}, added)
    return Entry(document["recipe"].table(), {count: found})


def _time(document: Part) -> Entry:
    """Return a network with the times of every batch; raise BadInput for a self-check."""
    parts = document.maybe("batches", Part.list) or [document]
    for part in parts:
        if part.maybe("self_check", Part.truth):
            part.fail("is a self-check: it times a network against itself, not the plain one")
    return Entry(document["recipe"].table(), {}, tuple(map(read_time, parts)))


def _reports(document: Part) -> dict[str, Entry]:
    """Return the networks of a report; of two with one name, the second is called NAME (2)."""
    parts = document.maybe("networks", Part.list) or [document]
    names = [_arch(part) for part in parts]
    ranks = [names[: i + 1].count(name) for i, name in enumerate(names)]
    return {
        name if rank == 1 else f"{name} ({rank})": _report(part)
        for name, rank, part in zip(names, ranks, parts, strict=True)
    }


def _report(document: Part) -> Entry:
    """Return a network of a report, with all that its parts say of it."""
    params, flops = _params(document["params"]), _flops(document["flops"])
    times = tuple(map(read_time, document["time"].list()))
    return replace(params, counts={**params.counts, **flops.counts}, times=times)


def _one(reader: Callable[[Part], Entry]) -> Callable[[Part], dict[str, Entry]]:
    return lambda document: {_arch(document): reader(document)}


def _arch(document: Part) -> str:
    part = document["recipe"]["arch"]
    return _name(part.text(), part)


READERS: Mapping[str, Callable[[Part], dict[str, Entry]]] = {
    "params": _one(_params),
    "flops": _one(_flops),
    "time": _one(_time),
    "report": _reports,
    "check": _networks,
    "baseline": _networks,
}
