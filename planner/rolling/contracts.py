"""Rolling power contracts, charges and hosting, and everything whose dates have passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from itertools import groupby
from typing import Any

from planner.check.exact import ZERO, exact
from planner.rolling.past import Rolling, changed, number
from planner_models.rows import Charge, Hosting, Ppa


def roll_ppas(r: Rolling) -> None:
    """Contracts accepted and begun are signed; offers that began without being accepted, and contracts that are over, leave."""

    def edit(row: Ppa) -> Ppa | None:
        begun, over = row.from_month < r.start, row.to_month <= r.start
        accepted = row.signed or bool(r.book.decided("accepted", row.id))
        if accepted and begun and row.to_month <= r.start and row.to_month.year >= r.start.year:
            _settle_year(r, row)
        if over or (begun and not accepted):
            r.passed.append(f"{row.id}: {'over' if over else 'not accepted before it began'}.")
            r.take("accepted", (row.id,))
            return None
        if begun and not row.signed:
            r.take("accepted", (row.id,))
            return changed(row, signed=True)
        return row

    r.change("ppas", edit)
    for row in list(r.tables["ppas"]) if r.start.month > 1 else ():
        if row.take_or_pay_fraction and row.from_month < r.start:
            _year_under_way(r, row)
    known = {row.id for row in r.tables["ppas"]}
    for family in TAKEN:
        r.decisions[family] = {index: value for index, value in r.decisions[family].items() if index[0] in known}


TAKEN = ("taken_mw", "remarketed_mw")


def _settle_year(r: Rolling, row: Ppa) -> float:
    """What must still be taken of take or pay in the running year, as a share of what can be; what cannot be taken any more is paid.

    Take or pay is settled over a calendar year, in its last period.
    """
    year = [u for u in r.book.periods if u.year == r.start.year]
    begin, end = r.book.calendar.month(row.from_month), r.book.calendar.month(row.to_month)
    hours = {u.label: u.share(begin, end) * u.hours for u in year}
    owed = exact(row.take_or_pay_fraction) * exact(row.mw) * sum(hours.values(), ZERO)
    for u in year:
        for block, length in r.book.blocks(row.site, u) if r.past(u.label) else ():
            owed -= length * r.book.decided("taken_mw", row.id, u.label, block)
    most = exact(row.mw) * sum((hours[u.label] for u in year if not r.past(u.label)), ZERO)
    if row.take_or_pay_fraction and r.start.month > 1:
        excess = max(ZERO, owed - most) * exact(row.strike_usd_per_mwh) / 1_000_000
        r.settle(row.id, excess, f"of take or pay of {r.start.year} that the rest of the year cannot take")
    return number(min(Fraction(1), max(ZERO, owed / most))) if most else 0.0


def _year_under_way(r: Rolling, row: Ppa) -> None:
    """The rest of the running year is a row of its own, with what must still be taken of take or pay in it."""
    year, share = [u for u in r.book.periods if u.year == r.start.year], _settle_year(r, row)
    january = dt.date(r.start.year + 1, 1, 1)
    at = [old.id for old in r.tables["ppas"]].index(row.id)
    if row.to_month <= january:
        r.tables["ppas"][at] = changed(row, take_or_pay_fraction=share)
        return
    name = r.name("ppas", row.id, str(r.start.year))
    r.tables["ppas"][at : at + 1] = [
        changed(row, id=name, to_month=january, take_or_pay_fraction=share),
        changed(row, from_month=january),
    ]
    for family in TAKEN:
        made = r.decisions[family]
        r.decisions[family] = {
            (name if index[0] == row.id and r.book.calendar.by_label[index[1]] in year else index[0], *index[1:]): value
            for index, value in made.items()
        }


def roll_hosting(r: Rolling) -> None:
    """Contracts to which notice was given end at its date; those that are over leave."""
    ends = {}
    for (name, period), times in r.book.decisions("ended"):
        if times and r.at(period) - (r.world.hosting[name].notice_months or 0) < r.month:
            ends[name] = r.at(period)
            r.take("ended", (name, period))

    def edit(row: Hosting) -> Hosting | None:
        if row.id in ends:
            row = changed(row, to_month=r.day(ends[row.id]), notice_months=None)
        if row.to_month is not None and row.to_month <= r.start:
            r.passed.append(f"{row.id}: hosting ended in {row.to_month:%Y-%m}.")
            return None
        return row

    r.change("hosting", lambda row: edit(row) if ends.get(row.id, r.month) > r.book.calendar.month(row.from_month) else None)
    known = {row.id for row in r.tables["hosting"]}
    r.decisions["guest_mw"] = {index: value for index, value in r.decisions["guest_mw"].items() if index[0] in known}


def roll_charges(r: Rolling) -> None:
    """Bills to come on draws that have passed: a row for each run of months billed at the same MW."""
    rows = r.tables["charges"] = [row for row in r.tables["charges"] if row.to_month is None or row.to_month > r.start]
    for row in list(rows):
        if row.kind == "coincident" and row.lag_months:
            _split(r, row)


def _split(r: Rolling, row: Charge) -> None:
    begin = r.month if row.from_month is None else max(r.month, r.book.calendar.month(row.from_month))
    end = r.month + row.lag_months if row.to_month is None else min(r.month + row.lag_months, r.book.calendar.month(row.to_month))
    drawn = [(_drawn(r, row, month), month) for month in range(begin, end)]
    runs = [(mw, [month for _, month in part]) for mw, part in groupby(drawn, key=lambda item: item[0])]
    if len(runs) <= 1:
        mw = runs[0][0] if runs else 0.0
        r.change("charges", lambda old: changed(old, opening_mw=mw) if old.id == row.id else old)
        return
    rows = []
    for position, (mw, months) in enumerate(runs):
        last = position == len(runs) - 1
        stop = row.to_month if last else r.day(months[-1] + 1)
        start = row.from_month if not position else r.day(months[0])
        name = row.id if last else r.name("charges", row.id, f"{r.day(months[0]):%Y-%m}")
        rows.append(changed(row, id=name, from_month=start, to_month=stop, opening_mw=mw))
    at = [old.id for old in r.tables["charges"]].index(row.id)
    r.tables["charges"][at : at + 1] = rows


def _drawn(r: Rolling, row: Charge, month: int) -> float:
    """MW that an old month is billed for, on the draw of a month that has passed."""
    period = next((u for u in r.gone if u.first <= month - row.lag_months < u.end), None)
    return number(exact(row.opening_mw) if period is None else r.book.state("meter_mw", row.site, period.label, row.block or ""))


def roll_series(r: Rolling) -> None:
    """Rows of series that a later row has replaced by the month of the roll."""
    years = {
        "power_prices": lambda row: (row.market, row.block),
        "gpu_market": lambda row: row.gpu,
        "fuel_prices": lambda row: row.fuel,
    }
    for table, name in years.items():
        _superseded(r, table, name, lambda row: row.from_year, r.start.year)
    for table, name in {"asic_prices": lambda row: row.asic, "delivery_limits": lambda row: row.site}.items():
        _superseded(r, table, name, lambda row: row.from_month, r.start)
    _superseded(r, "btc", lambda row: "", lambda row: row.from_day, r.start)


def _superseded(r: Rolling, table: str, name: Callable[[Any], Any], begin: Callable[[Any], Any], start: Any) -> None:
    """Leave out what a later row of the same name that has begun replaces."""
    last: dict[Any, Any] = {}
    for row in r.tables[table]:
        if begin(row) <= start:
            last[name(row)] = max(begin(row), last.get(name(row), begin(row)))
    r.drop(table, lambda row: begin(row) < last.get(name(row), begin(row)))


def roll_dates(r: Rolling) -> None:
    """Rows that ended before the month of the roll."""
    for table in ("programmes", "policies", "equity"):
        r.drop(table, lambda row: row.to_month is not None and row.to_month <= r.start)
