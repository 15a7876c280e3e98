"""Figures by date that cannot influence the plan: of years and months outside it, or of what it never uses."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from planner.instance.notice import Remark
from planner_models.reach import Reach
from planner_models.schema import Instance


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


def _yearly(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Rows of yearly series that nothing uses, are superseded before the plan or start after it: one notice per series and side."""
    yield from _outside("gpu_market", ((i, row.gpu, row.from_year) for i, row in enumerate(instance.gpu_market)), reach)
    prices = [(i, row.market, row.from_year) for i, row in enumerate(instance.power_prices)]
    fuels = [(i, row.fuel, row.from_year) for i, row in enumerate(instance.fuel_prices)]
    paid, burnt = {site.market for site in instance.sites}, {row.fuel for row in instance.generators}
    unpaid, unburnt = "no site pays the prices of this market", "no generator burns this fuel"
    for table, field, rows, used, reason in (
        ("power_prices", "market", prices, paid, unpaid),
        ("fuel_prices", "fuel", fuels, burnt, unburnt),
    ):
        yield from _outside(table, [row for row in rows if row[1] in used], reach)
        for name, i in {name: i for i, name, _ in reversed(rows) if name not in used}.items():
            yield Remark(table, i, field, repr(name), reason)


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


def _dated(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Rows of dated series that are superseded before the plan or hold after it: one notice per series and side."""
    prices = [(i, row.asic, row.from_month) for i, row in enumerate(instance.asic_prices)]
    limits = [(i, row.site or "all sites", row.from_month) for i, row in enumerate(instance.delivery_limits)]
    # The value of machines at the horizon takes the price of its month; a delivery limit holds from the start of a period.
    for table, rows, last, after in (
        ("asic_prices", prices, reach.horizon, f"the plan ends {reach.end_word}"),
        ("delivery_limits", limits, reach.last, f"the last period starts {reach.last_word}"),
    ):
        series: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
        for i, name, date in rows:
            series[name].append((date, i))
        for name, entries in series.items():
            entries.sort()
            early = [entry for entry, later in itertools.pairwise(entries) if later[0] <= instance.start]
            late = [entry for entry in entries if reach.month(entry[0]) > last]
            for found, reason in ((early, "a later row holds when the plan starts"), (late, after)):
                if found:
                    months = _listed(f"{found[0][0]:%Y-%m}", f"{found[-1][0]:%Y-%m}", len(found))
                    yield Remark(table, found[0][1], "from_month", f"{name}: {months}", reason)


def _superseded(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """A price of a machine that asic_prices replaces from the start."""
    dated = {row.asic for row in instance.asic_prices if row.from_month <= instance.start}
    for i, asic in enumerate(instance.asic_models):
        if asic.usd_per_th and asic.id in dated:
            yield Remark("asic_models", i, "usd_per_th", f"{asic.usd_per_th:g}", "asic_prices has a price that holds when the plan starts")


def _availability(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Shares of generators that never stand in the market."""
    types = {row.id: row for row in instance.generators}
    standing = {(row.item, row.site) for row in instance.opening}
    markets = {
        (name, site.market)
        for site in instance.sites
        for name, row in types.items()
        if (name, site.id) in standing or reach.supply.commissions(row, site.id)
    }
    rows = list(enumerate(instance.availability))
    for (name, market), i in {(row.generator, row.market): i for i, row in reversed(rows)}.items():
        if (name, market) not in markets:
            reason = f"none of these generators stands or can be commissioned at a site of market {market!r}"
            yield Remark("availability", i, "generator", repr(name), reason)


def _residuals(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Ages beyond the line that ends with the last month of the life."""
    lives = {row.id: row.life_months for row in instance.asic_models}
    lives |= {row.id: row.life_months for row in instance.gpu_models}
    lives |= {row.id: row.life_months for row in instance.generators}
    ages: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for i, row in enumerate(instance.residuals):
        ages[row.item].append((row.age_months, i))
    for item, entries in ages.items():
        entries.sort()
        for (before, _), (age, i) in itertools.pairwise(entries):
            if before >= lives[item] - 1:
                yield Remark("residuals", i, "age_months", f"{item}: {age}", f"its life ends at {lives[item]} months")


def _btc(instance: Instance, reach: Reach) -> Iterator[Remark]:
    deck = sorted((row.from_day, i) for i, row in enumerate(instance.btc))
    cap, held = instance.finance.treasury_cap_btc, instance.holdings
    if cap and not instance.asic_models and not held:
        yield Remark("instance", None, "finance.treasury_cap_btc", f"{cap:g}", "there are no asic_models, so no bitcoin is mined")
    if deck and not instance.asic_models and not held and not any(row.share_fraction for row in instance.hosting):
        yield Remark("btc", deck[0][1], "from_day", _listed(deck[0][0], deck[-1][0], len(deck)), "there are no asic_models")
        return
    early = [entry for entry, after in itertools.pairwise(deck) if after[0] <= instance.start]
    late = [entry for entry in deck if reach.month(entry[0]) >= reach.horizon]
    for found, reason in ((early, "a later row holds when the plan starts"), (late, f"the plan ends {reach.end_word}")):
        if found:
            yield Remark("btc", found[0][1], "from_day", _listed(found[0][0], found[-1][0], len(found)), reason)


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (_years, _long_periods, _yearly, _dated, _superseded, _availability, _residuals, _btc)
