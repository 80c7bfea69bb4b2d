"""The findings of `check` as JUnit's XML, which GitLab and others show beside a merge request."""

from typing import TYPE_CHECKING, cast

from se_cost.report.formats.answer import Answer, Screen
from se_cost.text import joined, printable

if TYPE_CHECKING:
    from se_cost.documents.check import CheckDocument, LimitFinding


def write(answer: Answer, screen: Screen) -> str:
    """Return a suite with one test for every finding of a CheckDocument."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    from se_cost.documents.check import LimitVerdict

    findings = cast("CheckDocument", answer.document).findings
    verdicts = [finding.verdict for finding in findings]
    numbers = {
        "tests": str(len(findings)),
        "failures": str(verdicts.count(LimitVerdict.OVER)),
        "skipped": str(verdicts.count(LimitVerdict.UNJUDGED)),
    }
    suites = Element("testsuites", numbers)
    tests = SubElement(suites, "testsuite", {"name": "se-cost check", **numbers})
    for finding in findings:
        name = {"classname": printable(finding.network), "name": _name(finding)}
        test = SubElement(tests, "testcase", name)
        message = {"message": printable(finding.reason)}
        if finding.verdict is LimitVerdict.OVER:
            failure = SubElement(test, "failure", message)
            failure.text = "\n".join(map(printable, (finding.reason, *finding.remedies)))
        elif finding.verdict is LimitVerdict.UNJUDGED:
            SubElement(test, "skipped", message)
    indent(suites)
    text = tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _name(finding: "LimitFinding") -> str:
    """Return the name of a test: the limit, and how it was timed."""
    from msgspec import to_builtins

    settings = to_builtins(finding.settings) or {}
    timed = [name if value is True else value for name, value in settings.items()]
    return printable(joined([finding.limit, *timed], " "))
