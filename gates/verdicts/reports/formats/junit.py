"""Verdicts as JUnit XML, which nearly every CI system shows: a suite per dataset and scope, a case per check."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from gates.contract.plugins import Report
from gates.verdict import CheckResult, Outcome, Scope
from gates.verdicts.reports.evidence import evidence_line
from gates.verdicts.reports.located_verdict import Located, Unjudged, Weight, of_one
from gates.verdicts.reports.text import printable
from gates.verdicts.reports.weaker_gate import ID, WeakerGate, unexplained

if TYPE_CHECKING:
    from collections.abc import Sequence

# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(judged: Sequence[Located], unjudged: Sequence[Unjudged] = ()) -> str:
    """An XML document without times, so that the same verdict gives the same bytes.

    failure: a check that makes the verdict bad. error: one that leaves it unjudged. skipped: what did not pass and does
    not block, as pytest writes expected failures; its `type` and message say what it is.
    """
    root = ET.Element("testsuites", name="gates")
    for one in judged:
        for scope in Scope:
            checks = [check for check in one.verdict.checks if check.id.scope is scope]
            if checks:
                root.append(_suite(one, scope, checks))
        if all(check.outcome is Outcome.NOT_CONFIGURED for check in one.verdict.checks):
            root.append(_no_verdict(one.name, one.verdict.answer.value, "no check ran: there is no verdict"))
    root.extend(_no_verdict(one.name, "unjudged", one.why) for one in unjudged)
    return _counted(root)


def with_change(text: str, weaker: Sequence[WeakerGate]) -> str:
    """The document led by a suite of what the change takes away: a failure each, skipped where the change says why."""
    root = ET.fromstring(text)  # noqa: S314  # written here
    failures = unexplained(weaker)
    counts = {"tests": len(weaker), "failures": failures, "errors": 0, "skipped": len(weaker) - failures}
    suite = ET.Element("testsuite", {"name": ID} | {name: str(count) for name, count in counts.items()})
    for one in weaker:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=ID,
            name=_xml(one.what),
            file=_xml(one.place.path),
            line=str(one.place.line),
        )
        tag = "failure" if one.reason is None else "skipped"
        ET.SubElement(case, tag, type="weakened", message=_xml(one.sentence)).text = _xml(one.advice)
    root.insert(0, suite)
    return _counted(root)


def _counted(root: ET.Element) -> str:
    """The document of all suites, whose numbers add up at its top."""
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(located: Located, scope: Scope, checks: Sequence[CheckResult]) -> ET.Element:
    verdict = located.verdict
    suite = ET.Element("testsuite", name=_xml(f"{located.name}/{scope.value}"))
    cases = [_case(located, check) for check in checks]
    counts = {"tests": len(cases)}
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        counts[name] = sum(case.find(tag) is not None for case in cases)
    for name, count in counts.items():
        suite.set(name, str(count))
    properties = ET.SubElement(suite, "properties")
    for name, value in (("verdict", verdict.answer.value), ("digest", verdict.digest())):
        ET.SubElement(properties, "property", name=name, value=value)
    suite.extend(cases)
    return suite


def _case(located: Located, check: CheckResult) -> ET.Element:
    place = located.place(check)
    case = ET.Element(
        "testcase",
        classname=_xml(f"{located.name}.{check.id.scope.value}"),
        name=_xml(str(check.id).removeprefix(f"{check.id.scope.value}/")),
        file=_xml(place.path),
        line=str(place.line),
    )
    weight = located.weight(check)
    if weight is not None:
        kind = "waived" if located.is_waived(check) else check.outcome.value
        result = ET.SubElement(case, _tag(check, weight), type=kind, message=_xml(located.message(check)))
        result.text = _xml("\n".join(_details(check)))
    return case


def _tag(check: CheckResult, weight: Weight) -> str:
    if weight is not Weight.ERROR:
        return "skipped"
    return "failure" if check.outcome is Outcome.FAIL else "error"


def _details(check: CheckResult) -> list[str]:
    line = evidence_line(check.evidence)
    parts = [line, f"fix: {check.fix}" if check.fix else "", f"check: gates explain {shlex.quote(str(check.id))}"]
    return [f"severity: {check.severity.value}", *filter(None, parts)]


def _no_verdict(name: str, kind: str, why: str) -> ET.Element:
    """A document without a failing case would look like a pass."""
    suite = ET.Element("testsuite", name=_xml(name), tests="1", failures="0", errors="1", skipped="0")
    case = ET.SubElement(suite, "testcase", classname=_xml(name), name="verdict")
    ET.SubElement(case, "error", type=kind, message=_xml(why))
    return suite


def _xml(text: str) -> str:
    lines = (printable(line) for line in text.split("\n"))
    return _NOT_XML.sub("\ufffd", "\n".join(lines))


REPORT = Report("junit", "junit.xml", of_one(junit), junit, is_document=True, with_change=with_change)
