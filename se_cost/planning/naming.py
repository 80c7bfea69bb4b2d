"""A choice as every other command, pyproject.toml and Python spell it."""

from collections.abc import Iterable, Sequence
from json import dumps

from se_cost.measure.models.costs import costs
from se_cost.nets.attention.kinds import Attention
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model, Zoo
from se_cost.nets.words import options
from se_cost.nets.zoo.registry import FAMILIES, arch
from se_cost.planning.own import Word, own_call, own_model, own_words, source
from se_cost.planning.sites import Own, Site, SiteOption
from se_cost.record import replace
from se_cost.text import joined

KINDS_DIFFER = "stages hold different kinds of attention"
BLOCKS_DIFFER = "blocks of one stage differ"
ONE_FOR_ALL = "an option gives all blocks of a model of yours one kind and one r"


def model_of(base: Model, sites: Sequence[Site], chosen: Sequence[SiteOption]) -> Model | None:
    """Return the model of a choice, None if no option can name it."""
    if unnamed(base, sites, chosen):
        return None
    return (
        own_model(base, sites, chosen)
        if isinstance(base, Imported)
        else _built(base, sites, chosen)
    )


def unnamed(base: Model, sites: Sequence[Site], chosen: Sequence[SiteOption]) -> str:
    """Return why no option names a choice, empty if one does."""
    if isinstance(base, Imported):
        return ONE_FOR_ALL if len({source(c) for c in chosen if c.kind}) > 1 else ""
    by_stage: dict[int, set[object]] = {}
    for site, candidate in zip(sites, chosen, strict=True):
        by_stage.setdefault(site.stage, set()).add(candidate.kind)
    if any(len(kinds) > 1 for kinds in by_stage.values()):
        return BLOCKS_DIFFER
    kinds = {replace(c.kind, stage=0, **_usual_ratio(c)) for c in chosen if c.kind}
    return KINDS_DIFFER if len(kinds) > 1 else ""


def _usual_ratio(candidate: SiteOption) -> dict[str, int]:
    return {"r": 1} if hasattr(candidate.kind, "r") else {}


def _built(base: Zoo, sites: Sequence[Site], chosen: Iterable[SiteOption]) -> Zoo:
    kinds = {
        site.stage: c.kind
        for site, c in zip(sites, chosen, strict=True)
        if c.kind and not isinstance(c.kind, Own)
    }
    if not kinds:
        return base.plain
    stages = tuple(kinds[one.stage] for one in base.attention.stages if one.stage in kinds)
    name = arch(FAMILIES[base.family], stages[0].name)
    attention = Attention(base.attention.place, stages)
    return replace(base, arch=name, attention=attention)


def table(model: Model, percent_of_time: float | None = None) -> str:
    """Return the budget in pyproject.toml that holds a model to what it costs now.

    A network without attention has no overhead that could be limited.
    """
    network = costs(model).network
    lines = [f"{key} = {_toml(key, value)}" for key, value in _words(model).items()]
    lines += [f"max-params = {network.params}", f"max-macs = {network.macs}"]
    if percent_of_time is not None and model.stages:
        lines.append(f"max-overhead-percent = {percent_of_time:g}")
    return "\n".join(("[[tool.se-cost.budgets]]", *lines))


def call(model: Model) -> str:
    """Return the call that makes a model in Python."""
    if isinstance(model, Imported):
        return own_call(model)
    words = _words(model)
    name = words.pop("arch")
    rest = [f"{key.replace('-', '_')}={_python(value)}" for key, value in words.items()]
    return f"se_cost.model({', '.join((_python(name), *rest))})"


def _words(model: Model) -> dict[str, Word]:
    """Return the options of a model with their values."""
    if isinstance(model, Imported):
        return own_words(model)
    found: dict[str, Word] = {}
    for option in options(model).removeprefix("--").split(" --"):
        key, _, value = option.partition(" ")
        if not value:
            found[key.removeprefix("no-")] = not key.startswith("no-")
        elif key == "input":
            sides = tuple(map(int, value.split("x")))
            found[key] = sides if sides[0] != sides[-1] else sides[0]
        else:
            found[key] = _value(value)
    return found


def _value(text: str) -> Word:
    numbers = text.split(",")
    if all(number.isdecimal() for number in numbers):
        return tuple(map(int, numbers)) if len(numbers) > 1 else int(text)
    try:
        return float(text)
    except ValueError:
        return text


def _toml(key: str, value: Word) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple() if key == "input":
            return f'"{joined(value, "x")}"'
        case tuple() | str():
            return dumps(value, ensure_ascii=False)
        case _:
            return f"{value}"


def _python(value: Word) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
