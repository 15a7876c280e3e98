"""Every rule that can be taken out, by side: rows and terms of the model, rules and entries of the checker, faults and notices."""

from __future__ import annotations

import ast
import pkgutil
import re
from functools import cache

import planner.check
import planner_models
import planner_models.rows
import planner_models.uses
from planner.plan import FAMILIES
from planner.rules import NUMBERED, STATES
from tests.mutants.deletion import Mutant
from tests.mutants.statements import called, deletions, rules
from tests.mutants.switches import bounds, domains, families, figures, names, tags

WRITES = re.compile(r"book\.(add|post\w*|draw)")
HOLDS = re.compile(r"book\.(at_most|at_least|blame)|_tie")
FAULTS = ["consistency", "references", "agreements", "deadlines", "places", "recorded", "standing", "mandatory"]
NOTICES = ["inert", "inert_capital", "inert_contracts", "inert_past", "inert_series", "doubtful", "plausible"]
FOUND = ("str | None", "Found | None", "list[Violation]")
"""What a function of the checker returns that finds a reason, or a violation."""


@cache
def catalogue() -> tuple[Mutant, ...]:
    """All mutants, sorted by side and name."""
    check = [name for name in _modules(planner.check) if not name.endswith(".world")]
    models = [name for package in (planner_models, planner_models.uses) for name in _modules(package)]
    faults = [f"planner_models.{name}" for name in FAULTS]
    notices = [f"planner.instance.{name}" for name in NOTICES]
    clauses = list(deletions("checker clause", [*check, "planner.check.world"], _clause, _number))
    found = (
        families(),
        deletions("model term", models, _term, _number),
        tags({text for mutant in clauses for text in mutant.words if text in NUMBERED}),
        domains(),
        bounds(),
        clauses,
        deletions("checker entry", check, _entry, _number),
        rules("fault rule", [name for name in faults if name not in ("planner_models.references", "planner_models.mandatory")]),
        deletions("fault", [*faults, *_modules(planner_models.rows)], _told, _number),
        names(),
        rules("notice rule", notices),
        deletions("notice", notices, _told, _number),
        figures(),
    )
    every = sorted((mutant for part in found for mutant in part), key=lambda mutant: (mutant.side, mutant.name))
    assert len({mutant.name for mutant in every}) == len(every)
    return tuple(every)


def _modules(package: object) -> list[str]:
    """The modules of a package by name."""
    prefix = f"{package.__name__}."  # type: ignore[attr-defined]
    return [prefix + info.name for info in pkgutil.iter_modules(package.__path__) if not info.ispkg]  # type: ignore[attr-defined]


def _term(function: ast.FunctionDef, node: ast.stmt) -> bool:
    """What a component adds to a row of the ports."""
    return called(node) in ("ports.add", "invest")


def _clause(function: ast.FunctionDef, node: ast.stmt) -> bool:
    """What holds a row, and what finds why a decision does not exist."""
    returns = "" if function.returns is None else ast.unparse(function.returns)
    reason = isinstance(node, ast.Return) and returns in FOUND and not _nothing(node.value)
    return reason or HOLDS.fullmatch(called(node)) is not None


def _nothing(value: ast.expr | None) -> bool:
    """None, or an empty list."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None) or (isinstance(value, ast.List) and not value.elts)


def _entry(function: ast.FunctionDef, node: ast.stmt) -> bool:
    """What is written into the book: an amount of a state, or a line of the journal."""
    return WRITES.fullmatch(called(node)) is not None


def _told(function: ast.FunctionDef, node: ast.stmt) -> bool:
    """A fault or a notice that is told."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom)


def _number(texts: tuple[str, ...]) -> str:
    """The number among texts, or that of the first state or decision among them, which may lack its unit."""
    for text in texts:
        if text in NUMBERED:
            return text
        if text in STATES:
            return STATES[text].number
        if decided := [family.tag for name, family in FAMILIES.items() if name == text or name.startswith(f"{text}_")]:
            return decided[0]
    return ""
