"""Morgan Stanley's 100 MW shell: its two figures from the public tables, the bridge to the plan's own value, and when the order turns."""

from __future__ import annotations

import functools
import re

import pytest

from planner import Run
from tests.published.announced import deal
from tests.published.shell_100mw import BRIDGE, FOLDER, bridge, capped, created_musd, only, shell
from tests.tiny import solved

TENANTS = {"K13": "hyperscaler", "K14": "neocloud"}
README = (FOLDER / "README.md").read_text(encoding="utf-8")


@functools.cache
def alone(lease: str, cap_rate_fraction: float = 0.0675) -> Run:
    """The plan with one tenant on offer, at a cap rate of its tier."""
    tier = {"hyperscaler": "investment_grade", "neocloud": "neocloud"}[lease]
    return solved(shell(only(lease), capped(tier, cap_rate_fraction)))


def margin(run: Run) -> float:
    """USD per W of gross MW, by the static identity."""
    return kpi(run, "development_margin_usd_per_w")


def kpi(run: Run, name: str) -> float:
    """A key figure."""
    return float(run.tables["kpis"].set_index("kpi").loc[name, "value"])


def taken(run: Run) -> list[str]:
    """The leases of the plan."""
    leases = run.tables["leases"]
    return list(leases.loc[leases["taken"], "lease"])


def row(label: str) -> list[float]:
    """The six figures of the README's bridge in the row that begins with a label; a blank is 0."""
    line = re.search(rf"^\| {re.escape(label)} \|(.*)\|$", README, re.MULTILINE)
    assert line is not None, label
    return [float(cell.strip(" *") or 0) for cell in line.group(1).split("|")]


@pytest.mark.parametrize("name", TENANTS)
def test_the_published_figures(name: str) -> None:
    """K13, K14: 5.19 and 7.81 USD per W, to the second decimal and so within the bands that fitted inputs are allowed."""
    of, run = deal(name), alone(TENANTS[name])
    assert margin(run) == pytest.approx(of.published[0], abs=0.005)
    assert of.band[0] <= margin(run) <= of.band[1]


@pytest.mark.parametrize("name", TENANTS)
def test_the_inputs_of_the_published_figures(name: str) -> None:
    """NOI of the first year and capex per MW of IT, and IT per gross MW, as the tables of the plan have them."""
    inputs, run = deal(name).inputs, alone(TENANTS[name])
    lease = run.tables["leases"].iloc[0]
    cash = run.tables["cash_flow"]
    kept = 1 + cash["lease_cost_musd"].sum() / cash["revenue_colocation_musd"].sum()
    assert lease["first_year_rent_musd"] * kept / lease["it_mw"] == pytest.approx(inputs["noi_year_1"], abs=5e-4)
    assert kpi(run, "capex_total_musd") / kpi(run, "halls_it_mw_end") == pytest.approx(inputs["capex_per_mw"])
    assert kpi(run, "halls_it_mw_end") / kpi(run, "gross_mw_end") == pytest.approx(inputs["it"])
    assert {tier.cap_rate_fraction for tier in run.instance.tiers} == {inputs["cap_rate"]}


def test_at_one_cap_rate_the_neocloud_wins() -> None:
    """It pays more for the same hall: by the static figure and in the plan."""
    assert margin(alone("neocloud")) > margin(alone("hyperscaler"))
    assert created_musd(alone("neocloud")) > created_musd(alone("hyperscaler"))
    assert taken(solved(shell())) == ["neocloud"]


def test_the_spread_of_cap_rates_at_which_the_neocloud_loses() -> None:
    """135 basis points by the static figure; 316 in the plan, where nine years of higher rent come before the sale."""
    assert margin(alone("neocloud", 0.0675 + 0.0135)) > margin(alone("hyperscaler")) > margin(alone("neocloud", 0.0675 + 0.0136))
    assert taken(solved(shell(capped("neocloud", 0.0675 + 0.0316)))) == ["neocloud"]
    assert taken(solved(shell(capped("neocloud", 0.0675 + 0.0317)))) == ["hyperscaler"]
    assert "**135 basis points**" in README
    assert "**316 basis points**" in README


@pytest.mark.parametrize("tenant", TENANTS.values())
def test_the_bridge_from_the_plan_to_the_published_figure(tenant: str) -> None:
    """Each step is solved anew; less the first month's NOI the last is the static figure, and the README has all of them."""
    values, last = bridge(tenant)
    cash = last.tables["cash_flow"].iloc[0]
    month = float(cash["revenue_colocation_musd"] + cash["lease_cost_musd"])
    values["no rent of that month"] = values["no holding"] - month
    static = margin(alone(tenant)) * kpi(last, "gross_mw_end")
    assert values["no rent of that month"] == pytest.approx(static, abs=0.001)
    assert list(values) == ["the plan", *BRIDGE, "no rent of that month"]
    before = values["the plan"]
    for step, musd in values.items():
        change, shown, usd_per_w = row(step)[:3] if tenant == "neocloud" else row(step)[3:]
        assert (change, shown) == pytest.approx((musd - before, musd), abs=0.051), step
        assert usd_per_w == pytest.approx(musd / 100, abs=0.0051), step
        before = musd
