"""A gate in its surroundings, exchanged for modules that fold its squeeze and its scale."""

from typing import NamedTuple

from torch import Tensor, nn

from se_cost.measure.fuse.chains import Chain, Spot
from se_cost.measure.fuse.choice import Into, PoolSize, Surroundings
from se_cost.measure.fuse.factor import MeanFactor
from se_cost.measure.fuse.norms import factor_and_shift
from se_cost.measure.fuse.products import ProductOfScaled, ScaledMatrix
from se_cost.measure.fuse.record import ScaleForm
from se_cost.measure.fuse.scaling import (
    ConvOfScaled,
    Factored,
    MeanOfScaled,
    NormOfScaled,
    PoolOfScaled,
    Scaled,
    ScaledConv,
)
from se_cost.measure.fuse.squeeze import Squeezed
from se_cost.measure.fuse.sums import ProductSum, ScaledSum, WrittenTo
from se_cost.measure.models.layers import Constant


class GateSite(NamedTuple):
    """Where a gate is in its chain, with its squeeze where it should be, and what surrounds it."""

    chain: Chain
    place: int
    squeezed: Squeezed
    site: Surroundings

    @property
    def spot(self) -> Spot:
        """Return the spot of the gate."""
        return self.chain.spots[self.place]

    @property
    def after(self) -> nn.Module:
        """Return what follows the gate."""
        return self.chain.spots[self.place + 1].module

    @property
    def factored(self) -> Factored:
        """Return the map and its factor, as one module."""
        return Factored(self.squeezed.conv, self.squeezed.parts.factor)


def into_sum(gate: GateSite, scale: ScaleForm) -> nn.Module:
    """Put the scale into the sum that follows, and return the new sum."""
    chain, join = gate.chain, gate.chain.join
    assert join is not None
    constant = 1.0
    for spot in chain.spots[gate.place + 1 :]:
        assert isinstance(spot.module, Constant)
        constant *= spot.module.factor
        spot.put(nn.Identity())
    overwrite, conv = gate.site.other_fresh, gate.squeezed.conv
    if scale is ScaleForm.PRODUCT:
        assert conv is not None
        gate.spot.put(ScaledMatrix(conv, gate.squeezed.parts.factor))
        total: nn.Module = ProductSum(_parts(join), chain.part, constant, overwrite)
    else:
        gate.spot.put(gate.factored)
        other = WrittenTo.OTHER if overwrite else WrittenTo.NEW
        output = WrittenTo.MAP if gate.site.fresh else other
        total = ScaledSum(_parts(join), chain.part, constant, output)
    join.put(total)
    return total


def into_before(gate: GateSite) -> None:
    """Scale the rows of the weights of the convolution that makes the map."""
    assert gate.squeezed.conv is not None
    gate.spot.put(ScaledConv(gate.squeezed.conv, gate.squeezed.parts.factor))


def into_after(gate: GateSite, scale: ScaleForm) -> None:
    """Give the scale to the linear operator that follows."""
    match gate.after, scale:
        case nn.Conv2d() as conv, ScaleForm.PRODUCT:
            taken: nn.Module = ProductOfScaled(gate.factored, conv)
        case nn.Conv2d() as conv, _:
            taken = ConvOfScaled(gate.factored, conv)
        case nn.BatchNorm2d() as norm, _:
            weight, bias = (_parameter(values, norm) for values in factor_and_shift(norm))
            taken = NormOfScaled(gate.factored, weight, bias)
        case _, _ if isinstance(gate.site.after, PoolSize) and gate.site.after.shared:
            factor = gate.squeezed.parts.factor
            assert isinstance(factor, MeanFactor)
            taken = MeanOfScaled(factor)
        case pool, _:
            taken = PoolOfScaled(gate.factored, pool)
    gate.spot.put(taken)
    gate.chain.spots[gate.place + 1].put(nn.Identity())


def in_place(gate: GateSite) -> None:
    """Scale the map where it is."""
    gate.spot.put(Scaled(gate.factored))


def rewritten(gate: GateSite, scale: ScaleForm, into: Into) -> None:
    """Exchange the gate and the neighbours that take a part of it."""
    match into:
        case Into.SUM:
            into_sum(gate, scale)
        case Into.BEFORE:
            into_before(gate)
        case Into.AFTER:
            into_after(gate, scale)
        case Into.NONE if scale is ScaleForm.IN_PLACE:
            in_place(gate)
    if gate.squeezed.conv is not None:
        gate.chain.spots[gate.place - 1].put(nn.Identity())


def _parameter(values: Tensor, norm: nn.BatchNorm2d) -> nn.Parameter:
    """Return values for every channel as a parameter, trained if those of the norm are."""
    trained = norm.weight is not None and norm.weight.requires_grad
    return nn.Parameter(values.to(norm.running_mean), trained)


def _parts(join: Spot) -> dict[str, nn.Module]:
    return dict(join.module.named_children())
