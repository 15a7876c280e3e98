"""Ledgers of leases worked out by hand: escalator from delivery, penalty months, and the terminal value by both methods."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

SHORT = {
    "id": "short",
    "tenant": "A",
    "product": "powered_shell",
    "it_mw": 10,
    "ready_by": "2027-05",
    "penalty_usd_per_mw_month": 50_000,
    "term_months": 24,
    "rent_usd_per_kw_month": 100,
    "escalator_fraction": 0.1,
    "cost_fraction": 0.1,
    "cap_rate_fraction": 0.1,
}
LONG = {
    "id": "long",
    "tenant": "B",
    "product": "powered_shell",
    "it_mw": 5,
    "ready_by": "2027-11",
    "penalty_usd_per_mw_month": 100_000,
    "term_months": 36,
    "rent_usd_per_kw_month": 180,
    "escalator_fraction": 0.1,
    "cost_fraction": 0.1,
    "cap_rate_fraction": 0.1,
}
STARTS: Decisions = {"started": {("short", "s", "shell", "2027Q3"): 1, ("long", "s", "shell", "2028"): 1}}


def letting(method: str, rate: float = 0.0) -> dict[str, Any]:
    return {
        "sites": [SITE | {"energised_musd_per_mw": 2}],
        "grid": [{"id": "meter", "site": "s", "kind": "energised", "mw": 40, "from_month": "2026-01"}],
        "halls": [SHELL | {"fixed_cost_musd_per_module_year": 0.24, "residual_musd_per_module": 4}],
        "opening": [{"id": "c", "site": "s", "item": "shell", "count": 2, "in_service": "2026-01"}],
        "leases": [SHORT, LONG],
        "lease_sites": [{"lease": "short", "site": "s"}, {"lease": "long", "site": "s", "rent_adder_usd_per_kw_month": 20}],
        "finance": {"cost_inflation_fraction": 0.05, "terminal_method": method, "discount_rate_fraction": rate},
    }


def test_rent_escalates_from_delivery_and_lateness_costs_by_the_month() -> None:
    """`short`: 10 MW x 100 $/kW = 1 M$ a month from month 6 to 30. 3 a quarter; 2028 has 6 months at 1 and 6 at 1.1; 2029 six at 1.1.
    A tenth of it is cost, of `long` too. Two months late (months 4 and 5, in 2027Q2): 10 x 50,000 x 2 = 1 M$.
    `long`: 5 MW x (180 + 20) = 1 M$ a month from month 12: 12 and 13.2. Two months late (10 and 11, in 2027Q4): 1 M$.
    Two modules cost 0.48 a year: 0.12 a quarter, x 1.05 in 2028, x 1.1025 in 2029.
    """
    found = ledger_of(small(**letting("cap_rate")), STARTS)
    expect(found, "revenue_musd", {("s", "2027Q3"): "3", ("s", "2027Q4"): "3", ("s", "2028"): "24.6", ("s", "2029"): "19.8"})
    shares = {("short", "2027Q3"): "0.3", ("short", "2027Q4"): "0.3", ("short", "2028"): "1.26", ("short", "2029"): "0.66"}
    expect_entries(found, "operating", "lease", shares | {("long", "2028"): "1.2", ("long", "2029"): "1.32"})
    expect_entries(found, "operating", "penalty", {("short", "2027Q2"): "1", ("long", "2027Q4"): "1"})
    costs = {"2027Q1": "0.12", "2027Q2": "1.12", "2027Q3": "0.42", "2027Q4": "1.42", "2028": "2.964", "2029": "2.5092"}
    expect(found, "operating_musd", {("s", t): musd for t, musd in costs.items()})


def test_space_and_power_that_leases_hold() -> None:
    """A lease holds its peak in every period that it touches (`short` ends inside 2029); facility MW are 1.5 times that."""
    found = ledger_of(small(**letting("cap_rate")), STARTS)
    leased = {"2027Q3": "10", "2027Q4": "10", "2028": "15", "2029": "15"}
    expect(found, "leased_mw", {("s", "shell", t): mw for t, mw in leased.items()})
    expect(found, "resident_mw", {("s", "shell", t): mw for t, mw in leased.items()})
    expect(found, "load_mw", {("s", t): Fraction(mw) * Fraction(3, 2) for t, mw in leased.items()})


def test_terminal_value_by_cap_rate() -> None:
    """Only `long` outlives month 36 (it ends at 48). Months 24 to 35 are its second year: 1.1 a month less a tenth, less upkeep of half a
    module at the last period's costs, 0.5 x 0.24/12 x 1.1025 = 0.011025: 0.978975 x 12 / 0.1 = 117.477. It pays for 5 MW of hall and
    7.5 MW of power: 1.5 modules x 4 = 6 and (40 - 7.5) x 2 = 65 are left.
    """
    found = ledger_of(small(**letting("cap_rate")), STARTS)
    expect(found, "capitalised_mw", {("s", "shell"): "5"})
    expect_entries(found, "terminal", "lease", {("long", ""): "117.477"})
    expect_entries(found, "terminal", "hall", {("shell", ""): "6"})
    expect_entries(found, "terminal", "grid", {("s", ""): "65"})
    expect(found, "terminal_musd", {"s": "188.477"})


def test_terminal_value_by_contract() -> None:
    """Months 36 to 47 are the third year: 1.21 x 0.9 - 0.011025 = 1.077975 a month, 12.9357 undiscounted. Halls (2 x 4) and power
    (40 x 2) keep their own value. At 10 % a year the month j = 0, 1, ... from the horizon counts 1.1^-((j + 1/2)/12).
    """
    found = ledger_of(small(**letting("contract")), STARTS)
    expect(found, "capitalised_mw", {})
    expect(found, "terminal_musd", {"s": "100.9357"})
    discounted = ledger_of(small(**letting("contract", rate=0.1)), STARTS)
    factors = sum(Fraction(1.1 ** (-(j + 0.5) / 12)) for j in range(12))
    expect_entries(discounted, "terminal", "lease", {("long", ""): Fraction("1.077975") * factors})
    assert float(factors) == pytest.approx(12 * 1.1**-0.5, rel=1e-3)


def test_a_lease_younger_than_a_year_is_capitalised_on_the_months_it_has() -> None:
    """Four quarters, horizon 12. `long` from month 6 has six months at 1 M$ less a tenth and 0.01 of upkeep: 0.89 x 12 / 0.1 = 106.8."""
    parts = letting("cap_rate") | {"periods": [{"months": 3, "count": 4}]}
    found = ledger_of(small(**parts), {"started": {("long", "s", "shell", "2027Q3"): 1}})
    expect_entries(found, "terminal", "lease", {("long", ""): "106.8"})


def test_a_lease_may_start_on_the_first_and_on_the_last_day_that_is_allowed() -> None:
    """Month 12 is both the earliest start and drop-dead: 2028 exists, 2027Q4 and 2029 do not."""
    parts = letting("cap_rate") | {"leases": [SHORT, LONG | {"ready_by": "2028-01", "earliest_start": "2028-01", "drop_dead": "2028-01"}]}
    for period, broken in (("2027Q4", ["4.1"]), ("2028", []), ("2029", ["4.1"])):
        found = verify(small(**parts), Plan("small", {"started": {("long", "s", "shell", period): 1}}))
        assert [violation.tag for violation in found.violations] == broken


def test_a_lease_that_ends_with_the_plan_has_no_tail() -> None:
    """A term of 24 months from month 12 ends at the horizon: rent until then, nothing after, and no yield is needed."""
    parts = letting("cap_rate") | {"leases": [SHORT, LONG | {"term_months": 24, "cap_rate_fraction": 0.1}]}
    found = ledger_of(small(**parts), STARTS)
    expect(found, "capitalised_mw", {})
    expect(found, "terminal_musd", {"s": "88"})
    expect_entries(
        found,
        "revenue",
        "lease",
        {
            ("short", "2027Q3"): "3",
            ("short", "2027Q4"): "3",
            ("short", "2028"): "12.6",
            ("short", "2029"): "6.6",
            ("long", "2028"): "12",
            ("long", "2029"): "13.2",
        },
    )


def test_a_lease_may_start_inside_a_lease_year_of_the_calendar() -> None:
    """From month 3 for 14 months at 1 M$ and 10 %: months 3 to 14 at 1, 15 and 16 at 1.1: 3 + 3 + 3 in 2027, 3 x 1 + 2 x 1.1 in 2028."""
    parts = letting("cap_rate") | {"leases": [SHORT | {"term_months": 14, "penalty_usd_per_mw_month": 0}, LONG]}
    found = ledger_of(small(**parts), {"started": {("short", "s", "shell", "2027Q2"): 1}})
    expect(found, "revenue_musd", {("s", "2027Q2"): "3", ("s", "2027Q3"): "3", ("s", "2027Q4"): "3", ("s", "2028"): "5.2"})
