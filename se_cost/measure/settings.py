"""How a network is run when it is timed; needs no torch."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """What one iteration is."""

    INFER = "infer"  # forward pass in inference mode
    TRAIN = "train"  # forward pass, loss and backward pass


class DType(StrEnum):
    """The type of weights and activations; with autocast, of what autocast lowers."""

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
    batch: int = 1  # images of one iteration, over all ranks
    dtype: DType = DType.FLOAT32
    layout: Layout = Layout.NCHW
    threads: int | None = None  # of the CPU; None leaves torch's choice
    seed: int = 0
    autocast: bool = False  # weights stay float32, autocast lowers operations to dtype
    compile: bool = False  # by torch.compile
    cuda_graphs: bool = False  # an iteration is captured once and replayed: no launch cost
    fold_norms: bool = False  # batch norms folded into their convolutions; inference only
    optimizer: bool = False  # training also takes the step of SGD with momentum
    nproc: int = 1  # data-parallel processes, each with a part of the batch
