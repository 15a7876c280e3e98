"""Orders and their payments."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.tables import orders
from planner.tables.book import Book
from tests.check.portfolio import portfolio, valid_plan
from tests.tables.sample import book, book_of, instance, plan

BY_HAND = [
    ("asic", "s21", "beta", "", "2027Q2", 10, "MW", "2027-01", "2027-04", 8, 4, "2027-01"),
    ("conversion", "refit", "alpha", "mine_a", "2027Q3", 1, "lots", "2027-01", "2027-07", 12, 2, "2027-01"),
    ("equipment", "tr40", "beta", "", "2027Q4", 1, "units", "2027-01", "2027-10", 2, Fraction("0.6"), "2027-01"),
    ("hall", "shell", "beta", "", "2027Q4", 2, "modules", "2027-01", "2027-10", 50, Fraction(50, 9), "2027-01"),
    ("grid", "beta_up", "beta", "", "2027Q4", 1, "upgrades", "2027-04", "2027-10", 4, 1, "2027-04"),
    ("hall", "room", "alpha", "", "2027Q4", 1, "modules", "2027-04", "2027-10", 20, Fraction(20, 6), "2027-04"),
    ("gpu", "b200", "alpha", "room", "2028", 1, "clusters", "2027-07", "2028-01", 30, 6, "2027-07"),
    ("retirement", "mine", "alpha", "mine_a", "2028", 1, "modules", "2028-01", "2028-01", 0, 0, ""),
]
"""Order month = start of the period less the lead; 10 MW at 14 / 17.5 M$ cost 8; a spread price pays 1 / build months first."""


def test_every_kind_of_order_by_hand() -> None:
    """All eight orders of the sample, each cell, in the order of their order dates."""
    assert [tuple(row.values()) for row in orders.order_rows(book())] == BY_HAND


@pytest.mark.parametrize("of", [book(), book_of(portfolio(), valid_plan())])
def test_payments_add_up_to_capex_and_to_each_order(of: Book) -> None:
    """By site and period payments are the checker's capex (10.7), exactly; by order they are its total."""
    paid: dict[tuple[Any, Any], Fraction] = {}
    for row in orders.payment_rows(of):
        key = (row["site"], row["paid_period"])
        paid[key] = paid.get(key, Fraction(0)) + Fraction(row["paid_musd"] or 0)
    capex = {key: musd for key, musd in of.ledger.states["capex_musd"].items() if musd}
    assert paid == capex
    assert sum(capex.values()) > 0
    for order in orders.orders(of):
        assert sum(musd for _, musd in order.payments) == order.total_musd


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
