"""Tiny portfolios of a few parts, each with a whole-number decision of its own: few enough to try every combination of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from planner_models.schema import Instance
from tests.tiny import (
    Fields,
    accepts,
    conversion,
    facility,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    meter,
    mine,
    rig,
    room,
    site,
    standing,
    tiny,
    upgrade,
)
from tests.tiny_capital import covenant
from tests.tiny_deals import contract
from tests.tiny_machines import clusters, guests
from tests.tiny_past import before, rigs_to_come
from tests.tiny_power import plant, ppa
from tests.tiny_sites import transformer

Pick = Callable[..., Any]
"""One of the given values."""


def shells(pick: Pick) -> Fields:
    """A shell may be built, for a tenant that comes in the first half year or the second."""
    build = {"build_months": pick(0, 4), "capex_musd_per_module": pick(2, 5), "residual_musd_per_module": pick(0.0, 3.0)}
    offer = lease(id="new", rent_usd_per_kw_month=pick(150, 700), penalty_usd_per_mw_month=pick(0, 90_000), **_term(pick))
    return {"halls": [hall(id="new_shell", buildable=True, **build)], "leases": [offer], "lease_sites": [accepts("new", hall="new_shell")]}


def _term(pick: Pick) -> Fields:
    """How long a tenant stays, and how sure he is."""
    return {"term_months": pick(9, 60), "drop_dead": pick("2027-01", "2027-07"), "probability_fraction": pick(0.6, 1.0)}


def blocks(pick: Pick) -> Fields:
    """A signed tenant of two half megawatts in a standing shell, each delivered or bought off."""
    fields = {"it_mw": 1, "block_it_mw": 0.5, "stage": "signed", "break_fee_musd": pick(0.1, 1.5), "rent_usd_per_kw_month": pick(20, 300)}
    signed = lease(id="signed", drop_dead=pick("2027-01", "2027-07"), cost_fraction=pick(0.0, 0.9), term_months=pick(6, 48), **fields)
    return {"halls": [hall()], "opening": [standing()], "leases": [signed], "lease_sites": [accepts("signed", hall="shell")]}


def lots(pick: Pick) -> Fields:
    """Machines that are bought in lots, for the mine."""
    return {"asic_models": [rig(id="new_rig", buyable=True, lot_mw=pick(0.8, 1.0, 1.5), usd_per_th=pick(5, 20), j_per_th=pick(15, 30))]}


def changes(pick: Pick) -> Fields:
    """The mine may become a room, for a cluster that stands in none."""
    terms = {"build_months": pick(0, 3), "capex_musd_per_lot": pick(0.5, 4.0), "max_lots": 1}
    return {"halls": [room(residual_musd_per_module=pick(0.5, 8.0))], "conversions": [conversion(to_hall="room", **terms)]}


def power(pick: Pick) -> Fields:
    """An upgrade of a grid that is too small."""
    return {"grid": [upgrade(cost_musd=pick(0.3, 3.0), lead_months=pick(0, 3), security_musd=pick(0.0, 1.0), security_months=4)]}


def units(pick: Pick) -> Fields:
    """Transformers, of which one stands; with a hall that wants one in reserve."""
    kept = hall(id="safe", redundancy="N+1", product="powered_shell")
    tenant = lease(id="careful", it_mw=0.5, rent_usd_per_kw_month=pick(100, 900), drop_dead="2027-01", term_months=12)
    return {
        "equipment": [transformer(mva=4, cost_musd=pick(0.2, 2.0), lead_months=6)],
        "opening": [standing("unit"), standing("safe")],
        "halls": [kept],
        "leases": [tenant],
        "lease_sites": [accepts("careful", hall="safe")],
    }


def compute(pick: Pick) -> Fields:
    """Clusters of GPUs for a market or for a customer, in a room that stands."""
    board = gpu(capex_musd_per_mw=pick(1, 4), lead_months=pick(0, 2), life_months=pick(12, 60), residual_fraction=pick(0.0, 0.5))
    customer = contract(usd_per_gpu_hour=pick(0.4, 2.0), term_months=pick(4, 12), drop_dead=pick("2027-01", "2027-07"))
    return {
        "halls": [room(id="gpu_room")],
        "opening": [standing("gpu_room"), clusters(id="old_gpus", hall="gpu_room", until=pick("2027-04", "2028-01"))],
        "gpu_models": [board],
        "gpu_market": [gpu_market(usd_per_gpu_hour=pick(0.1, 0.8), market_it_mw=1)],
        "gpu_contracts": pick([], [customer]),
    }


def plants(pick: Pick) -> Fields:
    """A plant of its own, and power that may be contracted."""
    maker = plant(sites=["site"], capex_musd_per_unit=pick(0.3, 2.0), dependable_fraction=pick(0.0, 0.5), variable_usd_per_mwh=pick(10, 60))
    offer = ppa(signed=False, strike_usd_per_mwh=pick(30, 90), resale=pick(True, False), take_or_pay_fraction=pick(0.0, 0.7))
    return {"generators": [maker], "ppas": [offer]}


def land(pick: Pick) -> Fields:
    """A site on offer with a meter, and a shell that may be built there for a tenant who goes nowhere else."""
    tenant = lease(id="far", rent_usd_per_kw_month=pick(100, 600), drop_dead="2027-07", term_months=pick(12, 60))
    return {
        "sites": [site(id="north", land_it_mw=1, option_price_musd=pick(0.1, 1.5))],
        "grid": [meter(id="north_meter", site="north", mw=1)],
        "halls": [hall(id="far_shell", buildable=True, sites=["north"], capex_musd_per_module=pick(0.5, 2))],
        "leases": [tenant],
        "lease_sites": [accepts("far", at="north")],
    }


def leaving(pick: Pick) -> Fields:
    """A site for sale with a mine, whose owner of machines may be given notice."""
    return {
        "sites": [site(id="south", land_it_mw=1, sale_musd_per_mw=pick(0.2, 2.0), closing_cost_musd=pick(0.0, 0.5))],
        "grid": [meter(id="south_meter", site="south", mw=1)],
        "opening": [standing("mine", id="south_mine", site="south")],
        "hosting": [guests(site="south", fee_usd_per_mwh=pick(30, 200), notice_months=pick(0, 3), to_month="2028-01")],
    }


def orders(pick: Pick) -> Fields:
    """Two shells and machines on order, each of which may be cancelled; the plan before kept one."""
    terms = {"in_service": pick("2027-04", "2027-07"), "due_musd": pick(0.5, 4.0), "cancel_fee_musd": pick(0.0, 0.3), "cancellable": True}
    coming = standing("ordered", id="next_halls", count=2, **terms)
    rigs = rigs_to_come(due_musd=pick(0.1, 3.0))
    plan = [before("cancelled_units", "next_rig"), before("retired_modules", "old_mine/2027-07")]
    return {"halls": [hall(id="ordered", residual_musd_per_module=pick(0.5, 3.0))], "opening": [coming, rigs], "previous": pick([], plan)}


def lenders(pick: Pick) -> Fields:
    """A lender who comes after the company's share, one who is owed something, and what he tests."""
    first = facility(id="late", limit_musd=pick(1, 4), advance_fraction=0.5, equity_first=True, rate_fraction=0.05)
    old = facility(opening_balance_musd=pick(0.5, 2.0), advance_fraction=0.3, maturity=pick("2027-05", "2030-01"))
    tests = [covenant("liquidity", pick(1, 4)), covenant("leverage", pick(0.5, 3))]
    return {"debt": [first, old], "covenants": pick([], tests[:1], tests)}


PARTS: Mapping[str, Callable[[Pick], Fields]] = {
    part.__name__: part for part in (shells, blocks, lots, changes, power, units, compute, plants, land, leaving, orders, lenders)
}
MINING = {"lots", "changes", "power", "plants", "leaving", "orders", "lenders"}
"""Parts that are about a mine and its machines, or need something that earns."""


def portfolio(seed: int) -> Instance:
    """Two or three of the parts, each in turn, at one site, with a mine where they want one; two periods of one year, mostly unequal."""
    chance = random.Random(seed)

    def pick(*values: Any) -> Any:
        return chance.choice(values)

    names = list(PARTS)
    first = names[seed % len(names)]
    chosen = [first, *chance.sample([name for name in names if name != first], pick(1, 2))]
    tables: dict[str, list[Fields]] = {
        "sites": [site(land_it_mw=pick(4, 6), energised_musd_per_mw=pick(0.0, 0.2))],
        "grid": [meter(mw=pick(1.5, 3))],
    }
    for rows in ([_mine(pick)] if MINING & set(chosen) else []) + [PARTS[name](pick) for name in chosen]:
        for table in rows:
            tables[table] = [*tables.get(table, []), *rows[table]]
    months = [{"months": length, "count": 1} for length in pick((6, 6), (4, 8), (9, 3))]
    finance: Fields = {"opening_cash_musd": pick(2, 5, 20), "discount_rate_fraction": pick(0.0, 0.1), "exit_cost_fraction": pick(0.1, 1.0)}
    finance |= {"tax_rate_fraction": pick(0.0, 0.21), "change_penalty_musd": pick(0.0, 0.2)}
    return tiny(periods=months, finance=finance, **tables)


def _mine(pick: Pick) -> Fields:
    """A mine with a machine."""
    return {
        "halls": [mine(residual_musd_per_module=0.1)],
        "asic_models": [rig(residual_fraction=pick(0.0, 0.3), life_months=pick(8, 60))],
        "opening": [standing("mine"), fleet(it_mw=pick(0.5, 1.0))],
    }
