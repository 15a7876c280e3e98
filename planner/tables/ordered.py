"""What the plan orders, buys, sells and ends: each thing that somebody has to sign, with its dates and its money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check.calendar import Period, Profile
from planner.check.exact import ZERO, exact
from planner.check.hashing import price_musd_per_mw
from planner.tables.book import Book
from planner.tables.pending import pending

OrderKey = tuple[str, str, str, str]
"""Kind, item, site and detail."""


@dataclass(frozen=True)
class Order:
    """One order: key, quantity, months counted from the start of the plan, capex in M$ with its payments, and what else it moves."""

    key: OrderKey
    period: Period
    quantity: Fraction
    unit: str
    order_month: int
    in_service_month: int
    total_musd: Fraction = ZERO
    due_at_order_musd: Fraction = ZERO
    payments: tuple[tuple[Period, Fraction], ...] = ()
    other_musd: Fraction = ZERO
    first_paid_month: int | None = None
    """Where it is neither the order month nor that of service."""

    @property
    def first_payment_month(self) -> int | None:
        """Month of the first payment, None when nothing is paid."""
        if not self.total_musd:
            return None
        if self.first_paid_month is not None:
            return self.first_paid_month
        return self.order_month if self.due_at_order_musd else self.in_service_month


def orders(book: Book) -> list[Order]:
    """All orders of the plan, by order month, kind, item and site."""
    found = [
        *_halls(book), *_conversions(book), *_retirements(book), *_machines(book), *_power(book),
        *_deliveries(book), *_sites(book), *_fleets(book), *_contracts(book),
    ]  # fmt: skip
    return sorted(found, key=lambda order: (order.order_month, order.key, order.period.number))


def _paid(total: Fraction, profile: Profile) -> tuple[tuple[Period, Fraction], ...]:
    """Payments by period, those of one period in one sum, zero ones left out."""
    sums: dict[Period, Fraction] = {}
    for period, share in profile:
        sums[period] = sums.get(period, ZERO) + total * share
    return tuple((period, musd) for period, musd in sums.items() if musd)


def _spread(book: Book, key: OrderKey, label: str, quantity: Fraction, unit: str, terms: tuple[int, Fraction]) -> Order:
    """An order paid evenly over its build months; terms are those months and M$ each in the money of the price year."""
    period, (build_months, price) = book.calendar.by_label[label], terms
    ordered = period.first - build_months
    total = quantity * price * book.world.capex_level(ordered)
    payments = _paid(total, book.calendar.spread_profile(period, build_months))
    return Order(key, period, quantity, unit, ordered, period.first, total, total / max(1, build_months), payments)


def _deposited(book: Book, key: OrderKey, label: str, quantity: Fraction, unit: str, terms: tuple[int, Fraction, float]) -> Order:
    """An order with a deposit and the balance at service; terms are lead months, M$ each when ordered and the share due at order."""
    period, (lead_months, price, deposit) = book.calendar.by_label[label], terms
    total = quantity * price
    at_order = total * (exact(deposit) if lead_months else 1)
    payments = _paid(total, book.calendar.deposit_profile(period, lead_months, exact(deposit)))
    return Order(key, period, quantity, unit, period.first - lead_months, period.first, total, at_order, payments)


def _at_once(book: Book, key: OrderKey, label: str, quantity: Fraction, unit: str, other_musd: Fraction = ZERO) -> Order:
    """What happens at the start of a period and is no capex."""
    period = book.calendar.by_label[label]
    return Order(key, period, quantity, unit, period.first, period.first, other_musd=other_musd)


def _with_contingency(musd: float, fraction: float) -> Fraction:
    return exact(musd) * (1 + exact(fraction))


def _halls(book: Book) -> Iterator[Order]:
    for (site, name, period), count in book.decisions("built_modules"):
        hall = book.world.halls[name]
        terms = (hall.build_months, _with_contingency(hall.capex_musd_per_module, hall.contingency_fraction))
        yield _spread(book, ("hall", name, site, ""), period, count, "modules", terms)


def _conversions(book: Book) -> Iterator[Order]:
    for (name, cohort, period), count in book.decisions("converted_lots"):
        row, site = book.world.conversions[name], book.world.cohorts[cohort].site
        terms = (row.build_months, _with_contingency(row.capex_musd_per_lot, row.contingency_fraction))
        yield _spread(book, ("conversion" if row.kind == "retrofit" else row.kind, name, site, cohort), period, count, "lots", terms)


def _retirements(book: Book) -> Iterator[Order]:
    for (cohort, period), count in book.decisions("retired_modules"):
        standing = book.world.cohorts[cohort]
        yield _at_once(book, ("retirement", standing.item, standing.site, cohort), period, count, "modules")


def _machines(book: Book) -> Iterator[Order]:
    for (site, name, period), mw in book.decisions("bought_mw"):
        asic = book.world.asics[name]
        price = price_musd_per_mw(book.world, name, book.calendar.by_label[period].first - asic.lead_months)
        yield _deposited(book, ("asic", name, site, ""), period, mw, "MW", (asic.lead_months, price, asic.deposit_fraction))
    for (site, hall, name, period), count in book.decisions("deployed_clusters"):
        gpu = book.world.gpus[name]
        terms = (gpu.lead_months, exact(gpu.capex_musd_per_mw) * exact(gpu.cluster_it_mw), gpu.deposit_fraction)
        yield _deposited(book, ("gpu", name, site, hall), period, count, "clusters", terms)


def _power(book: Book) -> Iterator[Order]:
    """Grid upgrades, equipment and generators, whose prices rise with inflation until they are ordered."""
    for (name, period), count in book.decisions("upgraded"):
        row = book.world.grid[name]
        terms = (row.lead_months, _price(book, row.cost_musd, period, row.lead_months), row.deposit_fraction)
        yield _deposited(book, ("grid", name, row.site, ""), period, count, "upgrades", terms)
    for (site, name, period), count in book.decisions("delivered_units"):
        type_ = book.world.equipment[name]
        terms = (type_.lead_months, _price(book, type_.cost_musd, period, type_.lead_months), type_.deposit_fraction)
        yield _deposited(book, ("equipment", name, site, ""), period, count, "units", terms)
    for (site, name, period), count in book.decisions("commissioned_units"):
        plant = book.world.generators[name]
        terms = (plant.lead_months, _price(book, plant.capex_musd_per_unit, period, plant.lead_months), plant.deposit_fraction)
        yield _deposited(book, ("generator", name, site, ""), period, count, "units", terms)


def _price(book: Book, musd: float, period: str, lead_months: int) -> Fraction:
    return exact(musd) * book.world.capex_level(book.calendar.by_label[period].first - lead_months)


def _deliveries(book: Book) -> Iterator[Order]:
    """What is still due on things ordered before the plan, and what it cancels of them."""
    for row in pending(book):
        period = next(period for period, _ in book.calendar.overlapped(row.month, row.month + 1))
        detail = "" if row.kind == "grid" else row.id
        if row.cancelled:
            key = ("cancellation", row.item, row.site, detail)
            yield Order(key, period, row.cancelled, row.unit, 0, row.month, other_musd=row.saved_musd - row.fee_musd)
        if left := row.due_musd - row.saved_musd:
            key, comes = ("delivery", row.item, row.site, detail), row.quantity - row.cancelled
            first, months, at_once = (0, row.month, ZERO) if row.evenly else (row.month, 1, left)
            paid = _paid(left, book.calendar.straight_line(first, months))
            yield Order(key, period, comes, row.unit, row.month, row.month, left, at_once, paid, first_paid_month=first)


def _sites(book: Book) -> Iterator[Order]:
    for (site, period), count in book.decisions("opened"):
        price = exact(book.world.sites[site].option_price_musd or 0) * count
        at, paid = book.calendar.by_label[period], ((book.calendar.by_label[period], price),) if price else ()
        yield Order(("site", site, site, ""), at, count, "sites", at.first, at.first, price, price, paid)
    for (site, period), count in book.decisions("sold"):
        brings = book.state("proceeds_musd", site, period) - exact(book.world.sites[site].closing_cost_musd) * count
        yield _at_once(book, ("sale", site, site, ""), period, count, "sites", brings)


def _fleets(book: Book) -> Iterator[Order]:
    """Machines sold second-hand and moved, whatever their age, by site, model and period."""
    moves: dict[tuple[OrderKey, str], Fraction] = {}
    for family, kind, detail in (("resold_mw", "resale", ""), ("withdrawn_mw", "move", "out"), ("placed_mw", "move", "in")):
        for (site, asic, _, period), mw in book.decisions(family):
            place = ((kind, asic, site, detail), period)
            moves[place] = moves.get(place, ZERO) + mw
    for (key, period), mw in moves.items():
        yield _at_once(book, key, period, mw, "MW", _moved_musd(book, key, period, mw))


def _moved_musd(book: Book, key: OrderKey, period: str, mw: Fraction) -> Fraction:
    """What a resale brings, or a move costs (negative)."""
    kind, asic, site, detail = key
    if kind == "resale":
        return book.of_item.get(("revenue", "resale", asic, site, period), ZERO)
    row = book.world.moves[site]
    return -mw * exact(row.out_musd_per_mw if detail == "out" else row.in_musd_per_mw)


def _contracts(book: Book) -> Iterator[Order]:
    """Offers of PPAs accepted, by their first delivery; notices given to hosting contracts.

    An offer that is never drawn and asks for nothing then is no reason to sign: to accept it or not is worth the same.
    """
    drawn = {index[0] for index, _ in book.decisions("taken_mw")}
    for (name,), _ in book.decisions("accepted"):
        ppa = book.world.ppas[name]
        if name not in drawn and not ppa.take_or_pay_fraction:
            continue
        month = max(0, book.calendar.month(ppa.from_month))
        period = next(period for period in book.periods if period.touched(month, month + 1))
        yield Order(("ppa", name, ppa.site, ""), period, exact(ppa.mw), "MW", month, month)
    for (name, label), _ in book.decisions("ended"):
        row, period = book.world.hosting[name], book.calendar.by_label[label]
        yield Order(("notice", name, row.site, ""), period, exact(row.it_mw), "MW", period.first - (row.notice_months or 0), period.first)
