"""Section 1, tax classes: each optimum is derived by hand from MATHS.md.

25 % tax and no discount; a tenant of 25 years pays 24 a year, the shell costs 10 and its upkeep 12 a year, so nobody builds it early.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner_models.schema import Instance
from tests.tiny import Fields, hall, lease, leased, near, rig, solved, standing, state, tiny, worth, years
from tests.tiny_capital import tax_class

TAXED: Fields = {"tax_rate_fraction": 0.25}


def shell(**fields: Any) -> Fields:
    """A shell for 10 with upkeep of 12 a year, which stands for thirty."""
    return hall(buildable=True, capex_musd_per_module=10, fixed_cost_musd_per_module_year=12, life_months=360) | fields


def tenant(usd_per_kw_month: float, **fields: Any) -> Fields:
    """A tenant for 25 years."""
    return lease(**{"rent_usd_per_kw_month": usd_per_kw_month, "term_months": 300, **fields})


def shell_for_ten(life_months: int, classes: list[Fields], *, begins: str = "2027-01", **parts: Any) -> Instance:
    """A shell for 10 with that tax life, in service when its tenant comes, who leaves 12 a year; `parts` as for `tiny`."""
    tables: Fields = {
        "periods": years(2),
        "halls": [shell(tax_life_months=life_months)],
        "opening": [],
        "leases": [tenant(2000, earliest_start=begins)],
        "tax_classes": classes,
    }
    finance: Fields = TAXED | parts.pop("finance", {})
    return leased(**(tables | parts), finance=finance)


def written_off(instance: Instance) -> list[float]:
    """Depreciation by period of the optimal plan."""
    run = solved(instance)
    assert run.certificate is not None
    return [float(musd) for musd in run.certificate.ledger.states["depreciation_musd"].values()]


def test_a_bonus_is_written_off_at_once() -> None:
    """10 over 40 months, straight line 3 a year: half at once is 5 + 1.5 in 2027 and 1.5 in 2028, 2 are left.

    Tax of 0.25·(12 - 6.5) and 0.25·(12 - 1.5): 100 - 10 + 24 - 4 = 110. Without the bonus 114 - 4.5 = 109.5.
    """
    run = solved(shell_for_ten(40, [tax_class(40, method="straight_line", bonus_fraction=0.5)]))
    assert worth(run) == near(110)
    assert state(run, "tax_musd", "2027") == near(1.375)
    assert state(run, "final_basis_musd", "site") == near(2)
    assert worth(solved(shell_for_ten(40, []))) == near(109.5)


def test_all_may_be_written_off_at_once() -> None:
    """10 at once: tax on 2 in 2027, on 12 in 2028: 100 - 10 + 24 - 0.5 - 3."""
    assert worth(solved(shell_for_ten(40, [tax_class(40, method="straight_line", bonus_fraction=1.0)]))) == near(110.5)


def test_a_bonus_counts_when_the_thing_enters_service() -> None:
    """Paid January to June, in service in July with its tenant: half of 10 in the third quarter, then 1/60 of the rest a month."""
    instance = shell_for_ten(
        60,
        [tax_class(60, method="straight_line", bonus_fraction=0.5)],
        begins="2027-07",
        periods=[{"months": 3, "count": 4}],
        halls=[shell(build_months=6, tax_life_months=60)],
        leases=[tenant(4000, earliest_start="2027-07")],
    )
    assert written_off(instance) == [near(musd) for musd in (0, 0, 5.25, 0.25)]


def test_macrs_follows_its_table() -> None:
    """10 over five years: 2 in 2027 and 3.2 in 2028, 4.8 are left: tax on 10 and 8.8: 114 - 4.7 = 109.3. Straight line: 2 and 2: 109."""
    run = solved(shell_for_ten(60, [tax_class(60)]))
    assert worth(run) == near(109.3)
    assert state(run, "final_basis_musd", "site") == near(4.8)
    assert worth(solved(shell_for_ten(60, []))) == near(109)


def test_a_bonus_leaves_the_rest_to_the_table() -> None:
    """40 % at once, then 20 and 32 % of the other 6: 5.2 and 1.92: tax on 6.8 and 10.08: 114 - 4.22."""
    assert worth(solved(shell_for_ten(60, [tax_class(60, bonus_fraction=0.4)]))) == near(109.78)


@pytest.mark.parametrize(
    ("start", "begins", "periods", "shares"),
    [
        ("2027-01", "2027-07", [{"months": 3, "count": 4}, {"months": 12, "count": 1}], [0, 0, 10, 10, 32]),
        ("2027-01", "2027-10", [{"months": 3, "count": 4}, {"months": 12, "count": 1}], [0, 0, 0, 20, 32]),
        ("2027-01", "2027-01", [{"months": 3, "count": 4}], [5, 5, 5, 5]),
        ("2027-07", "2027-07", [{"months": 6, "count": 1}, {"months": 12, "count": 2}], [20, 32, 19.2]),
        ("2027-01", "2027-04", [{"months": 1, "count": 12}], [0, 0, 0] + [20 / 9] * 9),
        ("2027-01", "2027-01", [{"months": 24, "count": 1}, {"months": 12, "count": 1}], [52, 19.2]),
        ("2027-01", "2029-01", [{"months": 24, "count": 2}], [0, 52]),
        ("2027-01", "2027-01", [{"months": 72, "count": 1}, {"months": 12, "count": 1}], [100, 0]),
    ],
)
def test_the_tables_count_calendar_years(start: str, begins: str, periods: list[Fields], shares: list[float]) -> None:
    """Five years of MACRS: 20 % in the calendar year of service whatever the month, evenly over what is left of it; then 32, 19.2, ..."""
    leases = [tenant(4000, earliest_start=begins)]
    instance = shell_for_ten(60, [tax_class(60)], start=start, periods=periods, leases=leases)
    assert written_off(instance) == [near(share / 10) for share in shares]


TABLES = {
    36: [33.33, 44.45, 14.81, 7.41],
    60: [20, 32, 19.2, 11.52, 11.52, 5.76],
    84: [14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46],
    120: [10, 18, 14.4, 11.52, 9.22, 7.37, 6.55, 6.55, 6.56, 6.55, 3.28],
    180: [5, 9.5, 8.55, 7.7, 6.93, 6.23, 5.9, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 2.95],
    240: [3.75, 7.219, 6.677, 6.177, 5.713, 5.285, 4.888, *[4.522, 4.462], *[4.461, 4.462] * 5, 4.461, 2.231],
}
"""The percentages of IRS Publication 946, table A-1."""


@pytest.mark.parametrize("life", TABLES)
def test_every_table_is_that_of_the_irs(life: int) -> None:
    """By year from service in January to the year after the last: 10 in all, and nothing is left."""
    table = TABLES[life]
    assert sum(table) == pytest.approx(100)
    assert written_off(shell_for_ten(life, [tax_class(life)], periods=years(len(table) + 1))) == [near(share / 10) for share in [*table, 0]]


def test_a_class_is_of_one_life() -> None:
    """A shell of 60 months under a class of 84: straight line, 2 and 2."""
    assert written_off(shell_for_ten(60, [tax_class(84)])) == [near(2), near(2)]


def test_the_rest_is_deducted_at_the_horizon() -> None:
    """(9.7), (10.10): a shell with a residual of 10 in which a tenant of two years was: 4.8 are left after 2 and 3.2, tax on 5.2: 1.3.

    Straight line leaves 6 after 2 and 2: the same tax in all, but later: 2.5, 2.5 and 1. Cash of 10 pays for the shell; 21 % a year.
    """
    halls = [shell(residual_musd_per_module=10, tax_life_months=60)]
    leases = [tenant(2000, term_months=24, drop_dead="2027-01")]
    for classes, taxes, last in (([tax_class(60)], (2.5, 2.2), 1.3), ([], (2.5, 2.5), 1.0)):
        finance: Fields = {"discount_rate_fraction": 0.21, "exit_cost_fraction": 0.0, "opening_cash_musd": 10.0}
        run = solved(shell_for_ten(60, classes, halls=halls, leases=leases, finance=finance))
        assert state(run, "exit_tax_musd") == near(last)
        assert worth(run) == near((12 - taxes[0]) / 1.1 + (12 - taxes[1]) / 1.331 + (10 - last) / 1.4641)


def test_machines_and_what_is_still_to_be_paid_have_their_class() -> None:
    """A yard due for 10 in July (60 months, MACRS): 20 % over half a year, 32 % in 2028. Its opening basis of 6 runs evenly, from July."""
    run = solved(
        leased(
            periods=[{"months": 3, "count": 4}, {"months": 12, "count": 1}],
            halls=[hall(tax_life_months=60)],
            opening=[standing(in_service="2027-07", due_musd=10, tax_basis_musd=6)],
            leases=[lease(earliest_start="2027-07")],
            tax_classes=[tax_class(60)],
            finance=TAXED,
        )
    )
    assert run.certificate is not None
    expected = [0, 0, 1.3, 1.3, 3.2 + 1.2]
    assert [float(musd) for musd in run.certificate.ledger.states["depreciation_musd"].values()] == [near(musd) for musd in expected]


def test_rigs_have_their_class() -> None:
    """A MW of rigs for 1 in a standing mine earns 8.76: written off by 20 and 32 %, or with a bonus of 100 % at once."""
    for fields, expected in (({}, [0.2, 0.32]), ({"bonus_fraction": 1.0}, [1.0, 0.0])):
        instance = tiny(
            periods=years(2),
            halls=[hall(id="mine", product="mining")],
            asic_models=[rig(buyable=True)],
            opening=[standing("mine")],
            tax_classes=[tax_class(60, **fields)],
            finance=TAXED,
        )
        assert written_off(instance) == [near(musd) for musd in expected]
