"""Ledgers of energy worked out by hand: who draws, what tenants pay for theirs, what own supply replaces, and what comes over the meter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import Certificate, verify
from planner.plan import Plan
from tests.check.hand import METER, SHELL, SITE, Decisions, expect, expect_entries, ledger_of, small

SHED = {"id": "shed", "product": "mining", "module_it_mw": 10, "pue_peak": 1.3, "pue_average": 1.25, "buildable": False}
RIG = {"id": "rig", "j_per_th": 25, "buyable": False, "uptime_fraction": 0.9}
LEASE = {"id": "l", "tenant": "A", "product": "powered_shell", "it_mw": 5, "ready_by": "2027-04", "term_months": 4}
PLANT = {"id": "gas", "max_units": 0, "unit_mw": 3}
PPA = {"id": "p", "site": "s", "mw": 4, "strike_usd_per_mwh": 0, "from_month": "2027-05", "to_month": "2029-01", "resale": True}


def site(**fields: Any) -> dict[str, Any]:
    """At the node 100 USD by day and 20 by night, bought 113 and 25: losses of a tenth and an adder of 3."""
    return SITE | {"basis_usd_per_mwh": 10, "loss_fraction": 0.1, "energy_adder_usd_per_mwh": 3, "export_mw": 1} | fields


def energised(**parts: Any) -> dict[str, Any]:
    """A mine and a tenant, one plant of 3 MW and a contract of 4 MW. In 2027Q2 a day block has 546 hours and a night block 1638."""
    blocks = (("day", 0.25, 90), ("night", 0.75, 10))
    standing = ("shed", "shell", "gas")
    return {
        "periods": [{"months": 3, "count": 4}, {"months": 12, "count": 1}],
        "sites": [site()],
        "power_prices": [{"market": "spot", "from_year": 2027, "block": b, "hours_fraction": h, "usd_per_mwh": p} for b, h, p in blocks],
        "btc": [{"from_day": "2026-01-01", "btc_usd": 100_000, "network_eh": 1000}],
        "halls": [SHED, SHELL],
        "asic_models": [RIG],
        "leases": [LEASE | {"rent_usd_per_kw_month": 1, "load_factor_fraction": 0.8}],
        "lease_sites": [{"lease": "l", "site": "s"}],
        "generators": [PLANT],
        "ppas": [PPA],
        "charges": [{"id": "wires", "site": "s", "kind": "own_peak", "usd_per_kw_month": 1}],
        "opening": [{"id": i, "site": "s", "item": i, "count": 1, "in_service": "2026-01"} for i in standing]
        + [{"id": "fleet", "site": "s", "item": "rig", "it_mw": 6, "in_service": "2026-01"}],
    } | parts


RUNNING: Decisions = {
    "hosted_mw": {("s", "shed", "rig", "2027Q2"): 6.0},
    "run_mw": {("s", "shed", "rig", "2027Q2", "day"): 2.0, ("s", "shed", "rig", "2027Q2", "night"): 4.8},
    "started": {("l", "s", "shell", "2027Q2"): 1},
    "generated_mw": {("s", "gas", "2027Q2", "day"): 3.0, ("s", "gas", "2027Q2", "night"): 1.0},
    "exported_mw": {("s", "2027Q2", "day"): 0.5},
    "taken_mw": {("p", "2027Q2", "day"): 2.0, ("p", "2027Q2", "night"): 2.5},
    "remarketed_mw": {("p", "2027Q2", "day"): 1.5},
}


def by_block(day: str, night: str, period: str = "2027Q2") -> dict[tuple[str, str, str], str]:
    return {("s", period, "day"): day, ("s", period, "night"): night}


def broken(changes: Decisions, **parts: Any) -> list[tuple[str, Any, Fraction]]:
    """Numbers, places and amounts of what a change to the running plan breaks."""
    decisions = {family: {**RUNNING.get(family, {}), **changes.get(family, {})} for family in {**RUNNING, **changes}}
    found = verify(small(**energised(**parts)), Plan("small", decisions))
    return [(v.tag, v.index, v.amount) for v in found.violations]


def test_supply_replaces_what_would_be_bought() -> None:
    """The tenant draws 5 x 1.2 x 0.8 = 4.8 MW in 2027Q2 and for one of three months of 2027Q3. Own machines draw 2.5 and 6 MW.

    By day 3 - 0.5 MW of the plant and 2 - 1.5 of the contract serve them, by night 1 and 2.5. The rest comes from the spot market:
    2.5 + 4.8 - 3 and 6 + 4.8 - 3.5; in 2027Q3 the tenant's 1.6. The meter sees own draws less the plant's: nothing, and 5 MW.
    """
    found = ledger_of(small(**energised()), RUNNING)
    expect(found, "tenant_draw_mw", {("s", "2027Q2"): "4.8", ("s", "2027Q3"): "1.6"})
    expect(found, "behind_mw", by_block("2.5", "1"))
    expect(found, "supplied_mw", by_block("3", "3.5"))
    expect(found, "spot_mw", by_block("4.3", "7.3") | by_block("1.6", "1.6", "2027Q3"))
    expect(found, "meter_mw", by_block("0", "5"))
    assert set(found.ledger.states["spot_mw"]) == {("s", u, b) for u in quarters() for b in ("day", "night")}


def quarters() -> tuple[str, ...]:
    return ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028")


def test_the_bill_and_who_bears_it() -> None:
    """By day 546 x (113 x (4.3 - 4.8) + 3 x 0.5) = -30,030 USD: the tenant pays 113 USD for what the plant makes. By night
    1638 x (25 x (7.3 - 4.8) + 3 x 2.5) = 114,660. Together 84,630; in 2027Q3 the tenant pays for all that is bought.

    Own machines: 2.5 x 546 x 113 + 6 x 1638 x 25 = 399,945. The tenant pays 4.8 x (546 x 113 + 1638 x 25) = 492,710.4 and
    1.6 x (552 x 113 + 1656 x 25) = 166,041.6. What is bought besides own draws is 84,630 - 399,945 + 492,710.4 = 177,395.4.
    """
    found = ledger_of(small(**energised()), RUNNING)
    expect(found, "energy_cost_musd", {("s", "2027Q2"): "0.08463"})
    expect_entries(found, "operating", "energy", {("rig", "2027Q2"): "0.399945"})
    expect_entries(found, "operating", "tenant", {("l", "2027Q2"): "-0.4927104", ("l", "2027Q3"): "-0.1660416"})
    expect_entries(found, "operating", "supply", {("s", "2027Q2"): "0.1773954", ("s", "2027Q3"): "0.1660416"})


def test_a_site_without_own_supply_buys_what_it_draws() -> None:
    """No state of supply, and tenants' power leaves no trace: 2.5 x 546 x 113 + 6 x 1638 x 25 USD; the meter is the own draw."""
    alone = {name: values for name, values in RUNNING.items() if name in ("hosted_mw", "run_mw", "started")}
    opening = [row for row in energised()["opening"] if row["id"] != "gas"]
    found = ledger_of(small(**energised(generators=[], ppas=[], opening=opening)), alone)
    expect(found, "energy_cost_musd", {("s", "2027Q2"): "0.399945"})
    expect(found, "meter_mw", by_block("2.5", "6"))
    assert causes(found, "operating") == {"energy", "charge"}
    for state in ("tenant_draw_mw", "spot_mw", "supplied_mw", "behind_mw"):
        assert found.ledger.states[state] == {}


def causes(found: Certificate, account: str) -> set[str]:
    return {entry.cause for entry in found.ledger.entries if entry.account == account}


def test_a_site_that_may_have_a_plant_is_supplied() -> None:
    """A plant that could be commissioned is enough for the states of supply; one that is allowed elsewhere only is not."""
    opening = [row for row in energised()["opening"] if row["id"] != "gas"]
    other = {"id": "t", "market": "spot", "land_it_mw": 1}
    possible = PLANT | {"max_units": 1, "sites": ["t"]}
    parts = energised(generators=[possible], ppas=[], opening=opening, sites=[site(), other])
    found = ledger_of(small(**parts), {"started": RUNNING["started"]})
    assert {index[0] for index in found.ledger.states["spot_mw"]} == {"t"}
    assert {index[0] for index in found.ledger.states["tenant_draw_mw"]} == {"t"}


def test_prices_may_be_negative() -> None:
    """At a node of -40 USD with losses of a tenth and an adder of 3, a MWh bought earns 41: 2.5 x 546 x -41 by day."""
    prices = [row | {"usd_per_mwh": -50} for row in energised()["power_prices"]]
    day = {"hosted_mw": RUNNING["hosted_mw"], "run_mw": {("s", "shed", "rig", "2027Q2", "day"): 2.0}}
    found = ledger_of(small(**energised(power_prices=prices)), day)
    expect(found, "energy_cost_musd", {("s", "2027Q2"): "-0.055965"})


@pytest.mark.parametrize(
    ("night", "amount"),
    [({"generated_mw": {("s", "gas", "2027Q4", "night"): 3.0}}, "3"), ({"taken_mw": {("p", "2027Q4", "night"): 0.5}}, "0.5")],
    ids=["a plant", "a contract"],
)
def test_supply_that_nobody_uses_is_rejected(night: Decisions, amount: str) -> None:
    """In 2027Q4 nothing draws: power must be exported, resold or not be there."""
    assert broken(night) == [("7.3", ("s", "2027Q4", "night"), Fraction(amount))]


def test_supply_may_meet_the_whole_draw() -> None:
    """By day 7.3 MW are drawn: the plant's 2.5 and 2.666666 of the contract fit. Without machines and tenant the 3 MW have no use."""
    assert broken({"taken_mw": {("p", "2027Q2", "day"): 2.666666}, "remarketed_mw": {("p", "2027Q2", "day"): 0.0}}) == []
    assert broken({"run_mw": {("s", "shed", "rig", "2027Q2", "day"): 0.0}, "started": {("l", "s", "shell", "2027Q2"): 0}}) == [
        ("7.3", ("s", "2027Q2", "day"), Fraction(3))
    ]


def test_what_comes_over_the_meter_fits_the_grid() -> None:
    """3 dependable MW and 12.5 of grid carry the peak of 7.5 + 7.8. On a grid of 9.75 they carry a peak of 6 + 6.75, but by night, when the
    plant makes only 1 of its 3 MW, 10.8 - 1 come over the meter: 0.05 too many. A contract comes over it too, and relieves nothing.
    """
    dependable = [PLANT | {"dependable_fraction": 1}]
    assert broken({}, generators=dependable, grid=[METER | {"mw": 12.5}]) == []
    small_machines = {"hosted_mw": {("s", "shed", "rig", "2027Q2"): 5.4}}
    tight = {"halls": [SHED | {"pue_peak": 1.25}, SHELL | {"pue_peak": 1.2}], "grid": [METER | {"mw": 9.75}], "generators": dependable}
    assert broken(small_machines, **tight) == [("7.4", ("s", "2027Q2", "night"), Fraction(1, 20))]
