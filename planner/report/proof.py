"""The certificate: what the exact checker found, and what made the run."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import RenderableType

from planner.check.ledger import Certificate
from planner.plan import FAMILIES
from planner.report.claims import claims
from planner.report.layout import alarm, remark, section, warning
from planner.report.records import records
from planner.report.words import clean, count, musd, rule_words, small
from planner.rules import RULES
from planner.runs import Run
from planner_models.schema import Instance

MOST_VIOLATIONS = 10
"""Violations before the page refers to run.json."""
OUT_OF_RANGE = "a decision that cannot be taken so"
"""What a violation is called that is about a single decision."""
NO_TIE = "the statements do not tie"
"""What a violation is called that is about the books themselves."""


def certificate(run: Run) -> RenderableType:
    """(h) Rules checked, violations, versions, seconds and hashes."""
    seconds = ", ".join(f"{phase} {taken:.1f} s" for phase, taken in run.seconds.items()) or "not recorded"
    hashes = ", ".join(f"{name} {found[:12]}" for name, found in run.hashes.items()) or "not recorded"
    return section(
        "Certificate",
        *verdict(run.certificate, run.instance),
        *_statements(run),
        *claims(run),
        remark(f"Versions: {_named(run.versions)}."),
        remark(f"Solver {clean(run.solver)}: {_named(run.settings)}. Time: {seconds}."),
        remark(f"SHA-256: {hashes}."),
    )


def verdict(found: Certificate | None, instance: Instance | None = None) -> list[RenderableType]:
    """The checker's verdict in words; what changes against the plan before count needs the instance."""
    if found is None:
        return [warning("this plan was not checked.")]
    if not found.ok:
        return [violations(found)]
    words = f"Checked in exact arithmetic from the decisions and the instance alone. Kinds of rules: {len(RULES)}, violations: 0."
    said = remark(f"{words} Value by the checker: {musd(float(found.value_musd))} M$.", "green")
    penalty = instance.finance.change_penalty_musd if instance is not None else 0.0
    return [said, remark(counted(penalty, float(found.change_musd)))] if penalty else [said]


def counted(penalty_musd: float, change_musd: float) -> str:
    """What each change against the plan before counts, how many there are, and what that means for bound and gap."""
    words, number = f"{small(penalty_musd)} M$ per change against the plan before were counted", round(change_musd / penalty_musd)
    if not number:
        return f"{words}; there is none, so bound and gap are of the value itself."
    return f"{words}, for {count(number, 'change')}: bound and gap are of the value less these {small(change_musd)} M$."


def _statements(run: Run) -> list[RenderableType]:
    """Whether income statement, cash flow and balance sheet tie, as the tables were drawn up."""
    checks = records(run.tables["checks"]) if "checks" in run.tables else []
    if not checks:
        return []
    if apart := [f"{row['check']} by {small(row['difference_musd'])} M$" for row in checks if not row["ties"]]:
        return [warning(f"statements do not tie: {', '.join(apart)}.")]
    return [remark("Statements tie: sources = uses, assets = liabilities + equity, in every period, exactly; what is shown is rounded.")]


def violations(found: Certificate) -> RenderableType:
    """The loud box of a plan that breaks its rules."""
    shown = found.violations[:MOST_VIOLATIONS]
    lines = [f"({v.tag}) {rule_words(v.rule, OUT_OF_RANGE if v.rule in FAMILIES else NO_TIE)}. {clean(v.words)}" for v in shown]
    if len(found.violations) > MOST_VIOLATIONS:
        lines.append(f"... and {len(found.violations) - MOST_VIOLATIONS} more, in run.json")
    return alarm(f"CHECK FAILED: {count(len(found.violations), 'violation')}. DO NOT USE THIS PLAN", lines)


def _named(parts: Mapping[str, object]) -> str:
    """`name value` pairs."""
    said = [f"{name} {clean(str(part))}" for name, part in parts.items() if part is not None]
    return ", ".join(said) or "not recorded"
