"""Ledgers of halls worked out by hand: leads and lives over unequal periods, conversion downtime, retirement, land, inflation."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import QUARTERS_THEN_YEARS, SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

SHED = {
    "id": "shed",
    "product": "mining",
    "module_it_mw": 10,
    "pue_peak": 1.1,
    "pue_average": 1.1,
    "buildable": False,
    "life_months": 44,
    "tax_life_months": 66,
    "fixed_cost_musd_per_module_year": 0.12,
    "residual_musd_per_module": 1,
}
SWAP = {
    "id": "swap",
    "from_hall": "shed",
    "to_hall": "shell",
    "to_modules": 2,
    "max_lots": 1,
    "capex_musd_per_lot": 6,
    "build_months": 4,
    "off_months": 2,
}
OLD = {"id": "c", "site": "s", "item": "shed", "count": 3, "in_service": "2025-01", "tax_basis_musd": 4.2}
CONVERTING: Decisions = {"retired_modules": {("c", "2027Q3"): 1}, "converted_lots": {("swap", "c", "2028"): 1}}


def converting(land: float) -> dict[str, Any]:
    halls = [SHED, SHELL | {"module_it_mw": 5, "tax_life_months": 60, "residual_musd_per_module": 5}]
    return {"sites": [SITE | {"land_it_mw": land}], "halls": halls, "conversions": [SWAP], "opening": [OLD]}


def test_retirement_conversion_downtime_and_expiry() -> None:
    """Three modules stand from month -24 to month 20. One retires at month 6. One is switched off at month 10 (12 less 2 off months) and
    becomes two shells at month 12; the third runs out at month 20.

    2027Q4 holds months 9 to 11: the module under conversion works in month 9 only, so 1 module works all through and the mean is 1 + 1/3.
    2028 holds months 12 to 23: none works all through, the mean is 8/12. Under conversion it holds its 10 MW of land until month 12.
    """
    found = ledger_of(small(**converting(30)), CONVERTING)
    shed = {("s", "shed", "2027Q1"): "3", ("s", "shed", "2027Q2"): "3", ("s", "shed", "2027Q3"): "2", ("s", "shed", "2027Q4"): "1"}
    shells = {("s", "shell", "2028"): "2", ("s", "shell", "2029"): "2"}
    expect(found, "full_modules", shed | shells)
    expect(found, "average_modules", shed | shells | {("s", "shed", "2027Q4"): "4/3", ("s", "shed", "2028"): "2/3"})
    expect(found, "final_modules", {("s", "shed"): "0", ("s", "shell"): "2"})
    land = {"2027Q1": "30", "2027Q2": "30", "2027Q3": "20", "2027Q4": "20", "2028": "20", "2029": "10"}
    expect(found, "land_mw", {("s", t): mw for t, mw in land.items()})


def test_land_is_held_by_what_works_in_any_month() -> None:
    """With five shells of 5 MW per lot 2028 holds 10 + 25 MW on land for 30; in 2029 the last shed is gone and 25 fit."""
    tables = converting(30) | {"conversions": [SWAP | {"to_modules": 5}]}
    found = verify(small(**tables), Plan("small", CONVERTING))
    assert [(v.tag, v.index, v.amount) for v in found.violations] == [("2.9", ("s", "2028"), Fraction(5))]


def test_money_of_a_conversion() -> None:
    """6 M$ over months 8 to 11: one month in 2027Q3, three in 2027Q4. Written off from month 12 over 60 months: 1.2 a year, 3.6 left.
    The opening basis of 4.2 has 66 - 24 = 42 months to run, 0.1 a month: 0.3 a quarter, 1.2 a year, 0.6 left; conversion does not touch it.
    Upkeep is 0.12 a year per module on the mean: 0.09, 0.09, 0.06, 0.04 (4/3 x 0.03), 0.08 (2/3 x 0.12), 0. Two shells are worth 5 each.
    """
    found = ledger_of(small(**converting(30)), CONVERTING)
    expect(found, "capex_musd", {("s", "2027Q3"): "1.5", ("s", "2027Q4"): "4.5"})
    quarters = {("s", t): "0.3" for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")}
    expect(found, "depreciation_musd", quarters | {("s", "2028"): "2.4", ("s", "2029"): "2.4"})
    expect_entries(found, "depreciation", "conversion", {("swap", "2028"): "1.2", ("swap", "2029"): "1.2"})
    expect(found, "final_basis_musd", {"s": "4.2"})
    upkeep = {"2027Q1": "0.09", "2027Q2": "0.09", "2027Q3": "0.06", "2027Q4": "0.04", "2028": "0.08"}
    expect(found, "operating_musd", {("s", t): musd for t, musd in upkeep.items()})
    expect(found, "terminal_musd", {"s": "10"})


def test_a_module_may_be_switched_off_on_the_day_its_life_ends() -> None:
    """The cohort ends at month 22 (life 46), the lot is switched off then and yields shells at month 24: its land is held through 2028
    and handed over in 2029. Off at month 23 would be after its end and does not exist.
    """
    tables = converting(30)
    tables["halls"] = [SHED | {"life_months": 46}, SHELL]
    found = ledger_of(small(**tables), {"converted_lots": {("swap", "c", "2029"): 1}})
    quarters = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")
    expect(found, "full_modules", {("s", "shed", t): "3" for t in quarters} | {("s", "shell", "2029"): "2"})
    expect(found, "land_mw", {("s", t): "30" for t in (*quarters, "2028")} | {("s", "2029"): "20"})
    tables["halls"] = [SHED | {"life_months": 45}, SHELL]
    late = verify(small(**tables), Plan("small", {"converted_lots": {("swap", "c", "2029"): 1}}))
    assert [violation.tag for violation in late.violations] == ["2.2"]


def test_a_module_may_be_switched_off_in_its_first_month_and_not_before() -> None:
    """A lot for month 24 is switched off in month 22: a cohort in service from then yields its shells, one from month 23 does not."""
    for month, broken in (("2028-11", []), ("2028-12", ["2.2"])):
        instance = small(**converting(30) | {"opening": [OLD | {"in_service": month}]})
        found = verify(instance, Plan("small", {"converted_lots": {("swap", "c", "2029"): 1}}))
        assert [violation.tag for violation in found.violations] == broken


def test_a_hall_type_may_stand_where_it_is_not_allowed() -> None:
    """The shed is allowed at `x` only and stands at `s`, where it counts; the shell, for `x` only too, cannot replace it there."""
    tables = converting(30) | {"sites": [SITE, SITE | {"id": "x"}]}
    tables["halls"] = [hall | {"sites": ["x"]} for hall in tables["halls"]]
    expect(ledger_of(small(**tables), {}), "full_modules", {("s", "shed", t): "3" for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")})
    moved = verify(small(**tables), Plan("small", {"converted_lots": {("swap", "c", "2028"): 1}}))
    assert [violation.tag for violation in moved.violations] == ["2.2"]


def test_a_conversion_may_be_offered_at_one_site_only() -> None:
    """Offered at `x`, where the shell is allowed too, it does not apply to the cohort at `s`."""
    tables = converting(30) | {"sites": [SITE, SITE | {"id": "x"}], "conversions": [SWAP | {"site": "x"}]}
    found = verify(small(**tables), Plan("small", {"converted_lots": {("swap", "c", "2028"): 1}}))
    assert [violation.tag for violation in found.violations] == ["2.2"]


def test_a_lot_counts_as_often_as_it_is_converted() -> None:
    """Two lots for month 12 take both modules that are left after the retirement: four shells, 12 M$, 0.2 M$ a month of depreciation."""
    tables = converting(30) | {"conversions": [SWAP | {"max_lots": 2}]}
    found = ledger_of(small(**tables), {**CONVERTING, "converted_lots": {("swap", "c", "2028"): 2}})
    expect(found, "final_modules", {("s", "shell"): "4"})
    expect_entries(found, "capex", "conversion", {("swap", "2027Q3"): "3", ("swap", "2027Q4"): "9"})
    expect_entries(found, "depreciation", "conversion", {("swap", "2028"): "2.4", ("swap", "2029"): "2.4"})


def test_a_cohort_retires_from_its_first_month_until_its_life_ends() -> None:
    """In service from month 12 for 12 months: it may retire in 2028 (and then never works), not in 2029, which begins as its life ends."""
    tables = {"halls": [SHED | {"life_months": 12}], "opening": [OLD | {"in_service": "2028-01"}]}
    found = ledger_of(small(**tables), {"retired_modules": {("c", "2028"): 2}})
    expect(found, "full_modules", {("s", "shed", "2028"): "1"})
    late = verify(small(**tables), Plan("small", {"retired_modules": {("c", "2029"): 1}}))
    assert [violation.tag for violation in late.violations] == ["2.3"]


def test_built_modules_over_unequal_periods_from_a_start_inside_a_year() -> None:
    """Start July 2027: two quarters, 2028, then 2029-2030 as one period of 24 months; months 0, 3, 6, 18, horizon 42.

    `big` (14 build months) for month 18 is ordered at month 4: 28 M$ over 14 months, 2 of them in 2027Q4 (4 M$), 12 in 2028 (24 M$).
    It holds land from its order, lives to month 48 and is written off over 48 months: 14 by the horizon, 14 left.
    `brief` (at once, life 15) for month 6 lives to month 21: all of 2028, 3 of 24 months of 2029-2030. Its 2 M$ go in 10 months.
    Costs grow by 10 % a year: 2028 x 1.1, 2029-2030 x 1.21 (its first year). Site 1, overhead 2, big 1, brief 0.8 M$ a year.
    Cash from 100: -0.75; -0.75 - 4; -1.1 - 2.2 - 0.88 - 24 - 2; -2.42 - 4.84 - 2.42 - 0.242.
    """
    big = SHELL | {"id": "big", "buildable": True, "module_it_mw": 4, "capex_musd_per_module": 28, "build_months": 14, "life_months": 30}
    big |= {"tax_life_months": 48, "fixed_cost_musd_per_module_year": 1, "residual_musd_per_module": 3}
    brief = SHELL | {"id": "brief", "buildable": True, "module_it_mw": 2, "capex_musd_per_module": 2, "life_months": 15}
    brief |= {"tax_life_months": 10, "fixed_cost_musd_per_module_year": 0.8, "residual_musd_per_module": 7}
    instance = small(
        start="2027-07",
        periods=[{"months": 3, "count": 2}, {"months": 12, "count": 1}, {"months": 24, "count": 1}],
        halls=[big, brief],
        sites=[SITE | {"fixed_cost_musd_per_year": 1}],
        finance={"overhead_musd_per_year": 2, "cost_inflation_fraction": 0.1},
    )
    found = ledger_of(instance, {"built_modules": {("s", "big", "2029-2030"): 1, ("s", "brief", "2028"): 1}})
    expect(found, "full_modules", {("s", "big", "2029-2030"): "1", ("s", "brief", "2028"): "1"})
    expect(found, "average_modules", {("s", "big", "2029-2030"): "1", ("s", "brief", "2028"): "1", ("s", "brief", "2029-2030"): "1/8"})
    expect(found, "final_modules", {("s", "big"): "1", ("s", "brief"): "0"})
    expect(found, "land_mw", {("s", "2027Q4"): "4", ("s", "2028"): "6", ("s", "2029-2030"): "6"})
    expect(found, "capex_musd", {("s", "2027Q4"): "4", ("s", "2028"): "26"})
    expect(found, "depreciation_musd", {("s", "2028"): "2", ("s", "2029-2030"): "14"})
    expect(found, "final_basis_musd", {"s": "14"})
    expect(found, "terminal_musd", {"s": "3"})
    costs = {"2027Q3": "0.25", "2027Q4": "0.25", "2028": "1.98", "2029-2030": "5.082"}
    expect(found, "operating_musd", {("s", t): musd for t, musd in costs.items()})
    overhead = {"2027Q3": "0.5", "2027Q4": "0.5", "2028": "2.2", "2029-2030": "4.84"}
    expect_entries(found, "operating", "overhead", {("overhead", t): musd for t, musd in overhead.items()})
    expect(found, "cash_musd", {"2027Q3": "99.25", "2027Q4": "94.5", "2028": "64.32", "2029-2030": "54.398"})


def test_opening_basis_of_what_is_too_old_and_of_what_is_still_to_come() -> None:
    """A basis of 5 whose tax life ended is written off in period 1; of 7.2 that enters service in month 30, 6 of 72 months by month 36;
    a basis of 2 that enters service at the horizon is all left.
    """
    rows = [("old", "2020-01", 5), ("soon", "2029-07", 7.2), ("later", "2030-01", 2)]
    opening = [{"id": i, "site": "s", "item": "hall", "count": 1, "in_service": m, "tax_basis_musd": b} for i, m, b in rows]
    instance = small(periods=QUARTERS_THEN_YEARS, halls=[SHELL | {"id": "hall", "tax_life_months": 72}], opening=opening)
    found = ledger_of(instance, {})
    expect_entries(found, "depreciation", "opening", {("old", "2027Q1"): "5", ("soon", "2029"): "0.6"})
    expect(found, "final_basis_musd", {"s": "8.6"})
    expect(found, "final_modules", {("s", "hall"): "2"})


def test_what_is_due_when_a_pending_hall_comes() -> None:
    """A hall comes in August 2027 (month 7), inside 2027Q3, for 6.5 M$, which inflation does not touch. They are written off over 65 months
    from month 7, 0.1 a month: 2 in 2027Q3, 29 by month 36.
    """
    row = {"site": "s", "item": "hall", "count": 1}
    opening = [row | {"id": "soon", "in_service": "2027-08", "due_musd": 6.5}]
    halls = [SHELL | {"id": "hall", "tax_life_months": 65}]
    found = ledger_of(small(halls=halls, opening=opening, finance={"capex_inflation_fraction": 0.1}), {})
    expect_entries(found, "capex", "opening", {("soon", "2027Q3"): "6.5"})
    expect(found, "capex_musd", {("s", "2027Q3"): "6.5"})
    expect(found, "depreciation_musd", {("s", "2027Q3"): "0.2", ("s", "2027Q4"): "0.3", ("s", "2028"): "1.2", ("s", "2029"): "1.2"})
    expect(found, "final_basis_musd", {"s": "3.6"})


def test_opening_halls_work_until_their_life_ends_or_as_long_as_they_are_leased_in() -> None:
    """Three modules stand until August 2027 (month 7), inside 2027Q3: all through 2027Q2, a third of 2027Q3. One more may stay to month 99,
    but its life ends in month 20, in 2028, of which it works 8 months. Neither may be retired once it is gone.
    """
    row = {"site": "s", "item": "shed", "in_service": "2025-01"}
    opening = [row | {"id": "short", "count": 3, "until": "2027-08"}, row | {"id": "long", "count": 1, "until": "2035-04"}]
    instance = small(halls=[SHED], opening=opening)
    found = ledger_of(instance, {})
    full = {"2027Q1": "4", "2027Q2": "4", "2027Q3": "1", "2027Q4": "1"}
    expect(found, "full_modules", {("s", "shed", t): modules for t, modules in full.items()})
    expect(found, "average_modules", {("s", "shed", t): m for t, m in (full | {"2027Q3": "2", "2028": "2/3"}).items()})
    expect(
        found, "land_mw", {("s", "2027Q1"): "40", ("s", "2027Q2"): "40", ("s", "2027Q3"): "40", ("s", "2027Q4"): "10", ("s", "2028"): "10"}
    )
    late = verify(instance, Plan("small", {"retired_modules": {("short", "2027Q4"): 1}}))
    assert [violation.tag for violation in late.violations] == ["2.3"]


def test_price_of_what_is_built_contingency_and_the_year_of_its_order() -> None:
    """10 M$ a module and 4 M$ a lot, 25 % more for contingency, and 10 % more for each year of the order. A module for 2029 (month 24) with
    13 build months is ordered in 2027: 12.5, one month of it in 2027Q4. A lot for 2029 with 12 is ordered in 2028: 5.5, all in 2028.
    """
    parts = converting(100)
    parts["halls"] = [
        SHED,
        parts["halls"][1] | {"buildable": True, "capex_musd_per_module": 10, "contingency_fraction": 0.25, "build_months": 13},
    ]
    parts["conversions"] = [SWAP | {"capex_musd_per_lot": 4, "contingency_fraction": 0.25, "build_months": 12, "off_months": 12}]
    instance = small(**parts, finance={"capex_inflation_fraction": 0.1})
    found = ledger_of(instance, {"built_modules": {("s", "shell", "2029"): 1}, "converted_lots": {("swap", "c", "2029"): 1}})
    expect_entries(found, "capex", "hall", {("shell", "2027Q4"): Fraction("12.5") / 13, ("shell", "2028"): Fraction("12.5") / 13 * 12})
    expect_entries(found, "capex", "conversion", {("swap", "2028"): "5.5"})


def test_property_tax_on_the_assessed_value_of_what_stands() -> None:
    """2 % a year of 3 M$ for each shed, which is assessed, and of 10 x 1.25 M$ for each shell, which is not. Three sheds stand a quarter:
    0.045, in 2028 for 8 months: 0.12. Two shells from 2028: 0.5 a year. Neither kind of inflation changes them.
    """
    shell = SHELL | {"buildable": True, "capex_musd_per_module": 10, "contingency_fraction": 0.25}
    instance = small(
        sites=[SITE | {"property_tax_fraction": 0.02}],
        halls=[SHED | {"assessed_musd_per_module": 3}, shell],
        opening=[OLD],
        finance={"cost_inflation_fraction": 0.1, "capex_inflation_fraction": 0.1},
    )
    found = ledger_of(instance, {"built_modules": {("s", "shell", "2028"): 2}})
    sheds = {("shed", t): "0.045" for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")} | {("shed", "2028"): "0.12"}
    expect_entries(found, "operating", "property_tax", sheds | {("shell", "2028"): "0.5", ("shell", "2029"): "0.5"})


LIMITED = SHELL | {"buildable": True, "build_months": 4}
"""10 MW a module, ordered four months before."""


def broken(plan: Decisions, **parts: Any) -> list[tuple[str, tuple[str, ...], Fraction]]:
    """Number, index and amount of each rule that a plan breaks."""
    return [(v.tag, v.index, v.amount) for v in verify(small(**parts), Plan("small", plan)).violations]


def test_builders_start_no_more_than_they_can_in_a_period() -> None:
    """Modules for months 6 and 9 are ordered in months 2 and 5: 20 MW in 2027Q1 and 10 in 2027Q2. A lot for month 9 with 4 build months
    is ordered in 2027Q2 too and becomes two modules of 10 MW. The site's limit is 15 MW, and 25 from April 2027; that of all sites 25.
    """
    limits = [("s", "2026-01", 15), ("s", "2027-04", 25), (None, "2026-01", 25)]
    parts = {
        "halls": [SHED, LIMITED],
        "opening": [OLD],
        "conversions": [SWAP],
        "delivery_limits": [{"site": site, "from_month": month, "started_it_mw": mw} for site, month, mw in limits],
    }
    built: Decisions = {"built_modules": {("s", "shell", "2027Q3"): 2, ("s", "shell", "2027Q4"): 1}}
    assert broken(built, **parts) == [("2.13", ("s", "2027Q1"), Fraction(5))]
    both = built | {"converted_lots": {("swap", "c", "2027Q4"): 1}}
    assert broken(both, **parts) == [
        ("2.13", ("s", "2027Q1"), Fraction(5)),
        ("2.13", ("s", "2027Q2"), Fraction(5)),
        ("2.13", ("*", "2027Q2"), Fraction(5)),
    ]


def test_a_limit_of_builders_holds_from_its_month() -> None:
    """A row from February 2027 does not hold at the start of 2027Q1, but from 2027Q2; what two sites start together is held by `*`."""
    limits = [{"site": "s", "from_month": "2027-02", "started_it_mw": 0}, {"from_month": "2027-02", "started_it_mw": 15}]
    parts: dict[str, Any] = {
        "sites": [SITE, SITE | {"id": "t"}, SITE | {"id": "u"}],
        "halls": [LIMITED],
        "delivery_limits": limits,
    }
    first: Decisions = {"built_modules": {("s", "shell", "2027Q3"): 2}}
    assert broken(first, **parts) == []
    second: Decisions = {"built_modules": {(site, "shell", "2027Q4"): 1 for site in "tu"}}
    assert broken(second, **parts) == [("2.13", ("*", "2027Q2"), Fraction(5))]


AI: dict[str, Any] = {
    "halls": [SHED, SHELL],
    "opening": [OLD | {"tax_basis_musd": 0}, {"id": "d", "site": "s", "item": "shell", "count": 2, "in_service": "2026-01"}],
    "leases": [{"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 15, "ready_by": "2027-01", "rent_usd_per_kw_month": 1}],
    "lease_sites": [{"lease": "l", "site": "s"}],
    "asic_models": [{"id": "m", "j_per_th": 20, "buyable": False}],
    "btc": [{"from_day": "2027-01-01", "btc_usd": 0, "network_eh": 1}],
}
LET: Decisions = {"started": {("l", "s", "shell", "2027Q2"): 1}}


def ai_site(**fields: Any) -> dict[str, Any]:
    return AI | {"sites": [SITE | fields], "leases": [AI["leases"][0] | {"term_months": 6}]}


def test_a_site_gives_no_more_to_ai_than_it_may() -> None:
    """15 MW of a tenant in 2027Q2 and Q3 where 12 may be AI; 20 MW of machines in the mine do not count."""
    fleet = {"id": "f", "site": "s", "item": "m", "it_mw": 20, "in_service": "2026-01"}
    parts = ai_site(max_ai_it_mw=12)
    parts["opening"] = [*parts["opening"], fleet]
    mined = {"hosted_mw": {("s", "shed", "m", "2027Q2"): 20.0}}
    assert broken(LET | mined, **parts) == [("2.12", ("s", t), Fraction(3)) for t in ("2027Q2", "2027Q3")]
    assert broken(LET | mined, **ai_site(max_ai_it_mw=15) | {"opening": parts["opening"]}) == []


def test_a_site_gives_nothing_to_ai_before_it_is_eligible() -> None:
    """From July 2027: the tenant is 15 MW too early in 2027Q2, not in Q3; from August in Q3 too, as a period counts by its start. With a
    limit of its own of 10 MW, Q3 is 5 too many even so; without one the land of 100 MW is the limit.
    """
    assert broken(LET, **ai_site(ai_eligible_from="2027-07")) == [("2.12", ("s", "2027Q2"), Fraction(15))]
    assert broken(LET, **ai_site(ai_eligible_from="2027-08")) == [("2.12", ("s", t), Fraction(15)) for t in ("2027Q2", "2027Q3")]
    limited = broken(LET, **ai_site(ai_eligible_from="2027-07", max_ai_it_mw=10))
    assert limited == [("2.12", ("s", "2027Q2"), Fraction(15)), ("2.12", ("s", "2027Q3"), Fraction(5))]
    assert broken(LET, **ai_site(ai_eligible_from="2027-04")) == []
