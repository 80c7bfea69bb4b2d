"""How networks are run when they are timed, and for how long."""

from enum import StrEnum

from se_cost.record import Record


class Mode(StrEnum):
    """What one iteration is."""

    INFER = "infer"  # forward pass in inference mode
    TRAIN = "train"  # forward pass, loss and backward pass


class DType(StrEnum):
    """The type of weights and activations; with autocast, the type that it lowers to."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


SIZES = {DType.FLOAT32: 4, DType.BFLOAT16: 2, DType.FLOAT16: 2}  # bytes of a number


class Runtime(StrEnum):
    """What runs a network; all but torch take an exported one, in inference on the CPU."""

    TORCH = "torch"
    ONNX = "onnx"
    OPENVINO = "openvino"


RUNTIMES = {Runtime.TORCH: "torch", Runtime.ONNX: "ONNX Runtime", Runtime.OPENVINO: "OpenVINO"}


class MemoryFormat(StrEnum):
    """The order of a feature map in memory."""

    NCHW = "nchw"
    NHWC = "nhwc"


class Graphs(StrEnum):
    """Which iterations are captured as CUDA graphs, where it is not all or none of them."""

    BOTH = "both"  # the plain network and the one with attention are timed eagerly and replayed


DEVICES = ("cuda", "xpu", "mps")  # accelerators of torch whose events tell the time


class Settings(Record):
    """Everything beside the networks that changes the answer."""

    device: str = "auto"  # auto, cpu, or one of DEVICES, with :N behind it or not
    mode: Mode = Mode.INFER
    batch: int = 1  # images of one iteration, over all ranks
    dtype: DType = DType.FLOAT32
    layout: MemoryFormat = MemoryFormat.NCHW
    threads: int | None = None  # of the CPU; None leaves torch's choice
    seed: int = 0
    autocast: bool = False  # weights stay float32, autocast lowers operations to dtype
    compile: bool = False  # by torch.compile
    cuda_graphs: bool | Graphs = False  # captured once and replayed: no launch cost
    fold_norms: bool = False  # batch norms folded into their convolutions; inference only
    optimizer: bool = False  # training includes the step of SGD with momentum
    nproc: int = 1  # data-parallel processes, each with a part of the batch
    runtime: Runtime = Runtime.TORCH
    cudnn_benchmark: bool = False  # cuDNN tries its plans, where it would guess the best


class StoppingRule(Record):
    """The full protocol: fresh processes follow each other until this rule ends the run."""

    target: float = 0.01  # half-width of every interval, of log time
    max_time: float = 600.0  # seconds
    at_least: int = 10  # processes
    at_most: int = 100


class QuickPlan(Record):
    """The quick protocol: how long one process measures, and how finely."""

    quads: int = 20  # per arm
    max_time: float = 60.0  # seconds, warm-up included
    least: int = 0  # quads per arm that are begun even when the time is up
    shortest: float = 0.05  # seconds that one timing lasts at least, unless one iteration is longer
    busy: float = 0.0  # seconds of warm-up at least; clocks of a GPU ramp up
    seed: int = 0  # of the order within quads


Protocol = StoppingRule | QuickPlan


# settings that run other operators than those of the ledger, or more of them
UNPREDICTED = (
    *("autocast", "compile", "cuda_graphs", "fold_norms", "optimizer", "nproc", "runtime"),
)
