"""How the key figures are computed from the company-wide facts of a plan; None where a figure does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import TOLERANCE, ZERO, exact
from planner.check.halls import property_tax_musd
from planner.check.ledger import Entry
from planner.check.placements import Placement, blocks
from planner.tables.covenants import tightest
from planner.tables.debt import drawable_musd, limit_not_used_musd
from planner.tables.facts import Facts
from planner.tables.frame import Cell
from planner.tables.money import CAUSES, SALES, free_cash_musd
from planner.tables.rates import single_rate
from planner_models.rows import Asic, Gpu, Lease

BUILT = ("hall", "conversion", "fit_out", "grid", "equipment", "generator", "site")
"""Causes of capex that stay with the site, whatever runs in its halls; with what is due on things other than machines."""
EARNED = tuple(cause for cause in CAUSES["revenue"] if cause not in SALES)
"""Causes of revenue but the sale of machines and sites."""


def ratio(over: Fraction, under: Fraction) -> Fraction | None:
    """A quotient; None without a positive denominator."""
    return over / under if under > 0 else None


def equity(facts: Facts) -> Fraction:
    """Equity value, M$."""
    return facts.book.state("equity_value")


def part(name: str) -> Callable[[Facts], Cell]:
    """One part of the value split, M$."""
    return lambda facts: facts.parts[name]


def terminal_share(facts: Facts) -> Fraction | None:
    """Share of equity value that lies beyond the horizon."""
    kept = facts.book.state("terminal_value_musd") - facts.book.state("exit_tax_musd")
    return ratio(facts.book.state("discount_end") * kept, equity(facts))


def per_w_gross(facts: Facts) -> Fraction | None:
    """M$ per gross MW, which is USD per W."""
    return ratio(equity(facts), facts.gross_mw)


def per_w_it(facts: Facts) -> Fraction | None:
    """M$ per IT MW of halls, which is USD per W."""
    return ratio(equity(facts), facts.halls_mw)


def irr(facts: Facts) -> float | None:
    """The one rate at which the flows to the owners are worth nothing."""
    flows = [((period.first + period.months / 2) / 12, float(musd)) for period, musd in facts.to_owners]
    return single_rate([*flows, (facts.book.calendar.horizon / 12, float(facts.at_horizon))])


def payback(facts: Facts) -> str | None:
    """Last calendar year of the period from which the running total of flows to the owners is never below zero again."""
    return _payback(facts.to_owners)


def _payback(flows: Sequence[tuple[Period, Fraction]]) -> str | None:
    total, year = ZERO, None
    if not any(musd for _, musd in flows):
        return None
    for period, musd in flows:
        total += musd
        year = None if total < 0 else year or str(period.years[-1])
    return year


def value_without_orders(facts: Facts) -> Cell:
    """Equity value of the best plan without new orders, M$; in words where there is none."""
    return facts.without if isinstance(facts.without, str) else equity(facts.without)


def orders_value(facts: Facts) -> Cell:
    """What new orders add to equity value, M$."""
    return facts.without if isinstance(facts.without, str) else equity(facts) - equity(facts.without)


def orders_irr(facts: Facts) -> Cell:
    """The one rate at which what new orders change in the flows to the owners is worth nothing."""
    if isinstance(facts.without, str):
        return facts.without
    flows = [((period.first + period.months / 2) / 12, float(musd)) for period, musd in _changed(facts, facts.without)]
    flows.append((facts.book.calendar.horizon / 12, float(facts.at_horizon - facts.without.at_horizon)))
    paid_first = next((musd for _, musd in flows if musd), 0.0) < 0
    return single_rate(flows) if paid_first else None


def orders_payback(facts: Facts) -> Cell:
    """Year from which what new orders change in the flows to the owners has paid for itself, terminal value apart."""
    return facts.without if isinstance(facts.without, str) else _payback(_changed(facts, facts.without))


def _changed(facts: Facts, without: Facts) -> list[tuple[Period, Fraction]]:
    """Flows to the owners less those of the plan without new orders, to a dollar: what is less is the rounding of decisions."""
    pairs = zip(facts.to_owners, without.to_owners, strict=True)
    apart = [(period, musd - other) for (period, musd), (_, other) in pairs]
    return [(period, musd if abs(musd) > TOLERANCE else ZERO) for period, musd in apart]


def capex(facts: Facts) -> Fraction:
    """M$ of capex over the plan."""
    return sum(facts.capex_by_year.values(), ZERO)


def peak_capex(facts: Facts) -> Fraction:
    """M$ of capex in the dearest fiscal year."""
    return max(facts.capex_by_year.values())


def peak_year(facts: Facts) -> str | None:
    """The dearest fiscal year; None without capex."""
    year = max(facts.capex_by_year, key=lambda label: facts.capex_by_year[label])
    return year if facts.capex_by_year[year] else None


def lowest_period(facts: Facts) -> str:
    """The first period that ends within one dollar of the least cash."""
    least = min(facts.headroom.values())
    return next(label for label, musd in facts.headroom.items() if musd - least <= TOLERANCE)


def lowest_cash(facts: Facts) -> Fraction:
    """M$ of cash at the end of that period that nobody holds back."""
    return free_cash_musd(facts.book, lowest_period(facts))


def lowest_headroom(facts: Facts) -> Fraction:
    """M$ of cash above the floor at the end of that period."""
    return facts.headroom[lowest_period(facts)]


def lowest_drawable(facts: Facts) -> Fraction | None:
    """M$ that could be drawn besides what is, in the period with the least cash."""
    return drawable_musd(facts.book, facts.book.calendar.by_label[lowest_period(facts)])


def least_limit_left(facts: Facts) -> Fraction | None:
    """Least M$ between limit and debt over the periods in which a facility is open."""
    left = [limit_not_used_musd(facts.book, period) for period in facts.book.periods]
    return min((musd for musd in left if musd is not None), default=None)


def leverage(facts: Facts) -> Cell:
    """Highest debt / EBITDA of the last twelve months; text where EBITDA is not positive."""
    highest: Fraction | None = None
    for period in facts.book.periods:
        ebitda, debt = facts.trailing_ebitda(period), facts.debt(period)
        if ebitda is not None and debt > 0:
            if ebitda <= 0:
                return f"not covered in {period.label}"
            highest = max(highest or ZERO, debt / ebitda)
    return highest


def covenant_headroom(facts: Facts) -> Fraction | None:
    """Least headroom of a covenant in a period in which it is tested, M$; None where none is."""
    test = tightest(facts.book)
    return test.headroom_musd if test else None


def covenant_tightest(facts: Facts) -> str | None:
    """That covenant, with the period."""
    test = tightest(facts.book)
    return f"{test.covenant.id} in {test.period.label}" if test else None


def per_share(facts: Facts) -> Fraction | None:
    """Equity value in USD per share, with the warrants that are worth exercising; None where shares are not counted.

    From the lowest strike on each is exercised that lies below the value per share with those before it; its money comes in then.
    """
    shares = facts.book.instance.finance.shares_count
    if shares is None:
        return None
    worth, count = equity(facts) * 1_000_000, exact(shares)
    for strike, warrants in sorted(_warrants(facts)):
        if strike < worth / count:
            worth, count = worth + warrants * strike, count + warrants
    return worth / count


def _warrants(facts: Facts) -> Iterator[tuple[Fraction, Fraction]]:
    """Strike in USD and number of the warrants outstanding, and of those that leases bring, by the share of their blocks taken."""
    for row in facts.book.instance.warrants:
        yield exact(row.strike_usd), exact(row.warrants_count)
    for place in facts.book.placements:
        lease = place.lease
        yield exact(lease.strike_usd), exact(lease.warrants_count) * place.count / blocks(lease)


def mw_start(use: str, contracted: bool) -> Callable[[Facts], Cell]:
    """IT MW of a use in the first period."""
    return lambda facts: facts.it_mw.get((use, contracted, facts.book.periods[0].label), ZERO)


def mw_end(use: str, contracted: bool) -> Callable[[Facts], Cell]:
    """IT MW of a use when the plan ends."""
    return lambda facts: facts.end_mw[use, contracted]


def revenue_share(*causes: str) -> Callable[[Facts], Cell]:
    """Share of revenue that some causes bring."""
    return lambda facts: ratio(facts.over_plan("revenue", *causes), facts.over_plan("revenue", *EARNED))


def power_cost(facts: Facts) -> Fraction | None:
    """USD per MWh of own energy, all in, as if nothing were generated behind the meter."""
    return ratio(facts.own_power["cost_musd"] * 1_000_000, facts.own_power["own_mwh"])


def generation_share(facts: Facts) -> Fraction | None:
    """Share of what sites draw that own generators make; None where there are none."""
    if not facts.book.instance.generators:
        return None
    own = facts.energy["generated_mwh"] - facts.energy["exported_mwh"]
    return ratio(own, facts.energy["own_mwh"] + facts.energy["tenant_mwh"])


def response_revenue(facts: Facts) -> Fraction | None:
    """M$ of demand response over the plan; None without a programme."""
    return facts.over_plan("revenue", "response") if facts.book.instance.programmes else None


def power_credits(facts: Facts) -> Fraction | None:
    """M$ of demand response, resale and exports over the plan; None where none of them is possible."""
    of = facts.book.instance
    able = of.programmes or any(ppa.resale for ppa in of.ppas) or any(site.export_mw for site in of.sites)
    return facts.over_plan("revenue", "response", "ppa", "export") if able else None


def peak_hashrate(facts: Facts) -> Fraction:
    """Highest mean EH/s of a period."""
    return max(facts.running_eh.values())


def development_margin(facts: Facts) -> Fraction | None:
    """(NOI / cap rate - capex) / gross MW, undiscounted, over all leases taken; None when one has no cap rate."""
    worth = ZERO
    for place in facts.book.placements:
        cap_rate = _cap_rate(facts, place.lease)
        if cap_rate is None:
            return None
        worth += _stabilised_noi(facts, place) / exact(cap_rate)
    entries = (entry for entry in facts.book.ledger.entries if entry.account == "capex" and _stays(facts, entry))
    built = sum((entry.musd for entry in entries), ZERO)
    return ratio(worth - built, facts.gross_mw) if facts.book.placements else None


def _cap_rate(facts: Facts, lease: Lease) -> float | None:
    """Yield of a lease, or of the tier of its tenant."""
    tier = facts.book.world.tiers.get(lease.tier or "")
    return tier.cap_rate_fraction if lease.cap_rate_fraction is None and tier else lease.cap_rate_fraction


def _stays(facts: Facts, entry: Entry) -> bool:
    """Whether capex stays with the site: all but machines, and what is due on them."""
    world = facts.book.world
    return entry.cause in BUILT or (entry.cause == "opening" and not isinstance(world.thing(world.opening[entry.item]), Asic | Gpu))


def _stabilised_noi(facts: Facts, place: Placement) -> Fraction:
    """M$ a year of rent in the first lease year, all tranches there, after direct cost, and upkeep and property tax of the modules that
    the lease fills, which the tenant bears under a triple net lease."""
    rent = 12 * place.rent_musd_per_month * (1 - exact(place.lease.cost_fraction))
    if place.lease.kind == "triple_net":
        return rent
    yearly = exact(place.hall.fixed_cost_musd_per_module_year) + property_tax_musd(facts.book.world, place.site, place.hall)
    return rent - place.mw * yearly / exact(place.hall.module_it_mw)
