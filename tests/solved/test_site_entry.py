"""Section 11, what may come to a site on offer or for sale, and when: each optimum is derived by hand from MATHS.md."""

from __future__ import annotations

from typing import Any

from planner.compile import compile_model
from planner.highs import Settings, maximise
from planner_models.build import build
from tests.tiny import chosen, mine, mining, near, rig, solved, tiny, worth
from tests.tiny_machines import asic_price
from tests.tiny_sites import offer, raw_land, sale, transformer

RISING: dict[str, Any] = {
    "halls": [mine()],
    "opening": [],
    "asic_models": [rig(buyable=True, order_to="2027-01", residual_fraction=1.0)],
    "asic_prices": [asic_price(), asic_price(from_month="2028-01", usd_per_th=75)],
    "finance": {"exit_cost_fraction": 0.0},
}
"""Rigs for 1 M$ per MW in January; with 48 of 60 months left they are worth 2.4 at the horizon, when new ones cost 3. No mine stands."""


def test_no_machines_are_bought_for_a_site_that_is_not() -> None:
    """(11.14): the site costs 1000: 100. Were 10 MW of rigs bought for its land all the same: 100 - 10 + 24 = 114, as at an own site."""
    assert worth(solved(tiny(sites=[offer(option_price_musd=1000)], **RISING))) == near(100)
    assert worth(solved(tiny(**RISING))) == near(114)
    assert worth(solved(tiny(sites=[offer()], **RISING))) == near(112)


def test_machines_are_bought_before_the_sale() -> None:
    """(11.14): the site fetches 3 and costs 1 a quarter: rigs come in January, it goes in April: 100 + 14 - 1 + 3. Both at once: 117."""
    run = solved(tiny(sites=[sale(fixed_cost_musd_per_year=4)], **RISING))
    assert worth(run) == near(116)
    assert chosen(run, "sold", "site", "2027Q2") == 1


def test_no_unit_comes_to_a_site_that_is_not_bought() -> None:
    """(11.13): bought in July, the site may have a transformer from then on; without the row in all four quarters.

    The plans would not tell, as a unit alone is worth nothing: each is forced, and the program says whether it can be.
    """
    model = build(raw_land(sites=[offer()], equipment=[transformer()]))
    model.sites.opened["site", "2027Q3"].fix(1)
    found = {}
    for (_, _, period), decision in model.equipment.delivered_units.items():
        decision.fix(1)
        found[period] = maximise(compile_model(model), Settings()).status
        decision.unfix()
    assert found == {"2027Q1": "infeasible", "2027Q2": "infeasible", "2027Q3": "optimal", "2027Q4": "optimal"}


def test_nothing_is_retired_after_the_sale() -> None:
    """(11.13): the site goes in October, so its mine may be given up in each of the three quarters before; without the row in all four.

    The plans would not tell, as giving up what is sold is worth nothing: each retirement is forced, and the program says whether it can be.
    """
    model = build(mining(sites=[sale(sale_from="2027-10")]))
    model.sites.sold["site", "2027Q4"].fix(1)
    found = {}
    for (_, period), decision in model.halls.retired_modules.items():
        decision.fix(1)
        found[period] = maximise(compile_model(model), Settings()).status
        decision.unfix()
    assert found == {"2027Q1": "optimal", "2027Q2": "optimal", "2027Q3": "optimal", "2027Q4": "infeasible"}
