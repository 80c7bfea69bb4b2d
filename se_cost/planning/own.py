"""A choice for a model of the user's: the model that it is, in pyproject.toml and in Python."""

from collections.abc import Sequence
from enum import StrEnum

from se_cost.nets.attention.kinds import AnyKind
from se_cost.nets.attention.se import SE
from se_cost.nets.imported import Imported
from se_cost.nets.words import input_of
from se_cost.planning.sites import Own, Site, SiteOption
from se_cost.record import replace
from se_cost.text import joined

WORDS = (  # the fields of a model that a call names, but for its attention
    *("spec", "arguments", "app_dir", "input", "others", "inputs"),
    *("after", "dropped", "patterns"),
)
Word = str | bool | float | tuple[int, ...] | tuple[str, ...]


def source(option: SiteOption) -> AnyKind | None:
    """Return the kind that a model needs to be given for an option; None for its own."""
    return None if isinstance(option.kind, Own) else option.kind


def own_model(base: Imported, sites: Sequence[Site], chosen: Sequence[SiteOption]) -> Imported:
    """Return the model of a choice, whose blocks come from one kind: the others are left out.

    Whole stages are left out as such, single blocks by their paths.
    """
    kept = [one for one in chosen if one.kind]
    kind = source(kept[0]) if kept else base.attention
    model = replace(base, attention=kind)
    gone = [site for site, one in zip(sites, chosen, strict=True) if not one.kind]
    left = {site.stage for site, one in zip(sites, chosen, strict=True) if one.kind}
    paths = [
        path
        for site in gone
        if site.stage in left
        for one in site.candidates
        if one.kind and source(one) == kind
        for path in one.paths
    ]
    model = model.without(site.stage for site in gone if site.stage not in left)
    return replace(model, patterns=(*model.patterns, *paths))


def own_words(model: Imported) -> dict[str, Word]:
    """Return the options of a model with their values."""
    found: dict[str, Word] = {"model": model.spec}
    if model.arguments:
        found["model-arg"] = tuple(f"{name}={value}" for name, value in model.arguments)
    if model.app_dir:
        found["app-dir"] = model.app_dir
    found["input"] = input_of(model)
    found |= _kind_words(model.attention) if model.attention else {}
    lists: dict[str, Word] = {
        "insert-after": model.after,
        "drop-stages": model.dropped,
        "drop": model.patterns,
    }
    return found | {key: value for key, value in lists.items() if value}


def _kind_words(kind: AnyKind) -> dict[str, Word]:
    varied = {name: value for name, value in _varied(kind).items() if name != "stage"}
    return {"attention": kind.name, **varied}


def _varied(kind: AnyKind) -> dict[str, Word]:
    """Return the options of a kind that are not as usual, and r."""
    usual = type(kind)()
    return {
        name: str(value) if isinstance(value, StrEnum) else value
        for name in kind.__struct_fields__
        if (value := getattr(kind, name)) != getattr(usual, name) or name == "r"
    }


def own_call(model: Imported) -> str:
    """Return the call that makes a model in Python; empty if there is no such call.

    Its kind may have no public name, and a module that was at hand has none at all.
    """
    named = all(":" in spec for spec in (model.spec, model.inputs or ":"))  # nothing is at hand
    if not named or not isinstance(model.attention, SE | None):
        return ""
    usual = Imported(spec="")
    words = []
    for name in WORDS:
        value = getattr(model, name)
        if value != getattr(usual, name):
            words.append(f"{name}={value!r}")
    if model.attention:
        options = [f"{name}={value!r}" for name, value in _varied(model.attention).items()]
        words.append(f"attention=se_cost.SE({joined(options)})")
    return f"se_cost.Imported({joined(words)})"
