"""Published overheads of SE in time, to place a measurement beside.

They are others' measurements. Two code paths of one network differ by about 2.5 points in them,
and some pairs ran at different batch sizes.
"""

from se_cost.record import Record

PAPER = "Hu et al., arXiv 1709.01507, section 4"
TIMM = "timm's benchmark tables"
NVIDIA = "NVIDIA's DeepLearningExamples"


class Reference(Record):
    """How much more time a network with SE takes than the same without, in per cent."""

    network: str
    setting: str
    percent: float
    source: str


REFERENCES = (
    Reference("ResNet-50", "training, 8 Titan X, fp32, batch 256", 10.0, PAPER),
    Reference("ResNet-50", "inference, CPU, one image", 1.8, PAPER),
    Reference("ResNet-50", "inference, CPU, one image, least", 8.0, TIMM),
    Reference("ResNet-50", "inference, CPU, one image, most", 24.0, TIMM),
    Reference("ResNet-50", "inference, RTX 3090, fp16", 13.7, TIMM),
    Reference("ResNet-50", "inference, RTX 4090, fp16", 15.7, TIMM),
    Reference("ResNet-50", "inference, RTX 5090, fp16", 14.8, TIMM),
    Reference("ResNet-50", "inference, RTX 4090, fp16, compiled", 28.4, TIMM),
    Reference("ResNet-50", "inference, RTX 5090, fp16, compiled", 24.2, TIMM),
    Reference("ResNet-50", "training, RTX 3090, fp16, nchw", 15.6, TIMM),
    Reference("ResNet-50", "training, RTX 3090, fp16, nhwc", 25.3, TIMM),
    Reference("ResNeXt-101", "training, A100, TF32", 15.4, NVIDIA),
    Reference("ResNeXt-101", "training, A100, AMP", 41.6, NVIDIA),
    Reference("ResNeXt-101", "training, A100, TF32, XLA", 8.5, NVIDIA),
    Reference("ResNeXt-101", "training, A100, AMP, XLA", 16.1, NVIDIA),
)
