"""Rolling the settings: start, periods, opening cash and tax position, and the budgets of the running year."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Any

from planner.check.exact import ZERO, exact
from planner.rolling.past import NOTHING, Rolling, amount, changed, number
from planner_models.rows import Budget
from planner_models.schema import Finance

ROLLED = "; as of "
"""What stands before the month of the roll at the end of a title."""


def roll_settings(r: Rolling) -> dict[str, Any]:
    """Name, start, periods and all other settings but finance."""
    old = r.book.instance
    spans = [{"months": months, "count": len(list(part))} for months, part in groupby(u.months for u in r.left)]
    kept = {name: getattr(old, name) for name in ("name", "halvings", "objective", "options")}
    kept["title"] = f"{old.title.partition(ROLLED)[0]}{ROLLED}{r.start:%Y-%m}".removeprefix("; ")
    return kept | {"start": r.start, "periods": spans}


def roll_finance(r: Rolling) -> None:
    """Opening cash, losses and income; what was restricted stays so to its date. Budgets of the running year less what was paid."""
    old, last = r.book.instance.finance, r.gone[-1]
    if old.price_year is None and (old.cost_inflation_fraction or old.capex_inflation_fraction):
        r.finance["price_year"] = r.book.instance.start.year
    cash = r.book.state("cash_musd", last.label) + r.returned_musd
    r.finance["opening_cash_musd"] = number(cash)
    _restricted(r, cash)
    whole = [year for year in r.book.calendar.fiscal_years if year.periods[-1].end <= r.month]
    running = [u for u in r.gone if u.year == r.start.year and r.start.month > 1]
    if whole:
        r.finance["opening_loss_musd"] = amount(r.book.state("pool_musd", whole[-1].label))
    income = sum((_income(r, u.label) for u in running), ZERO)
    before = exact(old.opening_income_musd) if not whole else ZERO
    r.finance["opening_income_musd"] = number(income + before - r.spent_musd) if running else 0.0
    _budgets(r, sum((r.book.total("capex", u.label) for u in running), ZERO))


def finance(r: Rolling) -> Finance:
    """The new money of the company."""
    return Finance(**r.finance)


def _restricted(r: Rolling, cash: Fraction) -> None:
    """Cash that is released before the end of the first period left is free in every period end."""
    until = r.book.instance.finance.restricted_until
    if until is None or r.book.calendar.month(until) < r.left[0].end:
        r.finance |= {"opening_restricted_musd": 0.0, "restricted_until": None}
    elif exact(r.finance["opening_restricted_musd"]) > cash:
        r.finance["opening_restricted_musd"] = amount(cash)
        r.note("opening_restricted_musd: cut to the cash there is, as the cash floor lies below zero.")


def _income(r: Rolling, label: str) -> Fraction:
    """Taxable income of a past period (9.1)."""
    book = r.book
    gross = book.total("revenue", label) - book.total("operating", label) - book.total("depreciation", label)
    return gross - book.state("interest_musd", label) - book.state("broken_musd", label) + book.state("gain_musd", label)


def _budgets(r: Rolling, paid: Fraction) -> None:
    def edit(row: Budget) -> Budget | None:
        if row.year < r.start.year:
            return None
        if row.year > r.start.year or paid <= NOTHING:
            return row
        return changed(row, capex_musd=amount(exact(row.capex_musd) - paid))

    r.change("budgets", edit)
