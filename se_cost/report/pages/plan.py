"""The attention that fits a budget, and what else would."""

from se_cost.documents.choices import PlannedChoice
from se_cost.documents.plan import Allowed, PlanDocument
from se_cost.nets.words import described, title
from se_cost.planning.words import By, Dimension
from se_cost.report.page import (
    Block,
    Cell,
    Code,
    Column,
    Page,
    Picture,
    Table,
    Text,
    Warning,
    console,
)
from se_cost.report.pages.maps import mapped
from se_cost.report.pages.planned import along, columns, kind, picture, spelled
from se_cost.report.pages.verification import verified
from se_cost.report.pages.words import MIB, MORE
from se_cost.text import joined, plural

CHOSEN, TRIMMED = "chosen", "without the final stage"
NO_TIME = "No time is claimed: the machine is not known (--machine, --bandwidth, --device)."
BUDGETS = "Budgets: the most that attention may add, what the choice adds, the least that any does"

ALLOWED = (
    Column("budget", lambda one: one.word),
    Column("asked", lambda one: one.asked, ",.10g"),
    Column("at most", lambda one: _amount(one, one.at_most)),
    Column("chosen", lambda one: _amount(one, one.chosen)),
    Column("least", lambda one: _amount(one, one.cheapest)),
    Column("of", lambda one: f"{one.cheapest_kind}, {one.cheapest_site}"),
)


def page(document: PlanDocument) -> Page:
    """Return the page: the choice, how to have it, what else there is, a map and pictures.

    A terminal shows the choice, and how to have it.
    """
    first = [*map(Text, _sentences(document)), *_recipe(document), *_chosen(document)]
    checked = mapped(document) + verified(document.verification)
    blocks = [*first, *_others(document), *checked, *map(Warning, document.doubts)]
    shown = [block for block in checked if not isinstance(block, Picture)]
    return Page(tuple(blocks), screen=(*first, *shown, Text(MORE)))


def _chosen(document: PlanDocument) -> list[Block]:
    """Return what the choice takes of the budgets, and what it is if no option says that."""
    blocks: list[Block] = []
    if document.budgets:
        blocks.append(Table.of(BUDGETS, ALLOWED, document.budgets))
    if document.chosen and document.unnamed:
        blocks.append(Table.of("The choice, block by block", SITES, document.chosen.sites))
    return blocks


def _others(document: PlanDocument) -> list[Block]:
    """Return the other choices: the most of every set of stages, and the frontier."""
    blocks: list[Block] = []
    wide = columns(document)
    if document.best:
        within = " within the budgets" if document.budgets else ""
        best = f"The most of every set of stages{within}, the most valued first"
        blocks.append(Table.of(best, wide, document.best))
    shown, every = _ends(document), sum(one.on_frontier for one in document.choices)
    heading = (
        f"The frontier in {_axes(document)}: for every set of stages its ends, of "
        f"{plural(every, 'choice')} that no other beats; configurations with a name"
    )
    return [*blocks, Table.of(heading, wide, shown), picture(document)]


SITES = (
    Column("block", lambda site: site.path),
    Column("attention", lambda site: kind(site) or None),
)


def _sentences(document: PlanDocument) -> list[str]:
    plain, every = title(document.recipe.plain), document.candidates
    space = f"{len(every)}^{document.places}" if document.places > 1 else f"{len(every)}"
    asked = f"{described(document.recipe.plain)}, by {document.by}: {space} choices of"
    first = f"{asked} {joined(every)}."
    chosen = document.chosen
    if chosen is None:
        return [first, f"No attention fits. {_impossible(document)}"]
    costs = (
        f"{chosen.params:,} parameters ({chosen.params_percent:+.2f} %), "
        f"{chosen.macs:,} MACs ({chosen.macs_percent:+.3f} %), "
        f"{chosen.bytes / MIB:,.2f} MiB moved by {plural(chosen.operators, 'operator')}"
    )
    if chosen.time_ms is not None:
        costs += f", predicted {chosen.time_ms:.3f} ms"
        costs += f" ({chosen.time_percent:+.2f} %)" if chosen.time_percent is not None else ""
    held = "most attention within the budgets" if document.budgets else "most attention: no budget"
    what = spelled(chosen.sites) if document.by is By.STAGE else plural(chosen.blocks, "block")
    return [
        first,
        f"{held[:1].upper()}{held[1:]}: {what}, {costs} beside {plain}.",
        *_trimmed(document),
        *_beaten(document),
        NO_TIME if document.machine is None else _machine(document),
        f"Most is {document.objective[0]}, {document.objective[1]}; {document.objective[2]}.",
    ]


def _machine(document: PlanDocument) -> str:
    machine = document.machine
    assert machine is not None
    figures = f"{machine.bandwidth / 1e9:.4g} GB/s, {machine.launch * 1e6:.4g} µs an operator"
    return f"The machine: {figures}, {document.machine_source}."


def _impossible(document: PlanDocument) -> str:
    """Return what the cheapest choice costs, for each budget."""
    parts = []
    if all(one.cheapest <= one.at_most for one in document.budgets):
        parts.append("no choice keeps all budgets at once")
    for one in document.budgets:
        if one.at_most < 0:
            parts.append(f"the plain network alone is over --{one.word}")
        else:
            parts.append(
                f"--{one.word}: the cheapest is {one.cheapest_kind} in {one.cheapest_site} with "
                f"{_amount(one, one.cheapest)}, and {_amount(one, one.at_most)} are allowed"
            )
    return f"{joined(parts, '; ')[:1].upper()}{joined(parts, '; ')[1:]}."


def _trimmed(document: PlanDocument) -> list[str]:
    """Return what the advice to drop the final stage buys."""
    kept = next((one for one in document.choices if TRIMMED in one.marks), None)
    whole = next((c for c in document.choices if c.options == document.recipe_options), None)
    if kept is None or whole is None:
        return []
    saved = [
        f"{_share(whole.params, kept.params)} of the parameters of the attention",
        f"{_share(whole.bytes, kept.bytes)} of the bytes it moves",
        f"{_share(whole.operators, kept.operators)} of its operators",
    ]
    if whole.time_ms and kept.time_ms is not None:
        saved.append(f"{_share(whole.time_ms, kept.time_ms)} of its predicted time")
    return [f"Leaving out the final stage of {described(document.recipe)} saves {joined(saved)}."]


def _beaten(document: PlanDocument) -> list[str]:
    """Return what keeps more than the usual configuration and costs no more on either axis."""
    usual = next((c for c in document.choices if c.options == document.recipe_options), None)
    if usual is None or usual.on_frontier:
        return []
    better = next(
        (
            one
            for one in document.choices
            if one.on_frontier
            and (one.value, one.log_widths) >= (usual.value, usual.log_widths)
            and all(along(one, axis) <= along(usual, axis) for axis in document.axes)
        ),
        None,
    )
    if better is None:
        return []
    sentence = (
        f"{described(document.recipe)} is not on the frontier of {_axes(document)}: "
        f"{spelled(better.sites)} keeps no less attention, as it is measured here, and costs no "
        "more in either."
    )
    return [sentence]


def _share(whole: float, kept: float) -> str:
    return f"{100 * (whole - kept) / whole:.0f} %" if whole else "nothing"


def _recipe(document: PlanDocument) -> list[Block]:
    if document.chosen is None:
        return []
    if document.unnamed:
        return [Text(f"No option names this choice: {document.unnamed}.")]
    return [
        console(f"se-cost params {document.chosen.options}"),
        Text("As a budget in pyproject.toml, and in Python:"),
        Code("toml", tuple(document.toml.splitlines())),
        Code("python", (document.python,)),
    ]


def _amount(one: Allowed, value: float | None) -> Cell:
    if value is None:
        return None
    match one.dimension:
        case Dimension.TIME:
            return f"{value:,.3f} ms"
        case Dimension.PARAMS | Dimension.MACS:
            return f"{value:,.0f}"
        case _:
            return f"{value / MIB:,.2f} MiB"


def _axes(document: PlanDocument) -> str:
    return joined(document.axes, " and ")


def _ends(document: PlanDocument) -> list[PlannedChoice]:
    """Return of every set of stages the first and the last on the frontier, and what has a name."""
    sets: dict[tuple[bool, ...], list[PlannedChoice]] = {}
    for one in document.choices:
        if one.on_frontier:
            sets.setdefault(tuple(bool(site.kind) for site in one.sites), []).append(one)
    ends = [end for some in sets.values() for end in (some[0], some[-1])]
    return [one for one in document.choices if one.marks or any(one is end for end in ends)]
