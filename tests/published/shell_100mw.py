"""Morgan Stanley's shell with one change after another, from the plan's own value to the static figure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import planner
from planner import Run
from planner_models.schema import Instance
from tests.tiny import solved

FOLDER = Path(__file__).parents[2] / "instances" / "shell_100mw"

Parts = dict[str, Any]
Change = Callable[[Parts], None]


def shell(*changes: Change) -> Instance:
    """The shipped instance with changes."""
    parts = planner.load(FOLDER).model_dump()
    for change in changes:
        change(parts)
    return Instance.model_validate(parts)


def only(lease: str) -> Change:
    """One tenant on offer."""

    def change(parts: Parts) -> None:
        parts["leases"] = [row for row in parts["leases"] if row["id"] == lease]
        parts["lease_sites"] = [row for row in parts["lease_sites"] if row["lease"] == lease]

    return change


def capped(tier: str, cap_rate_fraction: float) -> Change:
    """Another cap rate for a tier."""

    def change(parts: Parts) -> None:
        next(row for row in parts["tiers"] if row["id"] == tier)["cap_rate_fraction"] = cap_rate_fraction

    return change


def _mine(parts: Parts) -> None:
    """No machine hashes."""
    parts["opening"] = [row for row in parts["opening"] if row["it_mw"] is None]
    parts["asic_models"] = ()


def _overhead(parts: Parts) -> None:
    """Neither the company nor the site nor the old halls cost anything."""
    parts["finance"]["overhead_musd_per_year"] = 0
    for row in parts["sites"]:
        row["fixed_cost_musd_per_year"] = 0
    for row in parts["halls"]:
        row["fixed_cost_musd_per_module_year"] = 0


def _tax(parts: Parts) -> None:
    """No tax."""
    parts["finance"]["tax_rate_fraction"] = 0


def _financing(parts: Parts) -> None:
    """No debt: the owners put in what is due when it is due, at no cost, and take out what comes."""
    parts["debt"] = ()
    parts["finance"] |= {"opening_cash_musd": 0, "cash_floor_musd": 0, "dividends_from": None}
    for row in parts["equity"]:
        row |= {"to_month": None, "limit_musd_per_quarter": 10_000, "discount_fraction": 0, "fee_fraction": 0}


def _construction(parts: Parts) -> None:
    """The hall stands on the first day, and the tenant is there."""
    for row in parts["conversions"]:
        row |= {"build_months": 0, "off_months": 0}
    for row in parts["leases"]:
        row |= {"earliest_start": None, "ready_by": parts["start"]}


def _exit(parts: Parts) -> None:
    """A sale costs nothing."""
    parts["finance"]["exit_cost_fraction"] = 0


def _holding(parts: Parts) -> None:
    """It is sold after the first month, and a month has no interest."""
    parts["periods"] = [{"months": 1, "count": 1}]
    parts["finance"]["discount_rate_fraction"] = 0


BRIDGE: dict[str, Change] = {
    "no hashing": _mine,
    "no overhead": _overhead,
    "no tax": _tax,
    "no financing": _financing,
    "no construction time": _construction,
    "no exit cost": _exit,
    "no holding": _holding,
}
"""What is switched off, one after the other, each on top of those before."""


def created_musd(run: Run) -> float:
    """What the plan is worth beyond the cash that is there at the start."""
    assert run.certificate is not None
    return float(run.certificate.value_musd) - run.instance.finance.opening_cash_musd


def bridge(lease: str) -> tuple[dict[str, float], Run]:
    """M$ created after each step, with that tenant alone on offer, and the run of the last."""
    run = solved(shell(only(lease)))
    values = {"the plan": created_musd(run)}
    for number, step in enumerate(BRIDGE, 1):
        run = solved(shell(only(lease), *list(BRIDGE.values())[:number]))
        values[step] = created_musd(run)
    return values, run
