"""A judgement in words: by how much, in which stage, and what to do."""

from se_cost.documents.baseline import Count, TimeEntry
from se_cost.documents.check import LimitVerdict
from se_cost.gate.judging import UPDATE, Judgement
from se_cost.gate.quantities import interval, percent
from se_cost.gate.remedies import remedies
from se_cost.gate.where import growth, largest, model_change
from se_cost.ledger.rows import in_words


def reason(judgement: Judgement) -> str:
    """Return what came out for one limit, in sentences."""
    limit, quantity = judgement.limit, judgement.quantity
    if judgement.verdict is LimitVerdict.UNJUDGED:
        return f"{limit} was not judged: {judgement.doubt}."
    now, most, was = judgement.now or 0, judgement.most or 0, judgement.was or 0
    what = f"{quantity.shown(now)} {quantity.title}{_run(judgement)}"
    if judgement.verdict is LimitVerdict.WITHIN:
        return f"{what}, within {limit}."
    if judgement.grows:
        beyond = f"{_beyond(judgement, was)} more than the baseline's {quantity.shown(was)}"
        beyond += f" ({told})" if (told := interval(quantity.overhead(judgement.then))) else ""
    else:
        beyond = f"{_beyond(judgement, most)} over {limit} = {quantity.shown(most)}"
    return f"{what}, {beyond}.{_site(judgement)}{_change(judgement)}"


def stage(judgement: Judgement) -> str | None:
    """Return the stage that grew most; for a cap, the one whose attention costs most.

    Without attention it is the largest stage. A measured quantity has none.
    """
    after, before = _counts(judgement)
    if after is None:
        return None
    if judgement.grows:
        parts = judgement.quantity.parts
        return largest(growth(parts(after), parts(before))) if before else None
    return largest(after.attention) or largest(after.stages)


def to_do(judgement: Judgement) -> list[str]:
    """Return what can be done about a limit that is not kept."""
    if judgement.verdict is not LimitVerdict.OVER:
        return []
    if judgement.grows:
        last = [f"{UPDATE} to accept it", f"or more room in {judgement.limit}"]
    else:
        last = [f"or raise {judgement.limit}"]
    if judgement.time:
        return [*_trimmed(judgement.time), *last]
    model, most = judgement.budget.model, judgement.most or 0
    return [*remedies(model, judgement.quantity, most), *last]


def _run(judgement: Judgement) -> str:
    """Return how a quantity was measured, an overhead with its interval and verdict."""
    time = judgement.time
    if time is None:
        return ""
    told = interval(judgement.quantity.overhead(time))
    words = (time.settings.mode.value, f"batch {time.settings.batch}", told)
    return f" ({', '.join(filter(None, words))})"


def _beyond(judgement: Judgement, least: float) -> str:
    """Return by how much a quantity is above something, and how many per cent of it that is."""
    quantity, beyond = judgement.quantity, (judgement.now or 0) - least
    share = f" ({percent(100 * beyond / least)})" if least and not quantity.relative else ""
    return f"{quantity.shown_change(beyond)}{share}"


def _counts(judgement: Judgement) -> tuple[Count | None, Count | None]:
    """Return the count behind a quantity, now and in the baseline."""
    name = judgement.quantity.count or ""
    before = judgement.before.counts.get(name) if judgement.before else None
    return judgement.after.counts.get(name), before


def _site(judgement: Judgement) -> str:
    """Return the sentence that names the stage."""
    (after, before), site = _counts(judgement), stage(judgement)
    if after is None or site is None:
        return ""
    shown, name = judgement.quantity.shown_part, in_words(site)
    if judgement.grows and before:
        parts = judgement.quantity.parts
        grown = growth(parts(after), parts(before))[site]
        added = growth(after.attention, before.attention).get(site, 0)
        part = "all" if added >= grown else shown(added) if added > 0 else "none"
        return f" {_begun(name)} grew most, by {shown(grown)}, {part} of it attention."
    if not after.attention:
        return f" {_begun(name)} has most: {shown(after.stages[site])}."
    most = after.attention[site]
    share = 100 * most / sum(after.attention.values())
    return f" Attention costs most in {name}: {shown(most)} ({share:.0f} % of all attention)."


def _begun(words: str) -> str:
    """Return words as a sentence begins with them."""
    return words[0].upper() + words[1:]


def _change(judgement: Judgement) -> str:
    """Return the sentence that says what was done to the model."""
    if not judgement.grows or judgement.before is None:
        return ""
    change = model_change(judgement.after, judgement.before)
    return f" Its options changed: {change}." if change else ""


def _trimmed(time: TimeEntry) -> list[str]:
    """Return what dropping the final stage was measured to save."""
    trimmed = time.without_final_stage
    if time.final_stage is None or trimmed is None or trimmed.overhead is None:
        return []
    left = trimmed.overhead
    if left.low is None or left.high is None:
        return []
    measured = f"{left.percent:+.3g} % [{left.low:+.3g}, {left.high:+.3g}] was measured without it"
    return [f"drop stage {time.final_stage}: {measured}"]
