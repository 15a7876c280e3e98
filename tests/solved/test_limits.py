"""Section 2, limits on AI and on what builders start: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    accepts,
    chosen,
    conversion,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    near,
    rig,
    room,
    site,
    solved,
    standing,
    state,
    tiny,
    worth,
)
from tests.tiny_sites import builders, raw_land, shell, two_tenants

MINE_AND_SHELL: dict[str, Any] = {
    "halls": [mine(), hall()],
    "opening": [standing("mine", count=3), fleet(it_mw=3), standing()],
    "leases": [lease()],
    "lease_sites": [accepts()],
}
"""3 MW of rigs, which earn 26.28 M$ in 2027, and a tenant, who pays 12."""


@pytest.mark.parametrize(("most", "value"), [(None, 124), (1.5, 112), (0, 100)])
def test_a_site_gives_so_many_megawatts_to_ai(most: float | None, value: float) -> None:
    """(2.12): two tenants of 1 MW each pay 12 M$; of 1.5 MW one gets his whole MW. Without the rule 124."""
    assert worth(solved(two_tenants(sites=[site(max_ai_it_mw=most)]))) == near(value)


def test_mines_do_not_count_as_ai() -> None:
    """(2.12): 1 MW of AI beside 3 MW of rigs: 100 + 26.28 + 12. Were all halls counted: 126.28, without the tenant."""
    assert worth(solved(mining(sites=[site(max_ai_it_mw=1)], **MINE_AND_SHELL))) == near(138.28)


def test_clusters_and_machines_in_other_halls_count_as_ai() -> None:
    """(2.12): a tenant (12), a cluster for 1 M$ (8.76) and 1 MW of rigs (8.76) want a MW each of halls that are not for mining; 2.5 may.

    The tenant, the cluster and half the rigs: 100 + 12 + 7.76 + 4.38 = 124.14. Were one of the three not counted: 128.52.
    """
    run = solved(
        tiny(
            sites=[site(max_ai_it_mw=2.5)],
            halls=[hall(), room()],
            opening=[standing(count=2), standing("room"), fleet()],
            asic_models=[rig(product="powered_shell")],
            gpu_models=[gpu()],
            gpu_market=[gpu_market()],
            leases=[lease()],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(124.14)
    assert chosen(run, "deployed_clusters", "site", "room", "gpu", "2027Q1") == 1
    assert chosen(run, "hosted_mw", "site", "shell", "rig", "2027Q1") == near(0.5)


def test_machines_fill_what_ai_may_have() -> None:
    """(2.12): the tenant leaves half a MW to 1 MW of rigs in a shell: 100 + 12 + 4.38. Were movable machines not counted: 120.76."""
    run = solved(leased(sites=[site(max_ai_it_mw=1.5)], opening=[standing(count=2), fleet()], asic_models=[rig(product="powered_shell")]))
    assert worth(run) == near(116.38)


@pytest.mark.parametrize(("eligible", "value"), [("2027-01", 138.28), ("2027-07", 132.28), ("2027-05", 132.28), ("2028-01", 126.28)])
def test_no_ai_before_the_site_is_eligible(eligible: str, value: float) -> None:
    """(2.12): no tenant in a period that begins before July (or May): 6 of rent are lost; 3 MW of rigs run from the start."""
    run = solved(mining(sites=[site(ai_eligible_from=eligible)], **MINE_AND_SHELL))
    assert worth(run) == near(value)


def test_eligibility_and_limit_hold_together() -> None:
    """(2.12): 1 MW from April: of two tenants one, for 9. Either rule alone: 112 or 118."""
    assert worth(solved(two_tenants(sites=[site(max_ai_it_mw=1, ai_eligible_from="2027-04")]))) == near(109)


TWO_LEASES: dict[str, Any] = {"leases": [lease(), lease(id="second")], "lease_sites": [accepts(), accepts("second")]}


def test_builders_start_so_much_in_a_period() -> None:
    """(2.13): a shell of 1 MW in each quarter, so the second tenant comes in April: 100 + 12 + 9 - 2. Without the rule 122."""
    run = solved(raw_land(delivery_limits=[builders()], **TWO_LEASES))
    assert worth(run) == near(119)
    assert state(run, "land_mw", "site", "2027Q1") == near(1)


def test_what_is_started_counts_in_its_order_month() -> None:
    """(2.13): nothing is started in the first quarter, then 1 MW in each: with 4 build months service in October: 3 of rent - 1 = 102.

    Orders of June are in service in October, those of March in July. Counted at service: one in July and one in October: 107.
    Without the rule both in July: 110.
    """
    limits = [builders(started_it_mw=0), builders(from_month="2027-04")]
    run = solved(raw_land(halls=[shell(build_months=4)], delivery_limits=limits, **TWO_LEASES))
    assert worth(run) == near(102)
    assert chosen(run, "built_modules", "site", "shell", "2027Q4") == 1


@pytest.mark.parametrize(("first", "value"), [("2027-01", 119), ("2027-02", 122), ("2026-06", 119)])
def test_a_limit_holds_from_its_month_on(first: str, value: float) -> None:
    """(2.13): a row that does not hold yet when the first quarter begins leaves it without a limit; one from before the start holds."""
    assert worth(solved(raw_land(delivery_limits=[builders(from_month=first)], **TWO_LEASES))) == near(value)


def test_a_limit_holds_until_the_next() -> None:
    """(2.13): 1 MW in the first quarter, from April 2: the third of three tenants comes with the second: 100 + 12 + 9 + 9 - 3 = 127.

    Were the first row to hold for good: 124; without the rule: 133.
    """
    leases = [lease(id=name) for name in ("first", "second", "third")]
    limits = [builders(from_month="2027-04", started_it_mw=2), builders()]
    run = solved(raw_land(delivery_limits=limits, leases=leases, lease_sites=[accepts(row["id"]) for row in leases]))
    assert worth(run) == near(127)


@pytest.mark.parametrize(("limited", "value"), [({}, 119), ({"site": "site"}, 122), ({"site": "north"}, 122)])
def test_a_limit_is_for_a_site_or_for_all(limited: dict[str, str], value: float) -> None:
    """(2.13): a tenant at each of two sites: 1 MW for both together delays one of them, 1 MW for one of the sites delays none."""
    run = solved(
        raw_land(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            leases=[lease(), lease(id="second")],
            lease_sites=[accepts(), accepts("second", at="north")],
            delivery_limits=[builders(**limited)],
        )
    )
    assert worth(run) == near(value)


def test_limits_of_a_site_and_of_all_hold_together() -> None:
    """(2.13): two tenants at each site, 2 MW a quarter at `site`, 1 at `north`, 2 in all: two in January, two in April.

    100 + 24 + 18 - 4 = 138. Without the limit of all sites 141, without any 144.
    """
    names = ["first", "second", "third", "fourth"]
    run = solved(
        raw_land(
            sites=[site(), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            leases=[lease(id=name) for name in names],
            lease_sites=[accepts(name, at=at) for name, at in zip(names, ["site", "site", "north", "north"], strict=True)],
            delivery_limits=[builders(started_it_mw=2), builders(site="site", started_it_mw=2), builders(site="north")],
        )
    )
    assert worth(run) == near(138)


@pytest.mark.parametrize(("most", "value"), [(1, 100), (2, 123)])
def test_a_conversion_is_started_with_the_halls_that_result(most: float, value: float) -> None:
    """(2.13): a lot makes two shells of a mine for 1 M$, so 2 MW are started at once: two tenants, 100 + 24 - 1. Without the rule 123."""
    run = solved(
        tiny(
            halls=[mine(), hall()],
            opening=[standing("mine")],
            conversions=[conversion(to_modules=2)],
            delivery_limits=[builders(started_it_mw=most)],
            **TWO_LEASES,
        )
    )
    assert worth(run) == near(value)


def test_conversions_and_new_halls_share_the_builders() -> None:
    """(2.13): a lot and a new shell are each 1 MW: one in January, one in April: 100 + 12 + 9 - 2 = 119. Counted apart: 122."""
    run = solved(
        tiny(
            sites=[site(land_it_mw=2)],
            halls=[mine(), shell()],
            opening=[standing("mine")],
            conversions=[conversion()],
            delivery_limits=[builders()],
            **TWO_LEASES,
        )
    )
    assert worth(run) == near(119)


def test_a_conversion_counts_in_its_order_month() -> None:
    """(2.13): nothing is started before April; a lot with 4 build months and no downtime is in service in October: 100 + 3 - 1 = 102.

    Counted at service, or without the rule, it is in service in July: 105.
    """
    run = solved(
        tiny(
            halls=[mine(), hall()],
            opening=[standing("mine")],
            conversions=[conversion(build_months=4)],
            delivery_limits=[builders(started_it_mw=0), builders(from_month="2027-04")],
            leases=[lease()],
            lease_sites=[accepts()],
        )
    )
    assert worth(run) == near(102)
