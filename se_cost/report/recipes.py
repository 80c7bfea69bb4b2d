"""A recipe in words and as data."""

from se_cost.nets.attention import SE, Place
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import FAMILIES, title
from se_cost.report.page import SCHEMA_VERSION, Data

USUAL = SE()
PLAIN_RECIPE = Recipe("")


def document(command: str, recipe: Recipe) -> Data:
    """Return what every json document begins with."""
    return {"schema_version": SCHEMA_VERSION, "command": command, "recipe": recipe_data(recipe)}


def recipe_data(recipe: Recipe) -> Data:
    """Return the full recipe: the network can be built again from it."""
    attention = recipe.attention
    return {
        "arch": recipe.name,
        "family": recipe.family,
        "input": list(recipe.input),
        "classes": recipe.classes,
        "stride_in": recipe.stride_in.value,
        "head": recipe.head.value,
        "width": recipe.width,
        "attention": {
            "place": attention.place.value,
            "stages": [
                {
                    "stage": stage,
                    "kind": "se",
                    "r": se.r,
                    "squeeze": se.squeeze.value,
                    "gate": se.gate.value,
                    "bias": se.bias,
                }
                for stage, se in attention.stages
            ],
        },
    }


def described(recipe: Recipe) -> str:
    """Return the network in words: its title and what decides its cost."""
    attention, (channels, height, width) = recipe.attention, recipe.input
    words = [title(recipe)]
    for _, se in attention.stages[:1]:
        words.append(f"r = {', '.join(map(str, _ratios(recipe)))}")
        words += [f"squeeze {se.squeeze.value}"] * (se.squeeze is not USUAL.squeeze)
        words += [f"gate {se.gate.value}"] * (se.gate is not USUAL.gate)
        words += ["FCs without biases"] * (not se.bias)
        words += [f"SE in stages {_stages(recipe)}"] * (not _everywhere(recipe))
        words += [f"place {attention.place.value}"] * (attention.place is not Place.STANDARD)
    words.append(f"input {channels}x{height}x{width}")
    words += [f"stride in the {recipe.stride_in.value}"] * _varies(recipe, "stride_in")
    words += [f"head {recipe.head.value}"] * _varies(recipe, "head")
    words += [f"width x{recipe.width:g}"] * _varies(recipe, "width")
    return ", ".join(words)


def options(recipe: Recipe) -> str:
    """Return the command line's options that name this recipe and no other."""
    attention, family = recipe.attention, FAMILIES[recipe.family]
    words = [f"--arch {recipe.name}"]
    for _, se in attention.stages[:1]:
        words.append(f"--r {','.join(map(str, _ratios(recipe)))}")
        words += [f"--squeeze {se.squeeze.value}"] * (se.squeeze is not USUAL.squeeze)
        words += [f"--gate {se.gate.value}"] * (se.gate is not USUAL.gate)
        words += ["--no-bias"] * (not se.bias)
        words += [f"--stages {_stages(recipe, ',')}"] * (not _everywhere(recipe))
        words += [f"--place {attention.place.value}"] * (attention.place is not Place.STANDARD)
    words += [f"--input {recipe.input[1]}x{recipe.input[2]}"] * (recipe.input != family.input)
    words += [f"--classes {recipe.classes}"] * (recipe.classes != family.classes)
    words += [f"--stride-in {recipe.stride_in.value}"] * _varies(recipe, "stride_in")
    words += [f"--head {recipe.head.value}"] * _varies(recipe, "head")
    words += [f"--width {recipe.width}"] * _varies(recipe, "width")
    return " ".join(words)


def _varies(recipe: Recipe, field: str) -> bool:
    """Return whether a field is not as usual."""
    return bool(getattr(recipe, field) != getattr(PLAIN_RECIPE, field))


def _ratios(recipe: Recipe) -> list[int]:
    """Return the reduction ratio if there is one, else that of every stage that can have it."""
    ratios = {stage: se.r for stage, se in recipe.attention.stages}
    if len(set(ratios.values())) == 1:
        return [next(iter(ratios.values()))]
    return [ratios.get(stage, USUAL.r) for stage in FAMILIES[recipe.family].stages]


def _stages(recipe: Recipe, comma: str = ", ") -> str:
    return comma.join(str(stage) for stage, _ in recipe.attention.stages)


def _everywhere(recipe: Recipe) -> bool:
    return len(recipe.attention.stages) == len(FAMILIES[recipe.family].stages)
