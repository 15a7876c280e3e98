"""Cases as JUnit XML, which most systems that run tests read: a test case each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from planner.comparison.cases import DIFFERENT, TROUBLE, Case
from planner.comparison.formats.cells import text, words

CLASS = "planner.compare"


def junit(cases: Sequence[Case], title: str, notes: Sequence[str]) -> str:
    """A suite: a failure for each case that differs, an error for each that cannot be compared; notes as its output."""
    count = Counter(case.exit_code for case in cases)
    totals = {"tests": str(len(cases)), "failures": str(count[DIFFERENT]), "errors": str(count[TROUBLE]), "skipped": "0"}
    root = ElementTree.Element("testsuites", {"name": text(title), **totals})
    suite = ElementTree.SubElement(root, "testsuite", {"name": text(title), **totals})
    alike = Counter(case.name for case in cases)
    for case in cases:
        who = f" [{', '.join(case.who)}]" if alike[case.name] > 1 else ""  # the same name in every run, so that its history can be followed
        test = ElementTree.SubElement(suite, "testcase", {"classname": CLASS, "name": text(case.name + who)})
        told = "\n".join([f"{case.cause}: {text(case.words)}", *words(case), *map(text, case.notes)])
        if case.exit_code:
            kind = "failure" if case.exit_code == DIFFERENT else "error"
            fault = ElementTree.SubElement(test, kind, {"type": case.cause, "message": text(case.words)})
            fault.text = told
        else:
            ElementTree.SubElement(test, "system-out").text = told
    if notes:
        ElementTree.SubElement(suite, "system-out").text = "\n".join(map(text, notes))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
