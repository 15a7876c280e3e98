"""Tax classes worked out by hand: bonus in the month of service, MACRS by calendar year, and what stays straight line."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check.macrs import MACRS
from tests.check.hand import SHELL, Decisions, expect, ledger_of, small
from tests.check.test_calendar import calendar, shares

FIVE = {"life_months": 60, "method": "macrs"}
LIVES = (36, 60, 84, 120, 180, 240)


def test_the_half_year_tables_by_calendar_year() -> None:
    """20 % in the nine months of 2027 from April on, a third of it in each quarter; 32 % in 2028, 19.2 % in 2029. 28.8 % are left."""
    quarters = calendar("2027-01", (3, 4), (12, 2), tax_classes=[FIVE])
    fifteenth = Fraction(1, 15)
    written = shares(quarters.write_off(3, 60))
    assert written == {"2027Q2": fifteenth, "2027Q3": fifteenth, "2027Q4": fifteenth, "2028": Fraction("0.32"), "2029": Fraction("0.192")}
    december = shares(quarters.write_off(11, 60))
    assert december == {"2027Q4": Fraction("0.2"), "2028": Fraction("0.32"), "2029": Fraction("0.192")}


def test_years_are_those_of_the_calendar_whatever_the_periods() -> None:
    """A plan from April 2027: 20 % in its first nine months. From October 2027 on, 2028-2029 as one period holds 32 % and 19.2 %."""
    spring = calendar("2027-04", (3, 3), (24, 1), tax_classes=[FIVE])
    long = {"2028-2029": Fraction("0.512")}
    assert shares(spring.write_off(0, 60)) == dict.fromkeys(("2027Q2", "2027Q3", "2027Q4"), Fraction(1, 15)) | long
    assert shares(spring.write_off(6, 60)) == {"2027Q4": Fraction("0.2")} | long


def test_a_bonus_is_written_off_at_once_and_the_rest_by_its_method() -> None:
    """40 % in the period of service. Of the 60 % left: MACRS as above, or 1/80 a month from month 10."""
    bonus = [FIVE | {"bonus_fraction": 0.4}, {"life_months": 80, "bonus_fraction": 0.4}]
    quarters = calendar("2027-01", (3, 4), (12, 2), tax_classes=bonus)
    fast = {"2027Q2": "0.44", "2027Q3": "0.04", "2027Q4": "0.04", "2028": "0.192", "2029": "0.1152"}
    assert shares(quarters.write_off(3, 60)) == {t: Fraction(share) for t, share in fast.items()}
    slow = {"2027Q4": "0.415", "2028": "0.09", "2029": "0.09"}
    assert shares(quarters.write_off(10, 80)) == {t: Fraction(share) for t, share in slow.items()}
    whole = calendar("2027-01", (3, 4), (12, 2), tax_classes=[FIVE | {"bonus_fraction": 1}])
    assert shares(whole.write_off(10, 60)) == {"2027Q4": 1}


def test_what_was_written_off_before_the_start_is_gone() -> None:
    """In service 18 months before: 20 % of 2025 and 32 % of 2026, or 18 of 60 months; before April 2027 a quarter of what 2027 has."""
    quarters = calendar("2027-01", (3, 4), (12, 2), tax_classes=[FIVE])
    assert [quarters.spent_before(-18, 60, evenly) for evenly in (False, True)] == [Fraction("0.52"), Fraction("0.3")]
    assert quarters.spent_before(-70, 60, True) == 1
    assert quarters.spent_before(3, 60, False) == quarters.spent_before(-18, None, False) == 0
    spring = calendar("2027-04", (3, 3), (24, 1), tax_classes=[FIVE | {"bonus_fraction": 0.5}])
    assert spring.spent_before(-15, 60, False) == Fraction("0.64")
    profile, left = spring.spent_write_off(-15, 60, evenly=False)
    assert sum(share for _, share in profile) + left == Fraction("0.36")


def test_a_life_without_a_class_is_straight_line() -> None:
    """A row of another life does not matter, and one that says straight line says what was."""
    for classes in ([FIVE], [FIVE, {"life_months": 80, "method": "straight_line"}]):
        quarters = calendar("2027-01", (3, 4), (12, 2), tax_classes=classes)
        assert shares(quarters.write_off(10, 80)) == {"2027Q4": Fraction(1, 40), "2028": Fraction(3, 20), "2029": Fraction(3, 20)}


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("month", [0, 5, 11])
def test_every_table_writes_off_all_of_it(life: int, month: int) -> None:
    """Over 22 years, one calendar year more than the life; year by year as the table has it, from whatever month."""
    years = calendar("2027-01", (12, 22), tax_classes=[{"life_months": life, "method": "macrs"}])
    written = shares(years.write_off(month, life))
    assert tuple(written.values()) == MACRS[life]
    assert len(written) == life // 12 + 1
    assert sum(written.values()) == 1


BUILT: Decisions = {"built_modules": {("s", "shell", "2027Q2"): 1}}


def building(**parts: Any) -> dict[str, Any]:
    """A hall for 8 M$ at month 3; a transformer since 2026-01 with 3 M$ of basis left, and one for which 2 M$ are due in 2028-07.

    All have a tax life of five years.
    """
    hall = SHELL | {"buildable": True, "capex_musd_per_module": 8, "tax_life_months": 60}
    unit = {"site": "s", "item": "tx", "count": 1}
    return {
        "halls": [hall],
        "equipment": [{"id": "tx", "mva": 100, "cost_musd": 9, "lead_months": 0, "tax_life_months": 60}],
        "opening": [
            unit | {"id": "old", "in_service": "2026-01", "tax_basis_musd": 3},
            unit | {"id": "new", "in_service": "2028-07", "due_musd": 2},
        ],
        "tax_classes": [FIVE | {"bonus_fraction": 0.5}],
        **parts,
    }


def test_depreciation_by_class_and_of_what_stands() -> None:
    """Of the hall 4 at once, and of the other 4 M$ 20 % over three quarters, 1.28 and 0.768. Of the opening basis 3 M$ over the 48 months
    left, 1/16 a month, whatever the class. Of the 2 M$ due half at once and 0.2 in 2028, 0.32 in 2029. Left at the horizon: 1.152 of
    the hall, 0.75 of the old unit, 0.48 of the new one.
    """
    found = ledger_of(small(**building()), BUILT)
    hall = {"2027Q1": "0", "2027Q2": "4", "2027Q3": "0", "2027Q4": "0", "2028": "1.28", "2029": "0.768"}
    quarter = {t: Fraction(4) / 15 for t in ("2027Q2", "2027Q3", "2027Q4")}
    old = dict.fromkeys(("2027Q1", "2027Q2", "2027Q3", "2027Q4"), Fraction(3, 16)) | {"2028": Fraction("0.75"), "2029": Fraction("0.75")}
    due = {"2028": Fraction("1.2"), "2029": Fraction("0.32")}
    total = {t: Fraction(musd) + quarter.get(t, Fraction(0)) + old[t] + due.get(t, Fraction(0)) for t, musd in hall.items()}
    expect(found, "depreciation_musd", {("s", t): musd for t, musd in total.items()})
    expect(found, "final_basis_musd", {"s": "2.382"})
