"""Indices of decisions: the ids that each part may have, and what is said of one that the instance does not have."""

from __future__ import annotations

from typing import Any

import pytest

from planner.check import verify
from planner.check.decisions import known_ids
from planner.check.verify import DOMAINS
from planner.check.world import World
from planner.plan import FAMILIES, Plan
from planner_models.schema import Instance
from tests.check.hand import METER, SHELL, small


def furnished() -> Instance:
    """One of everything that a decision may name."""
    return small(
        grid=[METER, {"id": "more", "site": "s", "kind": "upgrade", "mw": 5}],
        halls=[SHELL, SHELL | {"id": "mine", "product": "mining"}],
        conversions=[
            {
                "id": "swap",
                "from_hall": "mine",
                "to_hall": "shell",
                "max_lots": 1,
                "capex_musd_per_lot": 1,
                "build_months": 1,
                "off_months": 0,
            }
        ],
        equipment=[{"id": "tx", "mva": 10, "cost_musd": 1, "lead_months": 3}],
        generators=[{"id": "gas", "max_units": 1, "unit_mw": 5}],
        asic_models=[{"id": "m", "j_per_th": 20, "buyable": False, "life_months": 60}],
        gpu_models=[{"id": "g", "cluster_it_mw": 1, "gpus_per_mw": 500, "capex_musd_per_mw": 20}],
        gpu_market=[{"gpu": "g", "from_year": 2027, "usd_per_gpu_hour": 1, "market_it_mw": 1}],
        opening=[
            {"id": "c", "site": "s", "item": "mine", "count": 1, "in_service": "2026-01"},
            {"id": "f", "site": "s", "item": "m", "it_mw": 5, "in_service": "2026-05"},
        ],
        ppas=[{"id": "p", "site": "s", "mw": 5, "strike_usd_per_mwh": 30, "from_month": "2027-01", "to_month": "2028-01"}],
        programmes=[{"id": "d", "market": "spot", "blocks": ("all",), "usd_per_mw_year": 1}],
        hosting=[{"id": "guest", "site": "s", "it_mw": 1, "j_per_th": 20, "fee_usd_per_mwh": 60, "from_month": "2027-01"}],
        leases=[
            {
                "id": "l",
                "tenant": "A",
                "product": "powered_shell",
                "it_mw": 1,
                "ready_by": "2027-01",
                "term_months": 9,
                "rent_usd_per_kw_month": 1,
            }
        ],
        lease_sites=[{"lease": "l", "site": "s"}],
        gpu_contracts=[
            {"id": "k", "customer": "B", "gpu": "g", "it_mw": 1, "ready_by": "2027-01", "term_months": 9, "usd_per_gpu_hour": 1}
        ],
        btc=[{"from_day": "2027-01-01", "btc_usd": 0, "network_eh": 1}],
        debt=[{"id": "loan", "limit_musd": 1, "rate_fraction": 0.1, "maturity": "2030-01"}],
        equity=[{"id": "atm", "limit_musd_per_quarter": 1}],
    )


GOOD = {
    "site": "s",
    "hall": "shell",
    "conversion": "swap",
    "cohort": "c",
    "asic": "m",
    "end": "2031-05",
    "gpu": "g",
    "lease": "l",
    "contract": "k",
    "grid": "more",
    "equipment": "tx",
    "opening": "f",
    "generator": "gas",
    "ppa": "p",
    "programme": "d",
    "hosting": "guest",
    "debt": "loan",
    "equity": "atm",
    "period": "2028",
    "mined": "2027Q1",
    "block": "all",
}
"""The end of the fleet's life is month 52, 60 months after May 2026."""


def test_every_part_of_an_index_has_its_ids() -> None:
    known = known_ids(World(furnished()))
    assert set(known) == set(GOOD) == {key for family in FAMILIES.values() for key in family.keys}
    for key, name in GOOD.items():
        assert name in known[key], key


def test_every_family_has_its_domain() -> None:
    assert set(DOMAINS) == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_index_of_known_ids_is_read_and_any_other_is_named(family: str) -> None:
    """At zero nothing is decided, so an index of known ids is no fault; a name that the instance does not have is one even so."""
    keys = FAMILIES[family].keys
    assert said({family: {tuple(GOOD[key] for key in keys): 0}}) == []
    for ghost in keys:
        words = said({family: {tuple("ghost" if key == ghost else GOOD[key] for key in keys): 0}})
        assert [f"names a {ghost} ghost that the instance does not have" in text for text in words] == [True]


def said(decisions: dict[str, dict[Any, float]]) -> list[str]:
    """What is said of a plan, besides that it does not serve the hosting contract."""
    return [violation.words for violation in verify(furnished(), Plan("small", decisions)).violations if violation.rule != "guest_balance"]
