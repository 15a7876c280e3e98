"""Lenders, covenants, shares, tax classes and policies for the smallest instances: builders on top of `tests.tiny`.

At 44 % a year money is worth 1/1.2 in the middle of the first year, then 1/1.728 and 1/2.48832, and 1/1.44 at the end of the first, then
1/2.0736: nobody pays back a loan at 10 % before he must, and who may draw more does.
"""

from __future__ import annotations

from typing import Any

from planner_models.schema import Instance
from tests.tiny import Fields, accepts, facility, hall, lease, leased, meter, site, standing, years

DEAR_MONEY: Fields = {"discount_rate_fraction": 0.44}
FIRST, SECOND, THIRD = 1 / 1.2, 1 / 1.728, 1 / 2.48832
"""What a M$ of the middle of each year is worth at 44 %."""
AFTER_ONE, AFTER_TWO, AFTER_THREE = 1 / 1.44, 1 / 2.0736, 1 / 2.985984
"""The same at the end of a plan of one, two and three years."""


def revolver(**fields: Any) -> Fields:
    """A revolver of 8 M$ at 10 % a year that matures after the horizon."""
    return facility(id="revolver", kind="revolver") | fields


def owed(**fields: Any) -> Fields:
    """8 M$ owed at the start at 10 % a year until after the horizon; nothing more may be drawn."""
    return facility(opening_balance_musd=8, advance_fraction=0) | fields


def covenant(kind: str, level: float, **fields: Any) -> Fields:
    """A covenant, named after its kind, from the first full year on."""
    return {"id": kind, "kind": kind, "level": level} | fields


def shares(**fields: Any) -> Fields:
    """2.5 M$ of new shares a quarter, at a discount of 20 % and a fee of 5 %."""
    return {"id": "shares", "limit_musd_per_quarter": 2.5, "discount_fraction": 0.2, "fee_fraction": 0.05} | fields


def tax_class(life_months: int, **fields: Any) -> Fields:
    """MACRS for things of that life."""
    return {"life_months": life_months, "method": "macrs"} | fields


def policy(measure: str, **fields: Any) -> Fields:
    """A policy without a bound as yet."""
    return {"id": "policy", "measure": measure} | fields


def building(count: int = 2, **parts: Any) -> Instance:
    """6 of cash and a shell for 10 that takes 2027 to build and earns 12 a year from 2028 on; `count` years; `parts` as for `tiny`."""
    tables: Fields = {
        "periods": years(count),
        "halls": [hall(buildable=True, build_months=12, capex_musd_per_module=10)],
        "opening": [],
    }
    finance: Fields = {"opening_cash_musd": 6.0} | parts.pop("finance", {})
    return leased(**(tables | parts), finance=finance)


def places() -> Fields:
    """Two sites with a meter, `site` and `north`."""
    return {"sites": [site(), site(id="north")], "grid": [meter(), meter(id="north_meter", site="north")]}


def pair(**parts: Any) -> Instance:
    """6 of cash and a shell for 5 at each of two sites, built in all of 2027, that earns 6 in 2028; `parts` as for `tiny`."""
    tables: Fields = places() | {
        "halls": [hall(buildable=True, build_months=12, capex_musd_per_module=5)],
        "leases": [lease(rent_usd_per_kw_month=500), lease(id="second", rent_usd_per_kw_month=500)],
        "lease_sites": [accepts(), accepts("second", at="north")],
    }
    return building(**(tables | parts))


def indebted(*, rent_musd_per_year: float, cash_musd: float = 20.0, **parts: Any) -> Instance:
    """A standing shell with a tenant, cash and the 8 M$ of `owed` at 44 % a year; two years; `parts` as for `tiny`."""
    tables: Fields = {
        "periods": years(2),
        "opening": [standing()],
        "leases": [lease(rent_usd_per_kw_month=rent_musd_per_year / 12 * 1000)],
        "debt": [owed()],
    }
    finance: Fields = DEAR_MONEY | {"opening_cash_musd": cash_musd} | parts.pop("finance", {})
    return leased(**(tables | parts), finance=finance)
