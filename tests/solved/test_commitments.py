"""Sections 1 and 2, what is on order at the start: it may be cancelled, be paid evenly, and take over land; each optimum is by hand."""

from __future__ import annotations

from typing import Any

import pytest

from planner import solve
from planner_models.schema import Instance
from tests.tiny import (
    Fields,
    accepts,
    chosen,
    conversion,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
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
    years,
)
from tests.tiny_machines import clusters, homeless, market
from tests.tiny_past import AT_21, FIRST_21, SECOND_21, TAXED, coming, optional, rigs_to_come
from tests.tiny_power import DEAR, own
from tests.tiny_sites import raw_land, transformer

QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")


@pytest.mark.parametrize(
    ("fields", "value", "cancelled"),
    [
        ({"cancellable": True}, 104.0, 2),
        ({"cancellable": True, "cancel_fee_musd": 0.9}, 103.4, 2),
        ({"cancellable": True, "cancel_fee_musd": 6.3}, 100.0, 0),
        ({"cancellable": False}, 100.0, 0),
    ],
)
def test_a_part_of_a_row_of_halls_may_be_cancelled_for_its_part_of_the_fee(fields: Fields, value: float, cancelled: int) -> None:
    """(1.1), (2.6): three shells come in July for 2 M$ each; one tenant pays 6 till the end of the year: 100 + 6 - 2, less 0.3 for each of
    the others. At 2.1 each they come all the same: 100 + 6 - 6, as where they may not be cancelled. The whole fee for two: 103.1.
    """
    run = solved(leased(opening=[coming(count=3, due_musd=6, **fields)]))
    assert worth(run) == near(value)
    assert chosen(run, "cancelled_units", "next_shell") == cancelled
    assert state(run, "full_modules", "site", "shell", "2027Q3") == 3 - cancelled
    assert state(run, "operating_musd", "site", "2027Q1") == near(fields.get("cancel_fee_musd", 0) * cancelled / 3)
    assert [state(run, "capex_musd", "site", label) for label in QUARTERS] == [0, 0, near(6 - 2 * cancelled), 0]


def test_what_was_spent_stays_a_tax_basis_and_the_fee_is_a_cost() -> None:
    """(1.1), section 1: nobody needs the shell that comes in July, 2 M$ are due on it, 1 is spent: over 10 months 0.6 of that in 2027.

    It is cancelled for 0.4: tax of 25 % on 12 - 0.6 - 0.4: 100 + 12 - 0.4 - 2.75 = 108.85. Without the basis 108.7, with the fee no cost
    of the tax 108.75, with 1.2 of what was due written off too 109.15. Not cancelled: 100 + 12 - 2 - 0.25·(12 - 0.6 - 1.2) = 107.45.
    """
    orders = [standing(), optional(due_musd=2, tax_basis_musd=1, cancel_fee_musd=0.4)]
    run = solved(leased(halls=[hall(tax_life_months=10)], opening=orders, finance=TAXED))
    assert worth(run) == near(108.85)
    assert state(run, "depreciation_musd", "site", "2027Q3") == near(0.3)
    assert state(run, "final_basis_musd", "site") == near(0.4)


@pytest.mark.parametrize(("cancellable", "value"), [(True, 104.7848), (False, 104.2848)])
def test_generators_on_order_may_be_cancelled(cancellable: bool, value: float) -> None:
    """(1.1), (12.3): a MW of rigs leaves 1.752 at 800 USD per MWh; a plant saves it 3.5328 from July on; the second of two saves nothing.

    Each costs 0.5 more: 100 + 1.752 + 3.5328 - 0.5, with both 104.2848. Did a cancelled one run: 105.2848.
    """
    orders = [standing("mine"), fleet(), coming("plant", count=2, cancellable=cancellable)]
    run = solved(mining(power_prices=DEAR, generators=[own()], opening=orders))
    assert worth(run) == near(value)
    assert state(run, "generating_mw", "site", "plant", "2027Q3") == 2 - cancellable


@pytest.mark.parametrize(("rooms", "cancellable", "value"), [(1, True, 103.916), (2, True, 107.832), (2, False, 107.832), (1, False, None)])
def test_clusters_on_order_may_be_cancelled(rooms: int, cancellable: bool, value: float | None) -> None:
    """(1.1), (5.3), (5.4): two clusters come in July for 0.5 each and earn 4.416 each, if there is room: with one, one is cancelled.

    100 + 4.416 - 0.5. Both: 107.832. Where they may not be cancelled and there is room for one, there is no plan.
    """
    orders = clusters(id="next_gpu", count=2, in_service="2027-07", due_musd=1.0, cancellable=cancellable)
    instance = tiny(
        halls=[room()],
        gpu_models=[gpu(lead_months=24)],
        gpu_market=[gpu_market()],
        opening=[standing("room", count=rooms), orders],
    )
    if value is None:
        assert solve(instance).outcome == "infeasible"
        return
    run = solved(instance)
    assert worth(run) == near(value)
    assert state(run, "cluster_mw", "site", "room", "2027Q4") == rooms


@pytest.mark.parametrize(
    ("due", "fields", "value"), [(8.0, {"cancellable": True, "cancel_fee_musd": 0.5}, 99.5), (8.0, {}, 96.416), (3.9, {}, 100.516)]
)
def test_a_fleet_on_order_is_cancelled_as_a_whole(due: float, fields: Fields, value: float) -> None:
    """(1.1), (3.4): 2 MW of rigs come in July for 8 M$, room for one of them, which earns 4.416: it is cancelled for 0.5.

    Were it cancelled by the MW: 100 + 4.416 - 4 - 0.25 = 100.166. It comes where it may not be cancelled: 100 + 4.416 - 8.
    """
    order = rigs_to_come(it_mw=2, due_musd=due) | {"cancellable": False} | fields
    run = solved(mining(opening=[standing("mine"), order]))
    assert worth(run) == near(value)
    assert chosen(run, "cancelled_units", "next_rig") == bool(fields)


def test_rigs_that_are_cancelled_cannot_be_resold() -> None:
    """(1.1), (14.4): rigs nobody can host come in July for 0.6 M$ and would fetch 0.5: cancelled: 100. Sold all the same: 100.5."""
    assert worth(solved(homeless(opening=[rigs_to_come(due_musd=0.6)], asic_prices=[market()]))) == near(100)
    kept = rigs_to_come(due_musd=0.6, cancellable=False)
    assert worth(solved(homeless(opening=[kept], asic_prices=[market()]))) == near(99.9)


@pytest.mark.parametrize(
    ("tables", "order"),
    [
        ({"halls": [hall(residual_musd_per_module=4)]}, optional(due_musd=6)),
        ({"generators": [own(capex_musd_per_unit=8, residual_fraction=0.5, life_months=1200)]}, optional("plant", due_musd=6)),
        (
            {"halls": [room()], "gpu_models": [gpu(lead_months=24, capex_musd_per_mw=8, residual_fraction=0.5)]},
            clusters(id="next_gpu", in_service="2027-07", due_musd=6.0, cancellable=True),
        ),
        ({"asic_models": [rig(usd_per_th=200, residual_fraction=0.5)]}, rigs_to_come(due_musd=6)),
    ],
    ids=["hall", "generator", "gpu", "asic"],
)
def test_what_is_cancelled_is_worth_nothing_at_the_horizon(tables: Fields, order: Fields) -> None:
    """(1.1), (2.8), sections 3, 5 and 12: what would be worth 4 M$ or a little less at the horizon comes for 6, so it is cancelled: 100.

    Did what is cancelled count there, about 104; not cancelled: about 98.
    """
    if "gpu_models" in tables:
        tables = tables | {"gpu_market": [gpu_market(market_it_mw=0)]}
    beside = [standing("room")] if "gpu_models" in tables else []
    finance = {"exit_cost_fraction": 0.0}
    run = solved(tiny(opening=[*beside, order], finance=finance, **tables))
    assert worth(run) == near(100)
    assert chosen(run, "cancelled_units", order["id"]) == 1
    kept = solved(tiny(opening=[*beside, order | {"cancellable": False}], finance=finance, **tables))
    assert 97 < worth(kept) <= 98 + 1e-6


def test_a_cancelled_hall_holds_no_land() -> None:
    """(1.1), (2.9): land for one module, which a mine that comes in July for 1 M$ holds from the start. Cancelled, a shell for 1 is built
    at once, for a tenant who pays 12: 111. Not cancelled, or if it held its land all the same, the mine is given up in July: 104.
    """
    tables: dict[str, Any] = {"sites": [site(land_it_mw=1)], "halls": [hall(buildable=True, capex_musd_per_module=1), mine()]}
    assert worth(solved(raw_land(**tables, opening=[optional("mine")]))) == near(111)
    assert worth(solved(raw_land(**tables, opening=[coming("mine")]))) == near(104)


def test_what_is_cancelled_is_not_converted() -> None:
    """(1.1), (2.4): two mines come in July for 1 M$ each; each may become a shell for 1, for which a tenant pays 3 from October on.

    100 + 6 - 2 - 2 = 102. If the mines could be cancelled and still be converted: 104. At 2.5 for each one, they are cancelled: 100.
    """
    offers = [lease(id=name, earliest_start="2027-10") for name in ("anchor", "second")]
    for due, value, lots in ((2, 102, 2), (5, 100, 0)):
        run = solved(
            leased(
                halls=[mine(), hall()],
                opening=[optional("mine", count=2, due_musd=due)],
                conversions=[conversion()],
                leases=offers,
                lease_sites=[accepts(), accepts("second")],
            )
        )
        assert worth(run) == near(value)
        assert sum(chosen(run, "converted_lots", "change", "next_mine", label) for label in QUARTERS) == lots


def test_units_are_cancelled_for_their_part_of_the_fee() -> None:
    """(1.1), (6.6): the tenant comes in July (6) with the first of two units for 0.5 each; the other is cancelled for half of 0.3: 105.35.

    The whole fee: 105.2. Not cancelled: 105.
    """
    units = optional("unit", count=2, cancel_fee_musd=0.3)
    run = solved(leased(opening=[standing(), units], equipment=[transformer(lead_months=24)]))
    assert worth(run) == near(105.35)


def by_quarter(*opening: Fields) -> list[float]:
    """Capex of the quarters with these opening rows and the default tenant."""
    run = solved(leased(opening=opening))
    return [state(run, "capex_musd", "site", label) for label in QUARTERS]


def test_what_is_due_may_be_paid_evenly_until_service() -> None:
    """Section 1: 7 M$ in July are 3.5 in each of two quarters, in August 3, 3 and 1: a month each. Else all in the third."""
    assert by_quarter(standing(), coming(due_musd=7, due_evenly=True)) == [near(3.5), near(3.5), 0, 0]
    assert by_quarter(standing(), coming(in_service="2027-08", due_musd=7, due_evenly=True)) == [near(3), near(3), near(1), 0]
    assert by_quarter(standing(), coming(in_service="2027-08", due_musd=7)) == [0, 0, near(7), 0]


def test_of_what_is_paid_evenly_a_part_may_be_cancelled() -> None:
    """Section 1, (1.1): two shells for 4.2 M$ come in August, one is let from October for 3: the other is cancelled: half of all."""
    order = optional(count=2, in_service="2027-08", due_musd=4.2, due_evenly=True)
    assert by_quarter(order) == [near(0.9), near(0.9), near(0.3), 0]
    assert by_quarter(standing(), order) == [0, 0, 0, 0]


def test_what_is_paid_evenly_is_paid_earlier_and_written_off_from_service() -> None:
    """Section 1: 12 of rent a year; of 3 M$ for a shell in July 2028 2 are paid in 2027 and 1 in 2028; over 10 months 1.8 are written off.

    At 21 % and 25 % tax: (10 + 12 - 2 - 3)/1.1 + (12 - 1 - 0.25·(12 - 1.8))/1.331. Paid when it comes: 19/1.1 + 6.45/1.331. Written off
    as it is paid there would be a tax of 2.7 or less in 2027.
    """
    finance = AT_21 | TAXED | {"opening_cash_musd": 10.0}
    for evenly, value in ((True, 17 * FIRST_21 + 8.45 * SECOND_21), (False, 19 * FIRST_21 + 6.45 * SECOND_21)):
        order = coming(in_service="2028-07", due_musd=3, due_evenly=evenly)
        run = solved(leased(periods=years(2), halls=[hall(tax_life_months=10)], opening=[standing(), order], finance=finance))
        assert worth(run) == near(value)
        assert [state(run, "depreciation_musd", "site", label) for label in ("2027", "2028")] == [0, near(1.8)]


def rebuilt(land_mw: float, **fields: Any) -> Instance:
    """A mine of 1 MW that is switched off in April and a shell that comes in July; a hut for a quarter may be built for 1 M$.

    Whoever takes the hut pays 3, the tenant of the shell 6, and the mine earns 2.16.
    """
    hut = hall(id="hut", product="turnkey", buildable=True, life_months=3, capex_musd_per_module=1)
    return mining(
        sites=[site(land_it_mw=land_mw)],
        halls=[mine(), hall(), hut],
        opening=[standing("mine", until="2027-04"), fleet(), coming(due_musd=0, **fields)],
        leases=[lease(), lease(id="guest", product="turnkey", term_months=3)],
        lease_sites=[accepts(), accepts("guest")],
    )


@pytest.mark.parametrize(("land_mw", "value"), [(1, 108.16), (2, 110.16)])
def test_halls_under_conversion_take_over_the_land_of_what_they_replace(land_mw: float, value: float) -> None:
    """(2.9): the mine holds its land until the shell that replaces it comes, so on 1 MW there is no room for a hut: 100 + 2.16 + 6.

    On 2 MW there is: 2 more. If the mine gave its land back in April, also on 1 MW: 110.16. To retire it for the hut brings 0.16 less.
    """
    run = solved(rebuilt(land_mw, replaces="old_mine"))
    assert worth(run) == near(value)
    if land_mw == 1:
        assert [state(run, "land_mw", "site", label) for label in QUARTERS] == [near(1)] * 4


def test_land_changes_hands_within_a_period() -> None:
    """(2.9): the mine works until August, when the shell on its land comes: in the third quarter the land, 1 MW, is counted once.

    100 + 2.16 + 2.184 + 2.208 / 3 of hashing and 3 of rent in the fourth. Were both counted, there would be no plan.
    """
    handed = coming(in_service="2027-08", due_musd=0, replaces="old_mine")
    instance = mining(
        sites=[site(land_it_mw=1)],
        halls=[mine(), hall()],
        opening=[standing("mine", until="2027-08"), fleet(), handed],
        leases=[lease()],
        lease_sites=[accepts()],
    )
    assert worth(solved(instance)) == near(108.08)


def test_halls_to_come_that_replace_nothing_hold_their_land_from_the_start() -> None:
    """(2.9): without `replaces` 2 MW would be held until April; on 1 MW the mine is given up at once: 100 + 6; on 2 the hut waits."""
    assert worth(solved(rebuilt(1))) == near(106)
    run = solved(rebuilt(2))
    assert worth(run) == near(110.16)
    assert state(run, "land_mw", "site", "2027Q1") == near(2)
