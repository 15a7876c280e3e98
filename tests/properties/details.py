"""Other figures, dates and periods laid over the portfolios of `instances` and `past`, so that every field of the schema is drawn."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from planner_models.schema import TABLES, Instance
from tests.properties.instances import anything
from tests.properties.past import after
from tests.tiny import Fields, gpu_market, years

Pick = Callable[..., Any]
"""One of the given values."""
Change = Callable[[Pick, Fields], Fields]
"""Tables and settings to be laid over the data of an instance."""

SELDOM = (True, False, False, False, False, False)
"""How often a field of a row takes another value."""
PERIODS: list[list[Fields]] = [
    years(2),
    [{"months": 6, "count": 4}],
    [{"months": 4, "count": 3}, *years(1)],
    [{"months": 5, "count": 1}, {"months": 7, "count": 1}, *years(1)],
    [{"months": 1, "count": 3}, {"months": 3, "count": 1}, {"months": 6, "count": 1}, *years(1)],
]
"""Equal ones, and parts of a year that `instances` does not have."""

FIGURES: dict[str, dict[str, tuple[Any, ...]]] = {
    "sites": {
        "basis_usd_per_mwh": (-3.0, 4.0), "energy_adder_usd_per_mwh": (5.0,), "export_haircut_usd_per_mwh": (2.0,), "export_mw": (0.2,),
        "loading_limit_fraction": (0.9,), "loss_fraction": (0.04,), "land_it_mw": (4.5, 8.0), "max_ai_it_mw": (1.0,),
        "sale_from": ("2027-10",),
    },
    "grid": {"tax_life_months": (60,), "mw": (1.5, 2.5), "from_month": ("2027-07",), "lead_months": (5,), "security_months": (4,)},
    "equipment": {
        "deposit_fraction": (0.0, 1.0), "tax_life_months": (60,), "mva": (1.0, 2.5), "units_per_mw": (0.8,), "cost_musd": (0.1,),
        "kind": ("switchgear",), "lead_months": (1,),
    },
    "slots": {"units": (0, 2), "year": (2028,)},
    "generators": {
        "deposit_fraction": (0.0, 1.0), "fixed_musd_per_unit_year": (0.05,), "kind": ("fuel_cell", "wind"), "residual_fraction": (0.4,),
        "tax_life_months": (60,), "variable_usd_per_mwh": (3.0,), "max_units": (2,), "unit_mw": (0.4,), "availability_fraction": (0.8,),
    },
    "availability": {"availability_fraction": (0.0, 0.3, 1.0), "block": ("low",), "generator": ("engine",)},
    "halls": {
        "life_months": (20, 48), "tax_life_months": (60, 240), "module_it_mw": (0.5, 1.25), "sites": (["site"], ["north"]),
        "residual_musd_per_module": (0.3,), "build_months": (1,),
    },
    "conversions": {
        "contingency_fraction": (0.1,), "from_modules": (2,), "to_modules": (2,), "kind": ("rebuild",), "site": ("site", "north"),
        "build_months": (3,), "max_lots": (1,), "capex_musd_per_lot": (0.5,), "to_hall": ("room",), "from_hall": ("shell",),
    },
    "delivery_limits": {"started_it_mw": (1.0, 3.0)},
    "asic_models": {
        "deposit_fraction": (0.0, 0.5), "order_to": ("2027-10",), "pool_fee_fraction": (0.02,), "resale_fade_months": (0, 30),
        "tax_life_months": (36,), "uptime_fraction": (0.9,), "product": ("turnkey",), "life_months": (24, 60), "j_per_th": (12.0, 30.0),
        "opex_usd_per_mwh": (6.0,),
    },
    "asic_prices": {"usd_per_th": (12.0,), "from_month": ("2027-04",), "resale_mw_per_year": (0.3,)},
    "moves": {"out_musd_per_mw": (0.0, 0.02), "in_musd_per_mw": (0.0, 0.2), "out_months": (5,)},
    "gpu_models": {
        "cluster_it_mw": (0.5,), "deposit_fraction": (0.0, 1.0), "gpus_per_mw": (500.0,), "lead_months": (0, 6), "life_months": (20,),
        "load_factor_fraction": (0.8,), "market": ("shared",), "order_from": ("2027-03",), "product": ("powered_shell",),
        "residual_fraction": (0.1,), "tax_life_months": (36,), "utilisation_fraction": (0.7,), "opex_musd_per_mw_year": (2.0,),
    },
    "gpu_market": {"market_it_mw": (0.5, 2.0)},
    "residuals": {"residual_fraction": (0.4,), "age_months": (12,), "item": ("gpu", "engine")},
    "opening": {
        "until": ("2028-02",), "in_service": ("2026-05",), "cancel_fee_musd": (0.1,), "due_evenly": (True,),
    },
    "tax_bases": {"method": ("straight_line",), "site": ("north",), "tax_life_months": (36, 180), "basis_musd": (4.0,)},
    "ppas": {
        "resale_haircut_usd_per_mwh": (1.0,), "from_month": ("2026-05",), "to_month": ("2028-03", "2031-01"), "mw": (0.4, 2.0),
        "site": ("north",),
        "strike_usd_per_mwh": (40.0,),
    },
    "charges": {
        "from_month": ("2027-03",), "to_month": ("2028-05",), "usd_per_mw_day": (40.0,), "usd_per_kw_month": (0.0, 5.0),
        "lag_months": (12,),
        "opening_mw": (-0.5,), "block": ("low",),
    },
    "programmes": {"to_month": ("2028-04",), "blocks": (["low"], ["low", "high"]), "from_month": (None,), "max_mw": (0.5,)},
    "hosting": {
        "share_fraction": (0.2,), "uptime_fraction": (0.9,), "j_per_th": (20.0,), "it_mw": (0.25,), "from_month": ("2027-03",),
        "product": ("turnkey",), "site": ("north",),
    },
    "leases": {
        "earliest_start": ("2027-01", "2027-04"), "mandatory": (True,), "prepaid": ("2026-07",), "warrants_count": (50.0,),
        "strike_usd": (5.0,),
        "product": ("turnkey",), "it_mw": (1.5,), "decide_by": ("2026-08", "2027-06"), "probability_fraction": (0.8,),
        "stage": ("rofr", "loi"), "drop_dead": ("2027-10",), "renewal_months": (6,),
    },
    "lease_sites": {"capex_musd_per_mw": (0.6,), "hall": (None, "room")},
    "lease_deliveries": {"months": (5,)},
    "gpu_contracts": {
        "decide_by": ("2026-08", "2027-06"), "drop_dead": ("2027-10",), "earliest_start": ("2027-01", "2027-04"), "mandatory": (True,),
        "prepayment_musd": (1.0,), "prepaid": ("2026-07",), "it_mw": (0.5, 1.5), "stage": ("signed", "rofr"), "customer": ("Other",),
        "gpu": ("gpu_two",),
    },
    "btc": {"fee_fraction": (0.05,), "network_eh": (500.0,), "btc_usd": (70_000.0,)},
    "holdings": {"basis_usd": (0.0,)},
    "debt": {
        "available_from": ("2027-04",), "advance_fraction": (0.0, 0.3), "rate_fraction": (0.03,), "grace_months": (0,),
        "maturity": ("2027-09",), "limit_musd": (1.0,),
    },
    "debt_draws": {"month": ("2026-06",), "drawn_musd": (3.0,)},
    "covenants": {"from_month": (None, "2028-01")},
    "history": {"months": (9,), "ebitda_musd": (-0.5, 4.0), "service_musd": (0.0, 0.5)},
    "equity": {"from_month": ("2027-05",), "limit_musd_per_quarter": (0.3,)},
    "warrants": {"warrants_count": (30.0,), "strike_usd": (0.5,)},
    "tax_classes": {"bonus_fraction": (1.0,)},
    "budgets": {"capex_musd": (4.0, 20.0), "year": (2028,)},
    "policies": {
        "from_month": ("2027-07",), "to_month": ("2028-06",), "use": ("colocation", "hpc"), "market": ("other",), "at_least": (0.05,),
    },
    "previous": {"count": (3,)},
}  # fmt: skip
"""What the fields of each table may say beside what is drawn already; what contradicts another row is left out."""
FINANCE: dict[str, tuple[Any, ...]] = {
    "cash_floor_musd": (-2.0, 1.0), "dividends_from": ("2027-07",), "loss_use_fraction": (0.0, 1.0), "overhead_musd_per_year": (0.0, 1.5),
    "shares_count": (None,), "treasury_cap_btc": (0.5,), "opening_cash_musd": (3.0,), "price_year": (2026,),
}  # fmt: skip


def varied(instance: Instance, seed: int) -> Instance:
    """The instance with other figures in some fields of some rows, and perhaps other periods, an earlier start or more rows."""
    chance = random.Random(f"details of {seed}")

    def pick(*values: Any) -> Any:
        return chance.choice(values)

    changes: list[Change] = [_periods, _earlier, _other_market, _vintage, _later_years, _money]
    for change in [*changes, *(_figures(table) for table in FIGURES), _interruptible, _thriving]:
        instance = _laid_over(instance, change(pick, instance.model_dump()))
    return instance


def _laid_over(instance: Instance, change: Fields) -> Instance:
    """The changed instance, or the old one where the change contradicts what it has."""
    if not change:
        return instance
    try:
        return Instance.model_validate({name: getattr(instance, name) for name in Instance.model_fields} | change)
    except ValidationError:
        return instance


def _figures(table: str) -> Change:
    """Each field of each row by itself: what the row itself contradicts is left out, the rest stays."""

    def drawn(pick: Pick, data: Fields) -> Fields:
        return {table: [_other(pick, row, table) for row in data[table]]} if data[table] else {}

    return drawn


def _other(pick: Pick, row: Fields, table: str) -> Fields:
    for field, values in FIGURES[table].items():
        if pick(*SELDOM):
            with suppress(ValidationError):
                row = TABLES[table].model_validate(row | {field: pick(*values)}).model_dump()
    return row


def _money(pick: Pick, data: Fields) -> Fields:
    return {"finance": data["finance"] | {field: pick(*values) for field, values in FINANCE.items() if pick(*SELDOM)}}


def _periods(pick: Pick, data: Fields) -> Fields:
    return pick({}, {"periods": pick(*PERIODS)})


def _earlier(pick: Pick, data: Fields) -> Fields:
    """The same after a first quarter in 2026, in which all stands that stood in January, and a year of which some months are over."""
    if pick(True, True, False):
        return {}
    firsts = {name: [_since(row, "from_year", 2027, 2026) for row in data[name]] for name in ("power_prices", "gpu_market", "fuel_prices")}
    return firsts | {
        "start": "2026-10",
        "periods": [{"months": 3, "count": 1}, *data["periods"]],
        "finance": data["finance"] | {"opening_income_musd": pick(0.0, -1.0, 2.0)},
        "btc": [_since(row, "from_day", "2027-01-01", "2026-10-01") for row in data["btc"]],
        "opening": [_since(row, "in_service", "2027-01-01", "2026-10") for row in data["opening"]],
        "grid": [_since(row, "from_month", "2027-01-01", "2026-10") if row["kind"] != "upgrade" else row for row in data["grid"]],
        "history": [row | {"months": 9} for row in data["history"]],
    }


def _since(row: Fields, field: str, old: Any, new: Any) -> Fields:
    return row | {field: new} if str(row[field]) == str(old) else row


def _other_market(pick: Pick, data: Fields) -> Fields:
    """North buys its power on a market of its own, where the plants can make as much."""
    if pick(True, True, False):
        return {}
    prices = [row | {"market": "other", "usd_per_mwh": 1.2 * row["usd_per_mwh"]} for row in data["power_prices"]]
    makes = [row | {"market": "other"} for row in data["availability"]]
    sites = [row | ({"market": "other"} if row["id"] == "north" else {}) for row in data["sites"]]
    return {"sites": sites, "power_prices": [*data["power_prices"], *prices], "availability": [*data["availability"], *makes]}


def _vintage(pick: Pick, data: Fields) -> Fields:
    """A second generation of GPUs, for the buyers of the first or for its own."""
    if pick(True, True, False):
        return {}
    (first,) = data["gpu_models"]
    second = first | {"id": "gpu_two", "market": pick(None, "gpu"), "order_from": "2027-06", "order_to": None, "capex_musd_per_mw": 6.0}
    price = gpu_market(gpu="gpu_two", from_year=data["gpu_market"][0]["from_year"], usd_per_gpu_hour=1.5, market_it_mw=0.7)
    return {"gpu_models": [first, second], "gpu_market": [*data["gpu_market"], price]}


def _later_years(pick: Pick, data: Fields) -> Fields:
    """Figures of 2028 in the yearly series."""
    if pick(True, False):
        return {}
    hours = {"low": 0.8, "high": 0.2}
    power = [row | {"from_year": 2028, "hours_fraction": hours[row["block"]], "usd_per_mwh": 30.0} for row in data["power_prices"]]
    fuels = [row | {"from_year": 2028, "usd_per_mmbtu": 3.0} for row in data["fuel_prices"]]
    hours_sold = [row | {"from_year": 2028, "usd_per_gpu_hour": 1.2} for row in data["gpu_market"]]
    return {name: [*data[name], *more] for name, more in (("power_prices", power), ("fuel_prices", fuels), ("gpu_market", hours_sold))}


def _interruptible(pick: Pick, data: Fields) -> Fields:
    """The grid of north carries mining only."""
    rows = [row | ({"service": "interruptible"} if (row["site"], row["kind"]) == ("north", "energised") else {}) for row in data["grid"]]
    return pick({}, {}, {}, {"grid": rows})


def _thriving(pick: Pick, data: Fields) -> Fields:
    """Tenants pay more, halls cost less, money is lent below what owners ask, and there is little of it, so that its rules bind."""
    if pick(True, True, False):
        return {}
    terms = {"opening_cash_musd": pick(3.0, 5.0, 8.0), "cash_floor_musd": 0.0, "discount_rate_fraction": 0.2, "exit_cost_fraction": 0.02}
    cheap = {"capex_musd_per_module": 2.0, "build_months": 0, "buildable": True}
    levels = {"coverage": 6.0, "leverage": 1.0, "liquidity": 1.5}
    return {
        "finance": data["finance"] | terms,
        "halls": [row | (cheap if row["product"] == "powered_shell" else {}) for row in data["halls"]],
        "leases": [row | {"rent_usd_per_kw_month": 1.5 * row["rent_usd_per_kw_month"]} for row in data["leases"]],
        "debt": [row | {"rate_fraction": 0.03, "fee_fraction": 0.0, "available_from": None} for row in data["debt"]],
        "covenants": [row | {"level": levels[row["kind"]]} for row in data["covenants"]],
        "delivery_limits": [row | {"started_it_mw": pick(0.5, 1.0)} for row in data["delivery_limits"]],
    }


def any_portfolio(seed: int) -> Instance:
    """Even seeds: a portfolio as it is; odd ones: after a past; both with other details."""
    return varied((after if seed % 2 else anything)(seed), seed)
