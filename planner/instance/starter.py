"""A small instance to start from: one site of 100 MW that mines, one lease offer, one type of AI hall."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.instance.describe import json_schema
from planner.instance.write import new_folder, settings_text, table_text
from planner_models.rows import (
    Asic,
    Btc,
    Debt,
    Equipment,
    Grid,
    Hall,
    Lease,
    LeaseSite,
    Opening,
    PowerPrice,
    Row,
    Site,
    Slot,
)
from planner_models.schema import TABLES, Finance, Settings, Span

TOP = """# yaml-language-server: $schema=schema.json
# A starter: one site of 100 MW that mines today, with the offer of a 40 MW AI lease. All figures are examples; replace them.
# The tables stand beside this file, one CSV per table; their `note` column says what each row is for.
#   planner check .     names every fault at once
#   planner solve . -o run"""


def starter(path: str | Path) -> None:
    """Write the starter as a new folder, with comments and a schema.json for the editor.

    Raises CannotWrite where `path` is a file or a folder that is not empty.
    """
    tables = {f"{name}.csv": table_text(TABLES[name], rows) for name, rows in _tables().items()}
    schema = json.dumps(json_schema(), indent=2) + "\n"
    new_folder(path, {"instance.yaml": settings_text(_settings(), comments=True, first=TOP), "schema.json": schema} | tables)


def _settings() -> Settings:
    return Settings(
        name="starter",
        title="One 100 MW site: keep mining, or host an AI tenant?",
        start=dt.date(2027, 1, 1),
        periods=(Span(months=3, count=8), Span(months=12, count=6)),
        finance=Finance(
            discount_rate_fraction=0.12,
            opening_cash_musd=150,
            cash_floor_musd=10,
            overhead_musd_per_year=6,
            cost_inflation_fraction=0.025,
            dividends_from=dt.date(2029, 1, 1),
        ),
    )


def _tables() -> Mapping[str, Sequence[Row]]:
    return _power() | _halls() | _machines() | _contracts()


def _power() -> dict[str, Sequence[Row]]:
    """The site, its grid and transformers, and what power costs."""
    blocks = (("scarcity", 0.01, 237.0), ("peak", 0.09, 78.0), ("day", 0.4, 35.0), ("night", 0.5, 17.5))
    return {
        "sites": [
            Site(
                id="prairie",
                market="ercot",
                land_it_mw=130,
                energy_adder_usd_per_mwh=8,
                fixed_cost_musd_per_year=1.5,
                energised_musd_per_mw=0.2,
                note="land for the sheds that stand and two AI halls",
            ),
        ],
        "grid": [
            Grid(
                id="prairie_now",
                site="prairie",
                kind="energised",
                mw=100,
                from_month=dt.date(2022, 1, 1),
                note="what the utility serves today",
            ),
            Grid(
                id="prairie_more",
                site="prairie",
                kind="upgrade",
                mw=40,
                lead_months=24,
                cost_musd=12,
                deposit_fraction=0.2,
                note="may be ordered once; the model decides whether and when",
            ),
        ],
        "equipment": [
            Equipment(
                id="tx60",
                mva=60,
                cost_musd=2.5,
                lead_months=24,
                note="to leave transformers out, delete equipment.csv, slots.csv and the row substation of opening.csv",
            ),
        ],
        "slots": [Slot(equipment="tx60", year=year, units=1, note="what the supplier holds for us") for year in (2029, 2030)],
        "power_prices": [
            PowerPrice(market="ercot", from_year=2027, block=block, hours_fraction=share, usd_per_mwh=price, note="hours of 2025 by price")
            for block, share, price in blocks
        ],
    }


def _halls() -> dict[str, Sequence[Row]]:
    """Types of building, and what stands."""
    month = dt.date
    return {
        "halls": [
            Hall(
                id="shed",
                product="mining",
                module_it_mw=10,
                pue_peak=1.05,
                pue_average=1.03,
                buildable=False,
                fixed_cost_musd_per_module_year=0.1,
                residual_musd_per_module=1,
                note="air-cooled mining building; no new ones",
            ),
            Hall(
                id="ai_hall",
                product="turnkey",
                module_it_mw=20,
                pue_peak=1.3,
                pue_average=1.2,
                capex_musd_per_module=200,
                build_months=15,
                life_months=360,
                fixed_cost_musd_per_module_year=1,
                residual_musd_per_module=60,
                note="liquid-cooled hall at 10 M$ per MW",
            ),
        ],
        "opening": [
            Opening(id="sheds", site="prairie", item="shed", count=8, in_service=month(2022, 1, 1), tax_basis_musd=12, note="80 MW"),
            Opening(id="fleet", site="prairie", item="s21", it_mw=76, in_service=month(2024, 4, 1), tax_basis_musd=15, note="4.3 EH/s"),
            Opening(id="substation", site="prairie", item="tx60", count=2, in_service=month(2022, 1, 1), tax_basis_musd=2, note="120 MVA"),
        ],
    }


def _machines() -> dict[str, Sequence[Row]]:
    """Mining machines, and what bitcoin pays."""
    deck = ((2027, 80_000, 1050), (2028, 90_000, 1150), (2029, 105_000, 1150), (2031, 125_000, 1250))
    return {
        "asic_models": [
            Asic(
                id="s21",
                j_per_th=17.5,
                buyable=False,
                usd_per_th=14,
                uptime_fraction=0.96,
                pool_fee_fraction=0.01,
                opex_usd_per_mwh=3,
                note="the fleet that is owned",
            ),
            Asic(
                id="s21_xp",
                j_per_th=13.5,
                usd_per_th=16,
                lead_months=3,
                uptime_fraction=0.96,
                pool_fee_fraction=0.01,
                opex_usd_per_mwh=3,
                residual_fraction=0.3,
                note="may be bought in any period",
            ),
        ],
        "btc": [
            Btc(from_day=dt.date(year, 1, 1), btc_usd=price, network_eh=network, fee_fraction=0.01, note="an assumption, not a forecast")
            for year, price, network in deck
        ],
    }


def _contracts() -> dict[str, Sequence[Row]]:
    """The lease on offer, where it may go, and the debt that helps to build for it."""
    return {
        "leases": [
            Lease(
                id="anchor",
                tenant="Example AI",
                stage="loi",
                product="turnkey",
                it_mw=40,
                ready_by=dt.date(2028, 7, 1),
                drop_dead=dt.date(2029, 6, 1),
                penalty_usd_per_mw_month=20_000,
                term_months=180,
                rent_usd_per_kw_month=130,
                escalator_fraction=0.03,
                cost_fraction=0.15,
                cap_rate_fraction=0.07,
                note="an offer: taken whole, or not at all",
            ),
        ],
        "lease_sites": [LeaseSite(lease="anchor", site="prairie", note="one row per site that the tenant accepts")],
        "debt": [
            Debt(
                id="construction",
                limit_musd=320,
                rate_fraction=0.085,
                fee_fraction=0.02,
                advance_fraction=0.75,
                maturity=dt.date(2036, 1, 1),
                note="funds up to three quarters of a period's capex",
            ),
        ],
    }
