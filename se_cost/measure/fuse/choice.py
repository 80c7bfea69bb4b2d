"""Which exact form of the squeeze and of the scale moves the fewest bytes; imports no torch.

Bytes are counted in E-passes, reads or writes of the gated map, beyond those of the network without
attention: every operator reads each of its operands once and writes its result once. Vectors are
neglected, weights are not: where they are scaled they are read and written once more.
"""

from collections.abc import Iterator
from enum import StrEnum

from se_cost.measure.fuse.record import How, ScaleForm
from se_cost.measure.timing.settings import RUNTIMES, Runtime
from se_cost.record import Record

COMPUTED = (ScaleForm.WEIGHTS, ScaleForm.PRODUCT)  # forms whose weights are no constants


class ConvSize(Record):
    """What decides the bytes of a convolution; pixels are those of its output."""

    c_in: int
    c_out: int
    area: int  # of its kernel
    groups: int
    aligned: bool  # its pixels are those of its input: neither stride nor padding
    bias: bool
    pixels: int

    @property
    def weights(self) -> int:
        """Return the number of weights."""
        return self.c_out * self.c_in // self.groups * self.area

    @property
    def depthwise(self) -> bool:
        """Return whether every channel is filtered by itself."""
        return self.groups == self.c_in

    @property
    def pointwise(self) -> bool:
        """Return whether it is one matrix for every pixel."""
        return self.area == 1 and self.groups == 1 and self.aligned


class PoolSize(Record):
    """A pooling that a factor may be moved behind; `shared` if it averages as the squeeze does."""

    pixels: int  # of its output
    shared: bool


class NormAfter(Record):
    """A norm that no convolution precedes."""


class Surroundings(Record):
    """What surrounds a gate, as far as it decides how the scale may be folded."""

    batch: int
    channels: int
    pixels: int  # of the gated map
    nchw: bool  # how the map lies in memory; channels last if not
    per_channel: bool  # one factor for a channel, not one for a value
    fresh: bool  # nobody else reads the map, so it may be overwritten
    before: ConvSize | None = None  # the convolution that the squeeze was moved before
    summed: bool = False  # a sum of two follows directly
    other_fresh: bool = False  # the sum's other operand may be overwritten
    constants: int = 0  # factors between gate and sum, which the sum takes along
    after: ConvSize | PoolSize | NormAfter | None = None  # what else follows directly

    @property
    def elements(self) -> int:
        """Return the elements of the gated map: those of one E-pass."""
        return self.batch * self.channels * self.pixels

    @property
    def own_passes(self) -> int:
        """Return the E-passes of a product of its own; a factor that is a map is read, too."""
        return 2 if self.per_channel else 3


class Into(StrEnum):
    """The neighbour that takes the scale."""

    SUM = "sum"
    BEFORE = "before"
    AFTER = "after"
    NONE = ""


class Form(Record):
    """One exact way to scale a map, with the E-passes that it adds."""

    scale: ScaleForm
    into: Into
    e_passes: float


class Rewriting(Record):
    """What was done to the gate at a path, and what surrounds it."""

    path: str
    site: Surroundings
    form: Form


def squeeze_passes(conv: ConvSize, batch: int, absorbed: bool) -> float:
    """Return the E-passes of an average taken before a 1x1 convolution, where 1 is that after it.

    An FC that absorbs the convolution's weights reads no more of them than it did; any other
    excitation needs them once more, as one matrix.
    """
    matrix = 0 if absorbed else conv.c_in * conv.c_out
    return conv.c_in / conv.c_out + matrix / (batch * conv.c_out * conv.pixels)


def chosen(
    site: Surroundings, how: How = How.AUTO, runtime: Runtime = Runtime.TORCH
) -> tuple[Form, str]:
    """Return the form to take, the one asked for where it is possible, and the reason in words.

    Another runtime than torch lays weights out anew when it loads a network. If they are computed
    it does so in every run, or takes a slower operator: they are scaled only if that is asked for.
    """
    possible = sorted(forms(site), key=lambda form: form.e_passes)
    listed = ", ".join(f"{form.scale} {form.e_passes:.3g}" for form in possible)
    asked = [form for form in possible if form.scale.value == how.value]
    if how is not How.AUTO and asked:
        return asked[0], f"asked for; E-passes: {listed}"
    refused = "" if how is How.AUTO else f"{how} is not possible here; "
    if runtime is not Runtime.TORCH and possible[0].scale in COMPUTED:
        constant = next(form for form in possible if form.scale not in COMPUTED)
        packed = f"{RUNTIMES[runtime]} wants constant weights"
        return constant, f"{refused}{packed}; E-passes: {listed}"
    return possible[0], f"{refused}E-passes: {listed}"


def forms(site: Surroundings) -> Iterator[Form]:
    """Yield every exact form; where two move the same bytes, the better one comes first."""
    if site.summed:  # the sum reads and writes the map anyway
        yield Form(ScaleForm.ADDCMUL, Into.SUM, site.own_passes - 2 - 2 * site.constants)
    if site.before and site.per_channel:
        yield from _before(site, site.before)
    if site.after and site.per_channel:
        yield from _after(site, site.after)
    own = ScaleForm.IN_PLACE if site.fresh else ScaleForm.KEPT
    yield Form(own, Into.NONE, site.own_passes)


def _before(site: Surroundings, conv: ConvSize) -> Iterator[Form]:
    """Yield the forms that scale the rows of the weights that make the map."""
    scaled = 2 * site.batch * conv.weights / site.elements
    if site.batch == 1:
        yield Form(ScaleForm.WEIGHTS, Into.BEFORE, scaled)
    if site.summed and conv.pointwise:
        # what the convolution would write and the sum read; a bias is added in a pass of its own
        saved = 2 * site.constants + (0 if conv.bias else 2)
        yield Form(ScaleForm.PRODUCT, Into.SUM, scaled - saved)


def _after(site: Surroundings, part: ConvSize | PoolSize | NormAfter) -> Iterator[Form]:
    """Yield the forms in which a linear operator that follows takes the factor."""
    match part:
        case NormAfter():
            yield Form(ScaleForm.ADDCMUL, Into.AFTER, 0)
        case PoolSize(pixels, shared):
            passes = -1 if shared else 2 * pixels / site.pixels
            yield Form(ScaleForm.POOLED, Into.AFTER, passes)
        case ConvSize():
            scaled = 2 * site.batch * part.weights / site.elements
            if site.batch == 1 or (part.depthwise and site.nchw):
                yield Form(ScaleForm.WEIGHTS, Into.AFTER, scaled)
            if part.pointwise:
                yield Form(ScaleForm.PRODUCT, Into.AFTER, scaled)
