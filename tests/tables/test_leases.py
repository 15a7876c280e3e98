"""The table of leases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.tables import leases
from tests.tables.sample import book, book_of, instance, plan


def row(name: str, **parts: Any) -> dict[str, Any]:
    """The row of a lease, with other settings of the company where given."""
    of = book_of(instance(**parts), plan()) if parts else book()
    return next(dict(found) for found in leases.rows(of) if found["lease"] == name)


def test_a_late_lease_by_hand() -> None:
    """Ready by June, delivered in July: one month late, which costs 10 MW x 10,000 USD; 10 MW x 130 x 12 / 1000 M$ in the first year."""
    anchor = row("anchor")
    assert (anchor["taken"], anchor["site"], anchor["hall"]) == (True, "alpha", "shell")
    assert (anchor["ready_by_month"], anchor["delivered_month"], anchor["float_months"]) == ("2027-06", "2027-07", -1)
    assert anchor["end_month"] == "2037-06"
    assert (anchor["penalty_musd"], anchor["first_year_rent_musd"]) == (Fraction("0.1"), Fraction("15.6"))


def test_an_early_lease_counts_the_adder_of_its_site() -> None:
    """Ready by January, delivered in October: three months of float; 20 MW x (125 + 5) x 12 / 1000 M$."""
    option = row("option")
    assert (option["float_months"], option["penalty_musd"], option["first_year_rent_musd"]) == (3, 0, Fraction("31.2"))


def test_a_lease_that_is_not_taken_is_listed_without_figures() -> None:
    """Its offer stays readable; site, delivery and float are blank."""
    spare = row("spare")
    assert (spare["taken"], spare["site"], spare["delivered_month"], spare["float_months"]) == (False, "", "", None)
    assert spare["end_month"] == ""
    assert (spare["it_mw"], spare["ready_by_month"], spare["rent_pv_musd"], spare["terminal_pv_musd"]) == (30, "2029-01", 0, 0)


def test_rent_less_direct_cost_by_hand() -> None:
    """Undiscounted, July 2027 to December 2030: 12 months at 130, 133.9 and 137.917 and 6 at 142.05451, less 10 %, less the penalty."""
    months = 12 * (Fraction("130") + Fraction("133.9") + Fraction("137.917")) + 6 * Fraction("142.05451")
    undiscounted = row("anchor", finance={"discount_rate_fraction": 0})
    assert undiscounted["rent_pv_musd"] == 10 * months / 1000 * Fraction("0.9") - Fraction("0.1")
    assert 0 < row("anchor")["rent_pv_musd"] < undiscounted["rent_pv_musd"]


def test_terminal_value_of_a_lease_by_hand() -> None:
    """NOI of 2030: 10 MW x (6 x 137.917 + 6 x 142.05451) / 1000 x 0.9 less upkeep 0.2 x 1.03^2, at 7 %, less 2 % exit cost."""
    noi = 10 * 6 * (Fraction("137.917") + Fraction("142.05451")) / 1000 * Fraction("0.9") - Fraction("0.2") * Fraction("1.03") ** 2
    found = row("anchor", finance={"discount_rate_fraction": 0})["terminal_pv_musd"]
    assert found == noi / Fraction("0.07") * Fraction("0.98")


def test_a_short_lease_has_the_rent_of_its_term() -> None:
    """Six months at 100 USD: 30 MW x 100 x 6 / 1000 M$, not a year's."""
    taken = plan(started={("spare", "beta", "shell", "2028"): 1})
    spare = next(found for found in leases.rows(book_of(instance(), taken)) if found["lease"] == "spare")
    assert spare["first_year_rent_musd"] == 18
