"""How a network is run when it is timed; needs no torch."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """What one iteration is."""

    INFER = "infer"  # forward pass in inference mode
    TRAIN = "train"  # forward and backward pass, and nothing else


class DType(StrEnum):
    """The type of weights and activations."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


class Layout(StrEnum):
    """The order of a feature map in memory."""

    NCHW = "nchw"
    NHWC = "nhwc"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything beside the networks that changes the answer."""

    device: str = "auto"  # auto, cpu, cuda or cuda:N
    mode: Mode = Mode.INFER
    batch: int = 1
    dtype: DType = DType.FLOAT32
    layout: Layout = Layout.NCHW
    threads: int | None = None  # of the CPU; None leaves torch's choice
    seed: int = 0
