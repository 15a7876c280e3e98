"""What was decided, paid, drawn or held before the start, for the smallest instances: builders on top of `tests.tiny`.

At 21 % a year money is worth 1/1.1 in the middle of the first year, 1/1.331 in that of the second, and 1/1.4641 after two.
"""

from __future__ import annotations

from typing import Any

from planner_models.schema import Instance
from tests.tiny import Fields, accepts, hall, lease, leased, meter, site, standing, tiny, years

TAXED: Fields = {"tax_rate_fraction": 0.25}
AT_21: Fields = {"discount_rate_fraction": 0.21}
FIRST_21, SECOND_21, AFTER_TWO_21 = 1 / 1.1, 1 / 1.331, 1 / 1.4641
"""What a M$ of the middle of each of two years, and of their end, is worth at 21 %."""


def coming(item: str = "shell", **fields: Any) -> Fields:
    """One module (or unit) of `item` that comes in July 2027, for which 1 M$ is still due; it is named `next_<item>`."""
    return standing(item, id=f"next_{item}", in_service="2027-07", due_musd=1.0) | fields


def optional(item: str = "shell", **fields: Any) -> Fields:
    """The same, and it may be cancelled, whole or in part."""
    return coming(item, cancellable=True) | fields


def rigs_to_come(**fields: Any) -> Fields:
    """1 MW of rigs that comes in July 2027, for which 1 M$ is still due and which may be cancelled."""
    rigs = {"id": "next_rig", "site": "site", "item": "rig", "it_mw": 1, "in_service": "2027-07"}
    return rigs | {"due_musd": 1.0, "cancellable": True} | fields


def tax_base(**fields: Any) -> Fields:
    """10 M$ spent at the site on something that has been in service since January 2026, with a tax life of five years."""
    return {"id": "spent", "site": "site", "in_service": "2026-01", "tax_life_months": 60, "basis_musd": 10} | fields


def holding(**fields: Any) -> Fields:
    """2 bitcoin held at the start that cost 0.1 M$ each."""
    return {"id": "hoard", "btc_count": 2, "basis_usd": 100_000} | fields


def draw(month: str, musd: float, debt: str = "bank") -> Fields:
    """So much was drawn in that month, before the start."""
    return {"debt": debt, "month": month, "drawn_musd": musd}


def history(from_month: str = "2026-01", months: int = 12, ebitda_musd: float = 12.0, **fields: Any) -> Fields:
    """1 M$ of EBITDA in each month of 2026."""
    return {"from_month": from_month, "months": months, "ebitda_musd": ebitda_musd} | fields


def before(decision: str, index: str, count: int = 1) -> Fields:
    """The plan before made this decision so many times."""
    return {"decision": decision, "index": index, "count": count}


def let_for_two_years(**parts: Any) -> Instance:
    """A standing shell worth 10 at the end, a tenant for 12 a year in 2027 and 2028, 10 of cash; at 21 % and a tax of 25 %."""
    tables: Fields = {
        "periods": years(2),
        "halls": [hall(residual_musd_per_module=10)],
        "leases": [lease(term_months=24, drop_dead="2027-01")],
    }
    finance: Fields = AT_21 | TAXED | {"opening_cash_musd": 10.0, "exit_cost_fraction": 0.0} | parts.pop("finance", {})
    return leased(**(tables | parts), finance=finance)


def either_site(**parts: Any) -> Instance:
    """A tenant for 12 a year at `site` or for 12.3 at `north`, from January or never; a shell stands at each. `parts` as for `tiny`."""
    tables: Fields = {
        "sites": [site(), site(id="north")],
        "grid": [meter(), meter(id="north_meter", site="north")],
        "halls": [hall()],
        "opening": [standing(), standing(id="north_shell", site="north")],
        "leases": [lease(drop_dead="2027-01")],
        "lease_sites": [accepts(), accepts(at="north", rent_adder_usd_per_kw_month=25)],
    }
    return tiny(**(tables | parts))
