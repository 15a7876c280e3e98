"""The smallest instances, built in Python, for tests whose optimum is worked out by hand.

One site on a 10 MW meter with land for 10 MW, free power, four quarters of 2027, 100 M$ of cash, no tax, no discount and an exit cost
of 100 %, so that nothing is worth anything at the horizon unless a test asks. A rig earns 1000 USD per MWh (600 USD per PH and day at
25 J/TH), so does a GPU megawatt, and a leased megawatt pays 1 M$ a month: a megawatt hashes `HOURS` / 1000 M$ in a quarter and rents for 3.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner import Run, solve
from planner_models.schema import Instance

Fields = dict[str, Any]

HOURS = {"2027Q1": 2160, "2027Q2": 2184, "2027Q3": 2208, "2027Q4": 2208, "2027": 8760, "2028": 8784, "2029": 8760}
QUARTERS: list[Fields] = [{"months": 3, "count": 4}]
FINANCE: Fields = {"discount_rate_fraction": 0.0, "opening_cash_musd": 100.0, "tax_rate_fraction": 0.0, "exit_cost_fraction": 1.0}
PAST_HALVINGS = ["2012-11-28", "2016-07-09", "2020-05-11", "2024-04-20"]


def tiny(**parts: Any) -> Instance:
    """An instance with the given tables and settings; `finance` is laid over the defaults above, anything else replaces them."""
    parts["finance"] = FINANCE | parts.get("finance", {})
    defaults: Fields = {
        "name": "tiny",
        "start": "2027-01",
        "periods": QUARTERS,
        "halvings": PAST_HALVINGS,
        "options": {"gap_fraction": 0.0, "threads": 1},
        "sites": [site()],
        "grid": [meter()],
        "power_prices": [power_price()],
        "btc": [btc()],
    }
    return Instance.model_validate(defaults | parts)


def years(count: int) -> list[Fields]:
    """Periods of `count` whole years."""
    return [{"months": 12, "count": count}]


def site(**fields: Any) -> Fields:
    """A site with room for 10 MW and a power factor of 1."""
    return {"id": "site", "market": "spot", "land_it_mw": 10, "power_factor": 1.0} | fields


def meter(**fields: Any) -> Fields:
    """10 energised MW from the start."""
    return {"id": "meter", "site": "site", "kind": "energised", "mw": 10, "from_month": "2027-01"} | fields


def upgrade(**fields: Any) -> Fields:
    """An upgrade of 1 MW for 1 M$, without lead."""
    return {"id": "upgrade", "site": "site", "kind": "upgrade", "mw": 1, "cost_musd": 1.0} | fields


def power_price(**fields: Any) -> Fields:
    """Free power in one block."""
    return {"market": "spot", "from_year": 2027, "block": "all", "hours_fraction": 1.0, "usd_per_mwh": 0.0} | fields


def btc(**fields: Any) -> Fields:
    """600,000 USD x 3.125 x 144 / 450 EH/s = 600 USD per PH and day."""
    return {"from_day": "2027-01-01", "btc_usd": 600_000, "network_eh": 450} | fields


def hall(**fields: Any) -> Fields:
    """A powered shell of 1 MW modules without overhead for cooling; it stands or is converted to, but is not built."""
    shell = {"id": "shell", "product": "powered_shell", "module_it_mw": 1, "pue_peak": 1.0, "pue_average": 1.0, "buildable": False}
    return shell | fields


def mine(**fields: Any) -> Fields:
    """The same for mining."""
    return hall(id="mine", product="mining") | fields


def room(**fields: Any) -> Fields:
    """The same for GPU clusters."""
    return hall(id="room", product="turnkey") | fields


def standing(item: str = "shell", **fields: Any) -> Fields:
    """One module (or unit) of `item` that works from the first month, named `old_<item>`."""
    return {"id": f"old_{item}", "site": "site", "item": item, "count": 1, "in_service": "2027-01"} | fields


def rig(**fields: Any) -> Fields:
    """A machine of 25 J/TH that always runs and costs 25 USD/TH, so 1 M$ per MW; it is not for sale."""
    machine = {"id": "rig", "j_per_th": 25, "usd_per_th": 25, "buyable": False, "uptime_fraction": 1.0}
    return machine | fields


def fleet(**fields: Any) -> Fields:
    """1 MW of rigs from the first month."""
    return {"id": "fleet", "site": "site", "item": "rig", "it_mw": 1, "in_service": "2027-01"} | fields


def gpu(**fields: Any) -> Fields:
    """A 1 MW cluster of 1000 GPUs for 1 M$, always sold and always at full load."""
    cluster = {"id": "gpu", "cluster_it_mw": 1, "gpus_per_mw": 1000, "capex_musd_per_mw": 1.0}
    return cluster | {"utilisation_fraction": 1.0, "load_factor_fraction": 1.0} | fields


def gpu_market(**fields: Any) -> Fields:
    """10 MW of GPUs find buyers at 1 USD per GPU-hour."""
    return {"gpu": "gpu", "from_year": 2027, "usd_per_gpu_hour": 1.0, "market_it_mw": 10} | fields


def lease(**fields: Any) -> Fields:
    """1 MW for ten years at 1 M$ a month, ready from its earliest start."""
    offer = {"id": "anchor", "tenant": "Tenant", "product": "powered_shell", "it_mw": 1, "term_months": 120}
    offer |= {"rent_usd_per_kw_month": 1000, "cap_rate_fraction": 0.1, "ready_by": fields.get("earliest_start", "2027-01")}
    return offer | fields


def accepts(name: str = "anchor", at: str = "site", **fields: Any) -> Fields:
    """The tenant of lease `name` accepts the site `at`."""
    return {"lease": name, "site": at} | fields


def conversion(**fields: Any) -> Fields:
    """One mine module becomes one shell for 1 M$, at once."""
    change = {"id": "change", "from_hall": "mine", "to_hall": "shell", "max_lots": 10, "capex_musd_per_lot": 1.0}
    return change | {"build_months": 0, "off_months": 0} | fields


def facility(**fields: Any) -> Fields:
    """A facility of 8 M$ at 10 % a year that funds all capex and matures after the horizon."""
    return {"id": "bank", "limit_musd": 8.0, "rate_fraction": 0.1, "maturity": "2035-01"} | fields


def leased(**parts: Any) -> Instance:
    """A standing shell and the default lease on it, which pays 3 M$ a quarter; `parts` as for `tiny`."""
    tables: Fields = {"halls": [hall()], "opening": [standing()], "leases": [lease()], "lease_sites": [accepts()]}
    return tiny(**(tables | parts))


def mining(**parts: Any) -> Instance:
    """A standing mine with its fleet, which earns 8.76 M$ in 2027; `parts` as for `tiny`."""
    tables: Fields = {"halls": [mine()], "asic_models": [rig()], "opening": [standing("mine"), fleet()]}
    return tiny(**(tables | parts))


def solved(instance: Instance) -> Run:
    """Solve to optimality; the plan must pass the checker and be worth what the model claims."""
    run = solve(instance)
    assert run.outcome in ("optimal", "within_gap")
    assert run.plan is not None
    assert run.certificate is not None
    assert run.certificate.ok, run.certificate.violations
    assert run.objective_musd == pytest.approx(float(run.certificate.objective_musd), rel=1e-6, abs=1e-6)
    return run


def worth(run: Run) -> float:
    """What the checker says the plan is worth, in M$."""
    assert run.certificate is not None
    return float(run.certificate.value_musd)


def chosen(run: Run, family: str, *index: str) -> float:
    """One decision of the plan."""
    assert run.plan is not None
    return run.plan.get(family, *index)


def state(run: Run, name: str, *index: str) -> float:
    """One state of MATHS.md as the checker computes it."""
    assert run.certificate is not None
    return float(run.certificate.ledger.states[name][index])


def near(value: float) -> Any:
    """Equal to 1e-7, or to 10 USD (the plan's own grid is 1 USD and 1e-6 MW)."""
    return pytest.approx(value, rel=1e-7, abs=1e-5)
