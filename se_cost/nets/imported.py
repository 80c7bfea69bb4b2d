"""A model of the user's: where it comes from, its arguments, and which attention it keeps."""

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

from se_cost.nets.attention.kinds import AnyKind
from se_cost.nets.nodes import Shape
from se_cost.record import Record, replace

NONE, OWN = "none", "own"  # no kind of attention, and what a model of the user's has
LAST = "last"  # stage that holds attention, whichever that is
Argument = bool | int | float | str | None


class Removal(StrEnum):
    """How attention is taken out of a module of the user's, the cleanest way first."""

    MODULE = "module"  # modules are replaced, and the others stay as they are
    REWRITE = "rewrite"  # the modules that hold attention run as graphs
    EXPORT = "export"  # the network runs as one graph of torch.export


class Imported(Record, kw_only=True, cache_hash=True, tag_field="source", tag="imported"):
    """A torch module that is imported, or made by a factory, for one `input` (without the batch).

    `attention` is a kind that is tried in it: in the place of its own attention, else after every
    residual branch, or after the modules that `after` names. `stages` are those in which there is
    attention then; `dropped` and `patterns` say which of its
    blocks are left out: by stage, or by their paths or kinds.
    """

    spec: str  # as it is typed: timm:seresnet50, package.module:factory, net.py:Net, hub:DIR:entry
    arguments: tuple[tuple[str, Argument], ...] = ()
    app_dir: str = ""  # a folder that is searched for modules first
    input: Shape = ()  # of the first tensor; empty until the model is loaded
    others: tuple[Shape, ...] = ()  # of further tensors
    inputs: str = ""  # what makes them, as `spec` names factories; empty where shapes say it all
    attention: AnyKind | None = None  # put in the place of its own, or where it has none
    after: tuple[str, ...] = ()  # patterns of the modules that it is put after
    stages: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    patterns: tuple[str, ...] = ()  # of paths, as fnmatch reads them, or kinds
    removal: Removal | None = None  # of the arms of a timing, once it is known

    @property
    def arch(self) -> str:
        """Return the name that documents, budgets and files know it by."""
        return self.spec

    @property
    def kind(self) -> str:
        """Return the kind that is tried in it, `own` for its own attention, `none` if it has none.

        It must know its stages.
        """
        if not self.stages:
            return NONE
        return self.attention.name if self.attention else OWN

    @property
    def final_stage(self) -> int | None:
        """Return the last stage that holds attention, None for a plain network."""
        return max(self.stages, default=None)

    @property
    def plain(self) -> "Imported":
        """Return the same model without attention."""
        return self.without(self.stages)

    def without(self, stages: Iterable[int]) -> "Imported":
        """Return the same model with no attention in `stages`; the one way to make an arm."""
        gone = sorted({stage for stage in stages if stage in self.stages})
        left = tuple(stage for stage in self.stages if stage not in gone)
        return replace(self, stages=left, dropped=tuple(sorted({*self.dropped, *gone})))

    def drops(self, path: str, stage: int | None, kind: str) -> bool:
        """Return whether a block that was found is left out."""
        return any(fits(one, path, kind) for one in self.patterns) or stage in self.dropped


def fits(pattern: str, path: str, kind: str) -> bool:
    """Return whether a pattern names a block, by its path or by its kind."""
    return pattern == kind or fnmatchcase(path, pattern)
