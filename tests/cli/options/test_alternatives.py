"""The words of a comparison of kinds."""

from se_cost.cli.options.alternatives import TIMED
from se_cost.cli.options.types import Kinds


def test_kinds_are_completed() -> None:
    """The last one that is typed."""
    assert list(Kinds().offers("se,ec")) == ["se,eca"]
    assert list(Kinds().offers("s")) == ["se", "scse", "srm", "simam"]


def test_what_contradicts_a_mode_is_no_option() -> None:
    """Both are measured, unless one is named."""
    assert {option.name for option in TIMED} == {
        *("mode", "device", "batch", "dtype", "autocast", "layout", "compile", "threads", "seed"),
        "cudnn_benchmark",
    }
