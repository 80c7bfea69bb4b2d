"""Findings as JUnit's XML."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from report.budgeted import RICHER, SMALL, budget, entry, timed
from se_cost.report.formats import as_junit
from se_cost.report.gate.check import Check, page


def parsed(check: Check) -> ET.Element:
    """Return the suites as a reader of XML finds them."""
    text = as_junit(page(check))
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<testsuites ')
    assert text.endswith("</testsuites>\n")
    return ET.fromstring(text)


def test_every_limit_is_a_test() -> None:
    """What is over has failed, what was not judged is skipped, the rest has passed."""
    limits = budget(max_params=1, max_macs=10**12, max_overhead_percent=5)
    suites = parsed(Check([limits], {"net": entry()}, {}))
    assert suites.attrib == {"tests": "3", "failures": "1", "skipped": "1"}
    (suite,) = suites
    assert suite.attrib == {"name": "se-cost check", **suites.attrib}
    over, within, skipped = suite
    assert [test.get("name") for test in suite] == [
        *("max-params", "max-macs", "max-overhead-percent"),
    ]
    assert {test.get("classname") for test in suite} == {"net"}
    (failure,) = over
    assert failure.tag == "failure"
    assert "over max-params = 1" in failure.get("message", "")
    assert "or raise max-params" in (failure.text or "")
    assert list(within) == []
    assert [child.tag for child in skipped] == ["skipped"]
    assert "no time was given" in skipped[0].get("message", "")


def test_times_are_told_apart() -> None:
    """Two runs under one limit have names of their own."""
    train = timed(settings={**timed().settings, "mode": "train"})
    times = (timed(), train)
    check = Check([budget(max_overhead_percent=20)], {"net": entry(SMALL, *times)}, {})
    assert [test.get("name") for test in parsed(check)[0]] == [
        "max-overhead-percent infer 1 float32 nchw",
        "max-overhead-percent train 1 float32 nchw",
    ]


def test_accepted_growth_has_passed() -> None:
    """After an update nothing fails that was accepted."""
    check = Check([budget(RICHER)], {"net": entry(RICHER)}, {"net": entry()}, updated=True)
    assert parsed(check).get("failures") == "0"


@pytest.mark.parametrize("sign", ["<script>", "&", '"', "'", "]]>", "|", "`", "Straße"])
def test_names_come_back_as_they_were(sign: str) -> None:
    """Whatever XML gives a meaning stays text."""
    check = Check([budget(name=f"a{sign}b", max_params=1)], {f"a{sign}b": entry()}, {})
    assert parsed(check)[0][0].get("classname") == f"a{sign}b"


@pytest.mark.parametrize("spell", [str, lambda sign: f"{sign}\n{sign}"])
def test_signs_that_xml_cannot_hold(spell: Callable[[str], str]) -> None:
    """Escape codes from a document are spelled out, since no reader would take the file."""
    settings = {**timed().settings, "mode": spell("\x1b[2J\x00")}
    check = Check(
        [budget(max_overhead_percent=5)], {"net": entry(SMALL, timed(settings=settings))}, {}
    )
    text = as_junit(page(check))
    ET.fromstring(text)
    assert "\x1b" not in text
    assert "\\x1b[2J" in text
