"""Halls: what is built, converted, retired, in service and on the land (section 2 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.book import Book
from planner.check.decisions import Domain
from planner.check.exact import ZERO, exact, whole_below
from planner.check.world import Standing, World
from planner_models.rows import Hall

Spans = dict[tuple[str, str], defaultdict[tuple[int, int], Fraction]]
"""Modules by pair (site, hall) and interval of months; what leaves early is a negative span plus its shorter self."""


def _built_absent(world: World, site: str, hall: str, period: str) -> str | None:
    row = world.halls[hall]
    if not world.allowed(hall, site) or not row.buildable:
        return f"{hall} may not be built at {site}"
    return world.unordered(period, row.build_months)


def _built_bound(world: World, site: str, hall: str, period: str) -> Fraction:
    return Fraction(whole_below(exact(world.sites[site].land_it_mw) / exact(world.halls[hall].module_it_mw)))


def _converted_absent(world: World, conversion: str, cohort: str, period: str) -> str | None:
    row, c, t = world.conversions[conversion], world.cohorts[cohort], world.calendar.by_label[period]
    if _under_conversion(world, cohort):
        return f"{cohort} is under conversion already"
    if row.from_hall != c.item or row.site not in (None, c.site) or not world.allowed(row.to_hall, c.site):
        return f"{conversion} does not apply to {cohort}"
    if not c.start <= t.first - row.off_months <= c.end:
        return f"{cohort} does not stand when it would be switched off"
    return world.unordered(period, row.build_months)


def _under_conversion(world: World, cohort: str) -> bool:
    return any(row.replaces == cohort for row in world.instance.opening)


def _converted_bound(world: World, conversion: str, cohort: str, period: str) -> Fraction:
    return Fraction(whole_below(world.cohorts[cohort].size / world.conversions[conversion].from_modules))


def _retired_absent(world: World, cohort: str, period: str) -> str | None:
    c, t = world.cohorts[cohort], world.calendar.by_label[period]
    if _under_conversion(world, cohort):
        return f"{cohort} is under conversion already"
    return None if c.start <= t.first < c.end else f"{cohort} does not stand at the start of {period}"


DOMAINS = {
    "built_modules": Domain(_built_absent, _built_bound),
    "converted_lots": Domain(_converted_absent, _converted_bound),
    "retired_modules": Domain(_retired_absent, lambda world, cohort, period: world.cohorts[cohort].size),
}


def account(book: Book) -> None:
    """States (2.6)-(2.9) and the money of halls; reads held and capitalised_mw."""
    _count_modules(book)
    _hold_land(book)
    _post_capex(book)
    _post_upkeep_and_residual(book)


def check(book: Book) -> None:
    """Rows (2.4), (2.5), (2.9)-(2.11)."""
    _check_cohorts(book)
    _check_lots(book)
    _check_land(book)
    _check_room(book)


def module_lives(book: Book) -> Spans:
    """Modules by pair (site, hall) and the months from and until which they work."""
    return _spans(book, holding=False)


def _spans(book: Book, holding: bool) -> Spans:
    """Intervals in which modules work or, if `holding`, occupy land: from the order, and under conversion until replaced."""
    world = book.world
    spans: Spans = {(s, h): defaultdict(Fraction) for s in world.sites for h in world.halls_at[s]}
    for c in world.cohorts.values():
        spans[c.site, c.item][_stay(world, c, holding)] += book.coming(c)
    for (cohort, period), modules in book.decided("retired_modules"):
        _leave(book, spans, cohort, world.calendar.by_label[period].first, modules, holding)
    for (conversion, cohort, period), lots in book.decided("converted_lots"):
        row, first = world.conversions[conversion], world.calendar.by_label[period].first
        _leave(book, spans, cohort, first if holding else first - row.off_months, lots * row.from_modules, holding)
        end = first + world.halls[row.to_hall].life_months
        spans[world.cohorts[cohort].site, row.to_hall][first, end] += lots * row.to_modules
    for (site, hall, period), modules in book.decided("built_modules"):
        row_h, first = world.halls[hall], world.calendar.by_label[period].first
        spans[site, hall][first - (row_h.build_months if holding else 0), first + row_h.life_months] += modules
    return spans


def _stay(world: World, c: Standing, holding: bool) -> tuple[int, int]:
    """Months [a, b) in which opening modules work or, if `holding`, occupy land: what is still to come from the start of the plan.

    What replaces other modules has land only from its own month; until then they keep it.
    """
    if not holding:
        return c.start, c.end
    replacing = [row.id for row in world.instance.opening if row.replaces == c.id]
    begin = min(0, c.start) if world.opening[c.id].replaces is None else c.start
    handed = [_period_start(world, world.standing[opening].start) for opening in replacing]
    return begin, max(handed, default=c.end)


def _period_start(world: World, month: int) -> int:
    """First month of the period that holds a month; a month outside the plan itself."""
    return next((u.first for u, _ in world.calendar.overlapped(month, month + 1)), month)


def _leave(book: Book, spans: Spans, cohort: str, month: int, modules: Fraction, holding: bool) -> None:
    c = book.world.cohorts[cohort]
    begin, end = _stay(book.world, c, holding)
    spans[c.site, c.item][begin, end] -= modules
    spans[c.site, c.item][begin, month] += modules


def _count_modules(book: Book) -> None:
    """Modules that work; at a site for sale those of a period times the share of the site that is held."""
    world = book.world
    for (site, hall), spans in _spans(book, holding=False).items():
        held = {u.label: book.held(site, u.label) if world.for_sale(site) else Fraction(1) for u in world.periods}
        lasting = sum((n for ab, n in spans.items() if world.calendar.beyond(*ab)), ZERO)
        book.add("final_modules", (site, hall), lasting * held[world.periods[-1].label])
        for u in world.periods:
            whole = sum((n for ab, n in spans.items() if u.whole(*ab)), ZERO)
            mean = sum((n * u.share(*ab) for ab, n in spans.items()), ZERO)
            book.add("full_modules", (site, hall, u.label), whole * held[u.label])
            book.add("average_modules", (site, hall, u.label), mean * held[u.label])


def _hold_land(book: Book) -> None:
    for (site, hall), spans in _spans(book, holding=True).items():
        size = exact(book.world.halls[hall].module_it_mw)
        for u in book.world.periods:
            book.add("land_mw", (site, u.label), size * sum((n for ab, n in spans.items() if u.touched(*ab)), ZERO))


def _post_capex(book: Book) -> None:
    world = book.world
    for (site, hall, period), modules in book.decided("built_modules"):
        row, t = world.halls[hall], world.calendar.by_label[period]
        payments = world.calendar.spread_profile(t, row.build_months)
        price = _module_musd(row) * world.capex_level(t.first - row.build_months) * modules
        book.post_asset("hall", hall, site, price, payments, t, row.tax_life_months)
    for (conversion, cohort, period), lots in book.decided("converted_lots"):
        kind, t = world.conversions[conversion], world.calendar.by_label[period]
        payments, tax_life = world.calendar.spread_profile(t, kind.build_months), world.halls[kind.to_hall].tax_life_months
        price = (
            exact(kind.capex_musd_per_lot) * (1 + exact(kind.contingency_fraction)) * world.capex_level(t.first - kind.build_months) * lots
        )
        book.post_asset("conversion", conversion, world.cohorts[cohort].site, price, payments, t, tax_life)


def _module_musd(row: Hall) -> Fraction:
    """What a new module costs in the first year, contingency included."""
    return exact(row.capex_musd_per_module) * (1 + exact(row.contingency_fraction))


def property_tax_musd(world: World, site: str, row: Hall) -> Fraction:
    """Property tax of a standing module and year: on its assessed value, or where that is blank on what a new one costs."""
    assessed = _module_musd(row) if row.assessed_musd_per_module is None else exact(row.assessed_musd_per_module)
    return exact(world.sites[site].property_tax_fraction) * assessed


def _post_upkeep_and_residual(book: Book) -> None:
    world = book.world
    for site, halls in world.halls_at.items():
        for hall in halls:
            row, tax = world.halls[hall], property_tax_musd(world, site, world.halls[hall])
            for u in world.periods:
                module_years = book.state("average_modules", site, hall, u.label) * u.length_years
                upkeep = exact(row.fixed_cost_musd_per_module_year) * module_years * world.growth(u)
                book.post("operating", "hall", hall, site, u.label, upkeep)
                book.post("operating", "property_tax", hall, site, u.label, tax * module_years)
            free = book.state("final_modules", site, hall) - book.state("capitalised_mw", site, hall) / exact(row.module_it_mw)
            book.post("terminal", "hall", hall, site, "", exact(row.residual_musd_per_module) * free)


def _check_cohorts(book: Book) -> None:
    taken: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (cohort, _), modules in book.decided("retired_modules"):
        taken[cohort] += modules
    for (conversion, cohort, _), lots in book.decided("converted_lots"):
        taken[cohort] += lots * book.world.conversions[conversion].from_modules
    for cohort, modules in taken.items():
        book.at_most("2.4", (cohort,), modules, book.coming(book.world.cohorts[cohort]))


def _check_lots(book: Book) -> None:
    lots: defaultdict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (conversion, cohort, _), value in book.decided("converted_lots"):
        lots[conversion, book.world.cohorts[cohort].site] += value
    for index, value in lots.items():
        most = Fraction(book.world.conversions[index[0]].max_lots)
        book.at_most("2.5", index, value, most)


def _check_land(book: Book) -> None:
    for site, row in book.world.sites.items():
        for u in book.world.periods:
            held = book.state("land_mw", site, u.label)
            book.at_most("2.9", (site, u.label), held, exact(row.land_it_mw))


def _check_room(book: Book) -> None:
    world = book.world
    for site, hall, u in ((s, h, u.label) for s in world.sites for h in world.halls_at[s] for u in world.periods):
        index, size = (site, hall, u), exact(world.halls[hall].module_it_mw)
        book.at_most("2.10", index, book.state("resident_mw", *index), size * book.state("full_modules", *index))
        book.at_most("2.11", index, book.occupied_mw(*index), size * book.state("average_modules", *index))
