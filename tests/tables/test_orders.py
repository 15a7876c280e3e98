"""Orders and their payments."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.tables import ordered, orders
from planner.tables.book import Book
from tests.check.portfolio import portfolio, valid_plan
from tests.example import whole
from tests.tables import wide
from tests.tables.sample import book, book_of, instance, plan

BY_HAND = [
    ("asic", "s21", "beta", "", "2027Q2", 10, "MW", "2027-01", "2027-04", 8, 4, "2027-01", 0),
    ("conversion", "refit", "alpha", "mine_a", "2027Q3", 1, "lots", "2027-01", "2027-07", 12, 2, "2027-01", 0),
    ("equipment", "tr40", "beta", "", "2027Q4", 1, "units", "2027-01", "2027-10", 2, Fraction("0.6"), "2027-01", 0),
    ("hall", "shell", "beta", "", "2027Q4", 2, "modules", "2027-01", "2027-10", 50, Fraction(50, 9), "2027-01", 0),
    ("grid", "beta_up", "beta", "", "2027Q4", 1, "upgrades", "2027-04", "2027-10", 4, 1, "2027-04", 0),
    ("hall", "room", "alpha", "", "2027Q4", 1, "modules", "2027-04", "2027-10", 20, Fraction(20, 6), "2027-04", 0),
    ("gpu", "b200", "alpha", "room", "2028", 1, "clusters", "2027-07", "2028-01", 30, 6, "2027-07", 0),
    ("retirement", "mine", "alpha", "mine_a", "2028", 1, "modules", "2028-01", "2028-01", 0, 0, "", 0),
]
"""Order month = start of the period less the lead; 10 MW at 14 / 17.5 M$ cost 8; a spread price pays 1 / build months first."""


def test_every_kind_of_order_by_hand() -> None:
    """All eight orders of the sample, each cell, in the order of their order dates."""
    assert [tuple(row.values()) for row in orders.order_rows(book())] == BY_HAND


@pytest.mark.parametrize("of", [book(), book_of(portfolio(), valid_plan()), wide.book()])
def test_payments_add_up_to_capex_and_to_each_order(of: Book) -> None:
    """By site and period payments are the checker's capex (10.7), exactly; by order they are its total."""
    paid: dict[tuple[Any, Any], Fraction] = {}
    for row in orders.payment_rows(of):
        key = (row["site"], row["paid_period"])
        paid[key] = paid.get(key, Fraction(0)) + Fraction(row["paid_musd"] or 0)
    capex = {key: musd for key, musd in of.ledger.states["capex_musd"].items() if musd}
    assert paid == capex
    assert sum(capex.values()) > 0
    for order in ordered.orders(of):
        assert sum(musd for _, musd in order.payments) == order.total_musd


WIDE_BY_HAND = [
    ("cancellation", "main_tx", "alpha", "next_tx", "2028", 1, "units", "2027-01", "2028-01", 0, 0, "", Fraction("2.1")),
    ("equipment", "breaker", "alpha", "", "2027Q3", 1, "units", "2027-01", "2027-07", Fraction("0.2"), Fraction("0.06"), "2027-01", 0),
    ("generator", "gas", "alpha", "", "2028", 1, "units", "2027-01", "2028-01", 24, Fraction("7.2"), "2027-01", 0),
    ("move", "s21", "alpha", "out", "2027Q1", 5, "MW", "2027-01", "2027-01", 0, 0, "", -Fraction("0.05")),
    ("rebuild", "refit", "alpha", "old_halls", "2027Q4", 1, "lots", "2027-01", "2027-10", 165, Fraction(165, 9), "2027-01", 0),
    ("generator", "sun", "alpha", "", "2028", 1, "units", "2027-04", "2028-01", 14, Fraction("4.2"), "2027-04", 0),
    ("grid", "beta_more", "beta", "", "2028", 1, "upgrades", "2027-04", "2028-01", 1, 1, "2027-04", 0),
    ("move", "s21", "gamma", "in", "2027Q2", 5, "MW", "2027-04", "2027-04", 0, 0, "", -Fraction("0.1")),
    ("site", "beta", "beta", "", "2027Q2", 1, "sites", "2027-04", "2027-04", 4, 4, "2027-04", 0),
    ("grid", "upgrade", "alpha", "", "2029", 1, "upgrades", "2027-07", "2029-01", 5, 5, "2027-07", 0),
    ("hall", "vault", "beta", "", "2028", 1, "modules", "2027-07", "2028-01", 12, 2, "2027-07", 0),
    ("resale", "s21", "alpha", "", "2027Q3", 5, "MW", "2027-07", "2027-07", 0, 0, "", Fraction(25) / Fraction("17.5")),
    ("notice", "guest", "gamma", "", "2028", 5, "MW", "2027-10", "2028-01", 0, 0, "", 0),
    ("ppa", "offer", "alpha", "", "2027Q4", 10, "MW", "2027-10", "2027-10", 0, 0, "", 0),
    ("delivery", "main_tx", "alpha", "next_tx", "2028", 1, "units", "2028-01", "2028-01", Fraction("2.1"), Fraction("2.1"), "2028-01", 0),
    ("generator", "gas", "beta", "", "2029", 1, "units", "2028-01", "2029-01", Fraction("24.72"), Fraction("7.416"), "2028-01", 0),
    ("resale", "s21", "alpha", "", "2028", 30, "MW", "2028-01", "2028-01", 0, 0, "", Fraction(150) / Fraction("17.5")),
    ("asic", "s23", "alpha", "", "2029", 10, "MW", "2028-10", "2029-01", 20, 20, "2028-10", 0),
    ("retirement", "mine", "alpha", "old_halls", "2029", 1, "modules", "2029-01", "2029-01", 0, 0, "", 0),
    ("sale", "gamma", "gamma", "", "2029", 1, "sites", "2029-01", "2029-01", 0, 0, "", Fraction("6.7")),
]
"""Prices with contingency (150 x 1.1) and, ordered in 2028, 3 % of inflation; what a sale brings is after its closing cost."""


def test_every_new_kind_of_order_by_hand() -> None:
    """All that somebody has to sign for the plan that uses every table, by date, kind, item and site."""
    assert [tuple(row.values()) for row in orders.order_rows(wide.book())] == WIDE_BY_HAND


def test_a_machine_costs_what_it_costs_in_its_order_month() -> None:
    """s21 at 12 USD per TH from June 2027: ordered in July for October, 10 MW cost 120 / 17.5; ordered in January 140 / 17.5."""
    by = wide.plan(bought_mw={("alpha", "s21", "2027Q2"): 10, ("alpha", "s21", "2027Q4"): 10})
    found = {row["period"]: row["total_musd"] for row in orders.order_rows(book_of(whole(), by)) if row["kind"] == "asic"}
    assert found == {"2027Q2": Fraction(140) / Fraction("17.5"), "2027Q4": Fraction(120) / Fraction("17.5")}


def test_what_is_due_on_things_of_any_kind_has_its_unit_and_month() -> None:
    """A hall, a fleet, a cluster and a plant that come in August 2027, in the midst of a quarter; what is not due is not listed."""
    late: dict[str, Any] = {"site": "alpha", "in_service": "2027-08", "due_musd": 3.0}
    coming = [
        {"id": "h", "item": "mine", "count": 1} | late, {"id": "f", "item": "s21", "it_mw": 7.0} | late,
        {"id": "g", "item": "gb300", "hall": "ai", "count": 1} | late, {"id": "p", "item": "diesel", "count": 2} | late,
        {"id": "free", "item": "mine", "count": 1} | late | {"due_musd": 0.0},
        {"id": "after", "item": "mine", "count": 1} | late | {"in_service": "2032-01", "due_musd": 0.0},
    ]  # fmt: skip
    of = book_of(whole(opening=[*whole().opening, *coming]), wide.plan())
    rows = {row["detail"]: row for row in orders.order_rows(of) if row["kind"] == "delivery" and row["detail"] != "next_tx"}
    assert {name: (row["quantity"], row["unit"]) for name, row in rows.items()} == {
        "h": (1, "modules"), "f": (7, "MW"), "g": (1, "clusters"), "p": (2, "units")}  # fmt: skip
    assert {(row["period"], row["in_service_month"], row["total_musd"]) for row in rows.values()} == {("2027Q3", "2027-08", 3)}
    assert sum(Fraction(row["paid_musd"] or 0) for row in orders.payment_rows(of)) == sum(of.ledger.states["capex_musd"].values())


def one(**fields: Any) -> dict[str, Any]:
    """The row of the transformer order when its type has other terms."""
    changed = instance(equipment=[{"id": "tr40", "mva": 40, "cost_musd": 2, "lead_months": 9} | fields])
    return dict(next(row for row in orders.order_rows(book_of(changed, plan())) if row["kind"] == "equipment"))


def test_without_a_deposit_the_first_payment_is_the_delivery() -> None:
    """Nothing is due at the order in January; all of it in October."""
    assert one(deposit_fraction=0)["due_at_order_musd"] == 0
    assert one(deposit_fraction=0)["first_payment_month"] == "2027-10"


def test_without_a_lead_all_is_due_at_once() -> None:
    """Order and delivery fall together: deposit and balance are one payment."""
    row = one(deposit_fraction=0.3, lead_months=0)
    assert (row["order_month"], row["in_service_month"], row["due_at_order_musd"]) == ("2027-10", "2027-10", 2)


def test_without_build_months_all_is_due_at_once() -> None:
    """A spread over no months is one payment at service."""
    quick = book_of(instance().with_("halls.shell.build_months", 0), plan())
    row = next(row for row in orders.order_rows(quick) if row["item"] == "shell")
    assert (row["order_month"], row["due_at_order_musd"], row["total_musd"]) == ("2027-10", 50, 50)
