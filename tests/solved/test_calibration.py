"""Published hashprices and revenues per MWh, computed from instances and read from the public tables."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from planner_models.schema import Instance
from tests.tiny import btc, fleet, meter, mining, power_price, rig, solved, standing

CHECKS = Path(__file__).parent.parent / "data" / "calibration_checks.csv"
PROTOCOL_HALVINGS = Instance.model_fields["halvings"].default
NETWORK_EH_PER_DIFFICULTY = 2**32 / 600 / 1e18


def check(name: str) -> dict[str, str]:
    """A row of the table of checks."""
    with CHECKS.open(newline="", encoding="utf-8") as file:
        return next(row for row in csv.DictReader(file) if row["id"] == name)


def given(row: dict[str, str], symbol: str) -> list[float]:
    """The figures of a symbol in a row's inputs: `e=17 / 22 / 32.3` are three."""
    found = re.search(rf"\b{symbol}=([\d.e/ ]+)", row["inputs"])
    assert found is not None
    return [float(figure) for figure in found.group(1).split("/")]


def tolerance(row: dict[str, str]) -> float:
    """`+-3%` as a fraction."""
    return float(row["tolerance"].strip("+-%")) / 100


def tables(begin: str, months: int, deck: dict[str, float], j_per_th: float = 25.0) -> dict[str, pd.DataFrame]:
    """The tables of a mine over one period that begins with the month `begin`, with the protocol's halvings."""
    run = solved(
        mining(
            start=begin,
            periods=[{"months": months, "count": 1}],
            halvings=PROTOCOL_HALVINGS,
            grid=[meter(from_month=begin)],
            power_prices=[power_price(from_year=int(begin[:4]))],
            btc=[btc(from_day=f"{begin}-01", **deck)],
            asic_models=[rig(j_per_th=j_per_th)],
            opening=[standing("mine", in_service=begin), fleet(in_service=begin)],
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
    target = float(row["published_or_target"].split("/")[place])
    assert economics["revenue_usd_per_mwh"].item() == pytest.approx(target, rel=tolerance(row))


def test_an_s19_xp_is_under_water_at_sixty_dollars() -> None:
    """K6: at 30 USD per PH and day 21.5 J/TH break even below 60 USD per MWh."""
    row = check("K6")
    economics = tables("2026-01", 1, at_hashprice(given(row, "HP")[0]), given(row, "e")[0])["hashing_economics"]
    assert row["published_or_target"].startswith("<")
    assert economics["breakeven_usd_per_mwh"].item() < float(row["published_or_target"].strip("<"))
    assert economics["breakeven_usd_per_mwh"].item() == pytest.approx(30 / (21.5 * 0.024), rel=1e-9)
