"""Small instances of machines that are dated, resold, moved and hosted, and of bitcoin that is kept; built on `tests.tiny`."""

from __future__ import annotations

from typing import Any

from planner_models.schema import Instance
from tests.tiny import Fields, btc, fleet, meter, mine, mining, rig, site, standing

DOUBLED: list[Fields] = [btc(), btc(from_day="2027-07-01", btc_usd=1_200_000, network_eh=900)]
"""A bitcoin costs 0.6 M$, from July 2027 on 1.2; twice the network leaves the hashprice at 600. A megawatt mines 0.04 a day, then 0.02."""


def asic_price(**fields: Any) -> Fields:
    """Rigs at 25 USD/TH, so 1 M$ per MW, from the first month; nobody buys used ones."""
    return {"asic": "rig", "from_month": "2027-01", "usd_per_th": 25} | fields


def market(**fields: Any) -> Fields:
    """The same, and buyers for 10 MW a year of used rigs at 12.5 USD/TH, so 0.5 M$ per MW."""
    return asic_price() | {"resale_usd_per_th": 12.5, "resale_mw_per_year": 10} | fields


def move(name: str = "site", **fields: Any) -> Fields:
    """Rigs leave `name` for 0.1 M$ per MW and come to it for 0.05, at once."""
    return {"site": name, "out_musd_per_mw": 0.1, "in_musd_per_mw": 0.05} | fields


def residual(age_months: int, fraction: float, item: str = "rig") -> Fields:
    """What `item` is worth at an age, as a share of a new one."""
    return {"item": item, "age_months": age_months, "residual_fraction": fraction}


def guests(**fields: Any) -> Fields:
    """1 MW of rigs of somebody else in a mine from the first month, always on, for 100 USD per MWh: 0.876 M$ in 2027."""
    contract = {"id": "guests", "site": "site", "it_mw": 1, "j_per_th": 25, "uptime_fraction": 1.0}
    return contract | {"fee_usd_per_mwh": 100, "from_month": "2027-01"} | fields


def clusters(**fields: Any) -> Fields:
    """A cluster of the GPUs of `tests.tiny` that works in the room from the first month."""
    return {"id": "clusters", "site": "site", "item": "gpu", "hall": "room", "count": 1, "in_service": "2027-01"} | fields


def homeless(**parts: Any) -> Instance:
    """A fleet of rigs that live 60 months at a site without a mine: it earns nothing there; `parts` as for `tiny`."""
    return mining(**({"opening": [fleet()]} | parts))


def moving(**parts: Any) -> Instance:
    """A fleet at `site`, which has no mine, and a mine of one module at `north`, which has no fleet; `parts` as for `tiny`."""
    tables: Fields = {
        "sites": [site(), site(id="north")],
        "grid": [meter(), meter(id="north_meter", site="north")],
        "halls": [mine(sites=["north"])],
        "asic_models": [rig()],
        "opening": [fleet(), standing("mine", site="north")],
        "moves": [move(out_months=3), move("north")],
    }
    return mining(**(tables | parts))
