"""Errors of the user's code in one line, with the line of that code that they come from."""

import traceback
from pathlib import Path

import torch

OURS = (Path(torch.__file__).parent, Path(__file__).parents[2])  # no code of the user's


def told(error: BaseException) -> str:
    """Return an error with its kind, its reason, and the line that it comes from."""
    reason = " ".join(str(error).split()) or "no reason given"
    return f"{type(error).__name__}: {reason}{line_of(error)}"


def line_of(error: BaseException) -> str:
    """Return file and line of the user's code where an error was raised, in brackets, if any."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not any(Path(frame.filename).is_relative_to(folder) for folder in OURS)
        and not frame.filename.startswith("<")
    ]
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
