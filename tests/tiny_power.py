"""Own generation, power contracts, charges and demand response for the smallest instances: builders on top of `tests.tiny`."""

from __future__ import annotations

from typing import Any

from tests.tiny import Fields, power_price, standing

DEAR = [power_price(usd_per_mwh=800)]
"""Power that leaves 200 of the 1000 USD per MWh that rigs earn: a plant without cost is worth 800."""


def blocks(cheap: float, dear: float, dear_hours: float, **fields: Any) -> list[Fields]:
    """Two blocks of hours, `base` and `peak`, with their prices in USD per MWh; `dear_hours` is the share of the peak."""
    return [
        power_price(block="base", hours_fraction=1 - dear_hours, usd_per_mwh=cheap, **fields),
        power_price(block="peak", hours_fraction=dear_hours, usd_per_mwh=dear, **fields),
    ]


def plant(**fields: Any) -> Fields:
    """A type of plant of 1 MW units, of which one may be commissioned at once for 1 M$; it burns nothing and no MW of it is dependable."""
    return {"id": "plant", "unit_mw": 1, "max_units": 1, "capex_musd_per_unit": 1.0} | fields


def own(**fields: Any) -> Fields:
    """The same, but none can be commissioned: it only stands (`standing("plant")`)."""
    return plant(max_units=0) | fields


def fuel_price(**fields: Any) -> Fields:
    """Gas at 4 USD per mmbtu."""
    return {"fuel": "gas", "from_year": 2027, "usd_per_mmbtu": 4.0} | fields


def availability(**fields: Any) -> Fields:
    """The plant makes nothing in the peak block."""
    return {"generator": "plant", "market": "spot", "block": "peak", "availability_fraction": 0.0} | fields


def ppa(**fields: Any) -> Fields:
    """1 MW signed for all of 2027 at 60 USD per MWh, without resale and without take-or-pay."""
    contract = {"id": "ppa", "site": "site", "mw": 1, "strike_usd_per_mwh": 60}
    return contract | {"from_month": "2027-01", "to_month": "2028-01"} | fields


def demand(**fields: Any) -> Fields:
    """A charge on the own peak of 10 USD per kW and month: 0.03 M$ per MW and quarter."""
    return {"id": "demand", "site": "site", "kind": "own_peak", "usd_per_kw_month": 10} | fields


def coincident(**fields: Any) -> Fields:
    """The same charge on the draw in the peak block."""
    return {"id": "system", "site": "site", "kind": "coincident", "block": "peak", "usd_per_kw_month": 10} | fields


def programme(**fields: Any) -> Fields:
    """Demand response in the peak block for 0.5 M$ per MW and year."""
    return {"id": "response", "market": "spot", "blocks": ["peak"], "usd_per_mw_year": 500_000} | fields


def mines(mw: int, **fleet: Any) -> list[Fields]:
    """Opening rows of `mw` mine modules with as many MW of rigs in them."""
    rigs = {"id": "fleet", "site": "site", "item": "rig", "it_mw": mw, "in_service": "2027-01"} | fleet
    return [standing("mine", count=mw), rigs]
