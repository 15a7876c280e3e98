"""Random lenders, covenants, shares, tax classes and policies for the portfolios of `instances`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tiny import Fields, facility
from tests.tiny_capital import covenant, policy, revolver, shares, tax_class

Pick = Callable[..., Any]


def capital(pick: Pick) -> Fields:
    """Tables of money: each part is there or not."""
    debt = _lenders(pick)
    issue = shares(limit_musd_per_quarter=1, discount_fraction=pick(0.0, 0.1), fee_fraction=pick(0.0, 0.05), to_month=pick(None, "2027-10"))
    return {
        "debt": debt,
        "covenants": pick([], _covenants(pick)) if debt else [],
        "equity": pick([], [issue]),
        "warrants": pick([], [{"id": "early", "warrants_count": 1000, "strike_usd": 2.0}]),
        "tax_classes": pick([], [tax_class(60, bonus_fraction=pick(0.0, 0.4)), tax_class(180, method=pick("straight_line", "macrs"))]),
        "budgets": pick([], [{"year": 2027, "capex_musd": 10}]),
        "policies": pick([], _policies(pick)),
    }


def _lenders(pick: Pick) -> list[Fields]:
    """A bank that takes any capex, one for buildings that asks for tenants, one for machines, and a line of credit."""
    bank = facility(limit_musd=4, advance_fraction=0.6, fee_fraction=0.02, maturity=pick("2028-10", "2035-01"))
    bank |= {"equity_first": pick(True, False), "opening_balance_musd": pick(0.0, 1.0)}
    builder = facility(
        id="builder",
        kind="project",
        sites=pick([], ["north"]),
        limit_musd=6,
        rate_fraction=0.07,
        commitment_fee_fraction=0.01,
        advance_fraction=0.8,
        dscr_ratio=pick(None, 1.2),
        grace_months=6,
        amortisation_months=pick(48, 120),
        reserve_months=pick(0, 6),
    )
    builder |= {"tiers": ["strong"]} if builder["dscr_ratio"] is not None and pick(True, False) else {}
    maker = facility(id="maker", kind="equipment", limit_musd=3, amortisation_months=24, available_to=pick(None, "2028-01"))
    line = revolver(id="line", limit_musd=2, rate_fraction=0.05, commitment_fee_fraction=0.005, maturity="2029-01")
    return [*pick([], [bank | pick({}, {"amortisation_months": 60})]), *pick([], [builder]), *pick([], [maker]), *pick([], [line])]


def _covenants(pick: Pick) -> list[Fields]:
    tests = [covenant("leverage", pick(0.3, 2.0), id="turns"), covenant("coverage", pick(4.0, 25.0), id="cover", from_month="2028-01")]
    return [*tests, covenant("liquidity", pick(1.0, 4.0), id="purse")]


def _policies(pick: Pick) -> list[Fields]:
    """A cap on mining, a share of one tenant, a floor of hashrate in the first months and one of revenue."""
    mining = policy("it_mw", id="less_mining", use="hashing", from_month="2028-01", **pick({"at_most": 1.5}, {"at_most_fraction": 0.5}))
    name = policy(pick("it_mw", "revenue_musd"), id="one_name", tenant="Tenant", at_most_fraction=pick(0.1, 0.5))
    place = policy(pick("it_mw", "revenue_musd"), id="place", site="north", market="spot", at_most=pick(1.0, 3.0))
    floor = policy("hashrate_eh", id="hash", at_least=0.002, to_month="2027-04")
    income = policy("revenue_musd", id="income", use=pick(None, "hashing"), at_least=0.1, to_month="2027-04")
    return [*pick([], [mining]), *pick([], [name]), *pick([], [place]), *pick([], [floor]), income]
