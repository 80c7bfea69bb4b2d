"""A network run by an inference runtime on the CPU: ONNX Runtime, or OpenVINO.

Torch exports it; the runtime then fuses operators and plans memory as it does where it is deployed.
"""

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, assert_never

import torch
from torch import Tensor, nn

from se_cost.errors import MeasurementError, UsageError
from se_cost.measure.steps.compiling import in_one_line
from se_cost.measure.timing.settings import RUNTIMES, Runtime

TOLERANCE = 1e-3  # of float32, relative to the largest output
PACKAGES: Mapping[Runtime, tuple[str, ...]] = {  # the runtime itself first
    Runtime.ONNX: ("onnxruntime", "onnx", "onnxscript"),
    Runtime.OPENVINO: ("openvino",),
}
Inference = Callable[[], Any]  # returns the output as an array


def inference(network: nn.Module, images: Tensor, runtime: Runtime) -> Inference:
    """Return what runs a network in eval mode on images (N, C, H, W), with torch's threads.

    Raises UsageError for another device, MeasurementError if the runtime is not installed, if the
    network cannot be exported, and if the runtime makes something else of the images than torch.
    """
    if images.device.type != "cpu":
        raise UsageError(f"--runtime {runtime} runs on the CPU: give --device cpu")
    packages = installed(runtime)
    try:
        with torch.no_grad(), warnings.catch_warnings(action="ignore"):  # of the exporters
            run = _session(runtime, network, images, packages[0])
            output = torch.as_tensor(run())
            expected = network(images)
    except Exception as error:
        said = in_one_line(error)
        raise MeasurementError(f"{RUNTIMES[runtime]} cannot take the network: {said}") from None
    apart = float((output - expected).abs().max() / expected.abs().max())
    if not apart <= TOLERANCE:
        whose = f"outputs of {RUNTIMES[runtime]} and of torch"
        raise MeasurementError(f"{whose} differ by {apart:.1g} of the largest: nothing is timed")
    return run


def installed(runtime: Runtime) -> list[Any]:
    """Return the packages of a runtime; raise MeasurementError if one of them is missing."""
    try:
        return [import_module(name) for name in PACKAGES[runtime]]
    except ImportError as error:
        wanted = f"pip install 'se-cost[{runtime}]'"
        raise MeasurementError(f"--runtime {runtime} needs {wanted}: {error}") from None


def version(runtime: Runtime) -> str:
    """Return the name and the version of a runtime that is installed."""
    number = installed(runtime)[0].__version__.partition("-")[0]
    return f"{RUNTIMES[runtime]} {number}"


def _session(runtime: Runtime, network: nn.Module, images: Tensor, package: Any) -> Inference:
    match runtime:
        case Runtime.ONNX:
            return _onnx(network, images, package)
        case Runtime.OPENVINO:
            return _openvino(network, images, package)
        case Runtime.TORCH:
            raise ValueError("torch needs no session")
        case _:
            assert_never(runtime)


def onnx_session(network: nn.Module, images: Tensor, onnxruntime: Any, options: Any) -> Any:
    """Return a session of ONNX Runtime on the CPU, with torch's threads and these options."""
    program = torch.onnx.export(network, (images,), dynamo=True, verbose=False)
    assert program is not None
    options.intra_op_num_threads = torch.get_num_threads()
    graph = program.model_proto.SerializeToString()
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _onnx(network: nn.Module, images: Tensor, onnxruntime: Any) -> Inference:
    session = onnx_session(network, images, onnxruntime, onnxruntime.SessionOptions())
    array = images.contiguous().numpy()
    inputs = {session.get_inputs()[0].name: array}
    return lambda: session.run(None, inputs)[0]


def _openvino(network: nn.Module, images: Tensor, openvino: Any) -> Inference:
    threads = torch.get_num_threads()
    # the type is that of torch: OpenVINO would take bfloat16 where the CPU multiplies it faster
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    exported = openvino.convert_model(torch.export.export(network, (images,)))
    exported.reshape(list(images.shape))  # else it is made for images of any number and size
    request = openvino.compile_model(exported, "CPU", settings).create_infer_request()
    inputs = {0: images.contiguous().numpy()}
    return lambda: request.infer(inputs, share_inputs=True, share_outputs=True)[0]
