"""Findings as JUnit's XML, which GitLab and others show beside a merge request."""

from collections.abc import Sequence

from se_cost.report.formats import visible
from se_cost.report.page import Data


def suite(findings: Sequence[Data]) -> str:
    """Return a suite with one test for every finding, in the words of the json of `check`."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    verdicts = [finding["verdict"] for finding in findings]
    numbers = {
        "tests": str(len(findings)),
        "failures": str(verdicts.count("over")),
        "skipped": str(verdicts.count("not judged")),
    }
    suites = Element("testsuites", numbers)
    tests = SubElement(suites, "testsuite", {"name": "se-cost check", **numbers})
    for finding in findings:
        name = {"classname": visible(finding["network"]), "name": _name(finding)}
        test = SubElement(tests, "testcase", name)
        message = {"message": visible(finding["reason"])}
        if finding["verdict"] == "over":
            failure = SubElement(test, "failure", message)
            failure.text = "\n".join(map(visible, (finding["reason"], *finding["remedies"])))
        elif finding["verdict"] == "not judged":
            SubElement(test, "skipped", message)
    indent(suites)
    text = tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _name(finding: Data) -> str:
    """Return the name of a test: the limit, and how it was timed."""
    settings = finding["settings"] or {}
    return visible(" ".join([finding["limit"], *map(str, settings.values())]))
