"""The table of leases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from planner.tables import contracts, leases
from tests.tables import capital
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


CAPITAL = capital.book()
ROWS = {str(found["lease"]): dict(found) for found in leases.rows(CAPITAL)}


def test_a_lease_in_blocks_and_tranches_by_hand() -> None:
    """One of four blocks of 5 MW: 60 % in January 2028, three months late, 40 % in July; the other three are bought off for 3 of 4 M$.

    Rent 93 USD: 0.465 M$ a month, 0.6 of it for six months; penalty 5 x 15,000 USD for three months; a quarter of 3 M$ is paid ahead.
    """
    campus = ROWS["campus"]
    assert [campus[name] for name in ("blocks", "taken_blocks", "broken_blocks", "tranches")] == [4, 1, 3, 2]
    assert (campus["tier"], campus["site"], campus["hall"], campus["float_months"]) == ("prime", "beta", "vault", -3)
    assert (campus["ready_by_month"], campus["delivered_month"], campus["end_month"]) == ("2027-10", "2028-01", "2032-12")
    money = [campus[name] for name in ("first_year_rent_musd", "penalty_musd", "break_fee_musd", "prepayment_musd")]
    assert money == [Fraction(musd) for musd in ("4.464", "0.225", "3", "0.75")]
    first, second = (tuple(row.values()) for row in leases.delivery_rows(CAPITAL) if row["lease"] == "campus")
    assert first == ("campus", "beta", "vault", 1, "2028-01", "2028-01", 3, "2032-12", "2034-12")
    assert second == ("campus", "beta", "vault", 1, "2028-01", "2028-07", 2, "2032-12", "2034-12")


def test_a_lease_that_runs_already_has_no_float() -> None:
    """`resident` is there since July 2026; `short` may come true with 60 %, is to be decided by March 2027, and is not taken."""
    assert (ROWS["resident"]["delivered_month"], ROWS["resident"]["end_month"], ROWS["resident"]["float_months"]) == (
        "2026-07", "2029-06", None)  # fmt: skip
    short = ROWS["short"]
    assert (short["taken"], short["probability_fraction"], short["decide_by_month"]) == (False, Fraction("0.6"), "2027-03")
    assert [short[name] for name in ("taken_blocks", "prepayment_musd", "break_fee_musd")] == [0, 0, 0]


def test_blocks_over_sites_and_dates_are_one_line() -> None:
    """A block in October 2027 at alpha too: both sites, the first start, and the float of the last."""
    started = capital.plan().decisions["started"] | {("campus", "alpha", "vault", "2027Q4"): 1}
    of = book_of(capital.book().instance, capital.plan(started=started))
    campus = next(row for row in leases.rows(of) if row["lease"] == "campus")
    assert (campus["site"], campus["delivered_month"], campus["float_months"], campus["taken_blocks"]) == ("alpha|beta", "2027-10", -3, 2)


def test_compute_contracts_by_hand() -> None:
    """`pod`: 5 x 380 x 0.9 x 5 USD from April 2027, 732.25 days; `batch`: 4 x 380 x 4 USD, 456.5 days. A month late costs 0.05 M$."""
    rows = {str(found["contract"]): dict(found) for found in contracts.rows(CAPITAL)}
    pod, batch = rows["pod"], rows["batch"]
    assert (pod["revenue_musd"], batch["revenue_musd"]) == (Fraction("150.2577"), Fraction("66.61248"))
    assert (pod["delivered_month"], pod["end_month"], pod["float_months"], pod["prepayment_musd"]) == ("2027-04", "2029-03", 0, 4)
    assert (batch["delivered_month"], batch["float_months"], batch["stage"]) == ("2026-10", None, "signed")
    late = plan_of_pod("2027Q3")
    assert (late["float_months"], late["penalty_musd"]) == (-3, Fraction("0.15"))
    assert late["net_pv_musd"] < pod["net_pv_musd"]
    gone = plan_of_pod(None)
    assert (gone["taken"], gone["site"], gone["float_months"], gone["revenue_musd"], gone["net_pv_musd"]) == (False, "", None, 0, 0)


def plan_of_pod(period: str | None) -> dict[str, Any]:
    """The row of `pod` that is taken in a period, or not at all."""
    taken = {("batch", "alpha", "ai", "2027Q1"): 1} | ({("pod", "alpha", "ai", period): 1} if period else {})
    rows = contracts.rows(book_of(CAPITAL.instance, capital.plan(contracted=taken)))
    return next(dict(row) for row in rows if row["contract"] == "pod")
