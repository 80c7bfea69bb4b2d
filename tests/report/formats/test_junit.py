"""Findings as JUnit's XML."""

import xml.etree.ElementTree as ET

import pytest

from se_cost.documents.baseline import Conditions, Unit
from se_cost.documents.check import CheckDocument, LimitFinding, LimitVerdict
from se_cost.measure.timing.settings import DType, MemoryFormat, Mode
from se_cost.record import replace
from se_cost.report.formats.answer import Answer, Screen
from se_cost.report.formats.junit import write
from se_cost.report.page import Page

OVER, WITHIN = LimitVerdict.OVER, LimitVerdict.WITHIN
INFER = Conditions(Mode.INFER, 1, DType.FLOAT32, MemoryFormat.NCHW)
FINDING = LimitFinding(
    network="net",
    limit="max-params",
    unit=Unit.COUNT,
    verdict=OVER,
    baseline=None,
    now=1,
    at_most=0,
    settings=None,
    stage=None,
    reason="1 over max-params = 0",
    remedies=("drop stage 5", "or raise max-params"),
)


def text_of(*findings: LimitFinding) -> str:
    """Return the findings as JUnit's XML."""
    document = CheckDocument(verdict=OVER, networks={}, findings=findings, notes=())
    return write(Answer(document, Page(())), Screen())


def parsed(*findings: LimitFinding) -> ET.Element:
    """Return the suites as a reader of XML finds them."""
    text = text_of(*findings)
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<testsuites ')
    assert text.endswith("</testsuites>\n")
    return ET.fromstring(text)


def test_every_limit_is_a_test() -> None:
    """What is over has failed, what was not judged is skipped, the rest has passed."""
    suites = parsed(
        FINDING,
        replace(FINDING, verdict=WITHIN, limit="max-macs"),
        replace(FINDING, verdict=LimitVerdict.ACCEPTED, limit="grow-params"),
        replace(FINDING, verdict=LimitVerdict.UNJUDGED, limit="max-peak-memory", reason="no time"),
    )
    assert suites.attrib == {"tests": "4", "failures": "1", "skipped": "1"}
    (suite,) = suites
    assert suite.attrib == {"name": "se-cost check", **suites.attrib}
    assert {test.get("classname") for test in suite} == {"net"}
    assert [test.get("name") for test in suite] == [
        *("max-params", "max-macs", "grow-params", "max-peak-memory")
    ]
    over, within, accepted, skipped = suite
    (failure,) = over
    assert failure.tag == "failure"
    assert failure.get("message") == "1 over max-params = 0"
    assert failure.text == "1 over max-params = 0\ndrop stage 5\nor raise max-params"
    assert [*within, *accepted] == []
    assert [(child.tag, child.get("message")) for child in skipped] == [("skipped", "no time")]


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (INFER, "max-params infer 1 float32 nchw"),
        (replace(INFER, mode=Mode.TRAIN, batch=32), "max-params train 32 float32 nchw"),
        (replace(INFER, autocast=True), "max-params infer 1 float32 nchw autocast"),
        (replace(INFER, compile=True, nproc=2), "max-params infer 1 float32 nchw compile 2"),
    ],
)
def test_times_are_told_apart(settings: Conditions, name: str) -> None:
    """Runs under one limit that differ in how they were timed have names of their own."""
    assert parsed(replace(FINDING, settings=settings))[0][0].get("name") == name


@pytest.mark.parametrize("sign", ["<script>", "&", '"', "'", "]]>", "|", "`", "Straße"])
def test_names_come_back_as_they_were(sign: str) -> None:
    """Whatever XML gives a meaning stays text."""
    (test,) = parsed(replace(FINDING, network=f"a{sign}b", remedies=(sign,)))[0]
    assert test.get("classname") == f"a{sign}b"
    assert (test[0].text or "").splitlines()[1] == sign


def test_signs_that_xml_cannot_hold() -> None:
    """Escape codes from a document are spelled out, since no reader would take the file."""
    bad = "\x1b[2J\x00\n\ud800"
    text = text_of(replace(FINDING, network=bad, limit=bad, reason=bad, remedies=(bad,)))
    ET.fromstring(text)
    assert text.replace("\n", "").isprintable()
    assert "\\x1b[2J" in text
