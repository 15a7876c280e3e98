"""What the model says of its plan, held against what the decisions give: what is maximised, and every state that both have."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from planner.check.book import Book
from planner.check.exact import TOLERANCE, amount_words, exact
from planner.check.ledger import Index, Violation
from planner.rules import NUMBERED, RULES, STATES

Said = Mapping[str, Mapping[Index, float]]
"""The value of each state of the model by name and index."""
TAX = ("profit_musd", "loss_musd", "used_musd")
"""The states by which the model moves tax from year to year where that is worth nothing."""


def check(book: Book, objective_musd: float | None, states: Said) -> Iterator[Violation]:
    """What is off by more than 1e-6 relative + 1e-6 of its unit. Where no objective or state is said, there is nothing to hold."""
    if objective_musd is not None:
        yield from _objective(book, objective_musd)
    moved = any(not _near(book, name, *said) for name in TAX for said in states.get(name, {}).items())
    for name, values in states.items():
        for index, value in values.items():
            if not _near(book, name, index, value) and not _loose(book, name, index, value, moved):
                yield _off(book, name, index, value)


def _objective(book: Book, said_musd: float) -> Iterator[Violation]:
    """The value, less what changes against the plan before are taken to cost."""
    worth, change = book.state("equity_value"), book.state("change_musd")
    rule = RULES["equity_value"]
    if not math.isfinite(said_musd):
        words = f"The claimed value {said_musd} is not a finite number."
        yield Violation(rule.number, rule.name, (), abs(worth), rule.unit, words)
        return
    apart = abs(exact(said_musd) - (worth - change))
    if apart > TOLERANCE * (abs(worth) + change) + TOLERANCE:
        claim, found = amount_words(exact(said_musd)), amount_words(worth - change)
        words = f"The claimed value of {claim} M$ is {amount_words(apart)} M$ off the {found} M$ that the plan is worth"
        words += f", {amount_words(change)} M$ for its changes taken off." if change else "."
        yield Violation(rule.number, rule.name, (), apart, rule.unit, words)


def _near(book: Book, name: str, index: Index, said: float) -> bool:
    found = float(book.state(name, *index))
    return abs(said - found) <= float(TOLERANCE) * (1 + abs(found))


def _loose(book: Book, name: str, index: Index, said: float, moved: bool) -> bool:
    """Whether the model may say that of a state; `moved` where it has moved tax between years."""
    side = "above" if said > book.state(name, *index) else "below"
    return math.isfinite(said) and (STATES[name].loose in (side, "either") or (moved and STATES[name].loose == "by_tax"))


def _off(book: Book, name: str, index: Index, said: float) -> Violation:
    found, number = book.state(name, *index), STATES[name].number
    apart = abs(exact(said) - found) if math.isfinite(said) else abs(found)
    rule, place = NUMBERED.get(number), f"{', '.join(index)}: " if index else ""
    words = f"{place}{name} is {said:g} by the model, {float(apart):g} off the {float(found):g} that the decisions give."
    return Violation(number, name if rule is None else rule.name, index, apart, "" if rule is None else rule.unit, words)
