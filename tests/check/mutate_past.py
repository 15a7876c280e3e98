"""Mutations against the rules of what was ordered and held before the start (sections 1 and 15)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import exact
from tests.check.case import Case, Mutation


def _orders(case: Case) -> Iterator[Mutation]:
    """Cancel one more than is to come; give up all of the halls of which one is cancelled."""
    rows = {row.id: row for row in case.world.instance.opening}
    for index in case.possible("cancelled_units"):
        (opening,) = index
        count = 1 if rows[opening].count is None else rows[opening].count
        yield "1.1", case.plan_raised("cancelled_units", index, Fraction(count or 0) + 1)
        for retired in case.first("retired_modules", cohort=opening) if opening in case.world.cohorts else ():
            yield "2.4", case.plan_with({"cancelled_units": {index: 1}, "retired_modules": {retired: count or 0}})


def _holdings(case: Case) -> Iterator[Mutation]:
    """Sell a bitcoin more than is held, and hold all of them where the cap does not allow it."""
    cap = exact(case.world.instance.finance.treasury_cap_btc)
    for row in case.world.instance.holdings:
        (index,) = case.first("kept_btc", mined=row.id)
        yield "15.10", case.plan_raised("kept_btc", index, exact(row.btc_count) + 1)
        if row.btc_count > cap:
            sold: dict[tuple[str, ...], float] = {index: 0 for index in case.made("kept_btc") if index[0] == row.id}
            yield "15.5", case.plan_with({"kept_btc": sold, "final_btc": {(row.id,): row.btc_count}})


RULES = (_orders, _holdings)
