"""A plan for the instance that uses every table, written by hand: it buys a site and sells one, orders generators, cancels a transformer,
signs a PPA, moves and resells machines, hosts others until it gives notice, sells flexibility and keeps bitcoin. It breaks no rule.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from planner.plan import Plan
from planner.runs import Run
from planner.tables.book import Book
from tests.example import whole
from tests.tables.sample import book_of, run_of

LABELS = ("2027Q1", "2027Q2", "2027Q3", "2027Q4", "2028", "2029", "2030")
BLOCKS = ("peak", "rest")
OLD, ALPHA, GAMMA = "2029-01", (30, 30, 60, 30, 20, 0, 0), (15, 20, 20, 20, 20, 0, 0)
"""Month in which the fleet of alpha dies, and MW of s21 plugged in at alpha and gamma by period."""

Cells = dict[tuple[str, ...], float]


def mining(alpha: tuple[int, ...] = ALPHA) -> dict[str, Cells]:
    """With MW of s21 at alpha by period: there a fifth of the machines runs at the peak and 98 % otherwise; at gamma none at the peak."""
    hosted: Cells = {}
    run: Cells = {}
    for site, by_period, at_peak in (("alpha", alpha, 0.2), ("gamma", GAMMA, 0.0)):
        for label, mw in zip(LABELS, by_period, strict=True):
            if mw:
                hosted[site, "mine", "s21", label] = mw
                run[site, "mine", "s21", label, "rest"] = round(0.98 * mw, 9)
                run[site, "mine", "s21", label, "peak"] = round(at_peak * mw, 9)
    hosted["alpha", "mine", "s23", "2029"] = 10
    run |= {("alpha", "mine", "s23", "2029", "peak"): 5, ("alpha", "mine", "s23", "2029", "rest"): 9}
    return {"hosted_mw": hosted, "run_mw": run}


def _power() -> dict[str, Cells]:
    """Wind: 20 MW in 2027, of which 4 are resold at the peak; 15 in 2028, 5 less than is paid for; 10 in 2029. The offer: 10 MW always."""
    taken: Cells = {}
    for label, mw in zip(LABELS, (20, 20, 20, 20, 15, 10), strict=False):
        taken |= {("wind", label, block): mw for block in BLOCKS}
    taken |= {("offer", label, block): 10 for label in LABELS[3:] for block in BLOCKS}
    return {
        "accepted": {("offer",): 1},
        "taken_mw": taken,
        "remarketed_mw": {("wind", label, "peak"): 4 for label in LABELS[:4]},
        "commissioned_units": {("alpha", "gas", "2028"): 1, ("alpha", "sun", "2028"): 1, ("beta", "gas", "2029"): 1},
        "generated_mw": {("alpha", "gas", "2028", "peak"): 16, ("alpha", "sun", "2028", "peak"): 7, ("alpha", "sun", "2028", "rest"): 3,
                         ("alpha", "diesel", "2027Q4", "peak"): 6, ("beta", "gas", "2029", "peak"): 8, ("beta", "gas", "2030", "peak"): 8},
        "exported_mw": {("alpha", "2028", "peak"): 5, ("beta", "2029", "peak"): 8, ("beta", "2030", "peak"): 8},
        "registered_mw": {("reserve", "alpha", "2027Q3"): 12, ("reserve", "gamma", "2028"): 20},
    }  # fmt: skip


def plan(**changes: Any) -> Plan:
    """The plan; `changes` replace families of decisions."""
    decisions: dict[str, Any] = {
        "built_modules": {("beta", "vault", "2028"): 1},
        "converted_lots": {("refit", "old_halls", "2027Q4"): 1},
        "retired_modules": {("old_halls", "2029"): 1},
        "bought_mw": {("alpha", "s23", "2029"): 10},
        "resold_mw": {("alpha", "s21", OLD, "2027Q3"): 5, ("alpha", "s21", OLD, "2028"): 30},
        "withdrawn_mw": {("alpha", "s21", OLD, "2027Q1"): 5},
        "placed_mw": {("gamma", "s21", OLD, "2027Q2"): 5},
        "ended": {("guest", "2028"): 1},
        "guest_mw": {("guest", "mine", label): 5 for label in LABELS[:4]},
        "kept_btc": {("2027Q1", "2028"): 50},
        "final_btc": {("2028",): 40},
        "started": {("anchor", "alpha", "ai", "2027Q4"): 1},
        "sold_mw": {("alpha", "ai", "gb300", label): 10 for label in LABELS},
        "upgraded": {("upgrade", "2029"): 1, ("beta_more", "2028"): 1},
        "delivered_units": {("alpha", "breaker", "2027Q3"): 1},
        "cancelled_units": {("next_tx",): 1},
        "opened": {("beta", "2027Q2"): 1},
        "sold": {("gamma", "2029"): 1},
        "drawn_musd": {("loan", "2027Q1"): 30},
        "repaid_musd": {("loan", "2029"): 10},
        "dividends_musd": {("2030",): 50},
    }
    return Plan("whole", decisions | mining() | _power() | changes)


@cache
def book() -> Book:
    """The plan as the tables read it."""
    return book_of(whole(), plan())


@cache
def run() -> Run:
    """The run of the plan."""
    return run_of(whole(), plan())
