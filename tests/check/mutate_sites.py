"""Mutations against the rules of sites: limits, firm and approved power, purchases and sales (sections 2, 6 and 11 of MATHS.md)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from planner.check.exact import exact
from planner.plan import FAMILIES
from tests.check.case import Case, Mutation

ENTERING = ("built_modules", "converted_lots", "upgraded", "delivered_units")


def _ai(case: Case) -> Iterator[Mutation]:
    """More AI than a site may have, before it is eligible and after."""
    for site, row in case.world.sites.items():
        if row.max_ai_it_mw is None and row.ai_eligible_from is None:
            continue
        most = exact(row.land_it_mw if row.max_ai_it_mw is None else row.max_ai_it_mw)
        for u in (case.world.periods[0].label, case.world.periods[-1].label):
            if (plan := case.ai_mw(site, u, most + 1)) is not None:
                yield "2.12", plan


def _starts(case: Case) -> Iterator[Mutation]:
    """One module more than may be started in the period that holds its order month."""
    world = case.world
    for site, hall, t in case.possible("built_modules"):
        row = world.halls[hall]
        ordered = world.calendar.by_label[t].first - row.build_months
        ((u, _),) = world.calendar.overlapped(ordered, ordered + 1)
        limits = [limit for place in (site, None) if (limit := world.started_limit(place, u)) is not None]
        if limits:
            yield (
                "2.13",
                case.plan_raised("built_modules", (site, hall, t), math.floor(min(limits) / exact(row.module_it_mw)) + Fraction(1)),
            )
            return


def _firm(case: Case) -> Iterator[Mutation]:
    """More AI than firm power carries."""
    for (site, u), firm in case.states["firm_mw"].items():
        if (plan := case.ai_mw(site, u, firm + case.state("dependable_mw", site, u) + 1)) is not None:
            yield "6.10", plan
            return


def _approvals(case: Case) -> Iterator[Mutation]:
    """An upgrade more than is approved."""
    world = case.world
    for grid, t in case.possible("upgraded"):
        row, first = world.grid[grid], world.calendar.by_label[t].first
        rows = [other for other in world.instance.grid if other.kind == "approved" and other.site == row.site]
        months = {other.id: world.calendar.month(other.from_month) for other in rows if other.from_month is not None}
        approved = sum((exact(other.mw) for other in rows if months[other.id] <= first), Fraction(0))
        taken = any(index[0] == grid for index in case.made("upgraded"))
        if rows and not taken and case.state("grid_mw", row.site, t) + exact(row.mw) > approved + 1:
            yield "6.11", case.plan_with({"upgraded": {(grid, t): 1}})


def _trades(case: Case) -> Iterator[Mutation]:
    """Buy or sell a site twice."""
    for family in ("opened", "sold"):
        for site in case.world.sites:
            if len(times := case.first(family, 2, site=site)) == 2:
                yield FAMILIES[family].tag, case.plan_with({family: dict.fromkeys(times, 1)})


def _unbought(case: Case) -> Iterator[Mutation]:
    """Order and build at a site on offer that is not bought."""
    bare = case.plan_without("opened")
    for site in filter(case.world.on_offer, case.world.sites):
        orders = {
            "11.4": ("upgraded", [index for index in case.possible("upgraded") if case.world.grid[index[0]].site == site]),
            "11.5": ("commissioned_units", case.first("commissioned_units", site=site)),
            "11.6": ("built_modules", case.first("built_modules", site=site)),
            "11.13": ("delivered_units", case.first("delivered_units", site=site)),
            "11.14": ("bought_mw", case.first("bought_mw", site=site)),
        }
        for tag, (family, indices) in orders.items():
            for index in indices[:1]:
                yield tag, case.changed(bare, {family: {index: 1}})


def _entries(case: Case) -> Iterator[Mutation]:
    """Something enters a site in the period of its sale, or machines do."""
    for site in filter(case.world.for_sale, case.world.sites):
        for sold in case.first("sold", site=site):
            others = {index: 0 for index in case.made("sold") if index[0] == site}
            for family in ENTERING:
                entering = (index for index in case.possible(family, period=sold[1]) if case.place(family, index) == site)
                for index in entering:
                    yield "11.13", case.plan_with({"sold": others | {sold: 1}, family: {index: 1}})
                    break
            for index in case.first("bought_mw", site=site, period=sold[1]):
                yield "11.14", case.plan_with({"sold": others | {sold: 1}, "bought_mw": {index: 1}})


RULES = (_ai, _starts, _firm, _approvals, _trades, _unbought, _entries)
