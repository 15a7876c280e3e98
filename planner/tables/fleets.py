"""Machines by the end of their life, machines of others in the halls, and the bitcoin that the company holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.check.treasury import modelled
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

MACHINES = Frame(
    "machines",
    "Own mining machines by the month in which their life ends: what is there, comes and goes. Rows are left out in which nothing is or "
    "moves. What is withdrawn at one site waits in the company's pool until it is placed at another.",
    (
        text("site", "Site."),
        text("asic", "ASIC model."),
        text("end_month", "Month in which the life of these machines ends."),
        text("period", "Period."),
        Column("in_service_mw", "MW at the site, mean of the period."),
        Column("bought_mw", "MW bought that enter service in the period."),
        Column("placed_mw", "MW that come from the pool."),
        Column("withdrawn_mw", "MW that leave for the pool."),
        Column("resold_mw", "MW sold second-hand."),
    ),
)

HOSTING = Frame(
    "hosting",
    "Machines of others in the company's halls; empty where there is no contract.",
    (
        text("hosting", "Contract."),
        text("site", "Site."),
        text("period", "Period."),
        Column("contract_mw", "IT MW of the contract, mean of the period, before any notice of the plan."),
        Column("hosted_mw", "IT MW plugged in, mean of the period: after notice none."),
        Column("drawn_mwh", "Energy that they draw, PUE included."),
        Column("revenue_musd", "Hosting fee and share of the reward, M$."),
        Column("energy_musd", "Cost of that energy at the price of buying, M$."),
    ),
)

TREASURY = Frame(
    "treasury",
    "The bitcoin treasury by period; empty where none is modelled (no holdings, and treasury_cap_btc of 0 or no mining machines).",
    (
        text("period", "Period."),
        Column("mined_btc", "Mined, after the pool's fee."),
        Column("kept_btc", "Of them kept."),
        Column("sold_btc", "Sold in the period out of what was kept before, or held at the start of the plan."),
        Column("stock_btc", "Held at the end of the period."),
        Column("stock_musd", "Worth of the stock at the price of the last day, M$."),
        Column("treasury_musd", "Cash: sale of older bitcoin less the value of what is kept when mined, M$."),
        Column("gain_musd", "Taxable gain on what is sold, over what it cost: its value when mined, or its basis, M$."),
        Column("opening_btc", "Held at the start of the period."),
        Column("cost_musd", "What the stock at the end of the period has cost, M$: as in the balance sheet."),
    ),
)

Batch = tuple[str, str, str]
"""Site, ASIC model, month in which the life ends."""


def machine_rows(book: Book) -> Iterator[Row]:
    """One row per site, model, end of life and period in which something of it is there or moves."""
    bought = _bought(book)
    spans = _spans(book)
    for batch in sorted(spans, key=lambda batch: (list(book.world.sites).index(batch[0]), batch[1:])):
        for period in book.periods:
            moved = {name: book.decided(name, *batch, period.label) for name in ("placed_mw", "withdrawn_mw", "resold_mw")}
            cells = {
                "in_service_mw": sum((mw * period.share(first, end) for first, end, mw in spans[batch]), ZERO),
                "bought_mw": bought.get((*batch, period.label), ZERO),
                **moved,
            }
            if any(cells.values()):
                yield dict(zip(("site", "asic", "end_month"), batch, strict=True)) | {"period": period.label, **cells}


def _spans(book: Book) -> dict[Batch, list[tuple[int, int, Fraction]]]:
    """First month, month after the last and MW of fleets and purchases; what leaves is negative from then to the end of its life."""
    world, label = book.world, book.calendar.month_label
    spans: dict[Batch, list[tuple[int, int, Fraction]]] = defaultdict(list)
    for fleet in world.fleets.values():
        spans[fleet.site, fleet.item, label(fleet.end)].append((fleet.start, fleet.end, book.coming(fleet)))
    for (site, asic, period), mw in book.decisions("bought_mw"):
        first = book.calendar.by_label[period].first
        end = first + world.asics[asic].life_months
        spans[site, asic, label(end)].append((first, end, mw))
    for family, sign in (("placed_mw", 1), ("withdrawn_mw", -1), ("resold_mw", -1)):
        for (site, asic, ends, period), mw in book.decisions(family):
            spans[site, asic, ends].append((book.calendar.by_label[period].first, world.ends[ends], sign * mw))
    return spans


def _bought(book: Book) -> dict[tuple[str, str, str, str], Fraction]:
    """MW bought by site, model, end of life and period."""
    mw = {}
    for (site, asic, period), value in book.decisions("bought_mw"):
        end = book.calendar.by_label[period].first + book.world.asics[asic].life_months
        mw[site, asic, book.calendar.month_label(end), period] = value
    return mw


def hosting_rows(book: Book) -> Iterator[Row]:
    """One row per contract and period in which it would run."""
    calendar = book.calendar
    for row in book.world.hosting.values():
        end = calendar.horizon if row.to_month is None else calendar.month(row.to_month)
        for period, _ in calendar.overlapped(calendar.month(row.from_month), end):
            guests = {h: book.decided("guest_mw", row.id, h, period.label) for h in book.world.hosts(row.site, row.product)}
            facility = sum((exact(book.world.halls[hall].pue_average) * mw for hall, mw in guests.items()), ZERO)
            hours = sum((hours for _, hours in book.blocks(row.site, period)), ZERO)
            yield {
                "hosting": row.id,
                "site": row.site,
                "period": period.label,
                "contract_mw": exact(row.it_mw) * period.share(calendar.month(row.from_month), end),
                "hosted_mw": sum(guests.values(), ZERO),
                "drawn_mwh": exact(row.uptime_fraction) * facility * hours,
                "revenue_musd": book.of_item.get(("revenue", "hosting", row.id, row.site, period.label), ZERO),
                "energy_musd": book.of_item.get(("operating", "energy", row.id, row.site, period.label), ZERO),
            }


@dataclass(frozen=True)
class Stock:
    """Bitcoin held, and what they have cost."""

    btc: Fraction
    cost_musd: Fraction


def stock(book: Book, number: int) -> Stock:
    """What is held at the end of the period of a number; -1 is the start of the plan."""
    numbers = {period.label: period.number for period in book.periods}
    held = {name: exact(row.btc_count) for name, row in book.world.holdings.items()}
    for (source, sold), btc in book.decisions("kept_btc"):
        if source in book.world.holdings:
            held[source] -= btc if numbers[sold] <= number else ZERO
        elif numbers[source] <= number < numbers[sold]:
            held[source] = held.get(source, ZERO) + btc
    for (source,), btc in book.decisions("final_btc"):
        if source not in book.world.holdings and numbers[source] <= number:
            held[source] = held.get(source, ZERO) + btc
    cost = sum((btc * book.coin_cost_usd[source] for source, btc in held.items() if btc), ZERO)
    return Stock(sum(held.values(), ZERO), cost / 1_000_000)


def treasury_rows(book: Book) -> Iterator[Row]:
    """One row per period, where a treasury is modelled."""
    before = stock(book, -1)
    for period in book.periods if modelled(book.world) else ():
        label, now = period.label, stock(book, period.number)
        yield {
            "period": label,
            "mined_btc": book.state("mined_btc", label),
            "kept_btc": sum((btc for (mined, _), btc in book.decisions("kept_btc") if mined == label), book.decided("final_btc", label)),
            "sold_btc": sum((btc for (_, when), btc in book.decisions("kept_btc") if when == label), ZERO),
            "stock_btc": now.btc,
            "stock_musd": now.btc * _last_price(book, period) / 1_000_000,
            "treasury_musd": book.state("treasury_musd", label),
            "gain_musd": book.state("gain_musd", label),
            "opening_btc": before.btc,
            "cost_musd": now.cost_musd,
        }
        before = now


def _last_price(book: Book, period: Period) -> Fraction:
    """USD per bitcoin on the last day of a period; 0 before the deck begins."""
    last = date.fromordinal(period.first_day) + timedelta(days=period.days - 1)
    rows = sorted((row for row in book.instance.btc if row.from_day <= last), key=lambda row: row.from_day)
    return exact(rows[-1].btc_usd) if rows else ZERO
