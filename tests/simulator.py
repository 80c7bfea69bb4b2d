"""Simulated machines whose truth is known: noise models for tests of the protocol.

On log time: a drift (Ornstein-Uhlenbeck, plus a ramp), regimes of speed that begin and end at
random, autocorrelated and independent noise, spikes, and for each process and arm an effect of the
memory layout, which does not average out within a process.
"""

from math import exp, sqrt
from random import Random

from measure.made_up import ENVIRONMENT, PROCESS

from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.schedule import QUADS
from se_cost.record import Record


class Noise(Record):
    """Standard deviations and rates of one kind of machine, on log time and per timing."""

    white: float  # independent noise of a timing
    correlated: float  # innovation of the AR(1) noise, whose coefficient is 0.6
    drift: float  # stationary size of the drift
    relaxation: float  # share of the drift that one timing forgets
    ramp: float  # slope, per timing
    regime: float  # size of a regime's change of speed
    switches: float  # probability of a new regime
    spikes: float  # probability of a spike, which adds 10 to 50 %
    layout: float  # of an arm in a process


QUIET = Noise(0.002, 0.001, 0.003, 0.02, 1e-5, 0.0, 0.0, 0.001, 0.002)
NOISY = Noise(0.010, 0.006, 0.040, 0.05, 1e-4, 0.050, 0.01, 0.010, 0.007)
GPU = Noise(0.0005, 0.0003, 0.002, 0.01, 2e-5, 0.0, 0.0, 0.0005, 0.0016)


class Machine:
    """A machine of one kind; processes run on it one after another, and it goes on drifting."""

    def __init__(self, noise: Noise, effects: dict[str, float], seed: int) -> None:
        self.noise, self.effects, self.random = noise, effects, Random(seed)
        self.drift = self.correlated = self.regime = self.time = 0.0

    def process(self, number: int, lost: int = 0, quads: int = QUADS) -> ProcessResult:
        """Return what one fresh process measures: `quads` of each arm, in turn."""
        arms = ("baseline", *self.effects)
        layout = {arm: self.random.gauss(0, self.noise.layout) for arm in arms}
        levels = {arm: self.effects.get(arm, 0.0) + layout[arm] for arm in arms}
        found = []
        for arm in quads * list(self.effects):
            reverse = self.random.random() < 0.5
            order = (arm, "baseline") if reverse else ("baseline", arm)
            w, x, y, z = (exp(levels[name] + self.tick()) for name in (*order, *order[::-1]))
            found.append(Quad(number, arm, reverse, (w, x, y, z)))
        return ProcessResult(PROCESS, tuple(found), ENVIRONMENT)

    def tick(self) -> float:
        """Return the log of how slow the machine is during one timing, and let time pass."""
        noise, gauss = self.noise, self.random.gauss
        self.time += 1
        forgotten = noise.relaxation
        self.drift += -forgotten * self.drift + gauss(0, noise.drift * sqrt(2 * forgotten))
        self.correlated = 0.6 * self.correlated + gauss(0, noise.correlated)
        if self.random.random() < noise.switches:
            self.regime = gauss(0, noise.regime)
        spike = self.random.uniform(0.1, 0.5) if self.random.random() < noise.spikes else 0.0
        slow = self.drift + self.correlated + self.regime + noise.ramp * self.time
        return slow + gauss(0, noise.white) + spike
