"""What is new in an instance against another one: which fields of which rows, and of which kind the news is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any

from planner_models.rows import Row
from planner_models.schema import TABLES, Instance

CATEGORIES = ("actuals", "market", "leads", "deals", "other")
_TABLES: Mapping[str, tuple[str, ...]] = {
    "actuals": ("opening", "tax_bases", "holdings", "debt_draws", "history"),
    "market": ("btc", "power_prices", "gpu_market", "asic_prices", "fuel_prices", "residuals"),
    "leads": (
        "equipment", "slots", "halls", "conversions", "generators", "availability", "asic_models", "gpu_models", "grid", "sites",
        "delivery_limits", "moves",
    ),
    "deals": ("leases", "lease_sites", "lease_deliveries", "tiers", "gpu_contracts", "ppas", "hosting", "programmes", "charges"),
}  # fmt: skip
CATEGORY = {table: category for category, tables in _TABLES.items() for table in tables} | {"halvings": "market"}
"""Kind of the news of each table and setting; what is not named is `other`."""
HAPPENED = {
    "finance": ("opening_cash_musd", "opening_loss_musd", "opening_income_musd", "opening_restricted_musd", "restricted_until"),
    "debt": ("opening_balance_musd", "opening_eligible_musd"),
}
"""Fields that say what happened, of a block and a table that else hold terms."""
FREE = frozenset(Row.FREE)
News = tuple[str, str, str, object, object, str]
"""Table, key, field, before, after, category; a row that came or went has a blank field."""


def news(before: Instance, after: Instance, rtol: float = 1e-9) -> Iterator[News]:
    """Every field that differs, but for names and free columns; numbers that are as near as `rtol`, relative and absolute, are the same."""
    for name in Instance.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if name in TABLES:
            yield from _rows(name, old, new, rtol)
        elif name == "finance":
            yield from _block(name, "", old, new, rtol)
        elif name not in ("name", "title", "options") and old != new:
            yield name, "", "", old, new, CATEGORY.get(name, "other")


def _rows(table: str, old: tuple[Row, ...], new: tuple[Row, ...], rtol: float) -> Iterator[News]:
    before, after = ({_key(row): row for row in rows} for rows in (old, new))
    for key in dict.fromkeys([*before, *after]):
        if key not in after or key not in before:
            yield table, key, "", "there" if key in before else "", "there" if key in after else "", CATEGORY.get(table, "other")
        else:
            yield from _block(table, key, before[key], after[key], rtol)


def _block(name: str, key: str, old: Any, new: Any, rtol: float) -> Iterator[News]:
    for field in type(old).model_fields:
        if field not in FREE and not _same(getattr(old, field), getattr(new, field), rtol):
            category = "actuals" if field in HAPPENED.get(name, ()) else CATEGORY.get(name, "other")
            yield name, key, field, getattr(old, field), getattr(new, field), category


def _same(old: object, new: object, rtol: float) -> bool:
    """Equal, or apart by no more than the rounding of a number."""
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, rel_tol=rtol, abs_tol=rtol)
    return old == new


def _key(row: Row) -> str:
    return "/".join(f"{part:%Y-%m-%d}" if isinstance(part, dt.date) else str(part) for part in row.key)
