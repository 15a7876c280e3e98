"""Section 4, the life of a lease: blocks, tranches, leases that run, lapse, are renewed or broken; each optimum is derived by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    accepts,
    chosen,
    hall,
    lease,
    leased,
    meter,
    mine,
    near,
    power_price,
    rig,
    solved,
    standing,
    state,
    upgrade,
    worth,
    years,
)
from tests.tiny import fleet as machines
from tests.tiny_deals import REST_OF_CONTRACT, WHOLE_VALUE, building, now, running, tranches, two_sites
from tests.tiny_power import own

BOTH: list[dict[str, Any]] = [accepts(), accepts("second")]


@pytest.mark.parametrize(("block", "value"), [(1, 136.0), (1.5, 118.0), (None, 100.0)])
def test_a_lease_is_split_over_sites(block: float | None, value: float) -> None:
    """(4.1): 3 MW, two shells at one site and one at the other. In blocks of 1 MW all of it: 100 + 36; of 1.5 one: 100 + 18; whole none."""
    parts = two_sites(at_site=2, leases=[lease(it_mw=3, block_it_mw=block)], lease_sites=[accepts(), accepts(at="north")])
    run = solved(leased(**parts))
    assert worth(run) == near(value)
    if block == 1:
        assert chosen(run, "started", "anchor", "site", "shell", "2027Q1") == 2
        assert chosen(run, "started", "anchor", "north", "shell", "2027Q1") == 1


@pytest.mark.parametrize(("block", "value"), [(1, 117.5), (None, 111.5)])
def test_a_lease_is_split_over_dates(block: float | None, value: float) -> None:
    """(4.1): 2 MW, one shell stands and one is built until July for 0.5: 12 + 6 - 0.5 in blocks, 2·6 - 0.5 when it has to come at once."""
    run = solved(leased(halls=[building()], leases=[lease(it_mw=2, block_it_mw=block)]))
    assert worth(run) == near(value)


def test_there_are_no_more_blocks_than_the_lease_has() -> None:
    """(4.2): two blocks, two shells at each of two sites, of which `north` pays half more: 100 + 2·18. Without the rule all four: 160."""
    adder = accepts(at="north", rent_adder_usd_per_kw_month=500)
    parts = two_sites(at_site=2, at_north=2, leases=[lease(it_mw=2, block_it_mw=1)], lease_sites=[accepts(), adder])
    run = solved(leased(**parts))
    assert worth(run) == near(136)
    assert chosen(run, "started", "anchor", "north", "shell", "2027Q1") == 2


@pytest.mark.parametrize(("mandatory", "value"), [(True, 84.0), (False, 100.0)])
def test_every_block_of_a_mandatory_lease_is_delivered(mandatory: bool, value: float) -> None:
    """(4.3): two blocks that earn 12 each in shells for 20: 100 - 16 when mandatory. Were one block enough: 92."""
    offer = lease(it_mw=2, block_it_mw=1, mandatory=mandatory)
    run = solved(leased(halls=[hall(buildable=True, capex_musd_per_module=20)], opening=[], leases=[offer]))
    assert worth(run) == near(value)


def test_each_block_is_late_by_itself() -> None:
    """(10.6): ready by January; of two blocks one is on time and one comes in July, 6 months late at 0.1: 117.5 - 0.6. Both late: 116.3."""
    offer = lease(it_mw=2, block_it_mw=1, penalty_usd_per_mw_month=100_000)
    run = solved(leased(halls=[building()], leases=[offer]))
    assert worth(run) == near(116.9)
    assert state(run, "operating_musd", "site", "2027Q1") == near(0.3)


@pytest.mark.parametrize(("term", "value"), [(3, 123.0), (4, 120.0)])
def test_tranches_pay_and_fill_halls_from_their_month(term: int, value: float) -> None:
    """(4.4), (10.5): of 2 MW one comes in January, one in May: 12 + 8. Until then the second shell may serve a tenant of three months: 3.

    One of four months would share April to June with the tranche of May, which needs its hall for all of the quarter. Were all there at
    once: 124; were the tranche counted by its mean: 124 with the four months.
    """
    short = lease(id="second", term_months=term, drop_dead="2027-01")
    run = solved(
        leased(
            opening=[standing(count=2)],
            leases=[now(it_mw=2), short],
            lease_sites=BOTH,
            lease_deliveries=tranches((0, 0.5), (4, 0.5)),
        )
    )
    assert worth(run) == near(value)
    assert state(run, "revenue_musd", "site", "2027Q2") == near(5)
    assert state(run, "leased_mw", "site", "shell", "2027Q2") == near(2)


@pytest.mark.parametrize(("parts", "value"), [(((0, 0.5), (3, 0.5)), 120.0), (((0, 1.0),), 117.0)])
def test_tranches_need_power_as_they_come(parts: tuple[tuple[int, float], ...], value: float) -> None:
    """(4.6), (6.4): 1 MW of grid and one more from April for 1 M$: in tranches 3 + 2·9 - 1; at once 2 MW start in April: 18 - 1."""
    grid = [meter(mw=1), upgrade(lead_months=3)]
    run = solved(leased(grid=grid, opening=[standing(count=2)], leases=[lease(it_mw=2)], lease_deliveries=tranches(*parts)))
    assert worth(run) == near(value)


def test_each_tranche_is_late_by_its_own_date() -> None:
    """(10.6): due in February and, 8 months later, in October; the shells stand in July, so both are 5 months late, at 0.1 a MW.

    First tranche: 2 months in the first quarter, 3 in the second; second: 3 months before the horizon, of 5. Rent 6, shells 1: 100 + 6 - 1
    - 0.8 = 104.2. Were 2 MW late from February: 1.0, of which 0.4 in the first quarter.
    """
    offer = lease(it_mw=2, ready_by="2027-02", penalty_usd_per_mw_month=100_000)
    run = solved(leased(halls=[building()], opening=[], leases=[offer], lease_deliveries=tranches((0, 0.5), (8, 0.5))))
    assert worth(run) == near(104.2)
    late = {t: state(run, "operating_musd", "site", t) for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")}
    assert late == {"2027Q1": near(0.2), "2027Q2": near(0.3), "2027Q3": near(0), "2027Q4": near(0.3)}


@pytest.mark.parametrize(("capex", "value"), [(5, 107.0), (15, 100.0)])
def test_a_tranche_beyond_the_plan_has_its_hall_by_the_horizon(capex: float, value: float) -> None:
    """(4.8): two years, half of 2 MW now and half at the horizon: the second shell costs 5: 100 + 12 - 5; if it costs 15, not taken.

    Were only the MW of 2027 held: 112 each.
    """
    offer, shells = now(it_mw=2, term_months=24), hall(buildable=True, capex_musd_per_module=capex)
    run = solved(leased(halls=[shells], leases=[offer], lease_deliveries=tranches((0, 0.5), (12, 0.5))))
    assert worth(run) == near(value)


def test_tranches_are_capitalised_as_far_as_they_pay() -> None:
    """(4.9), (10.9): 1 MW from January and 1 from July: 18 in the last year, 18/0.1 at the horizon, where all 2 MW are valued so: 298.

    Had all come in January: 24 + 240.
    """
    parts = tranches((0, 0.5), (6, 0.5))
    run = solved(leased(opening=[standing(count=2)], leases=[lease(it_mw=2)], lease_deliveries=parts, finance=WHOLE_VALUE))
    assert worth(run) == near(298)
    assert state(run, "capitalised_mw", "site", "shell") == near(2)


def test_tenants_draw_what_has_come_and_what_is_renewed() -> None:
    """(7.2): own power for which tenants pay 100 USD per MWh. 2 MW for 9 months, half of it from May; then 3 months with 50 %.

    Rent: 1 MW for 4 months, 2 for 5, and 2·0.5 for 3: 17. Drawn: 1 MW in the first quarter, 1 + 2/3 in the second, 2, then 1.
    Power: 0.1·(2.16 + 2.184·5/3 + 2.208·2 + 2.208) = 1.2424: 118.2424. Were 2 MW drawn all year: 118.752.
    """
    offer = now(it_mw=2, term_months=9, renewal_months=3, renewal_probability_fraction=0.5, load_factor_fraction=1.0)
    run = solved(
        leased(
            generators=[own(unit_mw=2)],
            opening=[standing(count=2), standing("plant")],
            leases=[offer],
            lease_deliveries=tranches((0, 0.5), (4, 0.5)),
            power_prices=[power_price(usd_per_mwh=100)],
        )
    )
    drawn = [state(run, "tenant_draw_mw", "site", t) for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")]
    assert drawn == [near(1), near(5 / 3), near(2), near(1)]
    assert worth(run) == near(118.2424)


def test_a_running_lease_pays_by_its_delivery() -> None:
    """(4.1), (10.5), (10.7): since July 2026 at 10 % growth a year: 6 months at 1 and 6 at 1.1, nothing spent on the site: 112.6.

    Counted from the start of the plan: 112; with the 5 M$ that the site would need for a new tenant: 107.6.
    """
    run = solved(leased(leases=[running(escalator_fraction=0.1)], lease_sites=[accepts(capex_musd_per_mw=5)]))
    assert worth(run) == near(112.6)
    assert chosen(run, "started", "anchor", "site", "shell", "2027Q1") == 1


def test_a_running_lease_ends_by_its_delivery_and_owes_no_penalty() -> None:
    """(4.4), (10.6): of 12 months 6 are left, then another moves in for 1.5 a month: 6 + 9 = 115. A lease that runs is never late.

    Were the term counted from the start of the plan, the first would stay all year: 112.
    """
    first = running(term_months=12, penalty_usd_per_mw_month=1_000_000)
    second = lease(id="second", earliest_start="2027-07", rent_usd_per_kw_month=1500)
    run = solved(leased(leases=[first, second], lease_sites=BOTH))
    assert worth(run) == near(115)
    assert chosen(run, "started", "second", "site", "shell", "2027Q3") == 1


def test_a_running_lease_is_capitalised_by_its_last_twelve_months() -> None:
    """(10.9): since July 2026, two years at 10 % growth: 2027 pays 6 + 6.6 = 12.6, capitalised at 10 %: 100 + 12.6 + 126.

    Were its escalator counted from the start: 12 + 120.
    """
    run = solved(leased(leases=[running(term_months=24, escalator_fraction=0.1)], finance=WHOLE_VALUE))
    assert worth(run) == near(238.6)


def test_tranches_of_a_running_lease_count_from_its_delivery() -> None:
    """(10.5): half of 2 MW since July 2026, half nine months later, from April: 3 + 18. From the start of the plan: 15; at once: 24."""
    run = solved(leased(opening=[standing(count=2)], leases=[running(it_mw=2)], lease_deliveries=tranches((0, 0.5), (9, 0.5))))
    assert worth(run) == near(121)


def test_a_running_lease_may_be_in_its_renewal() -> None:
    """(10.5): the year from January 2026 is over; it goes on with 50 %: 106. Counted from the start of the plan: 112."""
    offer = running(delivered="2026-01", term_months=12, renewal_months=12, renewal_probability_fraction=0.5)
    assert worth(solved(leased(leases=[offer]))) == near(106)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"decide_by": "2026-12"}, 100.0),
        ({"decide_by": "2027-01"}, 112.0),
        ({"decide_by": "2026-12", "stage": "signed"}, 112.0),
        ({"decide_by": "2026-12", "stage": "loi"}, 100.0),
    ],
)
def test_an_offer_that_has_lapsed_is_gone(fields: dict[str, Any], value: float) -> None:
    """(4.1): to be decided before the start: 100, unless it is signed. Without the rule 112 each."""
    assert worth(solved(leased(leases=[lease(**fields)]))) == near(value)


@pytest.mark.parametrize(("probability", "value"), [(0.5, 109.0), (0.0, 106.0), (1.0, 112.0)])
def test_a_renewal_counts_with_its_likelihood_and_holds_the_hall(probability: float, value: float) -> None:
    """(4.4), (10.5): 6 months, then 6 at the probability of their renewal. Who would pay 0.4 a month from July on finds the hall held.

    Were the hall free after the term: 2.4 more.
    """
    anchor = now(term_months=6, renewal_months=6, renewal_probability_fraction=probability)
    second = lease(id="second", earliest_start="2027-07", rent_usd_per_kw_month=400)
    run = solved(leased(leases=[anchor, second], lease_sites=BOTH))
    assert worth(run) == near(value)
    assert state(run, "leased_mw", "site", "shell", "2027Q4") == near(1)


def test_the_escalator_goes_on_in_the_renewal() -> None:
    """(10.5): 12 at 1, then 12 months at 1.1 with 50 %: 12 + 6.6 = 118.6. At the first year's rent 118; certain 125.2."""
    offer = now(term_months=12, renewal_months=12, renewal_probability_fraction=0.5, escalator_fraction=0.1)
    assert worth(solved(leased(periods=years(2), leases=[offer]))) == near(118.6)


@pytest.mark.parametrize(("life", "value"), [(23, 100.0), (24, 112.0)])
def test_a_renewal_beyond_the_plan_needs_its_hall(life: int, value: float) -> None:
    """(4.8): a year and perhaps another: the shell stands to the end of the second, or it is not taken. Without the rule 112 each."""
    offer = now(renewal_months=12, renewal_probability_fraction=0.5)
    assert worth(solved(leased(halls=[hall(life_months=life)], leases=[offer]))) == near(value)


def test_a_renewal_beyond_the_plan_is_worth_its_likelihood() -> None:
    """(9.6), (10.9), method contract: a year to come with 25 %: 3; the shell costs 0.12 a year: 100 + 12 - 0.12 + 3 - 0.12 = 114.76.

    Without the renewal 111.88; were it certain 123.76.
    """
    offer = now(renewal_months=12, renewal_probability_fraction=0.25)
    run = solved(leased(halls=[hall(fixed_cost_musd_per_module_year=0.12)], leases=[offer], finance=REST_OF_CONTRACT))
    assert worth(run) == near(114.76)
    assert state(run, "terminal_musd", "site") == near(2.88)


def test_what_a_renewal_pays_is_capitalised_with_its_likelihood() -> None:
    """(10.9): 6 months of term and 6 of renewal at 50 % in the last year, and 6 more to come: 9 in cash, 9/0.1 at the horizon: 199.

    Were the renewal certain: 232.
    """
    offer = now(term_months=6, renewal_months=12, renewal_probability_fraction=0.5)
    assert worth(solved(leased(leases=[offer], finance=WHOLE_VALUE))) == near(199)


@pytest.mark.parametrize(("fee", "value", "broken"), [(5.0, 95.0, 1), (10.0, 92.0, 0), (None, 100.0, 0)])
def test_a_signed_lease_is_delivered_or_bought_off(fee: float | None, value: float, broken: int) -> None:
    """(4.10): the shell costs 20, the rent is 12: delivered it loses 8, so 5 are paid to be free of it, and 10 are not.

    Without a fee it is an option like any other: 100.
    """
    signed = lease(stage="signed", break_fee_musd=fee)
    run = solved(leased(halls=[hall(buildable=True, capex_musd_per_module=20)], opening=[], leases=[signed]))
    assert worth(run) == near(value)
    assert (chosen(run, "broken_blocks", "anchor") if fee else 0) == broken


def test_blocks_are_bought_off_one_by_one() -> None:
    """(4.10), (4.11): of two blocks one has a shell (12), the other would cost 20: half of the fee of 10: 107. All or nothing 104."""
    signed = lease(stage="signed", it_mw=2, block_it_mw=1, break_fee_musd=10)
    run = solved(leased(halls=[hall(buildable=True, capex_musd_per_module=20)], leases=[signed]))
    assert worth(run) == near(107)
    assert chosen(run, "broken_blocks", "anchor") == 1


@pytest.mark.parametrize(("ready_by", "paid"), [("2027-01", "2027Q1"), ("2027-08", "2027Q3"), ("2028-05", "2027Q4")])
def test_the_fee_is_paid_when_the_lease_was_due(ready_by: str, paid: str) -> None:
    """(4.11), (8.6): 4 M$ in the period that holds ready-by, in the last where that lies beyond the plan."""
    run = solved(leased(opening=[], leases=[lease(stage="signed", break_fee_musd=4, ready_by=ready_by)]))
    assert worth(run) == near(96)
    fees = {t: state(run, "broken_musd", t) for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")}
    assert fees == {t: near(4.0 if t == paid else 0.0) for t in fees}


def test_the_fee_lowers_taxable_income() -> None:
    """(9.1): rigs earn 8.76, the fee is 4, tax 50 %: 100 + 8.76 - 4 - 2.38 = 102.38. Were it not deducted: 100.38."""
    run = solved(
        leased(
            halls=[hall(), mine()],
            asic_models=[rig()],
            opening=[standing("mine"), machines()],
            leases=[lease(stage="signed", break_fee_musd=4)],
            finance={"tax_rate_fraction": 0.5},
        )
    )
    assert worth(run) == near(102.38)
    assert state(run, "profit_musd", "2027") == near(4.76)


@pytest.mark.parametrize(("fee", "value"), [(11.0, 113.0), (13.0, 112.0)])
def test_a_running_lease_may_be_broken_too(fee: float, value: float) -> None:
    """(4.10): it pays 12; another pays 24 in the same shell: broken for 11, kept rather than broken for 13. For nothing: 124."""
    kept = running(mandatory=False, break_fee_musd=fee)
    second = lease(id="second", rent_usd_per_kw_month=2000)
    assert worth(solved(leased(leases=[kept, second], lease_sites=BOTH))) == near(value)
