"""A random past for the portfolios of `instances`: orders, money spent, drawn, earned and held before the start, and an earlier plan."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from planner_models.schema import Instance
from tests.properties.instances import anything
from tests.tiny import Fields, meter, standing
from tests.tiny_past import before, draw, history, holding, optional, rigs_to_come, tax_base

Pick = Callable[..., Any]


def after(seed: int) -> Instance:
    """The portfolio of a seed after a past; each part of it is there or not."""
    chance = random.Random(1000 + seed)

    def pick(*values: Any) -> Any:
        return chance.choice(values)

    data = anything(seed).model_dump()
    data["opening"] = [*data["opening"], *_orders(pick, data)]
    data["grid"] = [*data["grid"], *_meters(pick, data)]
    data["finance"] = data["finance"] | {"price_year": pick(None, 2025, 2027), "change_penalty_musd": pick(0.0, 0.02, 0.3)}
    data["debt"] = [row | _lent(pick, row) for row in data["debt"]]
    data["debt_draws"] = [draw("2026-01", 1.5, row["id"]) for row in data["debt"] if row["amortisation_months"] and pick(True, False)]
    base = {"site": "site", "in_service": pick("2025-05", "2026-11")}
    return Instance.model_validate(
        data
        | {
            "tax_bases": pick([], [tax_base(basis_musd=2, **base), tax_base(id="ground", basis_musd=1, tax_life_months=None)]),
            "holdings": pick([], [holding(btc_count=3, basis_usd=pick(20_000, 120_000)), holding(id="few", btc_count=0.5)]),
            "history": pick([], [history(ebitda_musd=1.0, service_musd=0.1)]) if data["covenants"] else [],
            "previous": pick([], _plan(data)),
        }
    )


def _orders(pick: Pick, data: Fields) -> list[Fields]:
    """Halls, rigs, clusters and plants that are to come; some take over the land of a mine."""
    terms: Fields = {"cancellable": pick(True, True, False), "tax_basis_musd": 0.1} | pick({}, {"due_evenly": True})
    fee = {"cancel_fee_musd": pick(0.0, 0.2)} if terms["cancellable"] else {}
    rows = [optional("shell", count=2, due_musd=pick(2, 6)) | terms | fee]
    rows += pick([], [rigs_to_come(it_mw=0.5, due_musd=pick(0.1, 0.6)) | terms | fee])
    rows += [optional("engine", due_musd=0.1) | terms] if data["generators"] and pick(True, False) else []
    leaving = standing("mine", id="leaving", until=pick("2027-04", "2027-07"))
    return [*rows, *pick([], [leaving, optional("room", due_musd=3, in_service="2028-01", replaces="leaving") | terms])]


def _meters(pick: Pick, data: Fields) -> list[Fields]:
    """A MW on order, with security that has been posted, where no approval stands in its way."""
    late = meter(id="late", mw=1, from_month=pick("2027-07", "2027-08"), due_musd=0.2, security_musd=0.5, security_months=pick(3, 30))
    return [] if any(row["kind"] == "approved" for row in data["grid"]) else pick([], [late])


def _lent(pick: Pick, row: Fields) -> Fields:
    """What a lender of the company's share first has seen spent before."""
    return {"opening_eligible_musd": pick(0.0, 2.0)} if row["equity_first"] else {}


def _plan(data: Fields) -> list[Fields]:
    """Halls and tenants of the plan before, one of them in a month in which no period starts, and an order that it cancelled."""
    rows = [before("built_modules", "north/shell/2027-07"), before("started", "anchor/site/shell/2027-07")]
    rows += [before("built_modules", "site/shell/2027-02", 2), before("cancelled_units", "next_shell", 2)]
    return rows
