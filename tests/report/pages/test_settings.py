"""One iteration of a measurement in words."""

import pytest

from se_cost.measure.timing.settings import DType, Graphs, MemoryFormat, Mode, Runtime, Settings
from se_cost.report.pages.settings import conditions, details, running


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), "inference of one image, float32, nchw"),
        (
            Settings(mode=Mode.TRAIN, batch=8, layout=MemoryFormat.NHWC, optimizer=True),
            (
                "forward, loss and backward pass of 8 images, float32, nhwc, "
                "with the optimiser's step"
            ),
        ),
        (
            Settings(dtype=DType.BFLOAT16, autocast=True, compile=True, nproc=2, batch=2),
            "inference of 2 images, bfloat16 by autocast, nchw, compiled, over 2 processes",
        ),
        (
            Settings(cuda_graphs=True, fold_norms=True),
            ("inference of one image, float32, nchw, batch norms folded, replayed as a CUDA graph"),
        ),
        (
            Settings(cuda_graphs=Graphs.BOTH, cudnn_benchmark=True),
            (
                "inference of one image, float32, nchw, eager and replayed as a CUDA graph, "
                "plans tried by cuDNN"
            ),
        ),
        (
            Settings(runtime=Runtime.OPENVINO),
            "inference of one image, float32, nchw, by OpenVINO",
        ),
    ],
)
def test_running(settings: Settings, words: str) -> None:
    """What is not as usual is said, and nothing else."""
    assert running(settings) == words


def test_details_leave_out_what_is_run() -> None:
    """For timings of one mode that are told apart."""
    assert details(Settings(batch=8, compile=True)) == "8 images, float32, nchw, compiled"


def test_conditions_leave_out_the_images() -> None:
    """For a table of several batches."""
    assert conditions(Settings(batch=8)) == ("inference", "float32", "nchw")
