"""What can be asked of a plan, in the words that its options are made of."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from se_cost.record import Record

Asked = int | float | Fraction


class Dimension(StrEnum):
    """A cost that can be limited, or be an axis of the frontier."""

    PARAMS = "params"
    MACS = "macs"  # of one image
    BYTES = "bytes"  # moved in one iteration
    SAVED = "saved"  # activation bytes that training saves, of one iteration
    ACTIVATIONS = "activations"  # float32 bytes that layers write for one image
    TIME = "time"  # of one iteration, predicted


class By(StrEnum):
    """What is decided at once."""

    STAGE = "stage"
    BLOCK = "block"


class Cap(Record):
    """A limit that can be asked for; `word` is its option behind `max-`."""

    word: str
    dimension: Dimension
    about: str  # in the help
    share: bool = False  # per cent of the plain network
    whole: bool = False  # of the network, plain and attention together


CAPS: Mapping[str, Cap] = {
    cap.word: cap
    for cap in (
        Cap("params", Dimension.PARAMS, "Parameters.", whole=True),
        Cap("macs", Dimension.MACS, "MACs of one image.", whole=True),
        Cap("activation-bytes", Dimension.ACTIVATIONS, "", whole=True),
        Cap("attention-params-percent", Dimension.PARAMS, "", share=True),
        Cap("attention-macs-percent", Dimension.MACS, "", share=True),
        Cap("attention-params", Dimension.PARAMS, "Parameters that attention adds."),
        Cap("attention-macs", Dimension.MACS, "MACs that attention adds to one image."),
        Cap("attention-bytes", Dimension.BYTES, "Bytes that attention moves in an iteration."),
        Cap(
            "attention-bytes-percent",
            Dimension.BYTES,
            "% that it adds to the bytes moved; inference.",
            share=True,
        ),
        Cap("attention-saved", Dimension.SAVED, "Activation bytes it saves for the backward pass."),
        Cap(
            "attention-saved-percent",
            Dimension.SAVED,
            "% that it adds to the bytes saved.",
            share=True,
        ),
        Cap("attention-time", Dimension.TIME, "Time it adds to an iteration, predicted."),
        Cap(
            "attention-time-percent",
            Dimension.TIME,
            "% that it adds to the time, predicted.",
            share=True,
        ),
    )
}
