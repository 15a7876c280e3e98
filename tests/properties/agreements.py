"""Random leases and compute contracts for the portfolios of `instances`: whole or in blocks, on offer, signed or running."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.tiny import Fields, accepts, lease
from tests.tiny_deals import contract, tranches

Pick = Callable[..., Any]


def tenants(pick: Pick, housed: bool) -> Fields:
    """An offer of 1 MW at two sites, one of half a MW, and, where a shell stands, perhaps a tenant that has been there for half a year."""
    offer = lease(rent_usd_per_kw_month=pick(120, 200), ready_by="2027-04", penalty_usd_per_mw_month=50_000, **_terms(pick), **_firm(pick))
    small = lease(id="small", tenant="Other", it_mw=0.5, rent_usd_per_kw_month=150, load_factor_fraction=0.9, **_terms(pick))
    small |= {"probability_fraction": pick(1.0, 0.5), "decide_by": pick(None, "2026-12", "2027-01"), "drop_dead": pick(None, "2028-01")}
    north = {"rent_adder_usd_per_kw_month": 10, "capex_musd_per_mw": 1.5, "hall": pick(None, "shell")}
    tables: Fields = {
        "tiers": [{"id": "strong", "cap_rate_fraction": 0.06}, {"id": "weak", "cap_rate_fraction": 0.15}],
        "leases": [offer, small],
        "lease_sites": [
            accepts(capex_musd_per_mw=1),
            accepts(at="north", **north),
            accepts("small", at=pick("site", "north"), capex_musd_per_mw=1),
        ],
        "lease_deliveries": pick([], tranches((0, 0.4), (3, 0.6)), [*tranches((0, 0.5), (7, 0.5)), *tranches((0, 1.0), name="small")]),
    }
    if pick(True, False) and housed:
        tables["leases"].append(_resident(pick))
        tables["lease_sites"].append(accepts("resident"))
    return tables


def _terms(pick: Pick) -> Fields:
    """What any lease may say about its money and its end."""
    fit_out = pick(0.0, 0.4)
    terms: Fields = {
        "kind": pick("modified_gross", "triple_net"),
        "term_months": pick(18, 120),
        "escalator_fraction": pick(0.0, 0.03),
        "cost_fraction": pick(0.0, 0.1),
        "fit_out_musd_per_mw": fit_out,
        **pick({}, {"tier": "strong", "cap_rate_fraction": None}, {"tier": "weak"}),
    }
    terms |= pick({}, {"renewal_months": 12, "renewal_probability_fraction": pick(0.0, 0.5, 1.0)})
    return terms | pick({}, {"prepayment_musd": 1.0, "prepaid_months": pick(0, 4), "credit_months": pick(None, 6)})


def _firm(pick: Pick) -> Fields:
    """Whether it may come in two blocks, and whether it is an offer or signed and may be bought off."""
    blocks = {"block_it_mw": pick(None, 0.5)}
    return blocks | pick({}, {"probability_fraction": 0.6}, {"stage": "signed", "break_fee_musd": pick(0.1, 2.0)})


def _resident(pick: Pick) -> Fields:
    """A tenant of half a MW since July 2026, who can be bought out."""
    deal = lease(id="resident", it_mw=0.5, stage="signed", delivered="2026-07", ready_by="2026-07", rent_usd_per_kw_month=pick(20, 130))
    return deal | {"term_months": pick(12, 30), "renewal_months": pick(0, 12), "break_fee_musd": 0.2, "prepayment_musd": pick(0.0, 0.3)}


def customers(pick: Pick, hired: bool) -> list[Fields]:
    """A contract on offer at a price above or below the market, and one that runs already where clusters have stood since last year."""
    offer = contract(
        usd_per_gpu_hour=pick(1.5, 4),
        term_months=pick(6, 18),
        stage=pick("loi", "market"),
        probability_fraction=pick(1.0, 0.7),
        take_or_pay_fraction=pick(0.0, 0.8),
        used_fraction=pick(0.6, 1.0),
        ready_by="2027-04",
        penalty_usd_per_mw_month=30_000,
        sites=pick([], ["site"]),
    )
    offer |= pick({}, {"prepayment_musd": 2.0, "prepaid_months": 3, "credit_months": 5})
    runs = contract(id="runs", it_mw=0.5, stage="signed", mandatory=True, delivered="2026-10", ready_by="2026-10", sites=["site"])
    return [*pick([], [offer]), *(pick([], [runs]) if hired else [])]
