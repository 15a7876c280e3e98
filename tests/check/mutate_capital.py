"""Mutations against the rules of lenders, covenants, new shares and policies (sections 8 and 16)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import TOLERANCE, exact
from planner_models.rows import Policy
from tests.check.case import Case, Mutation


def _lenders(case: Case) -> Iterator[Mutation]:
    """Draw before the company has spent its share; leave out the leases that debt rests on; pay nothing back."""
    for debt, row in case.world.debts.items():
        if row.equity_first:
            for index in case.first("drawn_musd", debt=debt):
                spent = sum(case.states["capex_musd"].values(), Fraction(0))
                yield "8.11", case.plan_raised("drawn_musd", index, spent + 1)
        if row.dscr_ratio is not None and row.rate_fraction and any(_owed(case, debt, u) > 1 for u in case.world.periods):
            yield "8.12", case.plan_without("started")
            if any(f == debt and musd > 1 for (f, _), musd in case.made("drawn_musd").items()):
                yield "8.22", case.plan_without("started")
        if row.amortisation_months is not None:
            yield from _at_once(case, debt)
        if row.amortisation_months is not None and (kept := _unpaid(case, debt)) is not None:
            yield "8.13", case.plan_with({"repaid_musd": {(debt, u.label): 0 for u in case.world.periods[: kept + 1]}})


def _at_once(case: Case, debt: str) -> Iterator[Mutation]:
    """Draw 1 M$ more and pay back all that is owed by the end of a period in which some of the draw is not due."""
    row = case.world.debts[debt]
    for index in case.first("drawn_musd", debt=debt):
        u = case.world.calendar.by_label[index[1]]
        if u.months < row.grace_months + (row.amortisation_months or 0) and u.end <= case.world.calendar.month(row.maturity):
            drawn, repaid = (exact(case.plan.get(family, *index)) + 1 for family in ("drawn_musd", "repaid_musd"))
            repaid += _owed(case, debt, u)
            yield "8.23", case.plan_with({"drawn_musd": {index: float(drawn)}, "repaid_musd": {index: float(repaid)}})


def _owed(case: Case, debt: str, u: Period) -> Fraction:
    return case.state("debt_musd", debt, u.label)


def _unpaid(case: Case, debt: str) -> int | None:
    """The first period by whose end some part of a draw or of the opening balance is due, before the maturity."""
    row = case.world.debts[debt]
    begun = [0] if row.opening_balance_musd else []
    drawn = [case.world.calendar.by_label[t].first for (f, t), musd in case.made("drawn_musd").items() if f == debt and musd > 1]
    due = min([*begun, *(month + row.grace_months for month in drawn)], default=None)
    for u in case.world.periods if due is not None else ():
        if due is not None and due < u.end <= case.world.calendar.month(row.maturity):
            return u.number
    return None


def _shares(case: Case) -> Iterator[Mutation]:
    """Sell more shares than the market takes."""
    for equity, period in case.first("issued_musd"):
        most = exact(case.world.equity[equity].limit_musd_per_quarter) * case.world.calendar.by_label[period].months / 3
        yield "8.15", case.plan_raised("issued_musd", (equity, period), most + 1)


def _covenants(case: Case) -> Iterator[Mutation]:
    """Draw more than EBITDA allows, or so much before that interest eats it; pay out the cash that lenders want to see."""
    for row in case.world.instance.covenants:
        begin = 0 if row.from_month is None else case.world.calendar.month(row.from_month)
        tested = [u for u in case.world.periods if u.end >= 12 and u.first >= begin]
        for u in tested:
            earned = sum((case.state("ebitda_musd", v.label) * v.share(u.end - 12, u.end) for v in case.world.periods), Fraction(0))
            if row.kind == "leverage":
                yield from _draw(case, "8.19", u, max(Fraction(0), exact(row.level) * earned) + 1)
            elif row.kind == "coverage" and row.level and u.number:
                interest = max(Fraction(0), earned) / exact(row.level) + abs(case.state("interest_musd", u.label)) + 1
                yield from _draw(case, "8.20", case.world.periods[u.number - 1], 1000 * interest)
            elif sum(_owed(case, debt, u) for debt in case.world.debts) > TOLERANCE and row.kind == "liquidity":
                for index in case.first("dividends_musd", period=u.label):
                    free = case.state("cash_musd", u.label) - case.state("reserve_musd", u.label) - exact(row.level)
                    yield "8.21", case.plan_raised("dividends_musd", index, exact(case.plan.get("dividends_musd", u.label)) + free + 1)


def _draw(case: Case, tag: str, u: Period, musd: Fraction) -> Iterator[Mutation]:
    """So much more drawn in a period from a facility that bears interest."""
    for index in case.first("drawn_musd", period=u.label):
        if case.world.debts[index[0]].rate_fraction >= 0.01:
            yield tag, case.plan_raised("drawn_musd", index, exact(case.plan.get("drawn_musd", *index)) + musd)


def _policies(case: Case) -> Iterator[Mutation]:
    """Plug in more machines than a cap or a share of the company allows, or none where a floor asks for some."""
    for row in case.world.instance.policies:
        if row.measure == "it_mw" and row.use == "hashing":
            yield from _mining(case, row)


def _mining(case: Case, row: Policy) -> Iterator[Mutation]:
    for (policy, u), counted in case.states["counted"].items():
        if policy != row.id:
            continue
        if row.at_least and counted:
            yield "16.3", case.plan_without("hosted_mw")
        for index in case.first("hosted_mw", period=u):
            site, now = case.world.sites[index[0]], exact(case.plan.get("hosted_mw", *index))
            if row.site not in (None, site.id) or row.market not in (None, site.market):
                continue
            if row.at_most is not None:
                yield "16.2", case.plan_raised("hosted_mw", index, now + exact(row.at_most) + 1)
            if row.at_most_fraction is not None and row.at_most_fraction < 1:
                more = case.state("total", policy, u) / (1 - exact(row.at_most_fraction)) + 1
                yield "16.5", case.plan_raised("hosted_mw", index, now + more)


RULES = (_lenders, _shares, _covenants, _policies)
