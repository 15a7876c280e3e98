"""Rules that are taken out by name rather than by statement: rows of the model, tags and decisions of the checker, rows of lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pyomo.environ as pyo

from planner.check import decisions
from planner.check.book import Book
from planner.check.verify import DOMAINS
from planner.instance import plausible
from planner.plan import FAMILIES
from planner.rules import NUMBERED
from planner_models import references, value
from planner_models.build import build
from tests.example import committed, contracted, everything, whole
from tests.maths import defined
from tests.mutants.deletion import Mark, Mutant


@cache
def _rows() -> dict[str, str]:
    """Every constraint of the model, `component.name`, with its doc; between them these instances build every one."""
    models = (build(make()) for make in (everything, whole, contracted, committed))
    return {row.name: row.doc or "" for model in models for row in model.component_objects(pyo.Constraint)}


def families() -> Iterator[Mutant]:
    """The model without one family of rows."""
    for name in _rows():
        short = name.rpartition(".")[2]
        yield Mutant("model row", name, defined().get(short, ""), (short,), partial(_without_rows, name))


def _without_rows(name: str, mark: Mark) -> None:
    """The value is the last component that is built: after it the family is switched off."""
    built = value.build

    def build_and_switch_off(block: pyo.Block, frame: Any, ports: Any) -> None:
        built(block, frame, ports)
        for row in block.model().component_objects(pyo.Constraint, active=True):
            if row.name == name and len(row):
                row.deactivate()
                mark()

    value.build = build_and_switch_off


def tags(numbers: Collection[str]) -> Iterator[Mutant]:
    """The checker that never names one rule, of those with a clause."""
    for number in numbers:
        name = NUMBERED[number].name
        yield Mutant("checker rule", f"({number}) {name}", number, (number, name), partial(_without_blame, number))


def _without_blame(number: str, mark: Mark) -> None:
    blame = Book.blame

    def spared(self: Book, tag: str, *rest: Any) -> None:
        if tag == number:
            mark()
        else:
            blame(self, tag, *rest)

    Book.blame = spared  # type: ignore[method-assign, assignment]


def domains() -> Iterator[Mutant]:
    """The checker that takes any value of one decision, of whatever index it knows."""
    for name, family in FAMILIES.items():
        yield Mutant("checker decision", f"({family.tag}) {name}", family.tag, (name, family.tag), partial(_without_domain, name))


def _without_domain(name: str, mark: Mark) -> None:
    read = decisions._read

    def unread(world: Any, domain: Any, family: Any, *rest: Any) -> Any:
        number, found = read(world, domain, family, *rest)
        if family is FAMILIES[name] and found is not None:
            mark()
            return number, None
        return number, found

    decisions._read = unread  # type: ignore[assignment]


def bounds() -> Iterator[Mutant]:
    """The checker without the natural bound of one decision, where it has one."""
    for name, domain in DOMAINS.items():
        if domain.bound is not decisions.unbounded:
            tag = FAMILIES[name].tag
            yield Mutant("checker decision", f"({tag}) {name}: bound", tag, (name, tag, "bound"), partial(_without_bound, name))


def _without_bound(name: str, mark: Mark) -> None:
    def unbounded(*index: Any) -> None:
        mark()

    DOMAINS[name] = replace(DOMAINS[name], bound=unbounded)


def names() -> Iterator[Mutant]:
    """The reader that follows one kind of name less."""
    for row in references.REFERENCES:
        words = (row[0], row[1], "references")
        yield Mutant("fault rule", f"planner_models.references.REFERENCES: {row[0]} {row[1]}", "", words, partial(_without_name, row))


def _without_name(row: Any, mark: Mark) -> None:
    kept = tuple(other for other in references.REFERENCES if other != row)
    references.REFERENCES = _Marked(kept, mark)


def figures() -> Iterator[Mutant]:
    """The notices without one usual range."""
    for i, usual in enumerate(plausible.USUAL):
        words = (usual.table, usual.field, "plausible")
        name = f"planner.instance.plausible.USUAL: {usual.table} {usual.field} {usual.low:g} to {usual.high:g}"
        yield Mutant("notice rule", name, "", words, partial(_without_figure, i))


def _without_figure(at: int, mark: Mark) -> None:
    plausible.USUAL = _Marked(plausible.USUAL[:at] + plausible.USUAL[at + 1 :], mark)


class _Marked(tuple[Any, ...]):
    """A list of which a row is missing, with the mark of whoever goes through it."""

    mark: Callable[[], None]

    def __new__(cls, rows: tuple[Any, ...], mark: Mark) -> _Marked:
        made = super().__new__(cls, rows)
        made.mark = mark
        return made

    def __iter__(self) -> Iterator[Any]:
        self.mark()
        return super().__iter__()
