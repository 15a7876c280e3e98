"""Tidy pandas tables of a plan, built from the instance, the plan and the exact checker's ledger alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from planner.check import verify
from planner.check.ledger import Ledger
from planner.plan import Plan
from planner.tables import (
    allocation,
    balance,
    changes,
    charges,
    checks,
    contracts,
    cost,
    covenants,
    debt,
    fleets,
    income,
    leases,
    machines,
    mining,
    money,
    orders,
    pending,
    policies,
    power,
    supply,
    value,
)
from planner.tables import kpis as figures
from planner.tables.book import Book
from planner.tables.facts import Facts
from planner.tables.frame import Frame, Row, to_pandas
from planner_models.schema import Instance

TABLES: tuple[tuple[Frame, Callable[[Book], Iterable[Row]]], ...] = (
    (allocation.FRAME, allocation.rows),
    (orders.ORDERS, orders.order_rows),
    (orders.PAYMENTS, orders.payment_rows),
    (pending.FRAME, pending.rows),
    (changes.FRAME, changes.rows),
    (leases.FRAME, leases.rows),
    (leases.DELIVERIES, leases.delivery_rows),
    (contracts.FRAME, contracts.rows),
    (machines.FLEET, machines.fleet_rows),
    (fleets.MACHINES, fleets.machine_rows),
    (fleets.HOSTING, fleets.hosting_rows),
    (fleets.TREASURY, fleets.treasury_rows),
    (power.MEGAWATTS, power.megawatt_rows),
    (power.GRID, power.grid_rows),
    (power.EQUIPMENT, power.equipment_rows),
    (supply.ENERGY, supply.energy_rows),
    (mining.FRAME, mining.rows),
    (supply.GENERATORS, supply.generator_rows),
    (supply.GENERATION, supply.generation_rows),
    (supply.PPAS, supply.ppa_rows),
    (charges.CHARGES, charges.charge_rows),
    (cost.FRAME, cost.rows),
    (machines.MARKET, machines.market_rows),
    (machines.ECONOMICS, machines.economics_rows),
    (money.CASH_FLOW, money.cash_rows),
    (debt.DEBT, debt.debt_rows),
    (covenants.FRAME, covenants.rows),
    (money.TAX, money.tax_rows),
    (income.INCOME, income.income_rows),
    (income.BY_PERIOD, income.period_rows),
    (balance.FRAME, balance.rows),
    (checks.FRAME, checks.rows),
    (policies.FRAME, policies.rows),
    (value.FRAME, value.bridge_rows),
    (value.SPLIT, value.split_rows),
)
"""Every table with the function that gives its rows in exact numbers, in the order of the documentation; the key figures come last."""

__all__ = ["TABLES", "kpis", "tables"]


def tables(instance: Instance, plan: Plan, ledger: Ledger, without_orders: Plan | str = "not computed") -> dict[str, pd.DataFrame]:
    """Every table of docs/tables.md by name.

    `ledger` is the one of the certificate that `planner.check.verify` gave for this plan; `without_orders` the best plan without new
    orders, or why there is none, for the key figures that compare with it.
    """
    book = Book(instance, plan, ledger)
    found = {frame.name: to_pandas(frame, rows(book)) for frame, rows in TABLES}
    return found | {figures.FRAME.name: kpis(instance, plan, ledger, without_orders)}


def kpis(instance: Instance, plan: Plan, ledger: Ledger, without_orders: Plan | str = "not computed") -> pd.DataFrame:
    """The key figures of docs/kpis.md: kpi, value, text, unit, definition; arguments as for `tables`."""
    without: Facts | str = without_orders if isinstance(without_orders, str) else _facts(instance, without_orders)
    return to_pandas(figures.FRAME, figures.rows(Facts(Book(instance, plan, ledger), without)))


def _facts(instance: Instance, plan: Plan) -> Facts:
    return Facts(Book(instance, plan, verify(instance, plan).ledger))
