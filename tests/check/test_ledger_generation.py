"""Ledgers of own generation worked out by hand: units in service, fuel and upkeep, exports, and what may be commissioned."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import SITE, Decisions, expect, expect_entries, ledger_of, small

GAS = {
    "id": "gas",
    "sites": ["s"],
    "max_units": 2,
    "unit_mw": 10,
    "dependable_fraction": 0.9,
    "availability_fraction": 0.95,
    "fuel": "pipe",
    "heat_rate_mmbtu_per_mwh": 8,
    "variable_usd_per_mwh": 2,
    "fixed_musd_per_unit_year": 1.2,
    "capex_musd_per_unit": 15,
    "deposit_fraction": 0.4,
    "lead_months": 4,
    "life_months": 30,
    "tax_life_months": 50,
    "residual_fraction": 0.5,
}
OLD = {"id": "old", "site": "s", "item": "gas", "count": 1, "in_service": "2027-02", "until": "2027-12"}
QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028Q1", "2028Q2", "2028Q3", "2028Q4")


def powered(**parts: Any) -> dict[str, Any]:
    """Eight quarters and two years; at the node 100 USD by day and 20 by night; all that is made may be exported for 4 USD less."""
    blocks = (("day", 0.25, 90), ("night", 0.75, 10))
    fuel = ((2027, 3), (2030, 5))
    return {
        "periods": [{"months": 3, "count": 8}, {"months": 24, "count": 1}],
        "sites": [SITE | {"basis_usd_per_mwh": 10, "export_mw": 25, "export_haircut_usd_per_mwh": 4}],
        "power_prices": [{"market": "spot", "from_year": 2027, "block": b, "hours_fraction": h, "usd_per_mwh": p} for b, h, p in blocks],
        "generators": [GAS],
        "availability": [{"generator": "gas", "market": "spot", "block": "night", "availability_fraction": 0.5}],
        "fuel_prices": [{"fuel": "pipe", "from_year": year, "usd_per_mmbtu": usd} for year, usd in fuel],
        "opening": [OLD],
        "finance": {"cost_inflation_fraction": 0.1, "capex_inflation_fraction": 0.1},
    } | parts


MAKING: Decisions = {
    "commissioned_units": {("s", "gas", "2027Q3"): 1, ("s", "gas", "2028Q4"): 1},
    "generated_mw": {("s", "gas", "2029-2030", "day"): 9.5, ("s", "gas", "2029-2030", "night"): 5.0},
    "exported_mw": {("s", "2029-2030", "day"): 9.5, ("s", "2029-2030", "night"): 5.0},
}


def broken(changes: Decisions, **parts: Any) -> list[tuple[str, Any, Fraction]]:
    """Numbers, places and amounts of what a change to the plan breaks."""
    decisions = {family: {**MAKING.get(family, {}), **changes.get(family, {})} for family in {**MAKING, **changes}}
    found = verify(small(**powered(**parts)), Plan("small", decisions))
    return [(v.tag, v.index, v.amount) for v in found.violations]


def test_units_count_in_periods_that_they_work_all_through() -> None:
    """The old unit stands in months 1 to 11: in 2027Q2 and Q3. The first new one works in months 6 to 36, so not all through 2029-2030, the
    second in months 21 to 51. Nine tenths are dependable.
    """
    found = ledger_of(small(**powered()), MAKING)
    mw = dict(zip(QUARTERS, ("0", "10", "20", "10", "10", "10", "10", "20"), strict=True)) | {"2029-2030": "10"}
    expect(found, "generating_mw", {("s", "gas", t): size for t, size in mw.items()})
    expect(found, "dependable_mw", {("s", t): Fraction(size) * Fraction(9, 10) for t, size in mw.items()})


def test_units_are_paid_at_the_prices_of_their_order() -> None:
    """The first (15 M$) is ordered in month 2 of 2027: 6 in 2027Q1, 9 in Q3. The second in month 17, in 2028: 16.5, of which 6.6 in 2028Q2
    and 9.9 in Q4. Written off over 50 months at 0.3 a month from month 6 and 0.33 from month 21; at month 48 8 and 23 months are left.
    The second has 3 of its 30 months left: 15 x 0.5 x 0.1 at the prices of the first year.
    """
    found = ledger_of(small(**powered()), MAKING)
    paid = {"2027Q1": "6", "2027Q3": "9", "2028Q2": "6.6", "2028Q4": "9.9"}
    expect_entries(found, "capex", "generator", {("gas", t): musd for t, musd in paid.items()})
    written = {t: "0.9" for t in QUARTERS[2:7]} | {"2028Q4": "1.89", "2029-2030": "15.12"}
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in written.items()})
    expect(found, "final_basis_musd", {"s": "9.99"})
    expect_entries(found, "terminal", "generator", {("gas", ""): "0.75"})


def test_fuel_upkeep_and_exports() -> None:
    """Upkeep of a unit is 0.3 M$ a quarter, 0.33 in 2028, and 2 x 1.2 x 1.21 = 2.904 in 2029-2030. A MWh burns 8 x 4 USD then, the mean of
    3 and 5, and costs 2 x 1.21 besides: 34.42. By day 9.5 MW for 4,380 h, by night 5 MW for 13,140 h: 107,310 MWh, 3.6936102 M$.
    Exports bring 96 USD by day and 16 by night: 41,610 x 96 + 65,700 x 16 USD. Nobody else draws or pays.
    """
    found = ledger_of(small(**powered()), MAKING)
    upkeep = dict(zip(QUARTERS[1:], ("0.3", "0.6", "0.3", "0.33", "0.33", "0.33", "0.66"), strict=True)) | {"2029-2030": "6.5976102"}
    expect_entries(found, "operating", "generator", {("gas", t): musd for t, musd in upkeep.items()})
    expect_entries(found, "revenue", "export", {("s", "2029-2030"): "5.04576"})
    expect(found, "revenue_musd", {("s", "2029-2030"): "5.04576"})
    expect(found, "energy_cost_musd", {})


def test_a_plant_makes_no_more_than_it_can() -> None:
    """9.5 MW by day and 5 by night of one unit in service all through; and what is exported is made at the site."""
    day, night = ("2029-2030", "day"), ("2029-2030", "night")
    assert broken({"generated_mw": {("s", "gas", *day): 9.75}, "exported_mw": {("s", *day): 9.75}}) == [
        ("12.5", ("s", "gas", *day), Fraction(1, 4))
    ]
    assert broken({"generated_mw": {("s", "gas", *night): 5.5}, "exported_mw": {("s", *night): 5.5}}) == [
        ("12.5", ("s", "gas", *night), Fraction(1, 2))
    ]
    assert broken({"exported_mw": {("s", *night): 5.25}}) == [("12.6", ("s", *night), Fraction(1, 4))]
    assert broken({"exported_mw": {("s", *day): 25.5}}) == [("12.6", ("s", *day), Fraction(1, 2)), ("12.6", ("s", *day), Fraction(16))]


def test_a_site_has_room_for_so_many_units() -> None:
    """Two at one time, and every period that a unit touches counts: a third, in months 12 to 42, is one too many where the other two work,
    from 2028Q4 until the end. The old unit takes no room. Three at once are more than can exist.
    """
    too_many = [("12.2", ("s", "gas", t), Fraction(1)) for t in ("2028Q4", "2029-2030")]
    assert broken({"commissioned_units": {("s", "gas", "2028Q1"): 1}}) == too_many
    alone = {("s", "gas", "2028Q4"): 0, ("s", "gas", "2027Q3"): 3}
    found = broken({"commissioned_units": alone, "generated_mw": {}, "exported_mw": {}})
    assert ("12.1", ("s", "gas", "2027Q3"), Fraction(1)) in found


def test_what_does_not_exist() -> None:
    """A lead of 4 months, a site that is not on the list, a type that only exists, a site that may not export, a block of nowhere."""
    assert broken({"commissioned_units": {("s", "gas", "2027Q2"): 1}}) == [("12.1", ("s", "gas", "2027Q2"), Fraction(1))]
    elsewhere = {"sites": [*powered()["sites"], {"id": "t", "market": "spot", "land_it_mw": 1}]}
    place = ("t", "gas", "2028Q1")
    assert broken({"commissioned_units": {place: 1}}, **elsewhere) == [("12.1", place, Fraction(1))]
    assert broken({"generated_mw": {(*place, "day"): 1.0}}, **elsewhere) == [("12.5", (*place, "day"), Fraction(1))]
    assert broken({"exported_mw": {("t", "2028Q1", "day"): 1.0}}, **elsewhere) == [("12.6", ("t", "2028Q1", "day"), Fraction(1))]
    standing = {"generators": [GAS | {"max_units": 0}], "opening": [OLD | {"until": None}]}
    found = verify(small(**powered(**standing)), Plan("small", {"commissioned_units": {("s", "gas", "2027Q3"): 1}}))
    assert [(v.tag, v.amount) for v in found.violations] == [("12.1", 1)]


def test_a_plant_is_ordered_after_its_site_is_bought() -> None:
    """The site is bought in 2027Q2 (month 3): a unit for 2027Q3 would be ordered in month 2, one for 2027Q4 in month 5."""
    on_offer = {"sites": [*powered()["sites"], {"id": "n", "market": "spot", "land_it_mw": 1, "option_price_musd": 1}]}
    parts = powered(**on_offer) | {"generators": [GAS | {"sites": ["n"]}], "opening": []}
    bought = {"opened": {("n", "2027Q2"): 1}}
    assert verify(small(**parts), Plan("small", bought | {"commissioned_units": {("n", "gas", "2027Q4"): 2}})).ok
    early = verify(small(**parts), Plan("small", bought | {"commissioned_units": {("n", "gas", "2027Q3"): 2}}))
    assert [(v.tag, v.index, v.amount) for v in early.violations] == [("11.5", ("n", "gas", "2027Q3"), 2)]
