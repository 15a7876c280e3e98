"""A run rolled to a later month: the instance as it is then if all went by the plan, and what is left of the plan in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from planner.check import Certificate, verify
from planner.check.exact import ZERO, exact
from planner.comparison.news import news
from planner.plan import FAMILIES, Plan
from planner.rolling import contracts, deals, fleets, halls, lenders, settings, standing, supply
from planner.rolling.actuals import Actual, applied
from planner.rolling.past import NOTHING, CannotRoll, Lock, Rolling, changed
from planner.rolling.previous import previous_rows
from planner.runs import Run
from planner.tables.book import Book
from planner.tables.ordered import Order
from planner_models.schema import TABLES, Instance


@dataclass(frozen=True)
class Rolled:
    """A run rolled forward.

    `instance` is valid and starts in the month of the roll; `plan` has the decisions of the old plan that are left, by the names of the
    new instance. `notes` say what is approximated and why, `passed` what is over. `locked` has a row for everything that was ordered or
    signed before and still counts. `continued_musd` is what the old plan goes on to be worth in money of that month, `released_musd` what
    was in doubt and is not any more; without notes and actuals the plan is worth their sum. `paid_out_musd` are the dividends since the
    old start, `paid_in_musd` what new shares are worth that were sold, both in money of that month too. `actuals` (table, key, field,
    before, after) is what they have changed.
    """

    instance: Instance
    plan: Plan
    notes: tuple[str, ...]
    passed: tuple[str, ...]
    locked: pd.DataFrame
    continued_musd: float
    released_musd: float
    paid_out_musd: float
    paid_in_musd: float
    actuals: pd.DataFrame


Actuals = Mapping[str, object] | Sequence[Actual]
"""Fields of the rolled instance by path, or rows of a file."""


def roll(run: Run, as_of: str | dt.date, actuals: Actuals = (), change_penalty_musd: float = 0) -> Rolled:
    """The instance of a run as it is in a later month, the start of a period, if all went by its plan.

    `as_of` is written 2028-01; `actuals` sets fields of the new instance by the paths of `Instance.with_`, or is what `read_actuals`
    found in a file, all of them together; `change_penalty_musd` makes it dear to depart from the plan (section 17 of MATHS.md).
    Raises CannotRoll for a month, a run, a path or a penalty that does not do.
    """
    if not 0 <= change_penalty_musd <= MOST_MUSD:
        raise CannotRoll(f"change penalty: found {change_penalty_musd}; allowed: M$ from 0 to {MOST_MUSD:,.0f}")
    certificate = _accepted(run)
    assert run.plan is not None
    rolling = Rolling.of(Book(run.instance, run.plan, certificate.ledger), _month(run.instance, as_of, run.plan, certificate))
    instance = _rolled(rolling)
    plan = _plan(rolling, instance)
    if change_penalty_musd:
        penalty = changed(instance.finance, change_penalty_musd=change_penalty_musd)
        instance = changed(instance, finance=penalty, previous=tuple(previous_rows(rolling, plan)))
    by_plan = instance
    if actuals:
        rows = [Actual(path, value) for path, value in actuals.items()] if isinstance(actuals, Mapping) else actuals
        instance = _moved(applied(instance, rows), by_plan)
    happened = pd.DataFrame([found[:5] for found in news(by_plan, instance)], columns=list(HAPPENED))
    return Rolled(instance, plan, tuple(rolling.notes), tuple(rolling.passed), _locked(rolling), *_worth(rolling, certificate), happened)


def _moved(instance: Instance, by_plan: Instance) -> Instance:
    """The instance whose delayed orders are written off from their new month on: what was spent on them is a basis of the same name."""
    old = {row.id: row.in_service for row in by_plan.opening}
    late = {(row.id, old[row.id]): row.in_service for row in instance.opening if old.get(row.id, row.in_service) != row.in_service}
    bases = [changed(row, in_service=late.get((row.id, row.in_service), row.in_service)) for row in instance.tax_bases]
    return changed(instance, tax_bases=tuple(bases)) if late else instance


def _accepted(run: Run) -> Certificate:
    """What the checker says of the run's plan."""
    if run.plan is None:
        raise CannotRoll(f"the run of {run.instance.name} has no plan to roll; its outcome is {run.outcome}")
    certificate = verify(run.instance, run.plan)
    if not certificate.ok:
        raise CannotRoll(f"the plan of {run.instance.name} fails its check: {certificate.violations[0].words}")
    return certificate


def _month(instance: Instance, as_of: str | dt.date, plan: Plan, certificate: Certificate) -> int:
    """The old month of a date. Raises CannotRoll for one that is not the start of a later period."""
    calendar = Book(instance, plan, certificate.ledger).calendar
    allowed = {f"{calendar.day(u.first):%Y-%m}": u.first for u in calendar.periods[1:]}
    words = f"{as_of:%Y-%m}" if isinstance(as_of, dt.date) else str(as_of).removesuffix("-01") if str(as_of).count("-") == 2 else str(as_of)
    if words not in allowed:
        listed = ", ".join(allowed) or "none, as the plan has one period"
        raise CannotRoll(f"as-of: found {words!r}; allowed: the start of a period of the plan after the first: {listed}")
    return allowed[words]


ORDERS: Mapping[str, Callable[[Rolling, Order], None]] = {
    "hall": halls.roll_built, "conversion": halls.roll_converted, "rebuild": halls.roll_converted, "gpu": supply.roll_clusters,
    "equipment": supply.roll_units, "generator": supply.roll_units, "grid": supply.roll_upgrade,
}  # fmt: skip


def _rolled(r: Rolling) -> Instance:
    """The new instance; every part writes its tables, money last."""
    r.change("tax_bases", lambda row: row if r.left_of(row) > NOTHING else None)
    locked, gone = standing.ordered(r), standing.left_modules(r)
    deals.roll_deals(r)
    fleets.roll_machines(r, locked, gone)
    bought = r.tables["opening"][len(r.book.instance.opening) :]
    standing.roll_opening(r, gone)
    r.tables["opening"] += bought
    for order in locked:
        if order.key[0] in ORDERS:
            ORDERS[order.key[0]](r, order)
    halls.roll_lots(r, locked)
    supply.roll_slots(r, locked)
    supply.roll_limits(r, locked)
    parts = (
        contracts.roll_ppas, contracts.roll_charges, contracts.roll_hosting, contracts.roll_dates, contracts.roll_series,
        supply.roll_grid, supply.roll_sites, lenders.roll_debt, lenders.roll_history, lenders.roll_holdings, settings.roll_finance,
    )  # fmt: skip
    for part in parts:
        part(r)
    r.tables["previous"] = []
    r.finance["change_penalty_musd"] = 0.0
    tables = {name: tuple(r.tables[name]) for name in TABLES}
    return Instance(**settings.roll_settings(r), **tables, finance=settings.finance(r))


def _plan(r: Rolling, instance: Instance) -> Plan:
    """What is left of the plan."""
    left = {name: dict(made) for name, made in r.decisions.items() if name in FAMILIES and made}
    left.pop("cancelled_units", None)
    return Plan(instance.name, left)


def _worth(r: Rolling, certificate: Certificate) -> tuple[float, float, float, float]:
    """In money of the month of the roll: what the plan goes on to be worth, what was in doubt and is no longer, paid out, paid in."""
    rate, paid_out, paid_in = r.book.instance.finance.discount_rate_fraction, ZERO, ZERO
    for u in r.gone:
        given = sum((musd / (1 - exact(r.world.equity[row].discount_fraction)) for (row, v), musd in _issued(r) if v == u.label), ZERO)
        paid_in += r.book.state("discount_mid", u.label) * given
        paid_out += r.book.state("discount_mid", u.label) * r.book.decided("dividends_musd", u.label)
    growth = (1.0 + rate) ** (r.month / 12)
    continued = float(certificate.value_musd - paid_out + paid_in) * growth
    return continued, float(r.released_musd) * growth, float(paid_out) * growth, float(paid_in) * growth


def _issued(r: Rolling) -> list[tuple[tuple[str, ...], Fraction]]:
    return list(r.book.decisions("issued_musd"))


def _locked(r: Rolling) -> pd.DataFrame:
    """A row for every lock, by month."""
    locks = sorted(r.locked, key=lambda lock: (lock.month, lock.kind, lock.item, lock.site))
    return pd.DataFrame([_row(r, lock) for lock in locks], columns=[*LOCKED])


MOST_MUSD = 1e6
HAPPENED = ("table", "key", "field", "before", "after")
LOCKED = ("kind", "item", "site", "quantity", "unit", "in_service_month", "paid_musd", "due_musd")


def _row(r: Rolling, lock: Lock) -> tuple[object, ...]:
    month = f"{r.day(lock.month):%Y-%m}"
    return lock.kind, lock.item, lock.site, float(lock.quantity), lock.unit, month, float(lock.paid_musd), float(lock.due_musd)
