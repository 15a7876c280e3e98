"""Leases and compute contracts for the smallest instances: builders on top of `tests.tiny` and `tests.tiny_machines`."""

from __future__ import annotations

from typing import Any

from planner_models.schema import Instance
from tests.tiny import Fields, gpu, gpu_market, hall, lease, meter, room, site, standing, tiny
from tests.tiny_machines import clusters

WHOLE_VALUE: Fields = {"exit_cost_fraction": 0.0}
"""What is left at the horizon counts in full."""
REST_OF_CONTRACT: Fields = {"exit_cost_fraction": 0.0, "terminal_method": "contract"}
"""The same, and a lease is worth the rest of its contract; without discount that is the sum of its months."""


def now(**fields: Any) -> Fields:
    """The default lease for a year, from January or never: 12 M$."""
    return lease(term_months=12, drop_dead="2027-01") | fields


def running(**fields: Any) -> Fields:
    """A lease for 18 months that has run since July 2026, so until the end of 2027: 12 M$."""
    return lease(stage="signed", mandatory=True, delivered="2026-07", term_months=18) | fields


def tranches(*parts: tuple[int, float], name: str = "anchor") -> list[Fields]:
    """Tranches of lease `name`: months after its start, and share."""
    return [{"lease": name, "months": months, "fraction": fraction} for months, fraction in parts]


def building(**fields: Any) -> Fields:
    """A shell that takes 6 months to build, so it stands from July, for 0.5 M$."""
    return hall(buildable=True, build_months=6, capex_musd_per_module=0.5) | fields


def two_sites(*, at_site: int = 1, at_north: int = 1, **parts: Any) -> Fields:
    """So many standing shells at `site` and at `north`; tables for `leased`."""
    tables: Fields = {
        "sites": [site(), site(id="north")],
        "grid": [meter(), meter(id="north_meter", site="north")],
        "opening": [standing(count=at_site), standing(id="north_shell", site="north", count=at_north)],
    }
    return tables | parts


def contract(**fields: Any) -> Fields:
    """A customer for 1 MW of GPUs for a year at 2 USD per GPU-hour, twice the market: 17.52 M$ in 2027."""
    offer = {"id": "lab", "customer": "Lab", "gpu": "gpu", "it_mw": 1, "ready_by": fields.get("earliest_start", "2027-01")}
    return offer | {"term_months": 12, "usd_per_gpu_hour": 2.0} | fields


def serving(**parts: Any) -> Instance:
    """A standing room and cluster of 1 MW, which earns 8.76 M$ on the market or 17.52 under the default contract; `parts` as for `tiny`."""
    tables: Fields = {
        "halls": [room()],
        "gpu_models": [gpu()],
        "gpu_market": [gpu_market()],
        "opening": [standing("room"), clusters()],
        "gpu_contracts": [contract()],
    }
    return tiny(**(tables | parts))
