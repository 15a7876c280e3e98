"""What was ordered or signed before the month of the roll, on paper: what is paid, what is still due, and what is left to decide."""

from __future__ import annotations

import pytest

from planner import roll
from planner_models.schema import Instance
from tests.roll.case import goes_on, planned, row, worth
from tests.tiny import (
    accepts,
    conversion,
    facility,
    fleet,
    hall,
    lease,
    mine,
    mining,
    rig,
    standing,
    tiny,
    upgrade,
    years,
)
from tests.tiny_machines import asic_price
from tests.tiny_sites import transformer


def test_a_hall_under_construction_is_paid_evenly_to_its_service() -> None:
    """6 M$ over 9 months from 2027-04 for 2028-01: by 2027-07 a third is paid, 4 M$ are due over the last six months."""
    shell = hall(buildable=True, capex_musd_per_module=6, build_months=9)
    run = planned(tiny(halls=[shell], periods=[{"months": 3, "count": 8}]), built_modules={("site", "shell", "2028Q1"): 1})
    rolled = goes_on(run, "2027-07")
    (built,) = rolled.instance.opening
    assert (built.item, built.count, f"{built.in_service:%Y-%m}") == ("shell", 1, "2028-01")
    assert (built.due_musd, built.due_evenly) == (4.0, True)
    (basis,) = rolled.instance.tax_bases
    assert (basis.basis_musd, f"{basis.in_service:%Y-%m}", basis.tax_life_months) == (2.0, "2028-01", 180)
    assert rolled.instance.finance.opening_cash_musd == 98.0
    assert rolled.plan.decisions.get("built_modules", {}) == {}
    assert rolled.locked.iloc[0].to_dict() == {
        "kind": "hall", "item": "shell", "site": "site", "quantity": 1.0, "unit": "modules", "in_service_month": "2028-01",
        "paid_musd": 2.0, "due_musd": 4.0,
    }  # fmt: skip


def test_what_is_ordered_from_the_month_of_the_roll_on_stays_a_decision() -> None:
    """The same hall rolled to 2027-04, the month of its order: nothing is locked."""
    shell = hall(buildable=True, capex_musd_per_module=6, build_months=9)
    run = planned(tiny(halls=[shell], periods=[{"months": 3, "count": 8}]), built_modules={("site", "shell", "2028Q1"): 1})
    rolled = goes_on(run, "2027-04")
    assert rolled.instance.opening == ()
    assert rolled.locked.empty
    assert rolled.plan.get("built_modules", "site", "shell", "2028Q1") == 1


def test_a_hall_in_service_is_an_opening_row_with_its_basis() -> None:
    """Built for 2027Q2 at once: by 2027-10 it stands since 2027-04, and 6 M$ are written off from then."""
    run = planned(tiny(halls=[hall(buildable=True, capex_musd_per_module=6)]), built_modules={("site", "shell", "2027Q2"): 1})
    rolled = goes_on(run, "2027-10")
    (stands,) = rolled.instance.opening
    assert (f"{stands.in_service:%Y-%m}", stands.due_musd, stands.tax_basis_musd) == ("2027-04", 0.0, 0.0)
    assert [basis.basis_musd for basis in rolled.instance.tax_bases] == [6.0]


def test_an_upgrade_on_order_is_energised_at_its_date() -> None:
    """1 M$ with 30 % at order in 2027-04: 0.7 M$ are due in 2027-10."""
    more = upgrade(lead_months=6, deposit_fraction=0.3)
    run = planned(tiny(grid=[more]), upgraded={("upgrade", "2027Q4"): 1})
    rolled = goes_on(run, "2027-07")
    (grid,) = rolled.instance.grid
    assert (grid.id, grid.kind, f"{grid.from_month:%Y-%m}", grid.due_musd) == ("upgrade", "energised", "2027-10", 0.7)
    assert rolled.instance.tax_bases[0].basis_musd == 0.3


def test_modules_under_conversion_hold_the_land_until_they_are_replaced() -> None:
    """One of two mine modules, off from 2027-07, is a shell from 2027-10: 1 M$ over six months, half of it paid."""
    change = conversion(build_months=6, off_months=3, max_lots=2)
    tables = {"halls": [mine(), hall()], "conversions": [change], "opening": [standing("mine", count=2)]}
    run = planned(tiny(**tables), converted_lots={("change", "old_mine", "2027Q4"): 1})
    rolled = goes_on(run, "2027-07")
    shell = next(opening for opening in rolled.instance.opening if opening.item == "shell")
    off = row(rolled.instance, "opening", shell.replaces)
    assert row(rolled.instance, "opening", "old_mine").count == 1
    assert (off.item, off.count, f"{off.until:%Y-%m}") == ("mine", 1, "2027-07")
    assert (f"{shell.in_service:%Y-%m}", shell.due_musd) == ("2027-10", 0.5)
    assert rolled.instance.conversions[0].max_lots == 1


def test_slots_and_budgets_are_what_is_left_of_the_year() -> None:
    """A unit of 1 M$ ordered in 2027-01 with 40 % at order for 2027-07: two of three slots and 9.6 of 10 M$ are left in 2027-04."""
    unit = transformer(id="unit", mva=10, cost_musd=1, deposit_fraction=0.4, lead_months=6)
    tables = {
        "equipment": [unit],
        "slots": [{"equipment": "unit", "year": 2027, "units": 3}],
        "budgets": [{"year": 2027, "capex_musd": 10}],
    }
    run = planned(tiny(**tables), delivered_units={("site", "unit", "2027Q3"): 1})
    rolled = goes_on(run, "2027-04")
    assert rolled.instance.slots[0].units == 2
    assert rolled.instance.budgets[0].capex_musd == pytest.approx(9.6)
    assert rolled.instance.opening[0].due_musd == pytest.approx(0.6)


def test_a_cancelled_row_is_gone_and_what_was_spent_on_it_is_not() -> None:
    """Two units on order with 0.2 M$ spent and 0.6 due, one cancelled: one comes, 0.3 M$ are due, and the 0.2 are written off."""
    unit = transformer(id="unit", mva=10, cost_musd=1, lead_months=6)
    coming = standing("unit", id="coming", count=2, in_service="2027-10", due_musd=0.6, tax_basis_musd=0.2, cancellable=True)
    run = planned(tiny(equipment=[unit], opening=[coming]), cancelled_units={("coming",): 1})
    rolled = goes_on(run, "2027-04")
    left = row(rolled.instance, "opening", "coming")
    assert (left.count, left.due_musd, left.tax_basis_musd, left.cancellable) == (1, pytest.approx(0.3), 0.2, True)


def test_machines_sold_are_gone() -> None:
    """0.4 of 1 MW resold in 2027Q2: 0.6 MW are left."""
    prices = [asic_price(usd_per_th=20, resale_usd_per_th=5, resale_mw_per_year=4)]
    run = planned(mining(asic_prices=prices), resold_mw={("site", "rig", "2032-01", "2027Q2"): 0.4})
    rolled = goes_on(run, "2027-07")
    assert row(rolled.instance, "opening", "fleet").it_mw == 0.6


def test_machines_bought_are_a_fleet_of_their_vintage() -> None:
    """2 MW bought for 2027Q2: a row in service since 2027-04, 2 M$ written off from then."""
    run = planned(mining(asic_models=[rig(buyable=True)]), bought_mw={("site", "rig", "2027Q2"): 2})
    rolled = goes_on(run, "2027-10")
    bought = next(opening for opening in rolled.instance.opening if opening.item == "rig" and opening.id != "fleet")
    assert (bought.it_mw, f"{bought.in_service:%Y-%m}") == (2.0, "2027-04")
    assert [basis.basis_musd for basis in rolled.instance.tax_bases] == [2.0]


def doubtful() -> Instance:
    """A lease in two blocks of 1 MW at 1 M$ a month each, as likely as not."""
    offer = lease(it_mw=2, block_it_mw=1, probability_fraction=0.5, ready_by="2027-10", warrants_count=10)
    return tiny(halls=[hall()], opening=[standing(count=2)], leases=[offer], lease_sites=[accepts()])


def test_blocks_that_run_are_signed_and_no_longer_in_doubt() -> None:
    """One block from 2027-04, one from 2027-10, nine and three months in the plan: 6 of 12 M$ were in doubt, 4.5 of them of the first."""
    run = planned(doubtful(), started={("anchor", "site", "shell", "2027Q2"): 1, ("anchor", "site", "shell", "2027Q4"): 1})
    rolled = goes_on(run, "2027-07")
    runs = row(rolled.instance, "leases", "anchor.site.2027-04")
    rest = row(rolled.instance, "leases", "anchor")
    assert (runs.stage, runs.mandatory, runs.probability_fraction, f"{runs.delivered:%Y-%m}") == ("signed", True, 1.0, "2027-04")
    assert (runs.it_mw, rest.it_mw, runs.warrants_count, rest.probability_fraction) == (1.0, 1.0, 5.0, 0.5)
    assert rolled.released_musd == pytest.approx(4.5)
    assert rolled.plan.get("started", runs.id, "site", "shell", "2027Q3") == 1
    assert rolled.plan.get("started", "anchor", "site", "shell", "2027Q4") == 1


def test_an_offer_that_had_to_be_answered_is_signed_or_gone() -> None:
    """Answered by 2027-05 for a start in 2027-10: signed for that month. Not taken: it leaves."""
    offer = lease(decide_by="2027-05", ready_by="2027-10")
    tables = {"halls": [hall()], "opening": [standing()], "leases": [offer], "lease_sites": [accepts()]}
    taken = goes_on(planned(tiny(**tables), started={("anchor", "site", "shell", "2027Q4"): 1}), "2027-07")
    signed = row(taken.instance, "leases", "anchor")
    assert (signed.stage, signed.mandatory, f"{signed.earliest_start:%Y-%m}", f"{signed.drop_dead:%Y-%m}") == (
        "signed", True, "2027-10", "2027-10",
    )  # fmt: skip
    left = goes_on(planned(tiny(**tables)), "2027-07")
    assert left.instance.leases == ()
    assert left.instance.lease_sites == ()
    assert "anchor: its offer has lapsed." in left.passed


def test_money_received_ahead_is_still_owed() -> None:
    """2 M$ received in 2027-04, six months before the start: the lease is committed, and the cash is there."""
    offer = lease(prepayment_musd=2, prepaid_months=6, ready_by="2027-10")
    tables = {"halls": [hall()], "opening": [standing()], "leases": [offer], "lease_sites": [accepts()]}
    rolled = goes_on(planned(tiny(**tables), started={("anchor", "site", "shell", "2027Q4"): 1}), "2027-07")
    signed = row(rolled.instance, "leases", "anchor")
    assert f"{signed.prepaid:%Y-%m}" == "2027-04"
    assert rolled.instance.finance.opening_cash_musd == 102.0


def test_draws_are_remembered_for_their_amortisation() -> None:
    """1 M$ drawn in 2027Q2, a twelfth of it repaid in each later quarter, by a facility that is paid back over three years."""
    bank = facility(amortisation_months=36, rate_fraction=0.0)
    shell = hall(buildable=True, capex_musd_per_module=2)
    made = {
        "built_modules": {("site", "shell", "2027Q2"): 1},
        "drawn_musd": {("bank", "2027Q2"): 1.2},
        "repaid_musd": {("bank", "2027Q2"): 0.1, ("bank", "2027Q3"): 0.1, ("bank", "2027Q4"): 0.1},
    }
    rolled = goes_on(planned(tiny(halls=[shell], debt=[bank]), **made), "2027-10")
    assert rolled.instance.debt[0].opening_balance_musd == pytest.approx(1.0)
    assert [(f"{draw.month:%Y-%m}", draw.drawn_musd) for draw in rolled.instance.debt_draws] == [("2027-04", 1.2)]


def test_the_tax_year_goes_on() -> None:
    """Rent of 6 M$ in the first half of 2027 at 20 %: it is income of the year so far; tax is paid at its end."""
    tables = {
        "halls": [hall()],
        "opening": [standing()],
        "leases": [lease()],
        "lease_sites": [accepts()],
        "finance": {"tax_rate_fraction": 0.2},
    }
    rolled = goes_on(planned(tiny(**tables), started={("anchor", "site", "shell", "2027Q1"): 1}), "2027-07")
    assert rolled.instance.finance.opening_income_musd == 6.0
    assert worth(rolled) == pytest.approx(112 - 12 * 0.2)


def test_a_loss_is_carried() -> None:
    """Overhead of 4 M$ a year and nothing else: after 2027 the pool holds 4 M$."""
    run = planned(tiny(periods=years(2), finance={"tax_rate_fraction": 0.2, "overhead_musd_per_year": 4.0}))
    rolled = goes_on(run, "2028-01")
    assert rolled.instance.finance.opening_loss_musd == 4.0
    assert rolled.instance.finance.opening_income_musd == 0.0


def test_what_falls_due_in_the_month_itself_is_still_due() -> None:
    """0.7 M$ on an upgrade that comes in 2027-07: they are due in the first month."""
    more = upgrade(lead_months=6, deposit_fraction=0.3)
    rolled = roll(planned(tiny(grid=[more]), upgraded={("upgrade", "2027Q3"): 1}), "2027-07")
    assert rolled.instance.finance.opening_cash_musd == 99.7
    assert rolled.instance.grid[0].due_musd == 0.7
    assert worth(rolled) == pytest.approx(99.0)
    assert rolled.notes == ()


def test_fleets_that_end_leave() -> None:
    """Rigs until 2027-04 are gone in 2027-07, and their row says so."""
    run = planned(mining(opening=[standing("mine"), fleet(until="2027-04", tax_basis_musd=0.6)]))
    rolled = goes_on(run, "2027-07")
    assert [opening.id for opening in rolled.instance.opening] == ["old_mine"]
    assert "fleet: it was there until 2027-04." in rolled.passed
    assert rolled.instance.tax_bases[0].basis_musd == pytest.approx(0.6 * 54 / 60)


def test_what_was_on_order_before_the_old_plan_is_locked_too() -> None:
    """A transformer due in 2027-10 for 3 M$, 1 spent, is still on order in 2027-04; a mine that came in 2027-01 is not."""
    order = standing(id="tx", item="tx", in_service="2027-10", tax_basis_musd=1.0, due_musd=3.0)
    run = planned(tiny(halls=[mine()], equipment=[transformer(id="tx", lead_months=30)], opening=[standing("mine"), order]))
    (lock,) = goes_on(run, "2027-04").locked.to_dict("records")
    assert (lock["kind"], lock["item"], lock["in_service_month"], lock["paid_musd"], lock["due_musd"]) == (
        "equipment",
        "tx",
        "2027-10",
        1,
        3,
    )


def test_a_delayed_order_is_written_off_from_its_new_month_on() -> None:
    """An upgrade and a hall ordered by the plan; the hall comes three months late: the basis of its instalments moves with it."""
    shell = hall(buildable=True, build_months=9, capex_musd_per_module=9)
    run = planned(tiny(halls=[shell]), built_modules={("site", "shell", "2027Q4"): 1})
    by_plan = roll(run, "2027-07").instance
    (name,) = [row.id for row in by_plan.opening]
    late = roll(run, "2027-07", {f"opening.{name}.in_service": "2027-11"})
    assert [f"{row.in_service:%Y-%m}" for row in by_plan.tax_bases] == ["2027-10"]
    assert [f"{row.in_service:%Y-%m}" for row in late.instance.tax_bases] == ["2027-11"]
    assert sorted(late.actuals["table"]) == ["opening", "tax_bases"]


def test_the_title_says_as_of_when() -> None:
    """Once, however often it is rolled."""
    run = planned(tiny(title="A mine"))
    first = roll(run, "2027-04")
    assert first.instance.title == "A mine; as of 2027-04"
    assert roll(planned(first.instance), "2027-07").instance.title == "A mine; as of 2027-07"
