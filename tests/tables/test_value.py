"""The value bridge and the split of value add up to equity value, and each line is what it says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from planner.tables import supply, value
from planner.tables.book import Book
from planner.tables.leases import rent_pv, terminal_pv
from tests.check.portfolio import portfolio, valid_plan
from tests.example import whole
from tests.tables import capital, wide
from tests.tables.sample import book, book_of, instance, plan

SAMPLE = book()
FREE_MONEY = book_of(instance(finance={"discount_rate_fraction": 0}), plan())
WIDE = book_of(whole(finance=whole().finance.model_dump() | {"discount_rate_fraction": 0}), wide.plan())
CAPITAL = book_of(capital.company(finance=capital.company().finance.model_dump() | {"discount_rate_fraction": 0}), capital.plan())
CONTRACT = book_of(instance(finance={"terminal_method": "contract"}), plan())
BOOKS = [SAMPLE, FREE_MONEY, book_of(portfolio(), valid_plan()), CONTRACT, wide.book(), WIDE, capital.book(), CAPITAL]


def lines(of: Book) -> dict[str, Fraction]:
    return {line: musd for _, line, musd in value.bridge(of)}


@pytest.mark.parametrize("of", BOOKS)
def test_the_bridge_adds_up_to_equity_value_exactly(of: Book) -> None:
    """The lines come from journal, debt, tax and cash; that they meet the checker's (9.8) is no definition but arithmetic."""
    rows = list(value.bridge_rows(of))
    assert sum(Fraction(row["pv_musd"] or 0) for row in rows[:-1]) == rows[-1]["pv_musd"] == of.state("equity_value")
    assert len({row["line"] for row in rows}) == len(rows)


@pytest.mark.parametrize("of", BOOKS)
def test_the_split_adds_up_to_equity_value_exactly(of: Book) -> None:
    """Six uses, shares, prepayments, probability, and what they share."""
    *parts, total = [Fraction(row["pv_musd"] or 0) for row in value.split_rows(of)]
    assert sum(parts) == total == of.state("equity_value")
    assert len(parts) == 10


def test_holding_cash_costs_nothing_without_discounting() -> None:
    """At 0 % the day on which cash is paid out does not matter; at 12 % it does."""
    assert value.holding(FREE_MONEY) == 0
    assert value.holding(SAMPLE) < 0


def test_lines_of_the_bridge_by_hand() -> None:
    """Undiscounted: cash 150, capex as ordered, draws 18.5, repayment 4, fees and interest, 14.5 owed at the end."""
    found = lines(FREE_MONEY)
    assert found["Cash at the start"] == 150
    equipment = "Transformers, breakers and switchgear"
    assert [found[name] for name in ("New halls", "Conversions", "Mining machines", "GPU clusters", "Grid upgrades", equipment)] == [
        -70, -12, -8, -30, -4, -2]  # fmt: skip
    assert [found[name] for name in ("Draws", "Repayments", "Debt owed at the horizon")] == [Fraction("18.5"), -4, -Fraction("14.5")]
    interest = Fraction("0.09") * (Fraction(10 + 10) / 4 + Fraction("18.5") / 4 + Fraction("18.5") + 2 * Fraction("14.5"))
    assert found["Fees and interest"] == -Fraction("0.185") - interest


def test_rent_is_apart_for_signed_leases_and_the_others() -> None:
    """Undiscounted rent before cost: `anchor` alone is signed; October 2027 to 2030 at 2.6 M$ a month with 2 % growth is `option`."""
    found = lines(FREE_MONEY)
    assert found["Rent of signed leases"] == sum(e.musd for e in FREE_MONEY.of_deal["anchor", "revenue"]) > 0
    growth = Fraction("1.02")
    assert found["Rent of leases still to be signed"] == Fraction("2.6") * (12 * (1 + growth + growth**2) + 3 * growth**3)


def test_terminal_lines_by_hand() -> None:
    """30 MW of leases are capitalised: their halls and MW count in them. What is left at alpha and beta, before 2 % exit cost.

    Halls: alpha mine 2 x 0.5, room 1 x 6, shell none; beta mine 0.5. Grid: 0.3 x (80 - 13) + 0.2 x (50 - 26). Machines: s21 bought in
    April 2027 live to March 2032: 15 of 60 months, 8 x 0.2. GPUs from January 2028: 24 of 60 months, 30 x 0.3.
    """
    found = lines(FREE_MONEY)
    assert found["Halls at the horizon"] == Fraction("7.5")
    assert found["Energised MW at the horizon"] == Fraction("0.3") * 67 + Fraction("0.2") * 24
    assert found["Mining machines at the horizon"] == Fraction("1.6") * 15 / 60
    assert found["GPU clusters at the horizon"] == 9 * Fraction(24, 60)
    gross = sum(musd for line, musd in found.items() if line.endswith("at the horizon") and not line.startswith("Debt"))
    assert found["Exit cost"] == -gross * Fraction("0.02")


def test_signing_a_lease_moves_its_value_to_the_signed_part() -> None:
    """Rent and terminal value of `option` change sides, the total stays."""
    before, after = value.split(SAMPLE), value.split(book_of(instance().with_("leases.option.stage", "signed"), plan()))
    assert before["leases still to be signed"] == rent_pv(SAMPLE, "option") + terminal_pv(SAMPLE, "option")
    assert after["leases still to be signed"] == 0
    assert after["signed leases"] == before["signed leases"] + before["leases still to be signed"]
    assert sum(after.values()) == sum(before.values())


def test_hashing_carries_its_own_energy() -> None:
    """A higher power adder lowers hashing and, by the GPUs' own draw, HPC; leases pay for theirs and keep their value."""
    dear = value.split(book_of(instance().with_("sites.alpha.energy_adder_usd_per_mwh", 10), plan()))
    before = value.split(SAMPLE)
    assert dear["hashing"] < before["hashing"]
    assert dear["hpc"] < before["hpc"]
    assert dear["signed leases"] == before["signed leases"]


def test_hpc_by_hand() -> None:
    """Undiscounted: GPU-hours sold less operation and energy, and 3.6 M$ of clusters at the horizon less 2 %."""
    of, label = FREE_MONEY, "2028"
    assert of.money["revenue", "gpu", label] == Fraction(5 * 500 * 8784, 1_000_000) * Fraction("0.8")
    energy = sum(entry.musd for entry in of.ledger.entries if entry.cause == "energy" and entry.item == "b200")
    sold = sum(of.money.get(("revenue", "gpu", t.label), 0) for t in of.periods)
    run = sum(of.money.get(("operating", "gpu", t.label), 0) for t in of.periods)
    assert value.split(of)["hpc"] == sold - run - energy + Fraction("3.6") * Fraction("0.98")


def booked(account: str, *causes: str) -> Fraction:
    """M$ of the journal of the undiscounted wide plan."""
    return sum((entry.musd for entry in WIDE.ledger.entries if entry.account == account and entry.cause in causes), Fraction(0))


def test_hosting_and_power_by_hand() -> None:
    """Undiscounted: fees less the energy of the guests; own supply against spot with charges, exports, response and old generators."""
    parts = value.split(WIDE)
    guests = sum(entry.musd for entry in WIDE.ledger.entries if (entry.account, entry.item) == ("operating", "guest"))
    assert parts["hosting"] == booked("revenue", "hosting") - guests > 0
    brings = booked("revenue", "ppa", "export", "response") + booked("terminal", "generator") * Fraction("0.98")
    assert booked("terminal", "charge") == 0
    assert parts["power"] == brings - booked("operating", "tenant", "supply", "ppa", "generator", "charge")
    assert booked("terminal", "generator") == 14 * Fraction("0.5") * Fraction(300 - 36, 300)


def test_own_supply_is_worth_what_it_saves_over_spot() -> None:
    """Tenants' payments and what is bought for them cancel: MWh supplied at the price of buying, less the adder on what is contracted."""
    saved = Fraction(0)
    for row in supply.energy_rows(WIDE):
        own = Fraction(row["ppa_mwh"] or 0) - Fraction(row["resold_mwh"] or 0)
        made = Fraction(row["generated_mwh"] or 0) - Fraction(row["exported_mwh"] or 0)
        saved += (own + made) * Fraction(row["price_usd_per_mwh"] or 0) - own * Fraction(row["adder_usd_per_mwh"] or 0)
    assert -booked("operating", "tenant", "supply") == saved / 1_000_000 > 0


def test_charges_still_to_be_billed_at_the_horizon_count_for_power() -> None:
    """Without an end `four_cp` bills six months of 2030's meter at the peak after the plan, less 2 % as all that is settled there."""
    longer = [row.model_dump() | ({"to_month": None} if row.id == "four_cp" else {}) for row in whole().charges]
    of = book_of(WIDE.instance.model_copy(update={"charges": whole(charges=longer).charges}), wide.plan())
    owed = WIDE.state("meter_mw", "alpha", "2030", "peak") * 6 * 2000 / 1_000_000
    billed = sum(
        of.money.get(("operating", "charge", t.label), 0) - WIDE.money.get(("operating", "charge", t.label), 0) for t in of.periods
    )
    assert value.split(WIDE)["power"] - value.split(of)["power"] == billed + owed * Fraction("0.98")
    assert lines(of)["Charges still to be billed at the horizon"] == -owed < 0


def test_used_machines_and_moves_count_for_hashing() -> None:
    """What a resale brings and a move costs is part of what machines earn; without them the part is smaller and larger by just that."""
    before = value.split(WIDE)["hashing"]
    kept = book_of(WIDE.instance, wide.plan(resold_mw={}))
    assert before - value.split(kept)["hashing"] == booked("revenue", "resale") == Fraction(35 * 5) / Fraction("17.5")
    assert booked("operating", "move") == Fraction("0.15")


def test_bitcoin_and_security_at_the_horizon_have_their_lines() -> None:
    """40 BTC at 90,000 USD. 2 M$ posted in July 2027 for an upgrade of 2029 are back in 2030, or, a month later, still away at its end."""
    found = lines(WIDE)
    assert (found["Bitcoin held at the horizon"], found["Bitcoin kept and sold later"]) == (Fraction("3.6"), -Fraction("3.6"))
    for months, away in ((23, 0), (24, 2)):
        grid = [row.model_dump() | ({"security_months": months} if row.id == "upgrade" else {}) for row in whole().grid]
        held = lines(book_of(WIDE.instance.model_copy(update={"grid": whole(grid=grid).grid}), wide.plan()))
        assert (held["Security posted at the horizon"], held["Security posted and given back"]) == (away, -away)


def test_shares_prepayments_and_probability_by_hand() -> None:
    """Undiscounted: 14 M$ of shares bring 3 % less and are worth 1/0.95; 0.5 M$ is earned that was paid before the plan.

    `pod` pays 5 x 380 x 0.9 x 5 USD an hour for 275 + 366 + 91.25 days; a fifth of it after 21 % tax may not come true.
    """
    found, parts = lines(CAPITAL), value.split(CAPITAL)
    assert (found["New shares: what they bring after fees"], found["New shares: what they are worth"]) == (
        Fraction("13.58"), -14 / Fraction("0.95"))  # fmt: skip
    assert parts["new shares"] == Fraction("13.58") - 14 / Fraction("0.95")
    assert (found["Money paid ahead, less what is earned of it"], parts["prepayments"]) == (-Fraction("0.5"), -Fraction("0.5"))
    pod = 8550 * 24 * Fraction("732.25") / 1_000_000
    assert parts["probability"] == -pod * Fraction("0.2") * Fraction("0.79")
    assert found["What may not come true of leases and contracts still to be signed"] == parts["probability"]


def test_what_is_still_to_be_earned_at_the_horizon_is_owed() -> None:
    """Credited over 48 months from January 2028, a quarter of the 0.75 M$ for one block is left after 2030."""
    longer = [row.model_dump() | ({"credit_months": 48} if row.id == "campus" else {}) for row in CAPITAL.instance.leases]
    found = lines(book_of(CAPITAL.instance.model_copy(update={"leases": capital.company(leases=longer).leases}), capital.plan()))
    assert found["Money paid ahead and not earned at the horizon"] == -Fraction("0.75") / 4


def test_broken_leases_cost_the_signed_ones_and_contracts_count_for_hpc() -> None:
    """3 M$ for three blocks; `pod` and `batch` pay 150.2577 and 66.61248 M$, and their energy is taken off."""
    parts = value.split(CAPITAL)
    signed = sum(rent_pv(CAPITAL, name) + terminal_pv(CAPITAL, name) for name in ("anchor", "campus", "resident"))
    assert parts["signed leases"] == signed - 3
    spot = sum(entry.musd for entry in CAPITAL.ledger.entries if entry.cause == "gpu" and entry.account == "revenue")
    cost = sum(entry.musd for entry in CAPITAL.ledger.entries if entry.cause == "gpu" and entry.account == "operating")
    draws = ("gb300", "pod", "batch")
    energy = sum(entry.musd for entry in CAPITAL.ledger.entries if entry.cause == "energy" and entry.item in draws)
    kept = sum(entry.musd for entry in CAPITAL.ledger.entries if entry.cause == "gpu" and entry.account == "terminal")
    pod, batch = Fraction("150.2577"), Fraction("66.61248")
    told = [lines(CAPITAL)[f"GPU-hours of {words}"] for words in ("signed compute contracts", "compute contracts still to be signed")]
    assert told == [batch, pod]
    assert parts["hpc"] == spot + pod + batch - cost - energy + kept * Fraction("0.98")
