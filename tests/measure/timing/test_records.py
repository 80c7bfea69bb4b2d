"""Records of a timing are json as they stand, under the keys that users rely on."""

import msgspec

from measure.made_up import ENVIRONMENT, PROCESS
from se_cost.measure.timing.environment import Environment
from se_cost.measure.timing.quads import Quad
from se_cost.measure.timing.samples import Process, Samples, Throttling
from se_cost.measure.timing.settings import QuickPlan, Settings, StoppingRule
from se_cost.record import replace

THROTTLING = Throttling(10, 1, 2, 1200, 1980, 90)


def test_a_process_has_its_keys() -> None:
    """How it went, and how busy the system was."""
    found = msgspec.to_builtins(replace(PROCESS, throttling=THROTTLING))
    assert found == {
        "iterations": 5,
        "warm": True,
        "complete": True,
        "interrupted": False,
        "dropped": 0,
        "preempted": 3,
        "others": 0.02,
        "stolen": 0.0,
        "load": 1.0,
        "throttling": {
            "readings": 10,
            "slowed": 1,
            "power_capped": 2,
            "clock_low": 1200,
            "clock_high": 1980,
            "celsius_high": 90,
            "told": True,
        },
        "retried": 0,
        "sharing": None,
        "compiling": 0.0,
    }


def test_an_older_process_is_readable() -> None:
    """Documents of version 1 do not say which process was interrupted."""
    old = msgspec.to_builtins(PROCESS)
    del old["interrupted"]
    assert msgspec.convert(old, Process) == PROCESS


def test_samples_come_back_as_they_were() -> None:
    """Json and back loses nothing, not a digit."""
    quad = Quad(3, "network", True, (0.1, 1 / 3, 1e-9, 2.0))
    samples = Samples(5, True, True, False, 3, (PROCESS,), (quad,))
    assert msgspec.json.decode(msgspec.json.encode(samples), type=Samples) == samples


def test_an_environment_has_only_what_its_device_has() -> None:
    """A CPU has cores and no multiprocessors."""
    found = msgspec.to_builtins(ENVIRONMENT)
    assert list(found) == [
        *("se_cost", "torch", "python", "system", "device", "device_name", "cores"),
        *("threads", "dtype", "layout"),
    ]
    assert msgspec.convert(found, Environment) == ENVIRONMENT


def test_settings_have_their_keys() -> None:
    """The names of the options, with underscores."""
    assert list(msgspec.to_builtins(Settings())) == [
        *("device", "mode", "batch", "dtype", "layout", "threads", "seed", "autocast", "compile"),
        *("cuda_graphs", "fold_norms", "optimizer", "nproc", "runtime", "cudnn_benchmark"),
    ]


def test_protocols_as_they_are_usually_run() -> None:
    """Up to ten minutes until every interval is within one per cent; or one minute."""
    assert StoppingRule() == StoppingRule(target=0.01, max_time=600, at_least=10, at_most=100)
    assert QuickPlan() == QuickPlan(quads=20, max_time=60, shortest=0.05, busy=0, seed=0)
