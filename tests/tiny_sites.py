"""Sites on offer and for sale, grid of several kinds, equipment and limits for the smallest instances: builders on top of `tests.tiny`."""

from __future__ import annotations

from typing import Any

from planner_models.schema import Instance
from tests.tiny import Fields, accepts, hall, lease, leased, meter, site, standing, tiny


def offer(**fields: Any) -> Fields:
    """The site, but still to be bought, for 2 M$."""
    return site(option_price_musd=2) | fields


def sale(**fields: Any) -> Fields:
    """The site, owned, which may be sold for 0.3 M$ per MW: 3 M$ with its meter of 10 MW."""
    return site(sale_musd_per_mw=0.3) | fields


def interruptible(**fields: Any) -> Fields:
    """10 interruptible MW from the start."""
    return meter(id="loose", service="interruptible") | fields


def approval(**fields: Any) -> Fields:
    """10 MW are approved from the start."""
    return {"id": "approval", "site": "site", "kind": "approved", "mw": 10, "from_month": "2027-01"} | fields


def transformer(**fields: Any) -> Fields:
    """Units of 1 MVA for 0.5 M$ without lead."""
    return {"id": "unit", "mva": 1, "cost_musd": 0.5, "lead_months": 0} | fields


def breaker(**fields: Any) -> Fields:
    """Two units for each MW, for 0.1 M$ each, without lead."""
    return {"id": "breaker", "kind": "breaker", "units_per_mw": 2, "cost_musd": 0.1, "lead_months": 0} | fields


def builders(**fields: Any) -> Fields:
    """Builders can start 1 MW in a period, at all sites together."""
    return {"from_month": "2027-01", "started_it_mw": 1} | fields


def shell(**fields: Any) -> Fields:
    """A shell that may be built at once, for 1 M$."""
    return hall(buildable=True, capex_musd_per_module=1) | fields


def raw_land(**parts: Any) -> Instance:
    """Nothing stands, a shell costs 1 M$ and the default lease pays 3 M$ a quarter; `parts` as for `tiny`."""
    tables: Fields = {"halls": [shell()], "leases": [lease()], "lease_sites": [accepts()]}
    return tiny(**(tables | parts))


def two_tenants(**parts: Any) -> Instance:
    """Two standing shells and two leases that pay 3 M$ a quarter each; `parts` as for `tiny`."""
    tables: Fields = {
        "opening": [standing(count=2)],
        "leases": [lease(), lease(id="second")],
        "lease_sites": [accepts(), accepts("second")],
    }
    return leased(**(tables | parts))
