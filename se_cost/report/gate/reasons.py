"""A finding in words: which network, which stage, by how much, and what to do."""

from se_cost.report.gate.entry import Count, Time
from se_cost.report.gate.judging import UPDATE, Finding, Verdict
from se_cost.report.gate.quantities import percent
from se_cost.report.gate.remedies import remedies
from se_cost.report.gate.where import growth, in_words, largest, recipe_change


def sentence(finding: Finding) -> str:
    """Return what came out for one limit, with what to do if it is not kept."""
    todo = "; ".join(to_do(finding))
    return f"{finding.budget.name}: {reason(finding)}" + (f" What to do: {todo}." if todo else "")


def reason(finding: Finding) -> str:
    """Return what came out for one limit, in sentences."""
    limit, quantity = finding.limit, finding.quantity
    if finding.verdict is Verdict.UNJUDGED:
        return f"{limit} was not judged: {finding.doubt}."
    now, most, was = finding.now or 0, finding.most or 0, finding.was or 0
    what = f"{quantity.shown(now)} {quantity.title}{_run(finding.time)}"
    if finding.verdict is Verdict.WITHIN:
        return f"{what}, within {limit}."
    if finding.grows:
        beyond = f"{_beyond(finding, was)} more than the baseline's {quantity.shown(was)}"
    else:
        beyond = f"{_beyond(finding, most)} over {limit} = {quantity.shown(most)}"
    return f"{what}, {beyond}.{_site(finding)}{_change(finding)}"


def stage(finding: Finding) -> str | None:
    """Return the stage that grew most; for a cap, the one whose attention costs most.

    Without attention it is the largest stage. A measured quantity has none.
    """
    after, before = _counts(finding)
    if after is None:
        return None
    if finding.grows:
        parts = finding.quantity.parts
        return largest(growth(parts(after), parts(before))) if before else None
    return largest(after.attention) or largest(after.stages)


def to_do(finding: Finding) -> list[str]:
    """Return what can be done about a limit that is not kept."""
    if finding.verdict is not Verdict.OVER:
        return []
    if finding.grows:
        last = [f"{UPDATE} to accept it", f"or more room in {finding.limit}"]
    else:
        last = [f"or raise {finding.limit}"]
    if finding.time:
        return [*_trimmed(finding.time), *last]
    return [*remedies(finding.budget.recipe, finding.quantity, finding.most or 0), *last]


def _run(time: Time | None) -> str:
    """Return how a quantity was measured."""
    if time is None:
        return ""
    words = [f"{time.settings.get('mode')}", f"batch {time.settings.get('batch')}"]
    words += [
        f"95 % interval {low:+.3g} to {high:+.3g}" for low, high in filter(None, [time.interval])
    ]
    return f" ({', '.join(words)})"


def _beyond(finding: Finding, least: float) -> str:
    """Return by how much a quantity is above something, and how many per cent of it that is."""
    quantity, beyond = finding.quantity, (finding.now or 0) - least
    share = f" ({percent(100 * beyond / least)})" if least and not quantity.relative else ""
    return f"{quantity.shown_change(beyond)}{share}"


def _counts(finding: Finding) -> tuple[Count | None, Count | None]:
    """Return the count behind a quantity, now and in the baseline."""
    name = finding.quantity.count or ""
    before = finding.before.counts.get(name) if finding.before else None
    return finding.after.counts.get(name), before


def _site(finding: Finding) -> str:
    """Return the sentence that names the stage."""
    (after, before), site = _counts(finding), stage(finding)
    if after is None or site is None:
        return ""
    shown, name = finding.quantity.shown_part, in_words(site)
    if finding.grows and before:
        parts = finding.quantity.parts
        grown = growth(parts(after), parts(before))[site]
        added = growth(after.attention, before.attention).get(site, 0)
        part = "all" if added >= grown else shown(added) if added > 0 else "none"
        return f" {_begun(name)} grew most, by {shown(grown)}, {part} of it attention."
    if not after.attention:
        return f" {_begun(name)} has most: {shown(after.stages[site])}."
    share = 100 * after.attention[site] / sum(after.attention.values())
    return f" Attention costs most in {name}: {shown(after.attention[site])}, {share:.0f} % of it."


def _begun(words: str) -> str:
    """Return words as a sentence begins with them."""
    return words[0].upper() + words[1:]


def _change(finding: Finding) -> str:
    """Return the sentence that says what was done to the recipe."""
    if not finding.grows or finding.before is None:
        return ""
    change = recipe_change(finding.after, finding.before)
    return f" In the recipe {change}." if change else ""


def _trimmed(time: Time) -> list[str]:
    """Return what dropping the final stage was measured to save."""
    if time.final_stage is None or time.trimmed is None:
        return []
    return [f"drop stage {time.final_stage}: {time.trimmed:+.3g} % was measured without it"]
