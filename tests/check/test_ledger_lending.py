"""Ledgers of lenders and new shares worked out by hand: what draws rest on, cover, amortisation, fees, reserves and issues."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from tests.check.hand import SHELL, SITE, Decisions, expect, ledger_of, small

BANK = {"id": "bank", "limit_musd": 100, "rate_fraction": 0.0, "maturity": "2035-01"}
QUARTERS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4")


def broken(instance: Any, decisions: Decisions) -> dict[tuple[str, tuple[str, ...]], Fraction]:
    """How far each row is broken, by number and index."""
    return {(v.tag, v.index): v.amount for v in verify(instance, Plan("small", decisions)).violations}


def test_a_fee_is_paid_on_what_may_still_be_drawn() -> None:
    """4 % a year on the undrawn part of a limit of 10 while draws are open, to the end of 2027: 1 % of 10 - 2 in Q1 and Q2, with 2 % of the
    draw of 4; then 1 % of 10 - 6. The limit not used is that before the period's own draw.
    """
    terms = {"limit_musd": 10, "commitment_fee_fraction": 0.04, "fee_fraction": 0.02, "opening_balance_musd": 2, "available_to": "2028-01"}
    plan: Decisions = {"drawn_musd": {("bank", "2027Q2"): 4.0}, "repaid_musd": {("bank", "2028"): 1.0}}
    found = ledger_of(small(debt=[BANK | terms | {"kind": "revolver"}]), plan)
    fees = {"2027Q1": "0.08", "2027Q2": "0.16", "2027Q3": "0.04", "2027Q4": "0.04", "2028": "0", "2029": "0"}
    expect(found, "facility_fee_musd", {("bank", t): musd for t, musd in fees.items()})
    expect(found, "interest_musd", fees)
    expect(found, "cash_musd", dict(zip(fees, ("99.92", "103.76", "103.72", "103.68", "102.68", "102.68"), strict=True)))


def test_cash_earns_interest_that_is_taxed() -> None:
    """4 % a year on the cash at the start of each period: 1, 1.01, 1.0201 and 1.030301 in 2027, 4.060401 together, taxed at 25 % in Q4.
    Later years leave 3 % after tax.
    """
    found = ledger_of(small(finance={"cash_interest_fraction": 0.04, "tax_rate_fraction": 0.25}), {})
    cash = {"2027Q1": "101", "2027Q2": "102.01", "2027Q3": "103.0301", "2027Q4": "103.04530075"}
    expect(found, "cash_musd", cash | {"2028": "106.1366597725", "2029": "109.320759565675"})
    interest = {"2027Q1": "-1", "2027Q2": "-1.01", "2027Q3": "-1.0201", "2027Q4": "-1.030301", "2028": "-4.12181203"}
    expect(found, "interest_musd", interest | {"2029": "-4.2454663909"})
    expect(found, "profit_musd", {"2027": "4.060401", "2028": "4.12181203", "2029": "4.2454663909"})


MINE = SHELL | {"id": "mine", "product": "mining"}
RIG = {"id": "rig", "j_per_th": 20, "usd_per_th": 20, "life_months": 60}
SPENDING: Decisions = {"built_modules": {("s", "shell", "2028"): 1, ("z", "shell", "2028"): 1}, "bought_mw": {("s", "rig", "2028"): 6.0}}
LENDERS = [
    BANK | {"id": "all", "advance_fraction": 0.5},
    BANK | {"id": "half", "kind": "project", "sites": ("s",)},
    BANK | {"id": "built", "kind": "project", "advance_fraction": 0.8},
    BANK | {"id": "chips", "kind": "equipment", "sites": ("s",), "advance_fraction": 0.75},
    BANK | {"id": "twin", "kind": "project", "sites": ("s",)},
    BANK | {"id": "free", "kind": "revolver"},
]


def spending() -> dict[str, Any]:
    """In 2028 halls for 8 M$ at `s` and at `z`, and at `s` machines for 6, with 3 due on a fleet and 2 on a transformer that come then."""
    coming = {"site": "s", "in_service": "2028-07"}
    return {
        "sites": [SITE, SITE | {"id": "z"}],
        "halls": [SHELL | {"buildable": True, "capex_musd_per_module": 8}, MINE],
        "asic_models": [RIG],
        "equipment": [{"id": "tx", "mva": 100, "cost_musd": 9, "lead_months": 0}],
        "btc": [{"from_day": "2026-01-01", "btc_usd": 100_000, "network_eh": 1000}],
        "opening": [
            coming | {"id": "fleet", "item": "rig", "it_mw": 1, "due_musd": 3},
            coming | {"id": "unit", "item": "tx", "count": 1, "due_musd": 2},
        ],
        "debt": LENDERS,
    }


def draws(**musd: float) -> Decisions:
    return {**SPENDING, "drawn_musd": {(debt, "2028"): amount for debt, amount in musd.items()}}


def test_each_draw_rests_on_capex_of_its_own() -> None:
    """Machines 6 + 3 = 9 at `s`; other capex 8 + 2 at `s` and 8 at `z`; 27 in all. `half` 4 and `twin` 6 fill the 10 of `s`; 6.4 of `built`
    rest on the other 8; 6 of `chips` on 8 of the 9; so `all` may draw half of the M$ that is left. A revolver rests on none.
    """
    found = ledger_of(small(**spending()), draws(all=0.5, half=4, built=6.4, chips=6, twin=6, free=50))
    expect(found, "machine_capex_musd", {("s", "2028"): "9"})
    expect(found, "capex_musd", {("s", "2028"): "19", ("z", "2028"): "8"})


@pytest.mark.parametrize(
    ("drawn", "rows"),
    [
        ({"all": 1, "half": 4, "built": 6.4, "chips": 6, "twin": 6}, {"all": "1"}),
        ({"half": 5, "twin": 6}, {"half": "1"}),
        ({"half": 4, "built": 12}, {"built": "1"}),
        ({"chips": 7.5}, {"chips": "1"}),
        ({"half": 19}, {"half": "9", "built": "1"}),
    ],
    ids=["all capex", "two facilities on the same capex", "one inside another", "machines", "more than its own and the wider one's"],
)
def test_capex_is_not_lent_on_twice(drawn: dict[str, float], rows: dict[str, str]) -> None:
    """The same capex; a row has the name of the first facility that may fund just that capex, and none has the name of `twin`."""
    found = broken(small(**spending()), draws(**drawn))
    assert found == {("8.4", (debt, "2028")): Fraction(amount) for debt, amount in rows.items()}


def test_a_facility_that_lends_after_the_company_advances_all_of_a_period() -> None:
    """8 M$ in 2027Q2 and Q4, 16 in 2028: 32 while draws are open (to the end of 2028; the 8 of 2029 do not count), of which 40 %, 12.8, are
    the company's. By Q4 16 are spent, so 3.2 may be drawn; by 2028 19.2, and in one period no more than its capex, 16.
    """
    bank = BANK | {"equity_first": True, "advance_fraction": 0.6, "available_to": "2029-01"}
    building = {("s", "shell", t): n for t, n in (("2027Q2", 1), ("2027Q4", 1), ("2028", 2), ("2029", 1))}
    instance = small(halls=[SHELL | {"buildable": True, "capex_musd_per_module": 8}], debt=[bank])

    def plan(**musd: float) -> Decisions:
        return {
            "built_modules": building,
            "drawn_musd": {("bank", t): amount for t, amount in ({"2027Q4": 3.2, "2028": 16.0} | musd).items()},
        }

    expect(ledger_of(instance, plan()), "debt_musd", {("bank", t): m for t, m in (("2027Q4", "3.2"), ("2028", "19.2"), ("2029", "19.2"))})
    assert broken(instance, plan(**{"2027Q2": 0.000001, "2028": 15.999999})) == {}
    early = broken(instance, plan(**{"2027Q2": 1.0, "2027Q4": 2.2}))
    assert early == {("8.11", ("bank", "2027Q2")): Fraction("5.8")}
    assert broken(instance, plan(**{"2027Q4": 3.7, "2028": 15.5})) == {("8.11", ("bank", "2027Q4")): Fraction("0.5")}
    assert broken(instance, plan(**{"2028": 16.5})) == {
        ("8.4", ("bank", "2028")): Fraction("0.5"),
        ("8.11", ("bank", "2028")): Fraction("0.5"),
    }


TENANT = {
    "id": "l",
    "tenant": "A",
    "tier": "good",
    "product": "powered_shell",
    "it_mw": 10,
    "block_it_mw": 5,
    "ready_by": "2027-04",
    "term_months": 24,
    "rent_usd_per_kw_month": 90,
    "escalator_fraction": 0.1,
    "cost_fraction": 0.1,
}
COVERED = BANK | {"kind": "revolver", "rate_fraction": 0.05, "amortisation_months": 120, "grace_months": 12, "dscr_ratio": 1.25}
TAKEN: Decisions = {
    "started": {("l", "s", "shell", "2027Q2"): 1},
    "drawn_musd": {("bank", "2027Q1"): 28.0},
    "repaid_musd": {("bank", "2028"): 2.8, ("bank", "2029"): 25.2},
}


def covered(lease: dict[str, Any], **bank: Any) -> Any:
    """A block of 5 MW at 90 + 10 USD earns 6 M$ a year, 5.4 after cost, and fills half a module of 0.2 upkeep and 1 % tax on 10 M$."""
    return small(
        sites=[SITE | {"property_tax_fraction": 0.01}, SITE | {"id": "z"}],
        halls=[SHELL | {"fixed_cost_musd_per_module_year": 0.2, "assessed_musd_per_module": 10}],
        opening=[{"id": "c", "site": "s", "item": "shell", "count": 1, "in_service": "2026-01"}],
        tiers=[{"id": "good", "cap_rate_fraction": 0.1}, {"id": "poor", "cap_rate_fraction": 0.2}],
        leases=[TENANT | lease],
        lease_sites=[{"lease": "l", "site": "s", "rent_adder_usd_per_kw_month": 10}],
        debt=[COVERED | bank],
    )


def test_debt_needs_contracted_income() -> None:
    """A M$ costs 0.05 + 12/120 = 0.15 a year, 0.1875 with the cover of 1.25. A block nets 5.4 - 0.5 x 0.3 = 5.25 a year, enough for 28 M$
    even before it starts; its term ends in month 27, so nothing may be owed at the end of 2029. Nor may 1 of 29 be paid back at once.
    """
    instance = covered({})
    expect(
        ledger_of(instance, TAKEN), "debt_musd", {("bank", t): "28" for t in QUARTERS} | {("bank", "2028"): "25.2", ("bank", "2029"): "0"}
    )
    more: Decisions = {**TAKEN, "drawn_musd": {("bank", "2027Q1"): 29.0}, "repaid_musd": {("bank", "2028"): 3.8, ("bank", "2029"): 25.2}}
    above = {("8.22", ("bank", "2027Q1")): Fraction("0.1875")}
    assert broken(instance, more) == {("8.12", ("bank", t)): Fraction("0.1875") for t in QUARTERS} | above
    back = more["repaid_musd"] | {("bank", "2027Q1"): 1.0, ("bank", "2028"): 2.8}
    assert broken(instance, {**more, "repaid_musd": back}) == above | {("8.23", ("bank", "2027Q1")): Fraction(1)}
    late: Decisions = {**TAKEN, "repaid_musd": {("bank", "2028"): 2.8, ("bank", "2029"): 24.2}}
    assert broken(instance, late) == {("8.12", ("bank", "2029")): Fraction("0.1875")}


def test_whose_leases_count_for_the_lender() -> None:
    """Under triple net 5.4, 0.15 more; two blocks twice as much; of another tier, or at a site that it does not fund, nothing."""
    owed = {("8.12", ("bank", t)): 28 * Fraction("0.1875") for t in QUARTERS} | {("8.12", ("bank", "2028")): Fraction("4.725")}
    owed |= {("8.22", ("bank", "2027Q1")): 28 * Fraction("0.1875")}
    net: Decisions = {**TAKEN, "drawn_musd": {("bank", "2027Q1"): 28.8}, "repaid_musd": {("bank", "2028"): 2.88, ("bank", "2029"): 25.92}}
    assert broken(covered({"kind": "triple_net"}), net) == {}
    two: Decisions = {
        "started": {("l", "s", "shell", "2027Q2"): 2},
        "drawn_musd": {("bank", "2027Q1"): 56.0},
        "repaid_musd": {("bank", "2028"): 5.6, ("bank", "2029"): 50.4},
    }
    assert broken(covered({}), two) == {}
    assert broken(covered({}, tiers=("good",)), TAKEN) == {}
    assert broken(covered({}, tiers=("poor",)), TAKEN) == owed
    away = broken(covered({}, kind="project", sites=("z",)), TAKEN)
    assert {key: amount for key, amount in away.items() if key[0] != "8.4"} == owed
    assert {key for key in away if key[0] == "8.4"} == {("8.4", ("bank", "2027Q1"))}


PARTS = BANK | {"kind": "revolver", "opening_balance_musd": 10, "amortisation_months": 40, "grace_months": 6}
PAYING: Decisions = {
    "drawn_musd": {("bank", "2027Q2"): 4.0},
    "repaid_musd": {("bank", "2027Q1"): 0.75, ("bank", "2027Q2"): 0.75, ("bank", "2027Q3"): 0.75, ("bank", "2027Q4"): 1.05}
    | {("bank", "2028"): 4.2, ("bank", "2029"): 4.2},
}


def test_debt_is_paid_back_in_equal_parts_after_its_grace() -> None:
    """10 M$ over 40 months from the start: 0.75 a quarter, 3 a year. A draw of 4 at month 3 has grace to month 9: 0.3 in Q4, 1.2 a year."""
    found = ledger_of(small(debt=[PARTS]), PAYING)
    owed = {"2027Q1": "9.25", "2027Q2": "12.5", "2027Q3": "11.75", "2027Q4": "10.7", "2028": "6.5", "2029": "2.3"}
    expect(found, "debt_musd", {("bank", t): musd for t, musd in owed.items()})
    repaid = PAYING["repaid_musd"]
    late: Decisions = {**PAYING, "repaid_musd": {**repaid, ("bank", "2027Q3"): 0.25, ("bank", "2028"): 4.7}}
    assert broken(small(debt=[PARTS]), late) == {("8.13", ("bank", t)): Fraction("0.5") for t in ("2027Q3", "2027Q4")}


def test_what_is_paid_early_counts_for_the_next_parts() -> None:
    """3 M$ paid in the first quarter are the parts of a year; and a balloon is left where the maturity comes before the last part."""
    early: Decisions = {**PAYING, "repaid_musd": {("bank", "2027Q1"): 3.3, ("bank", "2028"): 4.2, ("bank", "2029"): 4.2}}
    assert broken(small(debt=[PARTS]), early) == {}
    due: Decisions = {**PAYING, "repaid_musd": {**PAYING["repaid_musd"], ("bank", "2029"): 6.5}}
    assert broken(small(debt=[PARTS | {"maturity": "2029-01"}]), due) == {}
    assert broken(small(debt=[PARTS | {"maturity": "2029-01"}]), PAYING) == {("8.3", ("bank", "2029")): Fraction("2.3")}


HELD = BANK | {"kind": "revolver", "opening_balance_musd": 10, "rate_fraction": 0.05, "reserve_months": 24, "amortisation_months": 240}


def test_what_is_restricted_is_no_free_cash() -> None:
    """24 months of service, 2 x (0.05 + 12/240) of what is owed, and 20 M$ of the opening cash to the end of month 8. 0.125 are paid back
    a quarter; interest of 0.125, 0.1234375 and 0.121875 leaves 99.2546875 at the end of Q3, 77.3296875 of it free.
    """
    repaid = {("bank", t): 0.125 for t in QUARTERS} | {("bank", "2028"): 0.5, ("bank", "2029"): 0.5}
    finance = {"opening_restricted_musd": 20, "restricted_until": "2027-10"}
    found = ledger_of(small(debt=[HELD], finance=finance), {"repaid_musd": repaid})
    expect(found, "reserve_musd", dict(zip((*QUARTERS, "2028", "2029"), ("21.975", "21.95", "21.925", "1.9", "1.8", "1.7"), strict=True)))
    short = broken(small(debt=[HELD], finance=finance | {"cash_floor_musd": 77.5}), {"repaid_musd": repaid})
    assert short == {("8.7", ("2027Q3",)): Fraction("0.1703125")}


SHARES = {
    "id": "atm",
    "limit_musd_per_quarter": 5,
    "discount_fraction": 0.2,
    "fee_fraction": 0.04,
    "from_month": "2027-04",
    "to_month": "2029-01",
}


def test_new_shares_bring_cash_and_cost_todays_holders_the_discount() -> None:
    """10 M$ in 2028 bring 9.6 and give away 12.5. At 21 % a year they count at month 18, the cash at month 36."""
    plan: Decisions = {"issued_musd": {("atm", "2028"): 10.0}}
    found = ledger_of(small(equity=[SHARES]), plan)
    expect(found, "cash_musd", dict.fromkeys(QUARTERS, "100") | {"2028": "109.6", "2029": "109.6"})
    expect(found, "equity_value", {(): "97.1"})
    later = ledger_of(small(equity=[SHARES], finance={"discount_rate_fraction": 0.21}), plan)
    expect(later, "equity_value", {(): Fraction(1.21**-3.0) * Fraction("109.6") - Fraction(1.21**-1.5) * Fraction("12.5")})


def test_shares_are_sold_while_the_market_takes_them() -> None:
    """5 M$ a quarter, 20 a year, from month 3 until month 24."""
    assert broken(small(equity=[SHARES]), {"issued_musd": {("atm", "2027Q2"): 5.0, ("atm", "2028"): 20.0}}) == {}
    found = broken(
        small(equity=[SHARES]),
        {"issued_musd": {("atm", "2027Q1"): 1.0, ("atm", "2027Q2"): 5.5, ("atm", "2028"): 21.0, ("atm", "2029"): 2.0}},
    )
    amounts = {"2027Q1": "1", "2027Q2": "0.5", "2028": "1", "2029": "2"}
    assert found == {("8.15", ("atm", t)): Fraction(amount) for t, amount in amounts.items()}


def test_what_is_broken_and_paid_ahead_is_cash_too() -> None:
    """A signed lease is bought off for 4 M$ in 2027Q2, a cost for tax (a loss of 4). Another pays 6 M$ ahead at its start in 2028 and is
    credited 3 a year: of the rent of 6 a year cash gets 6 + 6 - 3, then 6 - 3. Nothing is left unearned at the horizon.
    """
    leases = [
        TENANT | {"id": "off", "stage": "signed", "break_fee_musd": 4, "tier": None, "cap_rate_fraction": 0.1, "block_it_mw": None},
        {"id": "on", "tenant": "B", "product": "powered_shell", "it_mw": 5, "ready_by": "2028-01", "term_months": 24}
        | {"rent_usd_per_kw_month": 100, "cap_rate_fraction": 0.1, "prepayment_musd": 6, "drop_dead": "2028-01"},
    ]
    instance = small(
        halls=[SHELL],
        opening=[{"id": "c", "site": "s", "item": "shell", "count": 1, "in_service": "2026-01"}],
        leases=leases,
        lease_sites=[{"lease": "off", "site": "s"}, {"lease": "on", "site": "s"}],
    )
    found = ledger_of(instance, {"broken_blocks": {("off",): 1}, "started": {("on", "s", "shell", "2028"): 1}})
    expect(found, "loss_musd", {"2027": "4"})
    expect(found, "cash_musd", {"2027Q1": "100", "2027Q2": "96", "2027Q3": "96", "2027Q4": "96", "2028": "105", "2029": "108"})
    expect(found, "equity_value", {(): "108"})
