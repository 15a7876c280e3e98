"""What shares nothing adds up: portfolios beside each other, and years after everything is over."""

from __future__ import annotations

import random
from typing import Any

import pytest

from planner_models.schema import TABLES, Instance
from tests.properties.both import read
from tests.properties.instances import anything
from tests.properties.test_better import reached
from tests.properties.transform import renamed, replaced
from tests.tiny import Fields, accepts, facility, hall, lease, standing, tiny

LINKS = ("budgets", "policies", "covenants", "equity", "warrants", "delivery_limits", "debt", "tax_classes", "equipment", "slots", "moves")
"""Tables that would tie two portfolios to each other."""
PLENTY_MUSD = 500.0
PAIRS = [pytest.param(2 * at, 2 * at + 1, marks=() if at == 100 else pytest.mark.prove) for at in range(100, 115)]


def by_itself(seed: int, prefix: str, **finance: Any) -> Instance:
    """A portfolio with names of its own, without what counts over a whole company, whose types of things are for its own sites only.

    Machines have no sites, so none is for sale; equipment of a kind would be needed at every site, so there is none.
    """
    instance = anything(seed)
    settings = {"treasury_cap_btc": 0.0, "discount_rate_fraction": 0.1, "terminal_method": "contract", "exit_cost_fraction": 0.1} | finance
    units, own = {row.id for row in instance.equipment}, [row.id for row in instance.sites]
    kept = {
        "halls": [row.model_dump() | {"sites": own} for row in instance.halls],
        "generators": [row.model_dump() | {"sites": row.sites or own} for row in instance.generators],
        "asic_models": [row.model_dump() | {"buyable": False} for row in instance.asic_models],
        "gpu_models": [row.model_dump() | {"order_from": None, "order_to": "2026-01"} for row in instance.gpu_models],
        "opening": [row for row in instance.opening if row.item not in units],
    }
    bare = replaced(
        instance,
        periods=[{"months": 6, "count": 2}, {"months": 12, "count": 1}],
        finance={"opening_cash_musd": PLENTY_MUSD, "overhead_musd_per_year": 0.5, **settings},
        btc=anything(0).btc,
        **{table: [] for table in LINKS},
        **kept,
    )
    return renamed(bare, prefix)


def together(one: Instance, other: Instance) -> Instance:
    """Both in one company, with the cash and the overhead of both."""
    finance = one.finance.model_dump()
    for field in ("opening_cash_musd", "overhead_musd_per_year"):
        finance[field] = getattr(one.finance, field) + getattr(other.finance, field)
    tables = {table: [*getattr(one, table), *getattr(other, table)] for table in TABLES if table != "btc"}
    return replaced(one, finance=finance, **tables)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_portfolios_that_share_nothing_add_up(first: int, second: int) -> None:
    """With cash for everything, without tax, which would set the losses of one against the profits of the other, and without discount.

    At a discount the receipts of one would pay what the other spends later, for which it must otherwise hold cash back.
    """
    terms = {"tax_rate_fraction": 0.0, "discount_rate_fraction": 0.0}
    one, other = by_itself(first, "a", **terms), by_itself(second, "b", **terms)
    assert reached(read(together(one, other))) == pytest.approx(reached(read(one)) + reached(read(other)), rel=1e-6, abs=1e-5)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_together_is_never_less(first: int, second: int) -> None:
    """With little cash and taxes: both plans are still a plan, and losses are used no later."""
    terms = {"opening_cash_musd": 9.0, "tax_rate_fraction": 0.21}
    one, other = by_itself(first, "a", **terms), by_itself(second, "b", **terms)
    alone = reached(read(one)) + reached(read(other))
    assert reached(read(together(one, other))) >= alone - 1e-6 * abs(alone) - 1e-5


def let_until_the_end(seed: int, periods: list[Fields]) -> Instance:
    """Shells that stand and shells to be built for three tenants who are gone after two years, a loan, and nothing left behind."""
    chance = random.Random(seed)
    rows = [
        lease(
            id=f"tenant_{at}",
            it_mw=chance.choice([0.5, 1]),
            block_it_mw=chance.choice([None, 0.5]),
            term_months=chance.choice([7, 12]),
            ready_by=chance.choice(["2027-01", "2027-07"]),
            drop_dead="2028-01",
            rent_usd_per_kw_month=chance.choice([90, 200, 400]),
            penalty_usd_per_mw_month=20_000,
        )
        for at in range(3)
    ]
    build = {"build_months": chance.choice([0, 6]), "capex_musd_per_module": chance.choice([0.5, 1.5])}
    return tiny(
        periods=periods,
        finance={
            "opening_cash_musd": chance.choice([2, 6]),
            "discount_rate_fraction": chance.choice([0.0, 0.1]),
            "tax_rate_fraction": chance.choice([0.0, 0.21]),
            "loss_use_fraction": 1.0,
        },
        halls=[hall(buildable=True, tax_life_months=12, **build)],
        opening=[standing()],
        leases=rows,
        lease_sites=[accepts(row["id"]) for row in rows],
        debt=chance.choice([[], [facility(limit_musd=2, advance_fraction=0.6, maturity="2028-10")]]),
    )


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=() if seed < 2 else pytest.mark.prove) for seed in range(25)])
def test_years_after_everything_is_over_add_nothing(seed: int) -> None:
    """A third year, and two years in one: with tenants gone, taxes written off, debt repaid and terminal values off."""
    years: list[Fields] = [{"months": 6, "count": 2}, {"months": 12, "count": 1}]
    short = reached(read(let_until_the_end(seed, years)))
    for more in ({"months": 12, "count": 1}, {"months": 24, "count": 1}):
        assert reached(read(let_until_the_end(seed, [*years, more]))) == pytest.approx(short, rel=1e-6, abs=1e-5)
