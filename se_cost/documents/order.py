"""By what alternatives can be sorted; the command line offers it without loading them."""

from enum import StrEnum


class Order(StrEnum):
    """By what the kinds are sorted, the cheapest first."""

    KINDS = "kinds"  # as they are asked for
    PARAMS = "params"
    MACS = "macs"
    BYTES = "bytes"  # of inference
    OPERATORS = "operators"  # of inference
    PASSES = "passes"  # of training
    SAVED = "saved"
    INFER = "infer"  # measured time
    TRAIN = "train"


MEASURED = (Order.INFER, Order.TRAIN)
