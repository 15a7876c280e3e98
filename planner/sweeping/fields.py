"""What a scenario changes: paths that name one field or many, values that are set, and changes in per cent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from planner.errors import InvalidInstance, Problem
from planner.fingerprint import instance_hash
from planner.instance.fields import Spec, specs
from planner.rolling.actuals import BLOCKS, Actual, applied
from planner.sweeping.scenarios import Change, Scenario
from planner_models.kinds import NUMBER
from planner_models.rows import Row, Strict
from planner_models.schema import TABLES, Instance
from planner_models.words import quoted, suggestion

PLACES = "finance.FIELD, options.FIELD, TABLE.FIELD for all rows, or TABLE.KEY.FIELD, where * in KEY stands for any letters"
PERCENT = re.compile(rf"({NUMBER.pattern})\s*%")
HUNDRED = Decimal(100)


class _Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class _Field:
    """A field of an instance: its full path, what it is, and what stands there."""

    path: str
    spec: Spec
    value: Any


@dataclass(frozen=True)
class Case:
    """A scenario of an instance: its name, what is written for each path, the fields that it sets, the hash of the instance that it is."""

    name: str
    written: Mapping[str, Any]
    actuals: tuple[Actual, ...]
    instance_hash: str


def settled(instance: Instance, scenarios: Sequence[Scenario]) -> list[Case]:
    """The scenarios as fields and values, each a valid instance. Raises InvalidInstance with the faults of all of them."""
    relative = _relative(scenarios)
    problems: dict[Problem, None] = {}
    found: list[Case] = []
    for scenario in scenarios:
        try:
            actuals, changed = _settled(instance, scenario.changes, relative)
        except InvalidInstance as fault:
            problems |= dict.fromkeys(fault.problems)
            continue
        written = {change.path: _written(change, relative) for change in scenario.changes}
        found.append(Case(scenario.name, written, actuals, instance_hash(changed)))
    if problems:
        raise InvalidInstance(problems)
    return found


def _relative(scenarios: Iterable[Scenario]) -> frozenset[str]:
    """The paths that change in per cent somewhere: there a mere 0 is no change."""
    return frozenset(change.path for scenario in scenarios for change in scenario.changes if _percent(change.value) is not None)


def _percent(value: Any) -> Decimal | None:
    found = PERCENT.fullmatch(value) if isinstance(value, str) else None
    return Decimal(found[1]) if found else None


def _written(change: Change, relative: frozenset[str]) -> Any:
    """A value as the table tells it."""
    return "0%" if change.path in relative and _is_nought(change.value) else change.value


def _is_nought(value: Any) -> bool:
    """Whether this is a mere 0, which is no change where others change in per cent."""
    return str(value) in ("0", "0.0")


def _settled(instance: Instance, changes: Sequence[Change], relative: frozenset[str]) -> tuple[tuple[Actual, ...], Instance]:
    """The fields and values of a scenario, and the instance that it is; a fault is told of the change that caused it."""
    actuals: dict[str, Actual] = {}
    sources: dict[str, Change] = {}
    problems: list[Problem] = []
    for change in changes:
        try:
            for path, value in _values(instance, change, change.path in relative):
                if path in sources:
                    once = f"each field once in a scenario; it is in {sources[path].path} too"
                    raise _Wrong(change.problem(f"{path} a second time", once))
                sources[path], actuals[path] = change, Actual(path, value, file=path)
        except _Wrong as wrong:
            problems.append(wrong.problem)
    if problems:
        raise InvalidInstance(problems)
    try:
        return tuple(actuals.values()), applied(instance, list(actuals.values()))
    except InvalidInstance as fault:
        raise InvalidInstance(_told(problem, sources) for problem in fault.problems) from None


def _told(problem: Problem, sources: Mapping[str, Change]) -> Problem:
    """A fault of a value at the place where it was written."""
    change = sources[problem.file]
    return replace(problem, file=change.file, line=change.line, field=change.path)


def _values(instance: Instance, change: Change, relative: bool) -> Iterator[tuple[str, Any]]:
    """The fields of a change, each with its value; of those that change in per cent the blank ones are left out."""
    fields = list(_fields(instance, change))
    if not relative:
        if isinstance(change.value, str) and change.value.startswith("+") and NUMBER.fullmatch(change.value):
            bare = change.value[1:]
            raise _Wrong(change.problem(quoted(change.value), "a value to be set, or a change in per cent", f"write {bare} or +{bare}%"))
        yield from ((field.path, change.value) for field in fields)
        return
    percent = Decimal(0) if _is_nought(change.value) else _percent(change.value)
    if percent is None:
        allowed = "changes in per cent, or 0 for none, as others of this path are; a value that is set needs a path or a sweep of its own"
        raise _Wrong(change.problem(quoted(str(change.value)), allowed))
    if isinstance(change.value, str) and percent and change.value[0] not in "+-":
        hint = f"write +{change.value} or -{change.value}, or the value itself without a sign"
        raise _Wrong(change.problem(quoted(change.value), "a change in per cent with its sign", hint))
    filled = [field for field in fields if field.value is not None]
    if not filled:
        raise _Wrong(change.problem(f"a blank field, to be changed by {change.value}", "a field that holds a number"))
    yield from ((field.path, _changed(field, percent, change)) for field in filled)


def _changed(field: _Field, percent: Decimal, change: Change) -> float | int:
    """The value of a field after a change in per cent, in decimals: 72,000 less 30 % is 50,400."""
    if field.spec.kind not in ("number", "whole"):
        raise _Wrong(change.problem(f"{change.value} of {field.path}, which is no number", field.spec.allowed))
    value = Decimal(repr(field.value)) * (HUNDRED + percent) / HUNDRED
    if field.spec.kind == "number":
        return float(value)
    if value != value.to_integral_value():
        raise _Wrong(change.problem(f"{change.value} of {field.value} in {field.path}, which is {value:f}", field.spec.allowed))
    return int(value)


def _fields(instance: Instance, change: Change) -> Iterator[_Field]:
    """The fields that a path names, at least one."""
    head, _, rest = change.path.partition(".")
    key, _, name = rest.rpartition(".")
    if head not in TABLES and head not in BLOCKS:
        raise _Wrong(change.problem(f"an unknown path {quoted(change.path)}", PLACES, suggestion(head, (*TABLES, *BLOCKS))))
    model: type[Strict] = TABLES[head] if head in TABLES else BLOCKS[head]
    known = specs(model)
    if name not in known or (key and head in BLOCKS):
        found = f"an unknown field {quoted(name)}" if name not in known else f"a key {quoted(key)}"
        raise _Wrong(change.problem(found, f"a field of {head}" if name not in known else PLACES, suggestion(name, tuple(known))))
    if head in BLOCKS:
        yield _Field(change.path, known[name], getattr(getattr(instance, head), name))
        return
    rows: tuple[Row, ...] = getattr(instance, head)
    keys = ["/".join(map(str, row.key)) for row in rows]
    wanted = re.compile(".*".join(map(re.escape, (key or "*").split("*"))))
    hits = [(full, row) for full, row in zip(keys, rows, strict=True) if wanted.fullmatch(full) or wanted.fullmatch(_by_month(row))]
    if not hits:
        found = f"{head} without a row {key!r}" if rows else f"{head} without a row"
        raise _Wrong(change.problem(found, "a path that names at least one row of the instance", suggestion(key, keys)))
    for full, row in hits:
        yield _Field(f"{head}.{full}.{name}", known[name], getattr(row, name))


def _by_month(row: Row) -> str:
    """The key of a row with months for days, as a planner writes them."""
    return "/".join(f"{part:%Y-%m}" if hasattr(part, "strftime") else str(part) for part in row.key)
