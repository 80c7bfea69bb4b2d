"""Documents as json: written whole, and read with one clear error for whatever is not right.

A document may have been cut off, merged badly or edited by hand, so nothing is believed unseen.
"""

import json
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from se_cost import files
from se_cost.documents.base import SCHEMA_VERSION, Document
from se_cost.documents.kinds import KINDS, kind_of
from se_cost.errors import UsageError, not_one_of
from se_cost.measure.timing.verdict import Change, TimeVerdict, judged
from se_cost.nets.model import Zoo
from se_cost.nets.zoo.registry import FAMILIES
from se_cost.version import __version__

READABLE = (SCHEMA_VERSION,)  # the schema versions; old ones stay
CONFLICT = b"<<<<<<< "  # what git writes into a file that it cannot merge
DEEPEST = 20  # tables within each other; a report with all its samples has 8
REMEDY = "write it again"
MOST = 2**63  # of anything that is counted or timed
LONGEST = 40  # signs of a wrong value that an error shows

D = TypeVar("D", bound=Document)
N = TypeVar("N", int, float)


def encode(document: Document) -> str:
    """Return a document as json, indented by two spaces, with a newline at its end."""
    text = msgspec.json.encode(document, enc_hook=str)  # of a name that holds what it names
    return msgspec.json.format(text, indent=2).decode() + "\n"


def read(path: Path, remedy: str = REMEDY) -> Document:
    """Return the document of a file; `remedy` is what to do if it is broken.

    Raises UsageError if it cannot be read, is no whole json, or no document of a known schema.
    """
    return parse(files.read(path), str(path), remedy)


def parse(content: bytes, name: str, remedy: str = REMEDY) -> Document:
    """Return the document that stands in `content`, called `name` in errors."""
    raw = _loaded(content, name, remedy)
    version = raw.get("schema_version")
    if version not in READABLE or isinstance(version, bool):
        known = ", ".join(map(str, READABLE))
        raise UsageError(
            f"{name!r} has schema_version {_shown(version)}: se-cost {__version__} reads {known}; "
            "use the se-cost that wrote it, or a newer one"
        )
    command = raw.get("command")
    if not isinstance(command, str) or command not in KINDS:
        raise not_one_of(f"{name!r}, 'command':", command, KINDS)
    return _converted(_completed(raw), kind_of(raw), name)


def _completed(value: Any) -> Any:
    """Return json with what the first versions left out.

    Every model says where it is from, for they had but ours, and every change of time has its
    verdict.
    """
    match value:
        case dict():
            of_zoo = {"source": "zoo"} if "family" in value and "attention" in value else {}
            whole = _verdict(value) | of_zoo
            return whole | {key: _completed(inner) for key, inner in value.items()}
        case list():
            return [_completed(inner) for inner in value]
        case _:
            return value


def _verdict(value: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict that follows from an interval."""
    match value:
        case {"percent": _, "low": float() | int() as low, "high": float() | int() as high}:
            return {"verdict": judged(Change(None, low, high)).value}
        case {"percent": _, "low": None, "high": None}:
            return {"verdict": TimeVerdict.INCONCLUSIVE.value}
        case _:
            return {}


def expect(document: Document, kind: type[D], name: str, wanted: str) -> D:
    """Return a document that must be of a kind; raise UsageError that says what was `wanted`."""
    if not isinstance(document, kind):
        raise UsageError(f"{name!r} is no {wanted}")
    return document


def _converted(raw: dict[str, Any], kind: type[Document], name: str) -> Document:
    """Return the typed document; an error names the network, since msgspec names no keys."""
    try:
        document = msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name!r}{_network(raw, kind)}: {error}") from None
    except RecursionError:
        raise UsageError(f"{name!r} is nested too deep") from None
    for model in _models(document):
        if model.family not in FAMILIES:
            raise not_one_of(f"{name!r}, 'family':", model.family, FAMILIES)
    return document


def _models(value: object) -> Iterator[Zoo]:
    """Yield every model that a document holds; its type says nothing of the families there are."""
    match value:
        case Zoo():
            yield value
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from _models(getattr(value, name))
        case tuple() | dict():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from _models(inner)


def _network(raw: dict[str, Any], kind: type[Document]) -> str:
    """Return the name of the first network of a document that cannot be read, if it has names."""
    networks = raw.get("networks")
    if not isinstance(networks, dict):
        return ""
    for network, entry in networks.items():
        try:
            msgspec.convert(raw | {"networks": {network: entry}}, kind)
        except msgspec.ValidationError:
            return f", network {_shown(network)}"
    return ""


def _loaded(content: bytes, name: str, remedy: str) -> dict[str, Any]:
    """Return the json of a document as it stands."""
    try:
        raw = json.loads(
            content.decode(),
            object_pairs_hook=_once,
            parse_float=_number,
            parse_int=_whole,
            parse_constant=_no_number,
        )
        _expect_flat(raw)
        msgspec.json.decode(content)  # refuses what cannot be written again: half a character
    except (ValueError, RecursionError) as error:
        reason = "it holds a merge conflict" if CONFLICT in content else error
        raise UsageError(f"{name!r} is no whole json document: {reason}; {remedy}") from None
    if not isinstance(raw, dict):
        raise UsageError(f"{name!r} is no table")
    return raw


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the table, unless a key is in it twice: json would keep the last without a word."""
    table = dict(pairs)
    if len(table) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice!r} is there twice")
    return table


def _expect_flat(document: object) -> None:
    """Raise ValueError if a document is nested as none is that the program writes."""
    level = [document]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
    if level:
        raise ValueError(f"it is nested more than {DEEPEST} deep")


def _inside(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()


def _number(digits: str) -> float:
    """Return a number; one that is too large would become infinity without a word."""
    number = float(digits)
    return _bounded(number, digits) if isfinite(number) else _no_number(digits)


def _whole(digits: str) -> int:
    return _bounded(int(digits), digits)


def _bounded(number: N, digits: str) -> N:
    """Return a number; raise ValueError for one that no count and no time can be."""
    if abs(number) >= MOST:
        raise ValueError(f"{digits[:LONGEST]} is out of range: nothing is that much")
    return number


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _shown(value: object) -> str:
    """Return a value as errors show it: not too long, and nothing a terminal would obey."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
