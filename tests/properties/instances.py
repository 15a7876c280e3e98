"""Random small portfolios over every table, for what must hold whatever the figures: each part is there or not, at one site or both."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from planner_models.schema import Instance
from tests.properties.agreements import customers, tenants
from tests.properties.capital import capital
from tests.tiny import (
    Fields,
    btc,
    conversion,
    fleet,
    gpu,
    gpu_market,
    hall,
    meter,
    mine,
    power_price,
    rig,
    room,
    site,
    standing,
    tiny,
    upgrade,
)
from tests.tiny_machines import asic_price, clusters, guests, move, residual
from tests.tiny_power import availability, coincident, demand, fuel_price, plant, ppa, programme
from tests.tiny_sites import approval, breaker, builders, interruptible, transformer

Pick = Callable[..., Any]
"""One of the given values."""

PERIODS: list[list[Fields]] = [
    [{"months": 3, "count": 2}, {"months": 6, "count": 1}, {"months": 12, "count": 1}],
    [{"months": 3, "count": 4}, {"months": 12, "count": 1}],
    [{"months": 6, "count": 2}, {"months": 12, "count": 1}],
    [{"months": 12, "count": 1}, {"months": 24, "count": 1}],
]


def anything(seed: int) -> Instance:
    """A mine at `site` and land at `north`, which is owned, on offer or for sale; about half of all other tables have rows."""
    chance = random.Random(seed)

    def pick(*values: Any) -> Any:
        return chance.choice(values)

    trade = pick("owned", "on offer", "for sale")
    tables = _places(pick, trade) | _halls(pick) | _equipment(pick, trade) | _machines(pick) | _energy(pick, trade)
    tables["opening"] = [*_standing(pick, trade), *tables["opening"]]
    stands = {row["id"]: row["in_service"] for row in tables["opening"]}
    tables |= tenants(pick, housed="old_shell" in stands) | capital(pick)
    tables["gpu_contracts"] = customers(pick, hired=stands.get("clusters", "2027") < "2027")
    return tiny(periods=pick(*PERIODS), finance=_finance(pick), **tables)


def _finance(pick: Pick) -> Fields:
    return {
        "discount_rate_fraction": pick(0.0, 0.12),
        "opening_cash_musd": pick(8, 15, 40),
        "overhead_musd_per_year": 0.5,
        "cost_inflation_fraction": pick(0.0, 0.03),
        "capex_inflation_fraction": pick(0.0, 0.05),
        "tax_rate_fraction": pick(0.0, 0.21),
        "opening_loss_musd": pick(0, 2),
        "exit_cost_fraction": pick(0.02, 1.0),
        "terminal_method": pick("cap_rate", "contract"),
        "treasury_cap_btc": pick(0, 5),
        "cash_interest_fraction": pick(0.0, 0.03),
        "capitalised_from_months": pick(0, 36),
        "shares_count": 1000,
        **pick({}, {"opening_restricted_musd": 2, "restricted_until": pick("2027-06", "2028-01")}),
    }


def _places(pick: Pick, trade: str) -> Fields:
    """Sites with their grid, and what builders can start."""
    terms = {
        "owned": {},
        "on offer": {"option_price_musd": pick(0.05, 0.5), "offer_from": pick(None, "2027-07"), "offer_to": pick(None, "2028-01")},
        "for sale": {"sale_musd_per_mw": pick(0.2, 1.2), "sale_from": pick(None, "2027-07"), "closing_cost_musd": 0.1},
    }
    figures: Fields = {
        "power_factor": pick(1.0, 0.9),
        "energised_musd_per_mw": pick(0.0, 0.3),
        "fixed_cost_musd_per_year": pick(0.0, 0.4),
        "property_tax_fraction": pick(0.0, 0.02),
    }
    eligible = {"ai_eligible_from": pick(None, "2027-07")}
    grid = [meter(mw=pick(2, 3)), meter(id="north_meter", site="north", mw=2, from_month=pick("2027-01", "2027-03"))]
    grid += pick([], [interruptible(mw=1)])
    more = upgrade(id="more", site=pick("site", "north"), mw=2, cost_musd=0.3, lead_months=3, deposit_fraction=0.3, security_musd=1)
    grid += pick([], [more])
    grid += pick([], [approval(mw=4), approval(id="later", mw=2, from_month="2027-10")])
    return {
        "sites": [
            site(land_it_mw=5, export_mw=1, capture_fraction=pick(1.0, 0.8), max_ai_it_mw=pick(None, 1.5), **figures),
            site(id="north", land_it_mw=3, export_mw=1, **figures, **terms[trade], **eligible),
        ],
        "grid": grid,
        "delivery_limits": pick([], [builders(started_it_mw=2)], [builders(site="site"), builders(from_month="2027-06", started_it_mw=2)]),
    }


def _halls(pick: Pick) -> Fields:
    shell = {"build_months": pick(0, 3), "capex_musd_per_module": pick(3, 6), "contingency_fraction": pick(0.0, 0.1)}
    upkeep = {"fixed_cost_musd_per_module_year": pick(0.0, 0.3)}
    return {
        "halls": [
            mine(buildable=pick(True, False), capex_musd_per_module=0.5, build_months=2, pue_peak=1.1, pue_average=1.05, **upkeep),
            hall(buildable=True, redundancy=pick("N", "N+1", "2N"), pue_peak=1.25, residual_musd_per_module=2, **shell),
            room(buildable=True, capex_musd_per_module=6, assessed_musd_per_module=pick(None, 4), pue_peak=1.3, pue_average=1.2),
        ],
        "conversions": pick([], [conversion(build_months=6, off_months=pick(0, 3), capex_musd_per_lot=2, max_lots=2)]),
    }


def _equipment(pick: Pick, trade: str) -> Fields:
    """Nothing, transformers, or breakers as well; two of the transformers may still be cancelled."""
    if not pick(True, False):
        return {"opening": []}
    unit = transformer(mva=1.5, cost_musd=0.4, lead_months=pick(0, 3), life_months=pick(24, 600))
    opening = [standing("unit", count=2, in_service="2026-01")]
    opening += [standing("unit", id="north_unit", site="north")] if trade != "on offer" else []
    coming = standing("unit", id="coming", count=2, in_service="2027-08", due_musd=0.5, tax_basis_musd=0.2, cancellable=True)
    return {
        "equipment": [unit, *pick([], [breaker(id="switch")]), *pick([], [transformer(id="large", mva=3, cost_musd=0.6)])],
        "slots": pick([], [{"equipment": "unit", "year": 2027, "units": 1}]),
        "opening": [*opening, *pick([], [coming])],
    }


def _machines(pick: Pick) -> Fields:
    machine = rig(residual_fraction=pick(0.0, 0.3), life_months=36, opex_usd_per_mwh=1)
    new = rig(id="new", j_per_th=15, usd_per_th=15, buyable=True, lead_months=3, lot_mw=pick(None, 0.4), order_from=pick(None, "2027-03"))
    board = gpu(capex_musd_per_mw=pick(8, 30), opex_musd_per_mw_year=0.5, residual_fraction=0.3, lead_months=3)
    prices = [asic_price(resale_usd_per_th=pick(3, 10), resale_mw_per_year=1), asic_price(asic="new", usd_per_th=18, from_month="2028-01")]
    return {
        "asic_models": [machine, new],
        "asic_prices": pick([], prices),
        "moves": pick([], [move(out_months=pick(0, 2)), move("north")]),
        "residuals": pick([], [residual(6, 0.6, "new"), residual(30, 0.1, "new")]),
        "gpu_models": [board | {"months_to_revenue": pick(0, 2), "order_to": pick(None, "2027-09")}],
        "gpu_market": [gpu_market(usd_per_gpu_hour=pick(1, 2.5), market_it_mw=1)],
        "btc": [
            btc(btc_usd=pick(50_000, 90_000)),
            btc(from_day="2028-03-10", btc_usd=80_000),
            *pick([], [btc(from_day="2028-11-01", btc_usd=60_000)]),
        ],
        "hosting": pick([], [guests(it_mw=0.5, fee_usd_per_mwh=pick(30, 80), to_month=pick(None, "2028-02"), notice_months=pick(None, 2))]),
    }


def _energy(pick: Pick, trade: str) -> Fields:
    """Two blocks of hours; plants, contracts, charges and demand response as they may be at a site that is traded."""
    prices = [power_price(block="low", hours_fraction=0.9, usd_per_mwh=pick(20, 35))]
    prices += [power_price(block="high", hours_fraction=0.1, usd_per_mwh=pick(60, 400))]
    engine = plant(
        id="engine",
        sites=["site"] if trade == "for sale" else [],
        dependable_fraction=pick(0.0, 1.0),
        fuel="methane",
        heat_rate_mmbtu_per_mwh=8,
        capex_musd_per_unit=pick(0.1, 0.4),
        lead_months=pick(0, 4),
        life_months=pick(18, 300),
    )
    panels = plant(id="panels", sites=["site"], unit_mw=0.5, capex_musd_per_unit=0.3, availability_fraction=0.3)
    makers = {
        "generators": [engine, panels],
        "fuel_prices": [fuel_price(fuel="methane", usd_per_mmbtu=pick(1, 4))],
        "availability": [availability(generator="panels", block="high", availability_fraction=0.6)],
    }
    offer = ppa(strike_usd_per_mwh=pick(15, 30), from_month="2027-04", to_month="2028-07", take_or_pay_fraction=pick(0.0, 0.8))
    charge = demand(site=pick("site", "north"), minimum_fraction=pick(0.0, 0.5), usd_per_kw_month=2)
    return {
        "power_prices": prices,
        **pick({}, makers),
        "ppas": pick([], [offer | {"signed": pick(True, False), "resale": pick(True, False)}]),
        "charges": pick([], [charge, coincident(block="high", lag_months=4, opening_mw=1)]),
        "programmes": pick(
            [], [programme(blocks=["high"], usd_per_mw_year=pick(30_000, 90_000), max_mw=pick(None, 1), from_month="2027-04")]
        ),
    }


def _standing(pick: Pick, trade: str) -> list[Fields]:
    """A mine and rigs at `site`, a room with a cluster or not, and at `north` unless it is still to be bought a mine of its own."""
    rows = [
        standing("mine", count=2, tax_basis_musd=1),
        fleet(it_mw=2, in_service="2026-01", until=pick(None, "2028-04"), tax_basis_musd=0.5),
    ]
    rows += pick([], [standing("room"), clusters(in_service=pick("2026-06", "2027-01", "2027-04"))])
    rows += pick([], [standing("shell")])
    if trade != "on offer":
        rows += [standing("mine", id="north_mine", site="north", in_service=pick("2027-01", "2027-05"))]
        rows += pick([], [fleet(id="north_rigs", site="north")])
    return rows
