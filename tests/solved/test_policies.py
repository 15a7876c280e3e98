"""Section 16, policies: each optimum is derived by hand from MATHS.md. No discount; four quarters of 2027 unless years are said."""

from __future__ import annotations

import pytest

from planner import solve
from planner_models.schema import Instance
from tests.tiny import (
    HOURS,
    Fields,
    accepts,
    chosen,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
    mine,
    mining,
    near,
    power_price,
    rig,
    room,
    site,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)
from tests.tiny_capital import places, policy
from tests.tiny_power import blocks

YEAR = sum(HOURS[f"2027Q{quarter}"] for quarter in (1, 2, 3, 4)) / 1000
"""What a megawatt of rigs or GPUs earns in 2027."""


def everything(**parts: object) -> Instance:
    """A tenant (12 a year), 1 MW of rigs and a cluster of 1 MW that may be bought for 1 (8.76 each); `parts` as for `tiny`."""
    tables: Fields = {
        "halls": [hall(), mine(), room()],
        "opening": [standing(), standing("mine"), standing("room"), fleet()],
        "leases": [lease()],
        "lease_sites": [accepts()],
        "asic_models": [rig()],
        "gpu_models": [gpu()],
        "gpu_market": [gpu_market()],
    }
    return tiny(**(tables | parts))


WHOLE = 100 + 12 + YEAR + YEAR - 1


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"use": "hashing", "at_most": 0.25}, 0.75 * YEAR),
        ({"use": "colocation", "at_most": 0.5}, 12.0),
        ({"use": "hpc", "at_most": 0.5}, YEAR - 1),
        ({"at_most": 2}, YEAR - 1),
        ({"at_most": 2.5}, 0.5 * YEAR),
        ({"at_most": 3}, 0.0),
        ({"use": "hashing", "at_most": 0.25, "site": "site", "market": "spot"}, 0.75 * YEAR),
    ],
)
def test_mw_of_a_use_may_be_capped(fields: Fields, lost: float) -> None:
    """(16.1), (16.2): rigs are unplugged in part, a tenant or a cluster comes whole or not at all; of 2.5 MW in all: half the rigs.

    Of 2 MW the rigs and the tenant stay, as a cluster costs 1. Without a policy 128.52.
    """
    assert worth(solved(everything(policies=[policy("it_mw", **fields)]))) == near(WHOLE - lost)


@pytest.mark.parametrize(
    ("fields", "capped"),
    [
        ({}, (1, 2, 3, 4)),
        ({"from_month": "2027-07"}, (3, 4)),
        ({"from_month": "2027-06", "to_month": "2027-08"}, (2, 3)),
        ({"to_month": "2027-04"}, (1,)),
        ({"to_month": "2027-05"}, (1, 2)),
        ({"from_month": "2026-01", "to_month": "2027-01"}, ()),
    ],
)
def test_a_policy_holds_in_periods_with_a_month_of_it(fields: Fields, capped: tuple[int, ...]) -> None:
    """(16.2): 1 MW of rigs, half of it where the policy has a month. June and July are in the second and the third quarter."""
    lost = sum(HOURS[f"2027Q{quarter}"] for quarter in capped) / 2000
    assert worth(solved(mining(policies=[policy("it_mw", at_most=0.5, **fields)]))) == near(100 + YEAR - lost)


def two_mines(**parts: object) -> Instance:
    """A megawatt of rigs at each of two sites; `north` has a market of its own, free as well."""
    tables: Fields = places() | {
        "sites": [site(), site(id="north", market="northern")],
        "power_prices": [power_price(), power_price(market="northern")],
        "opening": [
            *(standing("mine", id=f"mine-{name}", site=name) for name in ("site", "north")),
            *(fleet(id=f"fleet-{name}", site=name) for name in ("site", "north")),
        ],
    }
    return mining(**(tables | parts))


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({"site": "north"}, 1.5),
        ({"market": "northern"}, 1.5),
        ({"market": "spot", "site": "site"}, 1.5),
        ({"market": "spot", "site": "north"}, 2.0),
        ({}, 0.5),
    ],
)
def test_a_cap_may_be_of_a_site_or_a_market(fields: Fields, share: float) -> None:
    """(16.1), (16.2): at most half a MW at north, or in its market: 1.5 MW in all; of both together half a MW. No site is both: no cap."""
    assert worth(solved(two_mines(policies=[policy("it_mw", at_most=0.5, **fields)]))) == near(100 + share * YEAR)


def test_hashrate_may_be_capped() -> None:
    """(16.1), (16.2): 1 MW at 25 J/TH is 0.04 EH/s: at most 0.01 is a quarter of it."""
    assert worth(solved(mining(policies=[policy("hashrate_eh", at_most=0.01)]))) == near(100 + YEAR / 4)


def test_hashrate_is_the_mean_over_the_hours() -> None:
    """(16.1), (16.3): a quarter of the hours cost 1200 USD per MWh, a loss of 200. A floor of 0.035 EH/s keeps half a MW running in them.

    0.75·8.76 - 0.25·0.5·8.76·0.2. Counted by blocks, 0.035 in each, it would be 7/8 of a MW; without a floor none.
    """
    run = solved(mining(power_prices=blocks(0, 1200, 0.25), policies=[policy("hashrate_eh", at_least=0.035)]))
    assert worth(run) == near(100 + YEAR * (0.75 - 0.025))
    assert chosen(run, "run_mw", "site", "mine", "rig", "2027Q1", "peak") == near(0.5)


def test_a_floor_in_mw_is_of_what_is_there() -> None:
    """(16.3): a tenant of 12 a year for whom a shell for 20 must be built: 100 - 20 + 12 = 92 with a floor of 1 MW. Without: 100."""
    run = solved(
        leased(
            halls=[hall(buildable=True, capex_musd_per_module=20)],
            opening=[],
            policies=[policy("it_mw", use="colocation", at_least=1)],
        )
    )
    assert worth(run) == near(92)


def test_a_floor_counts_each_period_by_itself() -> None:
    """(16.3): the same floor from July on: the shell is built then, or before for no more: 100 - 20 + 12, whenever. From October alone too.

    With upkeep that eats the rent (12 a year and 2 more) it is built as late as may be: a quarter of -0.5.
    """
    run = solved(
        leased(
            halls=[hall(buildable=True, capex_musd_per_module=20, fixed_cost_musd_per_module_year=14)],
            opening=[],
            policies=[policy("it_mw", use="colocation", at_least=1, from_month="2027-10")],
        )
    )
    assert worth(run) == near(79.5)
    assert chosen(run, "built_modules", "site", "shell", "2027Q4") == 1


def test_a_floor_that_cannot_be_reached_leaves_no_plan() -> None:
    """(16.3): 1 MW of rigs is 0.04 EH/s, never 0.05."""
    assert solve(mining(policies=[policy("hashrate_eh", at_least=0.05)])).outcome == "infeasible"


@pytest.mark.parametrize(("measure", "bound"), [("it_mw", 1), ("revenue_musd", 12)])
def test_a_tenant_may_be_capped(measure: str, bound: float) -> None:
    """(16.1), (16.2): two leases of one tenant and one of another, 12 a year each: at most 1 MW, or 12, of the first: 124. Without: 136."""
    names = {"one": "A", "two": "A", "three": "B"}
    tables: Fields = {
        "opening": [standing(count=3)],
        "leases": [lease(id=name, tenant=tenant) for name, tenant in names.items()],
        "lease_sites": [accepts(name) for name in names],
    }
    run = solved(leased(**tables, policies=[policy(measure, tenant="A", at_most=bound)]))
    assert worth(run) == near(124)
    assert state(run, "counted", "policy", "2027Q1") == near(bound if measure == "it_mw" else 3)
    assert worth(solved(leased(**tables))) == near(136)


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"use": "hashing", "at_most": 4}, YEAR - 4),
        ({"use": "hpc", "at_most": 4}, YEAR - 4),
        ({"use": "hpc", "at_most": 0.5}, YEAR - 1),
        ({"use": "colocation", "at_most": 11}, 12.0),
        ({"use": "colocation", "at_most": 12}, 0.0),
        ({"at_most": 16}, 2 * YEAR - 4),
        ({"use": "hashing", "at_most": 4, "site": "site"}, YEAR - 4),
    ],
)
def test_revenue_of_a_use_may_be_capped(fields: Fields, lost: float) -> None:
    """(10.17), (16.1), (16.2): at most 4 a year of hashing or of GPUs is 1 a quarter, less than what a quarter could bring.

    Half a M$ of GPUs would not pay for the cluster. All revenue at most 16: 12 of rent and 4 of rigs (a cluster costs 1 and adds nothing).
    """
    saved = 1.0 if fields == {"at_most": 16} else 0.0
    assert worth(solved(everything(policies=[policy("revenue_musd", **fields)]))) == near(WHOLE - lost + saved)


def test_revenue_is_per_year() -> None:
    """(16.2): at most 4 a year: in a period of two years 8, in one of a month a third of 1. 17.544 and 8.76 without."""
    capped = [policy("revenue_musd", use="hashing", at_most=4)]
    assert worth(solved(mining(periods=[{"months": 24, "count": 1}], policies=capped))) == near(108)
    assert worth(solved(mining(periods=[{"months": 1, "count": 3}], policies=capped))) == near(101)


def test_a_floor_of_revenue_is_earned_at_a_loss() -> None:
    """(16.3): power costs 100 USD per MWh more than GPUs earn: 4.38 a year asks for 1.095 a quarter, which cost 1.2045: 100 - 0.438.

    Without the floor nothing is sold: 100. The cluster stands already.
    """
    run = solved(
        tiny(
            halls=[room()],
            gpu_models=[gpu()],
            gpu_market=[gpu_market()],
            opening=[
                standing("room"),
                {"id": "cluster", "site": "site", "item": "gpu", "hall": "room", "count": 1, "in_service": "2027-01"},
            ],
            power_prices=[power_price(usd_per_mwh=1100)],
            policies=[policy("revenue_musd", use="hpc", at_least=4.38)],
        )
    )
    assert worth(run) == near(99.562)


def test_all_revenue_has_that_of_used_machines() -> None:
    """(16.1): of all revenue, 8 a year at most, what used rigs fetch is part: 1 MW in use and 1 MW to sell for 0.5.

    2 a quarter of hashing, or 1.5 and the sale: nothing is gained by it: 108. Of hashing alone 8 and the sale: 108.5.
    """
    tables: Fields = {
        "opening": [standing("mine"), fleet(it_mw=2)],
        "asic_prices": [{"asic": "rig", "from_month": "2027-01", "usd_per_th": 25, "resale_usd_per_th": 12.5, "resale_mw_per_year": 1}],
    }
    assert worth(solved(mining(**tables, policies=[policy("revenue_musd", at_most=8)]))) == near(108)
    assert worth(solved(mining(**tables, policies=[policy("revenue_musd", use="hashing", at_most=8)]))) == near(108.5)


def test_a_tenant_may_be_held_to_a_share() -> None:
    """(16.4), (16.5): half of all MW: tenant A pays 12 a year, B 0.6, each needs a shell for 1. B loses 0.4, but brings A.

    100 + 12 - 1 + 0.6 - 1 = 110.6. Without the policy A alone: 111; were the total of the tenant's own leases only, none: 100.
    """
    tables: Fields = {
        "halls": [hall(buildable=True, capex_musd_per_module=1)],
        "opening": [],
        "leases": [lease(tenant="A"), lease(id="small", tenant="B", rent_usd_per_kw_month=50)],
        "lease_sites": [accepts(), accepts("small")],
    }
    run = solved(leased(**tables, policies=[policy("it_mw", tenant="A", at_most_fraction=0.5)]))
    assert worth(run) == near(110.6)
    assert state(run, "total", "policy", "2027Q4") == near(2)
    assert worth(solved(leased(**tables))) == near(111)


def test_a_site_may_be_held_to_a_share_of_the_hashrate() -> None:
    """(16.5): north at most a quarter of all: a third of what the other site has: 4/3 MW. Without: 2."""
    run = solved(two_mines(policies=[policy("hashrate_eh", site="north", at_most_fraction=0.25)]))
    assert worth(run) == near(100 + YEAR * 4 / 3)


def test_a_use_may_be_held_to_a_share_of_the_revenue() -> None:
    """(16.5): hashing at most a half of revenue, rent is 1.5 a quarter (and nothing else is earned): 1.5 of hashing: 100 + 6 + 6.

    Without: 100 + 6 + 8.76.
    """
    tables: Fields = {
        "halls": [hall(), mine()],
        "asic_models": [rig()],
        "opening": [standing(), standing("mine"), fleet()],
        "leases": [lease(rent_usd_per_kw_month=500)],
        "policies": [policy("revenue_musd", use="hashing", at_most_fraction=0.5)],
    }
    assert worth(solved(leased(**tables))) == near(112)


def test_each_policy_holds() -> None:
    """(16.2), (16.3): between a quarter and a half of a MW of rigs at a loss of 100 USD per MWh: a quarter runs (0.01 EH/s)."""
    policies = [policy("hashrate_eh", at_least=0.01, at_most=0.02), policy("it_mw", id="other", at_most=0.9)]
    run = solved(mining(power_prices=[power_price(usd_per_mwh=1100)], periods=years(1), policies=policies))
    assert worth(run) == near(100 - 0.025 * 8.76)
