"""What the words of a network are told: functions, ways to pool and to enlarge, sizes."""

from enum import StrEnum

Size = tuple[int, int]
Shape = tuple[int, ...]


class Fn(StrEnum):
    """An activation function, applied to every element."""

    RELU = "relu"
    SIGMOID = "sigmoid"
    TANH = "tanh"
    HARDSIGMOID = "hardsigmoid"
    HARDSWISH = "hardswish"


class Reduce(StrEnum):
    """How a pooling window becomes one number."""

    AVG = "avg"
    MAX = "max"


class Interpolation(StrEnum):
    """How a feature map is enlarged."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
