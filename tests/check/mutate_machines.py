"""Mutations against the rules of machines: running, lots, moves, resale, hosting and the treasury (sections 3, 14 and 15 of MATHS.md)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import exact
from tests.check.case import Case, Mutation


def _running(case: Case) -> Iterator[Mutation]:
    """Stop machines that operations do not catch."""
    for site in (site for site, row in case.world.sites.items() if row.capture_fraction < 1):
        for index in case.first("run_mw", site=site):
            hosted = max(case.plan.get("hosted_mw", *index[:4]), 1.0)
            yield "3.7", case.plan_with({"hosted_mw": {index[:4]: hosted}, "run_mw": {index: 0}})


def _lots(case: Case) -> Iterator[Mutation]:
    """Half a lot more."""
    for index in case.possible("bought_mw"):
        if (lot := case.world.asics[index[1]].lot_mw) is not None:
            yield "3.8", case.plan_with({"bought_mw": {index: case.plan.get("bought_mw", *index) + lot / 2}})
            return


def _stock(case: Case) -> Iterator[Mutation]:
    """Resell, withdraw and place more than all machines there are; resell more than a market takes."""
    decided = sum((exact(mw) for family in ("bought_mw", "placed_mw") for mw in case.made(family).values()), Fraction(0))
    owned = decided + sum((fleet.size for fleet in case.world.fleets.values()), Fraction(0))
    for family in ("resold_mw", "withdrawn_mw"):
        for index in case.first(family):
            yield "14.4", case.plan_raised(family, index, owned + 1)
    for index in case.first("placed_mw"):
        away = sum((exact(mw) for mw in case.made("withdrawn_mw").values()), Fraction(0))
        yield "14.5", case.plan_raised("placed_mw", index, away + 1)
    for index in case.first("resold_mw"):
        period = case.world.calendar.by_label[index[3]]
        row = case.world.asic_market(index[1], period.first)
        assert row is not None
        yield "14.6", case.plan_raised("resold_mw", index, exact(row.resale_mw_per_year) * period.length_years + 1)


def _contracts(case: Case) -> Iterator[Mutation]:
    """End a hosting contract twice; host more and less than it is for."""
    for contract in case.world.hosting:
        if len(times := case.first("ended", 2, hosting=contract)) == 2:
            yield "14.7", case.plan_with({"ended": dict.fromkeys(times, 1)})
        for index in case.first("guest_mw", hosting=contract):
            for more in (1, -1):
                yield "14.8", case.plan_with({"guest_mw": {index: case.plan.get("guest_mw", *index) + more}})


def _treasury(case: Case) -> Iterator[Mutation]:
    """Keep more bitcoin than are mined, and than the cap allows."""
    for family in ("kept_btc", "final_btc"):
        mined = (index for index in case.possible(family) if index[0] in case.world.calendar.by_label)
        for index in itertools.islice(mined, 1):
            yield "15.4", case.plan_raised(family, index, case.state("mined_btc", index[0]) + 1)
            yield "15.5", case.plan_raised(family, index, exact(case.world.instance.finance.treasury_cap_btc) + 1)


RULES = (_running, _lots, _stock, _contracts, _treasury)
