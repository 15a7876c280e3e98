"""Rows of a valid instance that cannot influence the plan, each with the reason."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from planner.instance.notice import Remark
from planner_models.mandatory import shown
from planner_models.reach import Reach
from planner_models.schema import Instance

WORDS = "it cannot influence the plan: "


def inert(instance: Instance) -> list[Remark]:
    """Everything in the instance that no plan can depend on, in the order of the tables; free columns are never listed."""
    reach = Reach(instance)
    return [replace(item, reason=f"{WORDS}{item.reason}") for rule in RULES for item in rule(instance, reach)]


def _sites(instance: Instance, reach: Reach) -> Iterator[Remark]:
    powered = {row.site for row in instance.grid}
    for i, site in enumerate(instance.sites):
        if site.id not in powered:
            yield Remark("sites", i, "id", repr(site.id), "it has no row in grid, so nothing can be occupied there")


def _grid(instance: Instance, reach: Reach) -> Iterator[Remark]:
    for i, row in enumerate(instance.grid):
        earliest = 0 if row.from_month is None else reach.month(row.from_month)
        if earliest > reach.last:
            reason = f"no period starts from then on; the last starts {reach.last_word}"
            yield Remark("grid", i, "from_month", f"{row.from_month:%Y-%m}", reason)
        elif row.kind == "upgrade" and row.lead_months > reach.last:
            yield Remark("grid", i, "lead_months", str(row.lead_months), reach.too_long)


def _equipment(instance: Instance, reach: Reach) -> Iterator[Remark]:
    standing = {row.item for row in instance.opening}
    for i, row in enumerate(instance.equipment):
        if row.lead_months > reach.last and row.id not in standing:
            yield Remark("equipment", i, "lead_months", str(row.lead_months), reach.too_long)


def _halls(instance: Instance, reach: Reach) -> Iterator[Remark]:
    useful = {hall for _, hall in reach.halls}
    for i, hall in enumerate(instance.halls):
        if hall.id not in useful:
            reason = "it neither stands, nor can be built within the plan, nor results from a conversion"
            yield Remark("halls", i, "id", repr(hall.id), reason)


def _conversions(instance: Instance, reach: Reach) -> Iterator[Remark]:
    cohorts = {row.item for row in instance.opening}
    for i, row in enumerate(instance.conversions):
        if row.from_hall not in cohorts:
            yield Remark("conversions", i, "from_hall", repr(row.from_hall), "no hall of this type stands at the opening")
        elif not reach.converts(row):
            yield Remark("conversions", i, "id", repr(row.id), "no opening row allows a lot of it within the plan")


def _machines(instance: Instance, reach: Reach) -> Iterator[Remark]:
    owned = {row.item for row in instance.opening}
    products = {reach.hall(hall).product for _, hall in reach.halls}
    for i, asic in enumerate(instance.asic_models):
        if asic.id not in owned and not asic.buyable:
            yield Remark("asic_models", i, "buyable", "no", "it can neither be bought nor is it owned")
        elif asic.id not in owned and asic.lead_months > reach.last:
            yield Remark("asic_models", i, "lead_months", str(asic.lead_months), reach.too_long)
        elif asic.product not in products:
            yield Remark("asic_models", i, "product", repr(asic.product), "no hall of this product can stand")
    for i, gpu in enumerate(instance.gpu_models):
        if gpu.lead_months > reach.last:
            yield Remark("gpu_models", i, "lead_months", str(gpu.lead_months), reach.too_long)
        elif gpu.product not in products:
            yield Remark("gpu_models", i, "product", repr(gpu.product), "no hall of this product can stand")


def _opening(instance: Instance, reach: Reach) -> Iterator[Remark]:
    for i, row in enumerate(instance.opening):
        if reach.month(row.in_service) >= reach.horizon:
            yield Remark("opening", i, "in_service", f"{row.in_service:%Y-%m}", f"the plan ends {reach.end_word}")
        elif not row.tax_basis_musd and reach.outlived(row):
            yield Remark("opening", i, "in_service", f"{row.in_service:%Y-%m}", "its life is over before the plan starts")


def _years(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Rows of a calendar year outside the plan."""
    slots = ((i, f"{row.equipment}: ", row.year) for i, row in enumerate(instance.slots))
    budgets = ((i, "", row.year) for i, row in enumerate(instance.budgets))
    for table, rows in (("slots", slots), ("budgets", budgets)):
        for i, name, year in rows:
            if not reach.years[0] <= year <= reach.years[-1]:
                yield Remark(table, i, "year", f"{name}{year}", f"the plan runs from {reach.years[0]} to {reach.years[-1]}")


def _long_periods(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Budgets and slots of a year inside a period of several years, which that period does not read."""
    budgeted = {row.year for row in instance.budgets}
    for years in _several_years(instance):
        period = f"{years[0]}-{years[-1]}"
        for i, row in enumerate(instance.budgets):
            if row.year in years and not set(years) <= budgeted:
                yield Remark("budgets", i, "year", str(row.year), f"the period {period} has a budget only when each of its years has a row")
        for i, slot in enumerate(instance.slots):
            if slot.year in years[1:]:
                yield Remark(
                    "slots", i, "year", f"{slot.equipment}: {slot.year}", f"the period {period} takes all deliveries in {years[0]}"
                )


def _several_years(instance: Instance) -> Iterator[range]:
    """Calendar years of each period that has more than one."""
    month = instance.start.month - 1
    for span in instance.periods:
        for _ in range(span.count):
            first, last = (instance.start.year + m // 12 for m in (month, month + span.months - 1))
            month += span.months
            if last > first:
                yield range(first, last + 1)


def _series(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Rows of yearly series that are superseded before the plan or start after it, one notice per series and side."""
    yield from _outside("gpu_market", ((i, row.gpu, row.from_year) for i, row in enumerate(instance.gpu_market)), reach)
    used = {site.market for site in instance.sites}
    rows = [(i, row.market, row.from_year) for i, row in enumerate(instance.power_prices)]
    yield from _outside("power_prices", [row for row in rows if row[1] in used], reach)
    for market, i in {market: i for i, market, _ in reversed(rows) if market not in used}.items():
        yield Remark("power_prices", i, "market", repr(market), "no site pays the prices of this market")


def _outside(table: str, rows: Iterable[tuple[int, str, int]], reach: Reach) -> Iterator[Remark]:
    series: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for i, name, year in rows:
        series[name].append((year, i))
    for name, entries in series.items():
        current = max(year for year, _ in entries if year <= reach.years[0])
        early = sorted(entry for entry in entries if entry[0] < current)
        late = sorted(entry for entry in entries if entry[0] > reach.years[-1])
        for found, reason in ((early, f"the row of {current} holds when the plan starts"), (late, f"the plan ends in {reach.years[-1]}")):
            if found:
                years = _listed(found[0][0], found[-1][0], len(found))
                yield Remark(table, found[0][1], "from_year", f"{name}: {years}", reason)


def _listed(first: object, last: object, count: int) -> str:
    """A run of rows in words: `2040`, or `2040 to 2060 (21 rows)`."""
    return f"{first}" if count == 1 else f"{first} to {last} ({count} rows)"


def _leases(instance: Instance, reach: Reach) -> Iterator[Remark]:
    places: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for i, row in enumerate(instance.lease_sites):
        places[row.lease].append((i, row.site))
    for i, lease in enumerate(instance.leases):
        reasons = [(at, site, reach.refusal(lease, site)) for at, site in places[lease.id]]
        if all(reason for *_, reason in reasons):
            field, reason = reasons[0][2] or ("id", "")
            yield Remark("leases", i, field, shown(lease, field), reason)
            continue
        for at, site, refusal in reasons:
            if refusal:
                yield Remark("lease_sites", at, "site", f"{site!r} for lease {lease.id!r}", refusal[1])
    if instance.finance.terminal_method == "contract":
        filled = [i for i, lease in enumerate(instance.leases) if lease.cap_rate_fraction is not None]
        if filled:
            found = f"a yield in {len(filled)} of {len(instance.leases)} rows"
            yield Remark("leases", filled[0], "cap_rate_fraction", found, "terminal_method is contract")


def _btc(instance: Instance, reach: Reach) -> Iterator[Remark]:
    deck = sorted((row.from_day, i) for i, row in enumerate(instance.btc))
    if deck and not instance.asic_models:
        yield Remark("btc", deck[0][1], "from_day", _listed(deck[0][0], deck[-1][0], len(deck)), "there are no asic_models")
        return
    early = [entry for entry, after in itertools.pairwise(deck) if after[0] <= instance.start]
    late = [entry for entry in deck if reach.month(entry[0]) >= reach.horizon]
    for found, reason in ((early, "a later row holds when the plan starts"), (late, f"the plan ends {reach.end_word}")):
        if found:
            yield Remark("btc", found[0][1], "from_day", _listed(found[0][0], found[-1][0], len(found)), reason)


def _debt(instance: Instance, reach: Reach) -> Iterator[Remark]:
    for i, row in enumerate(instance.debt):
        begin = 0 if row.available_from is None else reach.month(row.available_from)
        end = reach.month(min(row.available_to or row.maturity, row.maturity))
        drawable = row.limit_musd > 0 and row.advance_fraction > 0 and any(begin <= month < end for month in reach.starts)
        if not drawable and not row.opening_balance_musd:
            found = f"{reach.word(begin)} to {reach.word(end)}, limit {row.limit_musd:g}"
            yield Remark("debt", i, "available_from", found, "nothing is owed at the start and nothing can be drawn in any period")


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (
    _sites, _grid, _equipment, _years, _long_periods, _halls, _conversions, _machines, _series, _opening, _leases, _btc, _debt,
)  # fmt: skip
