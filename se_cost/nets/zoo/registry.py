"""The networks there are, by name."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from se_cost.errors import not_one_of
from se_cost.nets.attention.kinds import KINDS
from se_cost.nets.model import Zoo
from se_cost.nets.nodes import Seq
from se_cost.nets.zoo.family import Family

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
            yield from import_module(f"se_cost.nets.zoo.{file}").FAMILIES


FAMILIES = Families()


def names() -> list[str]:
    """Return every name that help and completion offer, each plain network before its SE form."""
    return [prefix + family for family in FAMILIES for prefix in ("", SE_PREFIX)]


def parsed(name: str) -> tuple[Family, str | None]:
    """Return the family of a name, and the kind of attention that the name itself says.

    `KIND_FAMILY` has that kind in every block of every stage, FAMILY what is usual for it. Raises
    UsageError, naming the nearest known name.
    """
    prefix, _, rest = name.partition("_")
    kind, family = (prefix, rest) if prefix in KINDS else (None, name)
    try:
        found = FAMILIES[family]
    except KeyError:
        return _titled(name)
    return found, kind or found.usual


def _titled(name: str) -> tuple[Family, str | None]:
    """Return the same for a name as people write it, for instance `SE-ResNet-50`."""
    for family in FAMILIES.values():
        titles: dict[str, str | None] = {
            f"{kind.title}-{family.title}": key for key, kind in KINDS.items()
        }
        titles |= {family.title: None, family.attended: family.usual or SE_PREFIX[:-1]}
        for words, kind in titles.items():
            if words and words.casefold() == name.casefold():
                return family, kind
    raise not_one_of("network", name, names())


def arch(family: Family, kind: str | None) -> str:
    """Return the name of a family with a kind of attention, as documents have it."""
    return f"{kind}_{family.name}" if kind else family.name


def build(model: Zoo) -> Seq:
    """Return the network of a model."""
    return FAMILIES[model.family].build(model)


def title(model: Zoo) -> str:
    """Return the name people use, for instance `SE-ResNet-50`."""
    family = FAMILIES[model.family]
    if not model.stages:
        return family.title
    kind = model.attention.stages[0]
    if kind.name == family.usual:
        return family.attended
    return f"{kind.title}-{family.title}"
