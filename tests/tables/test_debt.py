"""What could still be drawn under facilities of each kind, covenants and policies, by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.check import verify
from planner.plan import Plan
from planner.tables import covenants, policies
from planner.tables.book import Book
from planner.tables.debt import debt_rows, drawable_musd
from planner_models.schema import Instance
from tests.check.test_ledger_covenants import LEVERAGE, let, letting
from tests.tables import capital
from tests.tables.sample import DEALS, book_of, instance, plan

CAPITAL = capital.book()
BANK: dict[str, Any] = DEALS["debt"][0]
RIGS: dict[str, Any] = {
    "id": "rigs", "kind": "equipment", "limit_musd": 60, "rate_fraction": 0.1, "advance_fraction": 0.5, "maturity": "2032-01",
}  # fmt: skip


TIERS = [{"id": "prime", "cap_rate_fraction": 0.06}]


def drawable(of: Book, debt: str = "bank") -> list[Any]:
    return [row["drawable_musd"] for row in debt_rows(of) if row["debt"] == debt]


def lenders(*rows: dict[str, Any]) -> Book:
    """The sample with other facilities; 10 and 8.5 M$ are drawn under the bank's."""
    return book_of(instance(debt=list(rows)), plan())


CAPEX = [Fraction(50, 3) + Fraction("10.6"), Fraction("37") + Fraction(19, 30)]
"""M$ in the first two quarters of the sample; 4 of the first for mining machines."""


def test_facilities_that_fund_the_same_capex_share_it() -> None:
    """2027Q1: the bank could give 60 % of 27.27 less 10 = 6.36 M$, the lender on rigs half of 4 M$; together no more than 6.36.

    They rest on the same capex. A rig lender who gives 75 % comes first: 3 M$ on all 4, and 60 % of the 6.6 that are left.
    """
    of = lenders(BANK, RIGS)
    alone = Fraction("0.6") * CAPEX[0] - 10
    assert (drawable(of)[0], drawable(of, "rigs")[0]) == (alone, 2)
    assert drawable_musd(of, of.periods[0]) == alone
    first = lenders(BANK, RIGS | {"advance_fraction": 0.75})
    left = CAPEX[0] - 10 / Fraction("0.6") - 4
    assert drawable_musd(first, of.periods[0]) == 3 + Fraction("0.6") * left


def test_kinds_and_sites_rest_on_capex_of_their_own() -> None:
    """Alpha buys no machines and pays 16 M$ in 2027Q1: 6 for the conversion, 10 for a room. Beta's rigs take 4. A revolver needs none."""
    alpha = {"id": "shop", "kind": "project", "sites": ["alpha"], "limit_musd": 60, "rate_fraction": 0.1, "maturity": "2032-01"}
    of = lenders(BANK, RIGS | {"sites": ["alpha"]}, alpha, {"id": "line", "kind": "revolver", "limit_musd": 25, "rate_fraction": 0.1,
                                                          "maturity": "2032-01"})  # fmt: skip
    assert drawable(of, "rigs")[0] == 0
    assert drawable(of, "shop")[0] == min(of.state("capex_musd", "alpha", "2027Q1"), CAPEX[0] - 10 / Fraction("0.6"))
    assert drawable(of, "line") == [25] * 6


def test_a_lender_who_comes_second_gives_nothing_before_the_companys_share() -> None:
    """40 % of all capex of 2027 comes first; then up to all of the capex of a quarter that is not drawn on."""
    of = lenders(BANK | {"equity_first": True})
    total = [of.total("capex", label) for label in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")]
    own = Fraction("0.4") * sum(total)
    beyond = [sum(total[: n + 1]) - own - drawn for n, drawn in enumerate((10, 10, Fraction("18.5"), Fraction("18.5")))]
    assert beyond[0] < 0 < beyond[1]
    limits = [50, 50, Fraction("41.5"), Fraction("41.5")]
    quarter = [musd - drawn for musd, drawn in zip(total, (10, 0, Fraction("8.5"), 0), strict=True)]
    assert drawable(of)[:4] == [max(0, min(room)) for room in zip(beyond, quarter, limits, strict=True)]


def test_contracted_income_carries_the_debt() -> None:
    """13.84 and 29.24 M$ a year of contracted NOI at a cover of 8 and a rate of 50 % carry 10.77 M$: 0.77 more than is drawn.

    The second alone, of a tenant with the tier that counts, carries 7.31.
    """
    noi = 10 * Fraction("1.56") * Fraction("0.9") - Fraction("0.2") + 20 * Fraction("1.56") * Fraction("0.95") - Fraction("0.4")
    of = lenders(BANK | {"dscr_ratio": 8, "rate_fraction": 0.5})
    assert drawable(of)[:3] == [noi / 4 - 10, noi / 4 - 10, 0]
    rated = instance(debt=[BANK | {"dscr_ratio": 8, "rate_fraction": 0.5, "tiers": ["prime"]}], tiers=TIERS)
    assert drawable(book_of(rated.with_("leases.option.tier", "prime"), plan()))[0] == 0


def test_reserves_stand_by_facility() -> None:
    """Six months of 8 % interest and a tenth of 10 M$ a year."""
    loan = BANK | {"reserve_months": 6, "amortisation_months": 120, "rate_fraction": 0.08}
    rows = list(debt_rows(lenders(loan)))
    assert rows[0]["reserve_musd"] == Fraction("0.18") / 2 * 10
    assert rows[0]["kind"] == "general"


def outcome(of: Instance, decisions: Any) -> dict[str, dict[str, Any]]:
    """Rows of the one covenant by period."""
    plan = Plan("small", decisions)
    return {str(row["period"]): dict(row) for row in covenants.rows(Book(of, plan, verify(of, plan).ledger))}


def figures(row: dict[str, Any]) -> list[Any]:
    return [row[name] for name in ("tested", "actual", "level", "headroom", "headroom_musd")]


def test_leverage_by_hand() -> None:
    """10 M$ owed on 5 of EBITDA: 2, a tenth above 1.9, which is half a M$; not tested before the fourth quarter, nor without debt."""
    rows = outcome(letting(LEVERAGE), let("2027Q1"))
    assert figures(rows["2027Q4"]) == [True, 2, Fraction("1.9"), -Fraction("0.1"), -Fraction("0.5")]
    assert figures(rows["2027Q3"]) == [False, None, Fraction("1.9"), None, None]
    repaid = outcome(letting(LEVERAGE), let("2027Q1", **{"2029": 10.0}))
    assert [row["tested"] for row in repaid.values()] == [False, False, False, True, True, False]


def test_coverage_and_liquidity_by_hand() -> None:
    """EBITDA of 5 over 0.8 of interest is 6.25, 3.4 M$ more than twice the interest; without rent there is a loss. Cash is as it ends."""
    cover = letting({"id": "x", "kind": "coverage", "level": 2})
    assert figures(outcome(cover, let("2027Q1"))["2028"]) == [True, Fraction("6.25"), 2, Fraction("4.25"), Fraction("3.4")]
    purse = letting({"id": "x", "kind": "liquidity", "level": 3})
    row = outcome(purse, let("2027Q1"))["2028"]
    assert row["headroom"] == row["headroom_musd"] == row["actual"] - 3
    idle = outcome(letting(LEVERAGE), {})["2028"]
    assert figures(idle) == [True, None, Fraction("1.9"), None, Fraction("1.9") * -1 - 10]


def test_the_tightest_covenant_is_named() -> None:
    """Over all covenants and periods of the plan, by M$."""
    least = covenants.tightest(CAPITAL)
    assert least is not None
    rows = [row for row in covenants.rows(CAPITAL) if row["tested"]]
    assert least.headroom_musd == min(Fraction(row["headroom_musd"] or 0) for row in rows)
    assert {row["covenant"] for row in rows} == {"turns", "cover", "purse"}


@pytest.mark.parametrize(
    ("policy", "period", "figures"),
    [
        ("one_name", "2027Q1", ["8", None, "60", "52"]),
        ("one_name", "2027Q4", ["38", None, "60", "22"]),
        ("room_for_ai", "2027Q1", ["38", None, "180", "142"]),
        ("rent_roll", "2027Q1", ["3.36", "0.25", "125", "3.11"]),
        ("mostly_tenants", "2028", ["30", None, "66.4", "36.4"]),
    ],
)
def test_policies_by_hand(policy: str, period: str, figures: list[str | None]) -> None:
    """Tenant A has 8 MW, then 38, for 8 x 0.14 x 3 M$ a quarter. Alpha has 20 MW of machines besides 8 of tenants and 10 of clusters.

    In 2028 30 of the company's 83 MW hash (10 at alpha, 20 at gamma); 38 are leased at alpha, 5 at beta, and 10 are clusters.
    """
    row = next(row for row in policies.rows(CAPITAL) if (row["policy"], row["period"]) == (policy, period))
    found = [row[name] for name in ("counted", "floor", "cap", "headroom")]
    assert found == [None if cell is None else Fraction(cell) for cell in figures]


def test_a_policy_has_rows_only_while_it_holds() -> None:
    """`keep_mining` ends with September 2027, `mostly_tenants` begins in 2028."""
    found = {name: [row["period"] for row in policies.rows(CAPITAL) if row["policy"] == name] for name in ("keep_mining", "mostly_tenants")}
    assert found == {"keep_mining": ["2027Q1", "2027Q2", "2027Q3"], "mostly_tenants": ["2028", "2029", "2030"]}
