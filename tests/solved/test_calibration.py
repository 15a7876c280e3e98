"""Published hashprices, revenues per MWh, costs of power and switch points, computed from instances and read from the public tables."""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner_models.schema import Instance
from tests.tiny import accepts, btc, fleet, hall, lease, meter, mine, mining, power_price, rig, site, solved, standing, tiny, years

DATA = Path(__file__).parent.parent / "data"
PROTOCOL_HALVINGS = Instance.model_fields["halvings"].default
NETWORK_EH_PER_DIFFICULTY = 2**32 / 600 / 1e18


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of test data."""
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check(name: str) -> dict[str, str]:
    """A row of the table of checks."""
    return next(row for row in rows("calibration_checks.csv") if row["id"] == name)


def targets(row: dict[str, str]) -> list[float]:
    """The published figures of a row."""
    return [float(figure) for figure in row["published_or_target"].split("/")]


def given(row: dict[str, str], symbol: str) -> list[float]:
    """The figures of a symbol in a row's inputs: `e=17 / 22 / 32.3` are three."""
    found = re.search(rf"\b{symbol}=([\d.e/ ]+)", row["inputs"])
    assert found is not None
    return [float(figure) for figure in found.group(1).split("/")]


def tolerance(row: dict[str, str]) -> float:
    """`+-3%` as a fraction."""
    return float(row["tolerance"].strip("+-%")) / 100


def tables(begin: str, months: int, deck: dict[str, float], j_per_th: float = 25.0, **parts: Any) -> dict[str, pd.DataFrame]:
    """The tables of a mine over one period that begins with the month `begin`, with the protocol's halvings and free power."""
    parts = {"power_prices": [power_price(from_year=int(begin[:4]))]} | parts
    run = solved(
        mining(
            start=begin,
            periods=[{"months": months, "count": 1}],
            halvings=PROTOCOL_HALVINGS,
            grid=[meter(from_month=begin)],
            btc=[btc(from_day=f"{begin}-01", **deck)],
            asic_models=[rig(j_per_th=j_per_th)],
            opening=[standing("mine", in_service=begin), fleet(in_service=begin)],
            **parts,
        )
    )
    return dict(run.tables)


@pytest.mark.parametrize(
    ("name", "start", "months"), [("K1", "2026-01", 1), ("K2", "2025-03", 1), ("K3", "2024-12", 1), ("K4", "2022-04", 3)]
)
def test_hashprice_agrees_with_what_was_published(name: str, start: str, months: int) -> None:
    """K1-K4: price, difficulty and fee share of the day or quarter give the published hashprice; K4 lies before the halving of 2024."""
    row = check(name)
    assert row["inputs"].startswith((start, "2022Q2"))
    deck = {
        "btc_usd": given(row, "P")[0],
        "network_eh": given(row, "D")[0] * NETWORK_EH_PER_DIFFICULTY,
        "fee_fraction": given(row, "fee")[0],
    }
    market = tables(start, months, deck)["market"]
    assert len(market) == 1
    assert market["hashprice_usd_per_ph_day"].item() == pytest.approx(float(row["published_or_target"]), rel=tolerance(row))


def at_hashprice(usd_per_ph_day: float) -> dict[str, float]:
    """A deck of 2026 with that hashprice: 450 BTC a day over 1000 EH/s, no fees."""
    return {"btc_usd": usd_per_ph_day * 1000 * 1000 / 450, "network_eh": 1000.0}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_revenue_per_mwh_agrees_with_what_was_published(place: int) -> None:
    """K5: at 39.53 USD per PH and day machines of 17, 22 and 32.3 J/TH earn 97, 75 and 51 USD per MWh."""
    row = check("K5")
    economics = tables("2026-01", 1, at_hashprice(given(row, "HP")[0]), given(row, "e")[place])["hashing_economics"]
    assert economics["revenue_usd_per_mwh"].item() == pytest.approx(targets(row)[place], rel=tolerance(row))


def test_an_s19_xp_is_under_water_at_sixty_dollars() -> None:
    """K6: at 30 USD per PH and day 21.5 J/TH break even below 60 USD per MWh."""
    row = check("K6")
    (hashprice,), (j_per_th,) = given(row, "HP"), given(row, "e")
    economics = tables("2026-01", 1, at_hashprice(hashprice), j_per_th)["hashing_economics"]
    assert row["published_or_target"].startswith("<")
    assert economics["breakeven_usd_per_mwh"].item() < float(row["published_or_target"].strip("<"))
    assert economics["breakeven_usd_per_mwh"].item() == pytest.approx(hashprice / (j_per_th * 0.024), rel=1e-9)


@cache
def curtailed(skipped_percent: float) -> dict[str, pd.DataFrame]:
    """A mine on ERCOT's price duration curve whose hashprice lets it run up to the dearest hour that is not skipped."""
    curve = rows("ercot_price_duration.csv")
    hours = sum(float(row["hours"]) for row in curve)
    blocks = [
        power_price(
            from_year=2026, block=row["block"], hours_fraction=float(row["hours"]) / hours, usd_per_mwh=float(row["mean_usd_per_mwh"])
        )
        for row in curve
    ]
    dearest = next(float(row["max_usd_per_mwh"]) for row in curve if float(row["from_percent"]) == skipped_percent)
    return tables("2026-01", 12, at_hashprice(dearest * 0.024 * 25), power_prices=blocks)


def power_cost(skipped_percent: float) -> float:
    """USD per MWh that the mine pays for what it buys."""
    energy = curtailed(skipped_percent)["energy"]
    return float(energy["own_cost_musd"].sum() * 1e6 / energy["own_mwh"].sum())


@pytest.mark.parametrize("place", [0, 1, 2])
def test_power_costs_what_the_hours_below_the_breakeven_cost(place: int) -> None:
    """K15: a mine that stands still in the dearest 1, 5 or 10 % of the hours pays 26.25, 23.53 or 21.63 USD per MWh."""
    row = check("K15")
    skipped = given(row, "skip")[place]
    energy, economics = curtailed(skipped)["energy"], curtailed(skipped)["hashing_economics"]
    runs = energy["spot_usd_per_mwh"] <= economics["breakeven_usd_per_mwh"].item()
    assert energy["own_mwh"].tolist() == pytest.approx((energy["hours"] * runs).tolist())
    assert energy["hours"][runs].sum() / energy["hours"].sum() == pytest.approx(1 - skipped / 100)
    assert power_cost(skipped) == pytest.approx(targets(row)[place], rel=tolerance(row))


def test_curtailment_lowers_the_cost_of_power_below_all_that_a_miner_reports() -> None:
    """K15: the more hours a mine skips the less it pays; all hours cost 29.40, and Riot, with wires and credits, 26 to 42."""
    row = check("K15")
    costs = [power_cost(skipped) for skipped in (0.0, *given(row, "skip"))]
    assert all(more > less for more, less in pairwise(costs))
    assert costs[0] == pytest.approx(given(row, "all")[0], rel=tolerance(row))
    least, most = given(row, "riot")
    assert costs[-1] < least
    assert costs[0] < most


def contest(hashprice: float, place: int) -> dict[str, pd.DataFrame]:
    """A meter of 4 MW feeds 4 MW of machines or, with cooling, a tenant of 3 MW; both halls stand, a tenth of the rent is cost."""
    row = check("K16")
    noi, power, efficiency = (given(row, symbol)[place] for symbol in ("NOI", "power", "e"))
    it = given(row, "it")[0]
    rent = noi / it / (1 - 0.1) * 1000 / 12
    run = solved(
        tiny(
            start="2026-01",
            periods=years(1),
            sites=[site(land_it_mw=7)],
            grid=[meter(mw=4, from_month="2026-01")],
            power_prices=[power_price(from_year=2026, usd_per_mwh=power)],
            btc=[btc(from_day="2026-01-01", **at_hashprice(hashprice))],
            asic_models=[rig(j_per_th=efficiency)],
            halls=[mine(), hall(pue_peak=1 / it, pue_average=1 / it)],
            opening=[
                standing("mine", count=4, in_service="2026-01"),
                standing(count=3, in_service="2026-01"),
                fleet(it_mw=4, in_service="2026-01"),
            ],
            leases=[lease(it_mw=4 * it, term_months=12, ready_by="2026-01", rent_usd_per_kw_month=rent, cost_fraction=0.1)],
            lease_sites=[accepts()],
        )
    )
    return dict(run.tables)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_plan_turns_from_mining_to_colocation_at_the_switch_point(place: int) -> None:
    """K16: margin and NOI of a gross MW are equal at 78.9, 52.8 and 67.1 USD per PH and day; 0.1 % of it decides the plan."""
    row = check("K16")
    let = contest(40.0, place)
    economics, cash = let["hashing_economics"], let["cash_flow"]
    noi_usd_per_mwh = (cash["revenue_colocation_musd"] + cash["lease_cost_musd"]).item() * 1e6 / (4 * 8760)
    switch = (noi_usd_per_mwh + economics["power_usd_per_mwh"].item()) * 40.0 / economics["revenue_usd_per_mwh"].item()
    assert switch == pytest.approx(targets(row)[place], rel=tolerance(row))
    below, above = contest(switch * 0.999, place), contest(switch * 1.001, place)
    assert [used_mw(side, "hashing") for side in (below, above)] == [0, 4]
    assert [used_mw(side, "colocation") for side in (below, above)] == [3, 0]
    assert above["income"]["ebitda_musd"].item() == pytest.approx(below["income"]["ebitda_musd"].item(), rel=2e-3)


def used_mw(of: dict[str, pd.DataFrame], use: str) -> float:
    """IT MW of a use."""
    allocation = of["allocation"]
    return float(allocation["it_mw"][allocation["use"] == use].sum())
