"""Mutations against the rules of own supply: generation, power contracts, the meter and demand response (sections 7, 12 and 13)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import exact
from tests.check.case import Case, Mutation


def _supply(case: Case) -> Iterator[Mutation]:
    """Generate more than anybody draws; draw more than grid and own generation bring."""
    for (site, t, block), supplied in case.states["supplied_mw"].items():
        drawn = case.state("draw_mw", site, t, block) + case.state("tenant_draw_mw", site, t)
        for index in case.first("generated_mw", site=site, period=t, block=block):
            more = drawn - supplied + 1
            yield "7.3", case.plan_raised("generated_mw", index, exact(case.plan.get("generated_mw", *index)) + more)
        for index in case.first("run_mw", site=site, period=t, block=block):
            brought = case.state("grid_mw", site, t) + case.state("behind_mw", site, t, block)
            yield "7.4", case.plan_raised("run_mw", index, brought + 1)
        return


def _generation(case: Case) -> Iterator[Mutation]:
    """Commission, generate and export more than there is."""
    for index in case.first("commissioned_units"):
        yield "12.2", case.plan_raised("commissioned_units", index, Fraction(case.world.generators[index[1]].max_units + 1))
    for index in case.first("generated_mw"):
        yield "12.5", case.plan_raised("generated_mw", index, case.state("generating_mw", *index[:3]) + 1)
    for site, t, block in case.first("exported_mw"):
        made = sum((exact(mw) for (s, _, u, b), mw in case.made("generated_mw").items() if (s, u, b) == (site, t, block)), Fraction(0))
        yield "12.6", case.plan_raised("exported_mw", (site, t, block), made + 1)


def _contracts(case: Case) -> Iterator[Mutation]:
    """Take more than a contract delivers; resell more than is taken."""
    for index in case.first("taken_mw"):
        yield "13.4", case.plan_raised("taken_mw", index, exact(case.world.ppas[index[0]].mw) + 1)
    for index in case.first("remarketed_mw"):
        yield "13.5", case.plan_raised("remarketed_mw", index, exact(case.plan.get("taken_mw", *index)) + 1)


def _response(case: Case) -> Iterator[Mutation]:
    """Register more load than is plugged in, and than the programme takes."""
    for index in case.first("registered_mw"):
        yield "13.11", case.plan_raised("registered_mw", index, case.state("load_mw", index[1], index[2]) + 1)
    for programme, row in case.world.programmes.items():
        for index in case.first("registered_mw", programme=programme) if row.max_mw is not None else ():
            yield "13.12", case.plan_raised("registered_mw", index, exact(row.max_mw or 0) + 1)


RULES = (_supply, _generation, _contracts, _response)
