"""The networks there are, by name, and the recipes that can be asked of them."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from se_cost.errors import BadInput, not_one_of
from se_cost.nets.attention import SE, Attention, Place
from se_cost.nets.family import Family
from se_cost.nets.nodes import Seq, Shape
from se_cost.nets.recipe import Head, Recipe, StrideIn

SE_PREFIX = "se_"
FILES = (  # of this package; the order is that of `se-cost nets`
    *("resnet", "resnext", "vgg", "inception", "inception_resnet", "densenet"),
    *("mobilenet", "shufflenet", "fcn", "dcgan", "cifar"),
)


class Families(Mapping[str, Family]):
    """The families by name; a file of networks is imported when it is first looked into.

    A command is about one network, and importing all of them takes longer than counting it.
    """

    def __getitem__(self, name: str) -> Family:
        """Return a family; raise KeyError if there is none of that name."""
        for family in self._all():
            if family.name == name:
                return family
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Yield the names, in order."""
        return (family.name for family in self._all())

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(1 for _ in self._all())

    def _all(self) -> Iterator[Family]:
        for file in FILES:
            yield from import_module(f"se_cost.nets.{file}").FAMILIES


FAMILIES = Families()


def names() -> list[str]:
    """Return every name that `recipe` knows, each plain network before its SE form."""
    return [prefix + family for family in FAMILIES for prefix in ("", SE_PREFIX)]


def build(recipe: Recipe) -> Seq:
    """Return the network of a recipe."""
    return FAMILIES[recipe.family].build(recipe)


def title(recipe: Recipe) -> str:
    """Return the name people use, for instance `SE-ResNet-50`."""
    family = FAMILIES[recipe.family]
    if not recipe.attention.stages:
        return family.title
    return family.attended or f"SE-{family.title}"


def recipe(
    name: str,
    *,
    se: SE | None = None,
    r: int | Sequence[int] | None = None,
    place: Place = Place.STANDARD,
    stages: Sequence[int] | None = None,
    drop_stages: Sequence[int] = (),
    input: int | tuple[int, int] | None = None,  # noqa: A002 - the command line's word
    classes: int | None = None,
    stride_in: StrideIn = StrideIn.CONV1X1,
    head: Head = Head.CLASSIFIER,
    width: float = 1.0,
) -> Recipe:
    """Return the recipe of a named network.

    `se_NAME` has an SE block in every block of every stage; so has `NAME` if `se` is given.
    `r` overrides the reduction ratio of `se`: one for all stages, or one for each stage that can
    hold attention. `stages` keeps attention in those stages only, `drop_stages` removes it.
    `input` is the height and width in pixels; `width` multiplies the channels.

    Raises BadInput, naming the value and what is allowed.
    """
    family = _family(name)
    if name.startswith(SE_PREFIX) and se is None:
        se = SE()
    if place not in family.places:
        raise not_one_of(f"place in {family.name}", place, family.places)
    kept = _kept(family, stages, drop_stages)
    by_stage = dict(zip(family.stages, _ratios(family, r, se), strict=True))
    blocks = tuple(
        (stage, SE(by_stage[stage], se.squeeze, se.gate, se.bias)) for stage in kept if se
    )
    varied = {
        "stride_in": stride_in is not Recipe("").stride_in,
        "head": head is not Recipe("").head,
        "width": width != Recipe("").width,
    }
    for option, asked in varied.items():
        if asked and option not in family.options:
            able = [f.name for f in FAMILIES.values() if option in f.options]
            raise BadInput(f"{family.name} has no {option}: that is for {', '.join(able)}")
    return Recipe(
        family=family.name,
        attention=Attention(blocks, place if blocks else Place.STANDARD),
        input=_input(family, input),
        classes=_classes(family, classes),
        stride_in=stride_in,
        head=head,
        width=_multiplier(width),
    )


def _family(name: str) -> Family:
    try:
        return FAMILIES[name.removeprefix(SE_PREFIX)]
    except KeyError:
        raise not_one_of("network", name, names()) from None


def _ratios(family: Family, r: int | Sequence[int] | None, se: SE | None) -> list[int]:
    """Return one reduction ratio for each stage that can hold attention."""
    if r is None:
        r = se.r if se else 1
    ratios = [r] if isinstance(r, int) else list(r)
    for ratio in ratios:
        _positive("r", ratio)
    if len(ratios) == 1:
        ratios *= len(family.stages)
    if len(ratios) != len(family.stages):
        raise BadInput(
            f"r has {len(ratios)} values ({_listed(ratios)}): give one for all stages, or "
            f"{len(family.stages)}, for the stages {_listed(family.stages)} of {family.name}"
        )
    return ratios


def _kept(family: Family, stages: Sequence[int] | None, drop_stages: Sequence[int]) -> list[int]:
    """Return the stages that keep attention."""
    for stage in (*(stages or ()), *drop_stages):
        if stage not in family.stages:
            raise not_one_of(f"stage of {family.name}", stage, family.stages)
    wanted = family.stages if stages is None else stages
    return [stage for stage in family.stages if stage in wanted and stage not in drop_stages]


def _input(family: Family, size: int | tuple[int, int] | None) -> Shape:
    if size is None:
        return family.input
    height, width = (size, size) if isinstance(size, int) else size
    if family.smallest is None:
        raise BadInput(f"the input of {family.name} is always {'x'.join(map(str, family.input))}")
    if min(height, width) < family.smallest:
        raise BadInput(
            f"input {height}x{width} is too small for {family.name}: "
            f"at least {family.smallest}x{family.smallest}"
        )
    return (family.input[0], height, width)


def _classes(family: Family, classes: int | None) -> int:
    if classes is None:
        return family.classes
    if not family.classes:
        raise BadInput(f"classes {classes} cannot be had: {family.name} has none")
    return _positive("classes", classes)


def _positive(what: str, value: int) -> int:
    if value < 1:
        raise BadInput(f"{what} {value} is too small: a whole number, at least 1")
    return value


def _multiplier(width: float) -> float:
    if not 0 < width <= 16:
        raise BadInput(f"width {width:g} is no multiplier: above 0, at most 16, for instance 0.5")
    return width


def _listed(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))
