"""Section 14, fleets that are resold and that move between sites: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

import pytest

from tests.tiny import Fields, chosen, fleet, meter, mine, mining, near, power_price, rig, site, solved, standing, state, worth, years
from tests.tiny_machines import asic_price, homeless, market, move, moving

SALE: Fields = {"exit_cost_fraction": 0.0}
"""What remains at the horizon counts in full."""


@pytest.mark.parametrize(("mw_per_year", "value"), [(2, 101.0), (10, 101.5)])
def test_all_sites_and_ages_share_the_buyers_of_a_period(mw_per_year: float, value: float) -> None:
    """(14.1), (14.6): 1 MW each at `site` until 2031, at `site` until 2032 and at `north`, for 0.5 M$ per MW, without a mine.

    Buyers for 2 MW a year take half a MW a quarter: 100 + 4·0.5·0.5. With buyers for all 3 MW, or for 2 MW of each site or age: 101.5.
    """
    run = solved(
        homeless(
            sites=[site(), site(id="north")],
            opening=[fleet(), fleet(id="aged", in_service="2026-01"), fleet(id="other", site="north")],
            asic_prices=[market(resale_mw_per_year=mw_per_year)],
        )
    )
    assert worth(run) == near(value)


def test_the_price_that_holds_as_a_period_begins_holds_for_all_of_it() -> None:
    """(14.1), (14.6): 2.5 MW; used rigs fetch 0.2 M$ per MW, from May 0.4; buyers for 1 MW a quarter: 100 + 2·0.4 + 0.5·0.2.

    The second quarter begins in April, still at 0.2; sold at the price of its last month too: 101.
    """
    rows = [market(resale_usd_per_th=5, resale_mw_per_year=4), market(from_month="2027-05", resale_usd_per_th=10, resale_mw_per_year=4)]
    run = solved(homeless(opening=[fleet(it_mw=2.5)], asic_prices=rows))
    assert worth(run) == near(100.9)
    assert chosen(run, "resold_mw", "site", "rig", "2032-01", "2027Q3") == near(1)
    assert state(run, "revenue_musd", "site", "2027Q4") == near(0.4)


@pytest.mark.parametrize("fields", [{"resale_usd_per_th": 0}, {"resale_mw_per_year": 0}])
def test_without_a_price_or_a_market_nobody_buys(fields: Fields) -> None:
    """(14.1): 100; with both 100.5."""
    assert worth(solved(homeless(asic_prices=[market(**fields)]))) == near(100)
    assert worth(solved(homeless(asic_prices=[market()]))) == near(100.5)


@pytest.mark.parametrize(("until", "fade_months", "value"), [("2027-07", 12, 100.25), ("2027-07", 6, 100.5), ("2027-07", 0, 100.5)])
def test_a_machine_near_its_end_fetches_less(until: str, fade_months: int, value: float) -> None:
    """(10.5): buyers pay 0.5 M$ per MW, in January only; 6 months of life are left of a MW: 6/12 of it, or all where 6 or 0 count.

    Whatever its age it would always be 100.5.
    """
    rows = [market(resale_mw_per_year=4), asic_price(from_month="2027-02")]
    machine = rig(resale_fade_months=fade_months)
    run = solved(homeless(asic_models=[machine], opening=[fleet(until=until)], asic_prices=rows))
    assert worth(run) == near(value)
    assert state(run, "revenue_musd", "site", "2027Q1") == near(value - 100)


def test_of_machines_that_fade_the_younger_are_sold() -> None:
    """(10.5), (14.6): 1 MW with 3 months left and 1 MW with 9, buyers for 1 MW in January at 0.5: the latter: 0.5·9/12; the rest is lost.

    At one price for all ages 100.5; sold by the wrong age 100.125.
    """
    rows = [market(resale_mw_per_year=4), asic_price(from_month="2027-02")]
    opening = [fleet(until="2027-04"), fleet(id="younger", until="2027-10")]
    run = solved(homeless(opening=opening, asic_prices=rows))
    assert worth(run) == near(100.375)
    assert chosen(run, "resold_mw", "site", "rig", "2027-10", "2027Q1") == near(1)


def test_sold_machines_no_longer_hash() -> None:
    """(3.4): in July and only then 5 M$ are paid for a MW that would hash for 4.416 more: 100 + 4.344 + 5.

    If it hashed on: 113.76. Kept: 108.76.
    """
    rows = [asic_price(), market(from_month="2027-07", usd_per_th=126, resale_usd_per_th=125), asic_price(from_month="2027-10")]
    run = solved(mining(asic_prices=rows))
    assert worth(run) == near(109.344)
    assert state(run, "installed_mw", "site", "rig", "2027Q2") == near(1)
    assert state(run, "installed_mw", "site", "rig", "2027Q3") == 0


@pytest.mark.parametrize(("usd_per_th", "value", "sold"), [(7.5, 100.4, 0), (12.5, 100.5, 1)])
def test_what_is_sold_has_no_residual(usd_per_th: float, value: float, sold: float) -> None:
    """(10.9): 48 of 60 months are left at the horizon: 1 M$ · 0.5 · 48/60 = 0.4. For 0.3 the rigs are kept, for 0.5 they are sold.

    If their residual stayed: 100.7 and 100.9.
    """
    run = solved(homeless(asic_models=[rig(residual_fraction=0.5)], asic_prices=[market(resale_usd_per_th=usd_per_th)], finance=SALE))
    assert worth(run) == near(value)
    assert state(run, "terminal_musd", "site") == near(0.4 * (1 - sold))


def test_the_tax_basis_of_what_was_sold_runs_on() -> None:
    """Section 14: a fleet sold for 0.5 at a tax basis of 0.6, written off over 60 months: 0.12 in 2027: 20 % of 0.38: 100.424.

    Were the basis written off at the sale: no tax, 100.5.
    """
    run = solved(homeless(opening=[fleet(tax_basis_musd=0.6)], asic_prices=[market()], finance={"tax_rate_fraction": 0.2}))
    assert worth(run) == near(100.424)


def test_only_machines_of_an_age_that_are_there_are_sold_at_that_age() -> None:
    """(14.4): for 0.3 a MW that is worth 0.05 at the horizon (6 of 60 months left) is sold, one that is worth 0.4 (48) is kept: 100.7.

    Without the rule two of the old ones are sold, of which there is one: 100 + 0.6 - 0.05 + 0.4 = 100.95.
    """
    run = solved(
        homeless(
            opening=[fleet(), fleet(id="old", in_service="2023-07")],
            asic_models=[rig(residual_fraction=0.5)],
            asic_prices=[market(resale_usd_per_th=7.5)],
            finance=SALE,
        )
    )
    assert worth(run) == near(100.7)
    assert state(run, "terminal_musd", "site") == near(0.4)


def test_machines_still_to_come_are_not_sold_yet() -> None:
    """(14.1), (14.4): 1 MW is there and 1 MW comes in July; used rigs fetch 1 M$ per MW, from April on 0.2: 100 + 1 + 0.2.

    If what is to come could be sold before it is there: 102. So both when they end in one month and when they do not.
    """
    rows = [market(usd_per_th=26, resale_usd_per_th=25), market(from_month="2027-04", resale_usd_per_th=5)]
    for until in ("2031-01", "2031-07"):
        late = fleet(id="late", in_service="2027-07", until=until)
        assert worth(solved(homeless(opening=[fleet(until="2031-01"), late], asic_prices=rows))) == near(101.2)


def test_bought_machines_are_sold_again() -> None:
    """(14.1), (14.4): rigs cost 1 M$ per MW in January and never again; in October buyers take 1 MW at 3: 100 - 1 + 3.

    If only fleets of the opening could be sold: 100. Sold without having been bought: 103.
    """
    run = solved(
        homeless(
            halls=[mine()],
            opening=[standing("mine")],
            asic_models=[rig(buyable=True, order_to="2027-01", uptime_fraction=0.0)],
            asic_prices=[asic_price(), market(from_month="2027-10", usd_per_th=76, resale_usd_per_th=75, resale_mw_per_year=4)],
        )
    )
    assert worth(run) == near(102)
    assert chosen(run, "bought_mw", "site", "rig", "2027Q1") == near(1)
    assert chosen(run, "resold_mw", "site", "rig", "2032-01", "2027Q4") == near(1)


@pytest.mark.parametrize(("out_months", "value"), [(0, 108.61), (3, 106.45), (4, 104.266)])
def test_machines_move_and_are_away_for_a_while(out_months: int, value: float) -> None:
    """(14.2), (14.3), (14.5): from `site`, where they earn nothing, to `north`, which has no rigs and may not buy any (3.2).

    They leave in January for 0.1 and come for 0.05; with no month lost they earn 8.76 in 2027, with 3 months 6.6 from April, with 4
    months 4.416 from July on. Unmoved: 100.
    """
    run = solved(moving(moves=[move(out_months=out_months), move("north", out_months=7)]))
    assert worth(run) == near(value)
    assert chosen(run, "withdrawn_mw", "site", "rig", "2032-01", "2027Q1") == near(1)
    assert state(run, "operating_musd", "site", "2027Q1") == near(0.1)
    arrival = {0: "2027Q1", 3: "2027Q2", 4: "2027Q3"}[out_months]
    assert chosen(run, "placed_mw", "north", "rig", "2032-01", arrival) == near(1)
    assert state(run, "operating_musd", "north", arrival) == near(0.05)
    assert state(run, "installed_mw", "north", "rig", "2027Q4") == near(1)


@pytest.mark.parametrize("name", ["site", "north"])
def test_machines_move_only_between_sites_that_say_so(name: str) -> None:
    """(14.2), (14.3): with one of the two sites alone in `moves` nothing moves: 100. With both 106.45."""
    assert worth(solved(moving(moves=[move(name)]))) == near(100)


def test_no_more_comes_out_of_the_pool_than_went_in() -> None:
    """(14.5): `north` has room for 2 MW, 1 MW leaves `site`: 106.45. Without the rule 2 MW come from nowhere: 117.42."""
    run = solved(moving(opening=[fleet(), standing("mine", site="north", count=2)]))
    assert worth(run) == near(106.45)


def test_what_has_left_is_not_sold_where_it_stood() -> None:
    """(14.4): 1 MW ends in 2028 and is worth 0.05 at the horizon, 1 MW comes in July and is worth 0.45; used rigs fetch 0.3.

    The first moves in January for 0.35 and hashes 6.6; the second is kept: 100 + 6.6 - 0.35 + 0.05 + 0.45. Without the rule the first
    is sold at `site` too, in the place of the second: 107. (To move the second and sell the first costs 0.35 for 0.25.)
    """
    run = solved(
        moving(
            asic_models=[rig(residual_fraction=0.5)],
            asic_prices=[market(resale_usd_per_th=7.5)],
            moves=[move(out_musd_per_mw=0.3, out_months=3), move("north", out_musd_per_mw=0.3)],
            opening=[fleet(in_service="2023-07"), fleet(id="late", in_service="2027-07"), standing("mine", site="north")],
            finance=SALE,
        )
    )
    assert worth(run) == near(106.75)
    assert chosen(run, "withdrawn_mw", "site", "rig", "2028-07", "2027Q1") == near(1)


def test_moved_machines_die_at_their_own_age() -> None:
    """(3.4), (14.5): the fleet ends in October; `north` has a MW of its own that ends in 2032, and room for both.

    8.76 + 2.184 + 2.208 - 0.15 = 13.002. If what moved lived on, or could be placed under the age of the other: 15.21.
    """
    opening = [fleet(until="2027-10"), fleet(id="own", site="north"), standing("mine", site="north", count=2)]
    run = solved(moving(opening=opening))
    assert worth(run) == near(113.002)
    assert chosen(run, "placed_mw", "north", "rig", "2027-10", "2027Q2") == near(1)
    assert state(run, "installed_mw", "north", "rig", "2027Q4") == near(1)


def test_machines_come_back() -> None:
    """(14.4): free power at `site` in 2027 and 2029, at `north` in 2028; elsewhere it costs all that hashing earns, and more.

    There and back for 2·0.15: 8.76 + 8.784 + 8.76 - 0.3 = 26.004. If what came from the pool could not leave again: 117.394.
    """
    prices = [power_price(market=name, from_year=2027 + i, usd_per_mwh=0 if free == name else 2000)
              for i, free in enumerate(("spot", "hub", "spot")) for name in ("spot", "hub")]  # fmt: skip
    run = solved(
        moving(
            periods=years(3),
            sites=[site(), site(id="north", market="hub")],
            power_prices=prices,
            halls=[mine()],
            moves=[move(), move("north")],
            opening=[fleet(), standing("mine"), standing("mine", id="north_mine", site="north")],
        )
    )
    assert worth(run) == near(126.004)
    assert chosen(run, "withdrawn_mw", "north", "rig", "2032-01", "2029") == near(1)
    assert state(run, "installed_mw", "site", "rig", "2029") == near(1)


def test_what_moved_counts_where_it_stood_and_what_is_sold_where_it_was_sold() -> None:
    """(10.9), (14.1): worth 0.4 at the horizon and sold at `north` in October for 3 M$ instead of hashing 2.208 and the residual.

    4.392 - 0.15 + 3 = 7.242: 0.4 at `site` and -0.4 at `north`. If `north` had no machines to sell: 106.85.
    """
    run = solved(
        moving(
            asic_models=[rig(residual_fraction=0.5)],
            asic_prices=[asic_price(), market(from_month="2027-10", usd_per_th=76, resale_usd_per_th=75), asic_price(from_month="2027-12")],
            finance=SALE,
        )
    )
    assert worth(run) == near(107.242)
    assert state(run, "terminal_musd", "site") == near(0.4)
    assert state(run, "terminal_musd", "north") == near(-0.4)


def test_a_period_shorter_than_the_months_lost_still_waits() -> None:
    """(14.5): periods of a quarter and 9 months: with 4 months lost what leaves in January cannot come in April, and later is too late."""
    run = solved(moving(periods=[{"months": 3, "count": 1}, {"months": 9, "count": 1}], moves=[move(out_months=4), move("north")]))
    assert worth(run) == near(100)
    assert worth(solved(moving(periods=[{"months": 3, "count": 1}, {"months": 9, "count": 1}]))) == near(106.45)


def test_machines_that_moved_share_the_grid_of_their_new_site() -> None:
    """(3.2), (10.2): `north` has half a MW of grid: 100 + 3.3 - 0.075. With a whole one 106.45."""
    grid = [meter(), meter(id="north_meter", site="north", mw=0.5)]
    assert worth(solved(moving(grid=grid))) == near(103.225)
