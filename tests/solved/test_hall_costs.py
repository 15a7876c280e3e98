"""Section 2, money of halls: contingency, price levels and property tax; each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiny import (
    accepts,
    chosen,
    conversion,
    hall,
    lease,
    leased,
    meter,
    mine,
    near,
    rig,
    site,
    solved,
    standing,
    state,
    tiny,
    worth,
    years,
)
from tests.tiny_sites import raw_land, shell

TAXED = {"tax_rate_fraction": 0.25}
INFLATION = {"capex_inflation_fraction": 0.2}
TENANT: dict[str, Any] = {"leases": [lease()], "lease_sites": [accepts()]}


def test_a_new_module_costs_its_contingency_too() -> None:
    """Section 2, money: 1 M$ and a tenth of it, written off over 10 months, so all of it in 2027: 25 % tax on 12 - 1.1.

    100 + 12 - 1.1 - 2.725 = 108.175. Without contingency 108.25; with it in the price and not in the basis 108.15.
    """
    run = solved(raw_land(halls=[shell(contingency_fraction=0.1, tax_life_months=10)], finance=TAXED))
    assert worth(run) == near(108.175)
    assert state(run, "capex_musd", "site", "2027Q1") == near(1.1)


def test_a_lot_costs_its_contingency_too() -> None:
    """Section 2, money: the same for a conversion, with the tax life of the shell and the contingency of the lot, not of the shell."""
    run = solved(
        tiny(
            halls=[mine(), hall(tax_life_months=10, contingency_fraction=0.5)],
            opening=[standing("mine")],
            conversions=[conversion(contingency_fraction=0.1)],
            finance=TAXED,
            **TENANT,
        )
    )
    assert worth(run) == near(108.175)


def test_a_module_is_dear_if_its_contingency_is() -> None:
    """Section 2, money: a module for 10 would be worth it for a tenant who pays 12; with a contingency of 30 % it is not: 100."""
    assert worth(solved(raw_land(halls=[shell(capex_musd_per_module=10, contingency_fraction=0.3)]))) == near(100)


NOT_IN_2027 = [{"from_month": "2027-01", "started_it_mw": 0}, {"from_month": "2028-01", "started_it_mw": 1}]
"""Nothing is started in 2027, when a module would cost less."""


@pytest.mark.parametrize(
    ("build", "limits", "start", "value"),
    [(0, NOT_IN_2027, "2028-01", 110.8), (3, [], "2028-01", 111), (14, [], "2029-01", 111)],
)
def test_a_module_costs_what_it_costs_in_the_year_of_its_order(build: int, limits: list[dict[str, Any]], start: str, value: float) -> None:
    """Section 1, k_x: for a tenant of 2028, or of 2029: ordered in January 2028 a module costs 1.2, in October or November 2027 1.

    By the year of service it would cost 1.2 with 3 months as well, by the year of payment 1.17 with 14.
    """
    run = solved(
        raw_land(
            periods=years(int(start[:4]) - 2026),
            halls=[shell(build_months=build)],
            delivery_limits=limits,
            leases=[lease(earliest_start=start)],
            finance=INFLATION,
        )
    )
    assert worth(run) == near(value)


def test_a_lot_costs_what_it_costs_in_the_year_of_its_order() -> None:
    """Section 1, k_x: a lot for 1 M$ in 2027, 1.2 in 2028, as nothing is started before: 100 + 12 - 1.2. At the price of 2027 111."""
    run = solved(
        tiny(
            periods=years(2),
            halls=[mine(), hall()],
            opening=[standing("mine")],
            conversions=[conversion()],
            delivery_limits=NOT_IN_2027,
            finance=INFLATION,
            **TENANT,
        )
    )
    assert worth(run) == near(110.8)
    assert chosen(run, "converted_lots", "change", "old_mine", "2028") == 1


def test_machines_have_dated_prices_and_no_inflation() -> None:
    """Section 1, k_x: 1 MW of rigs for 1 M$, ordered in 2028 when the mine comes: 100 + 8.784 - 1. With inflation 107.584."""
    run = solved(
        tiny(
            periods=years(2),
            halls=[mine()],
            asic_models=[rig(buyable=True)],
            opening=[standing("mine", in_service="2028-01")],
            finance=INFLATION,
        )
    )
    assert worth(run) == near(107.784)


@pytest.mark.parametrize(
    ("fields", "tax"),
    [
        ({"assessed_musd_per_module": 5}, 0.1),
        ({"capex_musd_per_module": 2, "contingency_fraction": 0.25}, 0.05),
        ({"assessed_musd_per_module": 0, "capex_musd_per_module": 2}, 0.0),
    ],
)
def test_property_tax_is_on_the_assessed_value_of_what_stands(fields: dict[str, Any], tax: float) -> None:
    """Section 2, money: 2 % a year of 5 M$, or of what a module costs new with its contingency: 2.5, or of nothing: 112 less the tax."""
    run = solved(leased(sites=[site(property_tax_fraction=0.02)], halls=[hall(**fields)]))
    assert worth(run) == near(112 - tax)


def test_property_tax_counts_months_and_does_not_rise() -> None:
    """Section 2, money: a shell from July 2027, assessed at 5 M$, taxed with 2 %: 0.05 and then 0.1, whatever costs do: 100 + 12 - 0.15."""
    run = solved(
        leased(
            periods=years(2),
            sites=[site(property_tax_fraction=0.02)],
            halls=[hall(assessed_musd_per_module=5)],
            opening=[standing(in_service="2027-07")],
            finance={"cost_inflation_fraction": 0.1},
        )
    )
    assert worth(run) == near(111.85)
    assert state(run, "operating_musd", "site", "2027") == near(0.05)


def test_property_tax_ends_with_the_module() -> None:
    """Section 2, money: two modules assessed at 50 M$ at 2 %: the one without a tenant is retired at once: 100 + 12 - 1. Kept: 110."""
    run = solved(leased(sites=[site(property_tax_fraction=0.02)], halls=[hall(assessed_musd_per_module=50)], opening=[standing(count=2)]))
    assert worth(run) == near(111)
    assert chosen(run, "retired_modules", "old_shell", "2027Q1") == 1


def test_property_tax_belongs_to_the_site() -> None:
    """Section 2, money: the tenant takes a shell at either site for 12; one is taxed with 2 % of 50 M$: he goes to the other: 112."""
    run = solved(
        leased(
            sites=[site(property_tax_fraction=0.02), site(id="north")],
            grid=[meter(), meter(id="north_meter", site="north")],
            halls=[hall(assessed_musd_per_module=50)],
            opening=[standing(), standing(id="north_shell", site="north")],
            lease_sites=[accepts(), accepts(at="north")],
        )
    )
    assert worth(run) == near(112)
    assert chosen(run, "started", "anchor", "north", "shell", "2027Q1") == 1
