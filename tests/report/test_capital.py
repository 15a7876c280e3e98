"""The page of a company with lenders, shares, compute contracts and leases in blocks, and how it stays short without them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import pytest

from planner.report import plain
from planner.report.words import musd, two
from planner.runs import Run
from tests.example import contracted
from tests.tables import capital
from tests.tables.sample import instance, plan, run, run_of

RUN = capital.run()
KPIS = RUN.tables["kpis"].set_index("kpi")


def part(of: Run, heading: str, width: int = 100) -> str:
    """One section of the plain page, with blanks and line breaks as one blank."""
    lines = plain(of, width).splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(heading))
    end = next((i for i, line in enumerate(lines[begin + 1 :], begin + 1) if line and not line.startswith(" ")), len(lines))
    return " ".join(" ".join(lines[begin:end]).split())


def test_sign_now_names_contracts_and_shares() -> None:
    """`pod` is no more than a letter of intent; 9.7 M$ of shares are due in the second quarter, 3.88 later. A date to decide is told."""
    section = part(RUN, "Sign now")
    assert "The plan counts on 1 compute contract not signed yet: pod (5.0 MW, alpha, from 2027-04)." in section
    assert "New shares to be sold in 2027Q1 and 2027Q2: 9.7 M$ after fees; later 3.9 M$." in section
    assert "not signed yet: option (20.0 MW, beta, from 2027-10, to be decided by 2027-05)." in part(
        run_of(instance().with_("leases.option.decide_by", "2027-05"), plan()), "Sign now"
    )
    quiet = part(run_of(capital.company(), capital.plan(issued_musd={}, contracted={("batch", "alpha", "ai", "2027Q1"): 1})), "Sign now")
    assert "New shares" not in quiet
    assert "not signed" not in quiet


def test_liquidity_tells_cash_from_what_is_held_back() -> None:
    """20 M$ are restricted at the lowest cash, which is what is free then; restricted cash and security have lines."""
    section = part(RUN, "Liquidity low")
    low = KPIS.loc["minimum_cash_period", "text"]
    free = KPIS.loc["minimum_cash_musd", "value"]
    assert f"Cash is lowest at the end of {low}: {musd(free)} M$ besides 20.0 M$ that are held back, {musd(free - 10)} M$ above" in section
    assert "Restricted cash 20.0 20.0 20.0 20.0 0.0 0.0 0.0" in section
    drawable = KPIS.loc["drawable_at_minimum_cash_musd", "value"]
    assert f"Debt that can still be drawn then: {musd(drawable)} M$: lenders fund what their kind of facility rests on only, so" in section


def test_liquidity_names_each_covenant_with_its_least_headroom() -> None:
    """What it measures, the level, the headroom in M$ and the period; one that is broken is a warning, one without debt never tested."""
    section = part(RUN, "Liquidity low")
    tests = RUN.tables["covenants"]
    asked = {
        "turns": "debt over EBITDA at most 4.00",
        "cover": "EBITDA over interest and amortisation at least 1.50",
        "purse": "free cash at least 12.0",
    }
    for name, words in asked.items():
        mine = tests[(tests["covenant"] == name) & tests["tested"]]
        least = mine.loc[mine["headroom_musd"].idxmin()]
        assert f"Covenant {name}, {words}: least headroom {musd(least['headroom_musd'])} M$ of" in section
        if least["actual"] == least["actual"]:
            show = musd if name == "purse" else two
            assert f", at {show(least['actual'])} in {least['period']}." in section
    strict = run_of(capital.company(covenants=[{"id": "purse", "kind": "liquidity", "level": 900}]), capital.plan())
    assert "WARNING: Covenant purse, free cash at least 900.0: least headroom -" in part(strict, "Liquidity low")
    free = run_of(instance(covenants=[{"id": "turns", "kind": "leverage", "level": 4}]), plan(drawn_musd={}, repaid_musd={}))
    assert "Covenant turns is never tested: nothing is owed when it would be." in part(free, "Liquidity low")


def test_leases_show_what_is_bought_off_and_what_runs() -> None:
    """A block of four is taken and three are bought off; one lease is there since 2026. All four bought off: no delivery."""
    section = part(RUN, "Leases")
    assert "campus Tenant C signed beta 5.0/20.0 2027-10 2028-01 3 late 2032-12 0.225" in section
    assert "resident Tenant A signed alpha 8.0 2026-07 2026-07 runs 2029-06 -" in section
    assert section.endswith("Bought off: campus (3 of 4 blocks) for 3.0 M$.")
    assert "In parts" not in section
    started = {index: count for index, count in capital.plan().decisions["started"].items() if index[0] != "campus"}
    gone = part(run_of(capital.company(), capital.plan(started=started, broken_blocks={("campus",): 4})), "Leases")
    assert "campus Tenant C signed 20.0 2027-10 bought off" in gone
    assert "campus (4 of 4 blocks) for 4.0 M$." in gone
    assert "Bought off" not in part(run(), "Leases")


def test_the_starts_of_a_lease_in_parts_are_told() -> None:
    """The table has the first delivery of `campus` and the float of its last, so the months of both stand below it."""
    row = next(row for row in RUN.tables["deliveries"].to_dict("records") if row["lease"] == "campus")
    more = pd.DataFrame([row | {"start_month": "2027-07"}])
    tables = dict(RUN.tables) | {"deliveries": pd.concat([RUN.tables["deliveries"], more], ignore_index=True)}
    section = part(dataclasses.replace(RUN, tables=tables), "Leases")
    assert "In parts: campus from 2027-07, 2028-01. Months of float are those of the last part." in section


@pytest.mark.parametrize("width", [80, 100, 120])
def test_compute_contracts_have_a_section_of_their_own(width: int) -> None:
    """Like leases; a company without any has none."""
    section = part(RUN, "Compute contracts", width)
    assert "alpha 5.0 2027-04 2027-04 0 2029-03" in section
    assert "alpha 4.0 2026-10 2026-10 runs 2028-03" in section
    assert ("Contract," in section) == (width < 100)
    assert "Compute contracts" not in plain(run())


def test_the_value_says_how_what_is_not_signed_counts() -> None:
    """With probabilities they weigh in a line of their own; without, all counts in full. Per share where shares are counted."""
    section = part(RUN, "Value")
    assert "Leases and compute contracts still to be signed count in full in halls, power and cash; a line of its own weights" in section
    assert f"Weighted by probability: what may not come true {musd(KPIS.loc['value_probability_musd', 'value'])}" in section
    assert "count in full, as if" not in section
    per_share = two(KPIS.loc["equity_usd_per_share_diluted", "value"])
    assert f"Per share, with the warrants worth exercising: {per_share} USD." in section
    certain: list[Any] = [row.model_dump() | {"probability_fraction": 1.0} for row in capital.company().leases]
    pods: list[Any] = [row.model_dump() | {"probability_fraction": 1.0} for row in capital.company().gpu_contracts]
    sure = part(run_of(capital.company(leases=certain, gpu_contracts=pods), capital.plan()), "Value")
    assert "Leases and compute contracts still to be signed count in full, as if they were certain." in sure
    assert "probability" not in sure
    plainest = part(run(), "Value")
    assert [word for word in ("New shares", "Prepayments", "probability", "Per share") if word in plainest] == []


def test_the_opening_counts_leases_that_run() -> None:
    """8 MW of `resident` fill halls before the first order, in tranches as far as they are there."""
    assert "Leases, signed 8.0 8.0 8.0 8.0 38.0 43.0 43.0 43.0" in part(RUN, "IT MW by use")
    assert "the signed leases delivered by then." in part(RUN, "IT MW by use")


def test_without_a_plan_covenants_contracts_and_policies_insist_too() -> None:
    """What must be delivered, or is there; what is restricted, owed in parts and tested; the company's own floors and caps."""
    text = " ".join(plain(Run(instance=contracted(), outcome="infeasible")).split())
    for words in (
        "20.0 M$ of it are restricted until 2028-01.",
        "resident (8 MW, there since 2026-07)",
        "1 compute contract must be delivered: batch (4 MW, there since 2026-10).",
        "machines: 6.0 M$ are owed and must be repaid, in equal parts over 36 months, by 2031-01.",
        "Covenant cover: EBITDA over interest and amortisation at least 1.5, while something is owed.",
        "Policy keep_mining: at least 0.5 EH/s.",
        "Policy few_hours: at most 90.0 % of the company.",
    ):
        assert words in text
    assert "one block" not in text
    blocks = contracted().with_("leases.campus.break_fee_musd", None).with_("leases.campus.mandatory", True)
    split = " ".join(plain(Run(instance=blocks, outcome="infeasible")).split())
    assert "campus alpha 5.0 6.5" in split
    assert "Of a lease in blocks one block is shown." in split
