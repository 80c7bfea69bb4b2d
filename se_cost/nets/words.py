"""A model in words: as people read it, and as the command line spells it."""

import re
from collections.abc import Sequence
from shlex import quote

from se_cost.nets.imported import Imported
from se_cost.nets.model import Model
from se_cost.nets.zoo import registry
from se_cost.nets.zoo import words as zoo
from se_cost.nets.zoo.words import kind_options, kind_phrase
from se_cost.text import joined


def title(model: Model) -> str:
    """Return the name people use, for instance `SE-ResNet-50`."""
    match model:
        case Imported():
            tried = f"{model.attention.title}-" if model.attention and model.stages else ""
            return f"{tried}{_name(model)}{_left_out(model)}"
        case _:
            return registry.title(model)


def bare(model: Model) -> str:
    """Return the name of a network whatever its attention, for instance `ResNet-50`."""
    return _name(model) if isinstance(model, Imported) else registry.title(model.plain)


def described(model: Model) -> str:
    """Return the network in words: its title and what decides its cost."""
    match model:
        case Imported():
            called = [f"{name}={value!r}" for name, value in model.arguments]
            inputs = [joined(shape, "x") for shape in (model.input, *model.others)]
            tried = [f"with {kind_phrase(model.attention)}"] if model.attention else []
            said = (model.spec + _left_out(model), *called, *tried, f"input {joined(inputs)}")
            return joined(said)
        case _:
            return zoo.described(model)


def options(model: Model) -> str:
    """Return the command line's options that name this model and no other."""
    match model:
        case Imported():
            words = [f"--model {quote(model.spec)}"]
            words += [f"--model-arg {quote(f'{name}={value}')}" for name, value in model.arguments]
            words += [f"--app-dir {quote(model.app_dir)}"] * bool(model.app_dir)
            words += [f"--input {quote(input_of(model))}"] * bool(model.input)
            words += [kind_options(model.attention)] if model.attention else []
            words += [f"--insert-after {quote(pattern)}" for pattern in model.after]
            words += [f"--drop-stages {joined(model.dropped, ',')}"] * bool(model.dropped)
            words += [f"--drop {quote(pattern)}" for pattern in model.patterns]
            return " ".join(words)
        case _:
            return zoo.options(model)


def input_of(model: Imported) -> str:
    """Return the input of a model as the command line spells it: what makes it, else its shapes."""
    shapes = joined((joined(shape, "x") for shape in (model.input, *model.others)), ",")
    return model.inputs if ":" in model.inputs else shapes


def distinct(models: Sequence[Model]) -> list[str]:
    """Return the title of every model, and where others have it too, how this one differs."""
    titles = [title(model) for model in models]
    words = [options(model).removeprefix("--").split(" --") for model in models]
    found = []
    for own, said in zip(titles, words, strict=True):
        alike = [set(w) for other, w in zip(titles, words, strict=True) if other == own]
        shared = set.intersection(*alike)
        found.append(joined((own, *(word for word in said if word not in shared))))
    return found


def slug(model: Model) -> str:
    """Return the name of a model as files have it."""
    return re.sub(r"[^\w.-]+", "-", _name(model)) if isinstance(model, Imported) else model.arch


def _name(model: Imported) -> str:
    """Return the last part of a spec: the factory, or the entry of a library."""
    return model.spec.rpartition(":")[2]


def _left_out(model: Imported) -> str:
    """Return which attention is left out, in words."""
    if not model.stages and model.dropped:
        return " without attention"
    stages = f" without stage{'s' * (len(model.dropped) > 1)} {joined(model.dropped)}"
    blocks = f" without {joined(model.patterns)}"
    return stages * bool(model.dropped) + blocks * bool(model.patterns)
