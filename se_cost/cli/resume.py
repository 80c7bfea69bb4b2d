"""`se-cost time --resume`: a saved timing is read, and goes on."""

from pathlib import Path

from se_cost.cli.options.model import MODEL
from se_cost.cli.options.option import typed
from se_cost.cli.options.protocol import ENERGY, FUSE, LADDER, SELF_CHECK
from se_cost.cli.options.settings import SETTINGS
from se_cost.documents.base import Document
from se_cost.documents.files import read
from se_cost.errors import UsageError
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.settings import Protocol, StoppingRule
from se_cost.record import replace

SAID_BY_FILE = (*MODEL, *SETTINGS, LADDER, FUSE, SELF_CHECK, ENERGY)


def resumed_from(file: Path, protocol: Protocol) -> list[Asked]:
    """Return the timings of a file, one for each batch, that are to go on.

    Its target holds unless another is typed. Raises UsageError if the file holds no timing that
    can go on here, or if an option says what the file says.
    """
    from se_cost.documents.resume import resumed, rule_of
    from se_cost.documents.time import BatchesDocument, TimeDocument
    from se_cost.measure.session.resume import expect_here

    for option in SAID_BY_FILE:
        if typed(option.name):
            raise UsageError(
                f"--resume: the file says what is timed, and how: leave out {option.flag}"
            )
    if not isinstance(protocol, StoppingRule):
        raise UsageError("--resume needs the full protocol: leave out --quick")
    document: Document = read(file, "let `se-cost time` write it again")
    documents: tuple[TimeDocument, ...]
    match document:
        case TimeDocument():
            documents = (document,)
        case BatchesDocument():
            documents = document.batches
        case _:
            raise UsageError(
                f"--resume: {str(file)!r} holds no timing: give what `se-cost time` wrote"
            )
    asked = []
    for one in documents:
        target = protocol.target if typed("target") else rule_of(one).target
        asked.append(resumed(one, replace(protocol, target=target)))
        expect_here(one.environment, one.settings)
    return asked
