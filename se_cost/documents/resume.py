"""A saved timing read back, so that more processes can follow those that it holds."""

from se_cost.documents.time import TimeDocument
from se_cost.errors import UsageError
from se_cost.measure.session.several import Asked
from se_cost.measure.timing.arms import BASELINE, Networks, itself, ladder, with_fused
from se_cost.measure.timing.samples import ProcessResult
from se_cost.measure.timing.settings import StoppingRule


def resumed(document: TimeDocument, rule: StoppingRule) -> Asked:
    """Return the timing that goes on where a saved one ended.

    Raises UsageError for one that cannot go on: it was one process, or several data-parallel ones,
    whose exchange of gradients is saved as a sum only.
    """
    if document.quick:
        raise UsageError("--resume needs the full protocol, and the file was timed with --quick")
    if document.settings.nproc > 1:
        raise UsageError("--resume needs one process, and the file was timed with --nproc")
    return Asked(
        document.recipe, _networks(document), document.settings, rule, before=processes(document)
    )


def processes(document: TimeDocument) -> tuple[ProcessResult, ...]:
    """Return the processes of a saved timing; raise UsageError if its samples do not fit them."""
    samples = document.samples
    if {quad.process for quad in samples.quads} != set(range(len(samples.processes))):
        raise UsageError("--resume: the samples of the file are not those of its processes")
    return tuple(
        ProcessResult(
            process,
            tuple(quad for quad in samples.quads if quad.process == number),
            document.environment,
        )
        for number, process in enumerate(samples.processes)
    )


def rule_of(document: TimeDocument) -> StoppingRule:
    """Return the rule that a saved timing had; the usual one if it had none."""
    rule = document.protocol.rule
    return StoppingRule(target=rule.target_percent / 100) if rule else StoppingRule()


def _networks(document: TimeDocument) -> Networks:
    if document.self_check:
        return itself(document.recipe)
    timed = {BASELINE, *(quad.arm for quad in document.samples.quads)}
    networks = with_fused(ladder(document.recipe), document.recipe)
    return {arm: net for arm, net in networks.items() if arm in timed}
