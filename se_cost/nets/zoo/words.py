"""A model of the zoo in words: as people read it, and as the command line spells it."""

from collections.abc import Sequence
from typing import Any

from se_cost.nets.attention.kinds import AnyKind, ratio
from se_cost.nets.attention.place import Kind
from se_cost.nets.model import Head, StrideIn, Zoo
from se_cost.nets.zoo.places import stages_at
from se_cost.nets.zoo.registry import FAMILIES, title
from se_cost.text import joined


def described(model: Zoo) -> str:
    """Return the network in words: its title and what decides its cost."""
    channels, height, width = model.input
    words = [title(model)]
    for kind in model.attention.stages[:1]:
        words += [f"r = {joined(_ratios(model))}"] if ratio(kind) else []
        words += [_phrase(name, value) for name, value in _varied(kind).items()]
        if not _everywhere(model):
            words.append(f"{kind.title} in stages {joined(model.stages)}")
        words += [f"place {model.attention.place}"] * (model.attention.place != kind.places[0])
    words.append(f"input {channels}x{height}x{width}")
    words += [f"stride in the {model.stride_in}"] * (model.stride_in != StrideIn.CONV1X1)
    words += [f"head {model.head}"] * (model.head != Head.CLASSIFIER)
    words += [f"width x{model.width:g}"] * (model.width != 1)
    return joined(words)


def options(model: Zoo) -> str:
    """Return the command line's options that name this model and no other."""
    family = FAMILIES[model.family]
    words = [f"--arch {model.arch}"]
    words += ["--attention none"] * (family.usual is not None and not model.stages)
    for kind in model.attention.stages[:1]:
        words += [f"--r {joined(_ratios(model), ',')}"] if ratio(kind) else []
        words += [_flag(name, value) for name, value in _varied(kind).items()]
        words += [f"--stages {joined(model.stages, ',')}"] * (not _everywhere(model))
        words += [f"--place {model.attention.place}"] * (model.attention.place != kind.places[0])
    words += [f"--input {joined(model.input[1:], 'x')}"] * (model.input != family.input)
    words += [f"--classes {model.classes}"] * (model.classes != family.classes)
    words += [f"--stride-in {model.stride_in}"] * (model.stride_in != StrideIn.CONV1X1)
    words += [f"--head {model.head}"] * (model.head != Head.CLASSIFIER)
    words += [f"--width {model.width}"] * (model.width != 1)
    return " ".join(words)


def kind_phrase(kind: AnyKind) -> str:
    """Return a kind of attention in words, with r and what is not as usual."""
    r = [f"r = {ratio(kind)}"] if ratio(kind) else []
    return joined((kind.title, *r, *(_phrase(*one) for one in _varied(kind).items())))


def kind_options(kind: AnyKind) -> str:
    """Return the command line's options that name a kind of attention and no other."""
    r = [f"--r {ratio(kind)}"] if ratio(kind) else []
    flags = (_flag(*one) for one in _varied(kind).items())
    return joined((f"--attention {kind.name}", *r, *flags), " ")


def _varied(kind: Kind) -> dict[str, Any]:
    """Return the options of a kind that are not as usual; r and stage are told elsewhere."""
    usual = type(kind)()
    names = (name for name in kind.__struct_fields__ if name not in (*kind.implied, "r"))
    given = {name: getattr(kind, name) for name in names}
    return {name: value for name, value in given.items() if value != getattr(usual, name)}


def _phrase(name: str, value: object) -> str:
    match value:
        case True:
            return f"with {name}"
        case False:
            return f"no {name}"
        case _:
            return f"{name} {value}"


def _flag(name: str, value: object) -> str:
    word = name.replace("_", "-")
    return f"--{'' if value else 'no-'}{word}" if isinstance(value, bool) else f"--{word} {value}"


def _ratios(model: Zoo) -> list[int | None]:
    """Return the reduction ratio if there is one, else that of every stage that can have it."""
    ratios = {kind.stage: ratio(kind) for kind in model.attention.stages}
    if len(set(ratios.values())) == 1:
        return [next(iter(ratios.values()))]
    usual = ratio(type(model.attention.stages[0])())
    return [ratios.get(stage, usual) for stage in _able(model)]


def _everywhere(model: Zoo) -> bool:
    return len(model.stages) == len(_able(model))


def _able(model: Zoo) -> Sequence[int]:
    """Return the stages that can hold attention where a model has it."""
    return stages_at(FAMILIES[model.family], model.attention.place)
