"""From any valid plan of any instance: plans that each break one rule, with the number of the rule that must reject them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from planner.check import Certificate
from planner.check.decisions import known_ids
from planner.check.exact import exact
from planner.check.verify import DOMAINS
from planner.check.world import Standing
from planner.plan import FAMILIES, Plan
from planner_models.schema import Instance
from tests.check import mutate_capital, mutate_deals, mutate_machines, mutate_past, mutate_power, mutate_sites
from tests.check.case import Case, Mutation


def mutations(instance: Instance, plan: Plan, certificate: Certificate) -> Iterator[Mutation]:
    """(number of the rule that must reject it, mutated plan), from a plan that keeps every rule and its certificate.

    A rule that the instance does not exercise yields nothing. Other rules may be broken besides the one named.
    """
    case = Case(instance, plan, certificate)
    own = (_domains, _halls, _land, _rooms, _hashing, _clusters, _upgrades, _load, _slots, _debt, _cash, _budget)
    others = (mutate_sites, mutate_machines, mutate_power, mutate_deals, mutate_capital, mutate_past)
    for rule in (*own, *(rule for module in others for rule in module.RULES)):
        yield from rule(case)


def _domains(case: Case) -> Iterator[Mutation]:
    """Each family: an unknown period (or whatever its index ends with), less than none, and half of what is whole."""
    for name, family in FAMILIES.items():
        for index in case.first(name):
            yield family.tag, case.plan_with({name: {(*index[:-1], "ghost"): 1}})
            yield family.tag, case.plan_with({name: {index: -1}})
            if family.integer:
                yield family.tag, case.plan_with({name: {index: 0.5}})
    yield from _too_early(case)


def _too_early(case: Case) -> Iterator[Mutation]:
    """A decision at an index of known ids that does not exist, the first of each family: mostly an order before the start."""
    known = known_ids(case.world)
    for name, family in FAMILIES.items():
        parts: list[Any] = [known[key] for key in family.keys]
        absent = (index for index in itertools.product(*parts) if DOMAINS[name].absent(case.world, *index) is not None)
        for index in itertools.islice(absent, 1):
            yield family.tag, case.plan_with({name: {index: 1}})


def _halls(case: Case) -> Iterator[Mutation]:
    """Retire a cohort twice; convert more lots than the site allows."""
    for cohort, row in case.world.cohorts.items():
        times = case.first("retired_modules", 2, cohort=cohort)
        if len(times) == 2:
            yield "2.4", case.plan_with({"retired_modules": {index: int(row.size) for index in times}})
    for conversion, kind in case.world.conversions.items():
        for index in case.first("converted_lots", conversion=conversion):
            yield "2.5", case.plan_with({"converted_lots": {index: kind.max_lots + 1}})


def _land(case: Case) -> Iterator[Mutation]:
    """Build one module more than the land holds; that breaks the natural bound too."""
    for site in case.world.sites:
        for index in case.first("built_modules", site=site):
            bound = DOMAINS["built_modules"].bound(case.world, *index)
            assert bound is not None
            beyond = case.plan_with({"built_modules": {index: int(bound) + 1}})
            yield from (("2.1", beyond), ("2.9", beyond))


def _rooms(case: Case) -> Iterator[Mutation]:
    """Leave out all that is built and converted where tenants, clusters or miners are inside; fill a hall with machines."""
    bare = case.plan_without("built_modules", "converted_lots")
    yield from ((tag, bare) for tag in dict.fromkeys(_crowded(case)))
    for site, hall, asic, u in case.first("hosted_mw"):
        full = exact(case.world.halls[hall].module_it_mw) * case.state("average_modules", site, hall, u) + 1
        yield "2.11", case.plan_raised("hosted_mw", (site, hall, asic, u), full)


def _crowded(case: Case) -> Iterator[str]:
    """The rules that tenants and clusters would break without what is built and converted."""
    for (site, hall, u), modules in case.states["full_modules"].items():
        standing, size = _standing(case, site, hall, u), exact(case.world.halls[hall].module_it_mw)
        if modules > standing and case.state("resident_mw", site, hall, u) > size * standing:
            yield "2.10"
            if case.state("leased_mw", site, hall, u):
                yield from _outgrown(case, site, hall, u, standing)


def _cohorts(case: Case, site: str, hall: str) -> list[Standing]:
    return [row for row in case.world.cohorts.values() if (row.site, row.item) == (site, hall)]


def _standing(case: Case, site: str, hall: str, label: str) -> Fraction:
    """Modules that stand all through a period when nothing is built or converted: cohorts less what retires."""
    period = case.world.calendar.by_label[label]
    modules = {row.id: row.size for row in _cohorts(case, site, hall) if period.whole(row.start, row.end)}
    for (cohort, t), retired in case.made("retired_modules").items():
        if cohort in modules and case.world.calendar.by_label[t].first <= period.first:
            modules[cohort] -= int(retired)
    return sum(modules.values(), Fraction(0))


def _outgrown(case: Case, site: str, hall: str, label: str, standing: Fraction) -> Iterator[str]:
    period, size = case.world.calendar.by_label[label], exact(case.world.halls[hall].module_it_mw)
    for lease, at, within, start in case.made("started"):
        row, first = case.world.leases[lease], mutate_deals.first_month(case, lease, start)
        end = first + row.term_months + row.renewal_months
        if (at, within) == (site, hall) and period.touched(first, end):
            if row.block_it_mw is None and math.ceil(exact(row.it_mw) * mutate_deals.first_share(case, lease) / size) > standing:
                yield "4.5"
            if case.world.calendar.beyond(first, end) and not _cohorts(case, site, hall):
                yield "4.8"


def _hashing(case: Case) -> Iterator[Mutation]:
    """Plug in more than is owned; run more than is plugged in; buy more than the land."""
    for site, hall, asic, u in case.first("hosted_mw"):
        yield "3.5", case.plan_raised("hosted_mw", (site, hall, asic, u), case.state("installed_mw", site, asic, u) + 1)
    for index in case.first("run_mw"):
        yield "3.6", case.plan_raised("run_mw", index, exact(case.plan.get("hosted_mw", *index[:4])) + 1)
    for index in case.first("bought_mw"):
        bound = DOMAINS["bought_mw"].bound(case.world, *index)
        assert bound is not None
        yield "3.1", case.plan_raised("bought_mw", index, bound + 1)


def _clusters(case: Case) -> Iterator[Mutation]:
    """Sell hours that no cluster has, and more than the market takes; deploy more than the halls or the land hold."""
    for site, hall, gpu, u in case.first("sold_mw"):
        sold, period = (site, hall, gpu, u), case.world.calendar.by_label[u]
        yield "5.4", case.plan_raised("sold_mw", sold, case.state("cluster_mw", site, hall, u) + 1)
        market = case.world.gpus[gpu].market or gpu
        sellers = [name for name, row in case.world.gpus.items() if (row.market or name) == market]
        yield "5.5", case.plan_raised("sold_mw", sold, max(case.world.gpu_market(name, period)[1] for name in sellers) + 1)
    for index in case.first("deployed_clusters"):
        site, hall, gpu, u = index
        full = exact(case.world.halls[hall].module_it_mw) * case.state("full_modules", site, hall, u)
        yield "2.10", case.plan_raised("deployed_clusters", index, full / exact(case.world.gpus[gpu].cluster_it_mw) + 1)
        bound = DOMAINS["deployed_clusters"].bound(case.world, *index)
        assert bound is not None
        yield "5.1", case.plan_raised("deployed_clusters", index, bound + 1)


def _upgrades(case: Case) -> Iterator[Mutation]:
    """Make an upgrade twice; take more units than a site can use."""
    for grid in case.world.grid:
        times = case.first("upgraded", 2, grid=grid)
        if len(times) == 2:
            yield "6.2", case.plan_with({"upgraded": dict.fromkeys(times, 1)})
    for index in case.first("delivered_units"):
        bound = DOMAINS["delivered_units"].bound(case.world, *index)
        assert bound is not None
        yield "6.5", case.plan_raised("delivered_units", index, bound + 1)


def _load(case: Case) -> Iterator[Mutation]:
    """Plug in, or deploy, more than the grid and the equipment of each kind carry."""
    smallest = min((row.cluster_it_mw for row in case.world.gpus.values()), default=1.0)
    for family, size in (("hosted_mw", 1.0), ("deployed_clusters", smallest)):
        for index in case.first(family):
            site, u = index[0], index[3]
            row, grid = case.world.sites[site], case.state("grid_mw", site, u) + case.state("dependable_mw", site, u)
            yield "6.4", case.plan_raised(family, index, (grid + 1) / exact(size))
            for kind in {kind.kind for kind in case.world.equipment.values()}:
                carried = exact(row.loading_limit_fraction) * case.state("installed_mva", site, kind, u) * exact(row.power_factor)
                yield "6.7", case.plan_raised(family, index, (carried + 1) / exact(size))


def _slots(case: Case) -> Iterator[Mutation]:
    """One unit more than the slots of a year, at one site."""
    for row in case.world.instance.slots:
        periods = [u.label for u in case.world.periods if u.year == row.year]
        found = (index for u in periods for index in case.possible("delivered_units", equipment=row.equipment, period=u))
        for index in itertools.islice(found, 1):
            yield "6.8", case.plan_raised("delivered_units", index, Fraction(row.units + 1))


def _debt(case: Case) -> Iterator[Mutation]:
    """Repay more than is owed; draw without capex, above the limit, and never repay."""
    for debt, row in case.world.debts.items():
        u = case.world.periods[-1].label
        owed = case.state("debt_musd", debt, u) + exact(case.plan.get("repaid_musd", debt, u))
        yield "8.3", case.plan_raised("repaid_musd", (debt, u), owed + 1)
        for index in case.first("drawn_musd", debt=debt):
            yield "8.1", case.plan_raised("drawn_musd", index, exact(row.limit_musd) + 1)
            yield "8.3", case.plan_raised("drawn_musd", index, exact(row.limit_musd) + 1 + exact(case.plan.get("repaid_musd", *index)))
            if row.kind != "revolver":
                capex = sum((musd for (_, t), musd in case.states["capex_musd"].items() if t == index[1]), Fraction(0))
                yield "8.4", case.plan_raised("drawn_musd", index, capex + 1)


def _cash(case: Case) -> Iterator[Mutation]:
    """Pay out all cash and a little more."""
    for (u,) in case.first("dividends_musd"):
        above = case.state("cash_musd", u) - exact(case.world.instance.finance.cash_floor_musd)
        yield "8.7", case.plan_raised("dividends_musd", (u,), exact(case.plan.get("dividends_musd", u)) + above + 1)


def _budget(case: Case) -> Iterator[Mutation]:
    """Buy machines for more than the budget of a year in which they are paid in full."""
    budgets = {row.year: exact(row.capex_musd) for row in case.world.instance.budgets}
    for index in case.possible("bought_mw"):
        asic, period = case.world.asics[index[1]], case.world.calendar.by_label[index[2]]
        year = next(year for year in case.world.calendar.fiscal_years if period in year.periods)
        ordered = period.first - asic.lead_months
        price = case.world.asic_usd_per_th(asic.id, ordered) / exact(asic.j_per_th)
        if price and year.periods[0].first <= ordered and all(number in budgets for number in year.years):
            yield "8.8", case.plan_raised("bought_mw", index, sum(budgets[number] for number in year.years) / price + 1)
            return
