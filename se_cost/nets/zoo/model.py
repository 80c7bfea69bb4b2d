"""What may be asked of the zoo: a name and options become a model, or one clear refusal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from se_cost.errors import UsageError, not_one_of
from se_cost.nets.attention.kinds import KINDS, Attention
from se_cost.nets.attention.place import Kind, Place
from se_cost.nets.imported import LAST, NONE
from se_cost.nets.model import Head, StrideIn, Zoo
from se_cost.nets.nodes import Shape
from se_cost.nets.zoo.family import Family
from se_cost.nets.zoo.places import place_of, stages_at
from se_cost.nets.zoo.registry import FAMILIES, arch, parsed
from se_cost.record import replace
from se_cost.text import joined

MOST = 2**63  # pixels, classes, r: far above anything that is built
T = TypeVar("T")


def model(
    name: str,
    *,
    attention: str | Kind | None = None,
    r: int | Sequence[int] | None = None,
    place: Place | str | None = None,
    stages: Sequence[int] | int | None = None,
    drop_stages: Sequence[int] | int | str = (),
    input: int | tuple[int, int] | None = None,  # noqa: A002 - the command line's word
    classes: int | None = None,
    stride_in: StrideIn | str = StrideIn.CONV1X1,
    head: Head | str = Head.CLASSIFIER,
    width: float = 1.0,
    **options: Any,
) -> Zoo:
    """Return the model of a named network.

    `se_NAME` has an SE block in every block of every stage; `attention` names another kind, or is
    one with its options (`SE(squeeze="max")`), or "none". `options` are those of the kind:
    squeeze, gate, bias, ... `r` is one reduction ratio for all stages, or one for each stage that
    can hold attention. `stages` keeps attention in those stages only, `drop_stages` removes it,
    "last" from the last that has it.
    `input` is the height and width in pixels; `width` multiplies the channels.

    Raises UsageError, naming the value and what is allowed.
    """
    family, said = parsed(_typed("network", name, str))
    kind = _kind(said if attention is None else attention, options)
    if kind is None:
        _expect_none(family, r=r, stages=stages, drop_stages=drop_stages or None)
    place = place_of(family, kind, place)
    if place is Place.INSTEAD and stride_in != StrideIn.CONV1X1:
        raise UsageError(f"stride_in {stride_in}: the convolution that is replaced has none then")
    able = stages_at(family, place)
    kept = _kept(family, able, stages, drop_stages)
    by_stage = dict(zip(able, _ratios(family, able, r, kind), strict=True))
    shape = _input(family, input)
    kinds = tuple(_at(kind, stage, by_stage[stage], shape) for stage in kept if kind)
    head = _word("head", head, Head)
    varied = {"stride_in": stride_in != StrideIn.CONV1X1, "head": head != Head.CLASSIFIER}
    _expect_able(family, varied | {"width": width != 1.0})
    if head == Head.NONE and classes is not None:
        raise UsageError(f"classes {classes} cannot be had with head none: it has no classifier")
    return Zoo(
        arch=arch(family, kind.name if kind and kinds else None),
        family=family.name,
        input=shape,
        classes=_classes(family, classes),
        stride_in=_word("stride_in", stride_in, StrideIn),
        head=head,
        width=_multiplier(width),
        attention=Attention(place if kinds else Place.STANDARD, kinds),
    )


def _kind(asked: str | Kind | None, options: Mapping[str, Any]) -> Kind | None:
    """Return a kind with its options, as a template for every stage."""
    if asked is None or asked == NONE:
        if options:
            raise UsageError(f"{joined(options)}: there is no attention; take se_NAME")
        return None
    found: Kind = template(asked, options)
    return found


def template(asked: str | Kind, options: Mapping[str, Any]) -> Any:
    """Return a kind of attention with its options, for any stage.

    Raises UsageError for a kind that there is not, or an option that it does not have.
    """
    kind = asked if isinstance(asked, Kind) else _kind_of(asked)
    for option in options:
        if option not in kind.__struct_fields__:
            raise _no_option(kind, option)
    fields = msgspec.to_builtins(kind) | dict(options)
    try:
        found = msgspec.convert(fields, type(kind))
    except msgspec.ValidationError as error:
        raise UsageError(f"{kind.name} cannot be built so: {error}") from None
    for option in ("r", "heads"):
        if isinstance(number := getattr(found, option, 1), int):
            _positive(option, number)
    return found


def _expect_none(family: Family, **asked: object) -> None:
    """Raise UsageError for options of an attention that a plain network does not have."""
    named = joined(name for name, value in asked.items() if value is not None)
    if named:
        raise UsageError(
            f"{named}: {family.name} has no attention; take se_{family.name}, or --attention se"
        )


def _kind_of(name: object) -> Kind:
    if name not in KINDS:
        raise not_one_of("attention", name, (NONE, *KINDS))
    return KINDS[str(name)]()


def _no_option(kind: Kind, option: str) -> UsageError:
    able = [name for name, other in KINDS.items() if option in other.__struct_fields__]
    where = f"that is for {joined(able)}" if able else "no kind of attention has it"
    return UsageError(f"{kind.name} has no {option}: {where}")


def _at(kind: Kind, stage: int, r: int | None, shape: Shape) -> Any:
    """Return the block of one stage; every stage halves the height and the width."""
    height, width = (-(-side // 2**stage) for side in shape[1:])
    return replace(kind.on((height, width)), stage=stage, **({} if r is None else {"r": r}))


def _ratios(
    family: Family, stages: Sequence[int], r: int | Sequence[int] | None, kind: Kind | None
) -> Sequence[int | None]:
    """Return one reduction ratio for each stage that can hold attention; None where unasked."""
    if r is None:
        r = getattr(kind, "r", None)
    elif kind is not None and "r" not in kind.__struct_fields__:
        raise _no_option(kind, "r")
    if r is None:
        return [None] * len(stages)
    ratios = [_positive("r", ratio) for ratio in _numbers("r", r)]
    if len(ratios) == 1:
        ratios *= len(stages)
    if len(ratios) != len(stages):
        raise UsageError(
            f"r has {len(ratios)} values ({joined(ratios)}): give one for all stages, or "
            f"{len(stages)}, for the stages {joined(stages)} of {family.name}"
        )
    return ratios


def _kept(
    family: Family,
    able: Sequence[int],
    stages: Sequence[int] | int | None,
    drop_stages: Sequence[int] | int | str,
) -> list[int]:
    """Return the stages that keep attention, of those that are able to have it."""
    wanted = able if stages is None else sorted(_numbers("stages", stages))
    last = drop_stages == LAST
    dropped = list(wanted[-1:]) if last else _numbers("drop_stages", drop_stages)
    for stage in (*wanted, *dropped):
        if stage not in able:
            raise not_one_of(f"stage of {family.name}", stage, able)
    for stage in dropped:
        if stage not in wanted:
            raise not_one_of("stage with attention to drop", stage, wanted)
    return [stage for stage in able if stage in wanted and stage not in dropped]


def _expect_able(family: Family, varied: Mapping[str, bool]) -> None:
    """Raise UsageError for an option that the family does not have."""
    for option, asked in varied.items():
        if asked and option not in family.options:
            able = [f.name for f in FAMILIES.values() if option in f.options]
            raise UsageError(f"{family.name} has no {option}: that is for {joined(able)}")


def _input(family: Family, size: int | tuple[int, int] | None) -> Shape:
    if size is None:
        return family.input
    sides = _numbers("input", size)
    if len(sides) not in (1, 2):
        raise UsageError(f"input {size!r} is no size: give one number, or (height, width)")
    height, width = sides[0], sides[-1]
    if family.smallest is None:
        raise UsageError(f"the input of {family.name} is always {'x'.join(map(str, family.input))}")
    if min(height, width) < family.smallest:
        raise UsageError(
            f"input {height}x{width} is too small for {family.name}: "
            f"at least {family.smallest}x{family.smallest}"
        )
    return (family.input[0], height, width)


def _classes(family: Family, classes: int | None) -> int:
    if classes is None:
        return family.classes
    if not family.classes:
        raise UsageError(f"classes {classes} cannot be had: {family.name} has none")
    return _positive("classes", _typed("classes", classes, int))


def _multiplier(width: float) -> float:
    number = _typed("width", width, int | float)
    if not 0 < number <= 16:
        raise UsageError(
            f"width {number:g} is no multiplier: above 0, at most 16, for instance 0.5"
        )
    return float(number)


def _word(what: str, value: object, allowed: Iterable[T]) -> T:
    """Return a word of an enumeration, given as the word or its name."""
    words = tuple(allowed)
    for word in words:
        if value == word:
            return word
    raise not_one_of(what, value, words)


def _numbers(what: str, value: object) -> list[int]:
    """Return whole numbers, of which there may be one or several."""
    several = value if isinstance(value, tuple | list) else (value,)
    return [_typed(what, number, int) for number in several]


def _typed(what: str, value: Any, kind: Any) -> Any:
    """Return a value of the right type; a yes or no is no number."""
    if isinstance(value, bool) or not isinstance(value, kind):
        named = "a name" if kind is str else "a whole number" if kind is int else "a number"
        raise UsageError(f"{what} {value!r} is not {named}")
    return value


def _positive(what: str, value: int) -> int:
    if not 1 <= value < MOST:
        raise UsageError(f"{what} {value} is out of range: a whole number, at least 1")
    return value
