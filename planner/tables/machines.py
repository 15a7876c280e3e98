"""The mining fleet, the market that pays it, and what a megawatt-hour earns and costs by machine and site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from planner.check.calendar import Period
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

FLEET = Frame(
    "fleet",
    "Mining machines by site, model and period.",
    (
        text("site", "Site."),
        text("asic", "ASIC model."),
        text("period", "Period."),
        Column("installed_mw", "MW of machines in service, mean of the period."),
        Column("hosted_mw", "MW of them plugged into halls, mean of the period."),
        Column("running_mw", "MW that hash, mean over all hours of the period."),
        Column("hosted_eh", "EH/s of the machines plugged in: MW / (J/TH)."),
        Column("running_eh", "EH/s, mean over all hours of the period."),
        Column("j_per_th", "Energy per terahash at the wall."),
    ),
)

MARKET = Frame(
    "market",
    "The bitcoin deck by period: means over its days.",
    (
        text("period", "Period."),
        Column("days", "Days of the period.", "whole"),
        Column("btc_usd", "Price of a bitcoin."),
        Column("network_eh", "Network hashrate."),
        Column("subsidy_btc", "Block subsidy; a halving inside the period counts by days."),
        Column("hashprice_usd_per_ph_day", "What a PH/s earns a day, before the pool's fee."),
    ),
)

ECONOMICS = Frame(
    "hashing_economics",
    "What mining earns and costs per MWh of the machine, at every site with a hall for it.",
    (
        text("asic", "ASIC model."),
        text("period", "Period."),
        text("site", "Site."),
        Column("hashprice_usd_per_ph_day", "What a PH/s earns a day, before the pool's fee."),
        Column("revenue_usd_per_mwh", "hashprice / (0.024 x J/TH), less the pool's fee."),
        Column("opex_usd_per_mwh", "Repair and staff."),
        Column("power_usd_per_mwh", "Price of buying, mean over all hours, x average PUE of the site's best hall for the machine."),
        Column("margin_usd_per_mwh", "Revenue less opex and power if it ran in all hours."),
        Column(
            "breakeven_usd_per_mwh",
            "Spot price of the market above which it stops: (revenue - opex) / PUE is what it can pay for a MWh bought.",
        ),
        Column("breakeven_hashprice_usd_per_ph_day", "Hashprice at which the margin is nil."),
    ),
)


def fleet_rows(book: Book) -> Iterator[Row]:
    """One row per site, model that can be there, and period."""
    hosted, running = _hosted(book), _running(book)
    for site, models in book.world.asics_at.items():
        for asic in models:
            efficiency = exact(book.world.asics[asic].j_per_th)
            for period in book.periods:
                key = (site, asic, period.label)
                yield {
                    "site": site,
                    "asic": asic,
                    "period": period.label,
                    "installed_mw": book.state("installed_mw", *key),
                    "hosted_mw": hosted.get(key, ZERO),
                    "running_mw": running.get(key, ZERO),
                    "hosted_eh": hosted.get(key, ZERO) / efficiency,
                    "running_eh": running.get(key, ZERO) / efficiency,
                    "j_per_th": efficiency,
                }


def _hosted(book: Book) -> dict[tuple[str, str, str], Fraction]:
    """Hosted MW by site, model and period."""
    mw: dict[tuple[str, str, str], Fraction] = {}
    for (site, _, asic, period), value in book.decisions("hosted_mw"):
        mw[site, asic, period] = mw.get((site, asic, period), ZERO) + value
    return mw


def _running(book: Book) -> dict[tuple[str, str, str], Fraction]:
    """Running MW, mean over all hours, by site, model and period."""
    mw: dict[tuple[str, str, str], Fraction] = {}
    for (site, _, asic, label, block), value in book.decisions("run_mw"):
        hours_fraction, _ = book.world.price(site, block, book.calendar.by_label[label])
        mw[site, asic, label] = mw.get((site, asic, label), ZERO) + value * hours_fraction
    return mw


def market_rows(book: Book) -> Iterator[Row]:
    """One row per period."""
    for period in book.periods:
        btc_usd, network_eh, subsidy_btc = _deck(book, period)
        yield {
            "period": period.label,
            "days": period.days,
            "btc_usd": btc_usd,
            "network_eh": network_eh,
            "subsidy_btc": subsidy_btc,
            "hashprice_usd_per_ph_day": book.state("hashprice", period.label),
        }


def _deck(book: Book, period: Period) -> tuple[Fraction, Fraction, Fraction]:
    """Means over the days of a period: USD per bitcoin, network EH/s, subsidy in bitcoin."""
    deck = sorted(book.instance.btc, key=lambda row: row.from_day)
    first, last = date.fromordinal(period.first_day), date.fromordinal(period.first_day + period.days)
    inside = {day for day in (*book.instance.halvings, *(row.from_day for row in deck)) if first < day < last}
    cuts = [first, *sorted(inside), last]
    sums = [ZERO, ZERO, ZERO]
    for begin, end in pairwise(cuts):
        share = Fraction((end - begin).days, period.days)
        row = next((row for row in reversed(deck) if row.from_day <= begin), None)
        sums[0] += share * exact(row.btc_usd) if row else ZERO
        sums[1] += share * exact(row.network_eh) if row else ZERO
        sums[2] += share * Fraction(50, 2 ** sum(halving <= begin for halving in book.instance.halvings))
    return sums[0], sums[1], sums[2]


def economics_rows(book: Book) -> Iterator[Row]:
    """One row per model, period and site with a hall of its product."""
    for asic in book.world.asics:
        for period in book.periods:
            for site in book.world.sites:
                if halls := book.world.hosts(site, book.world.asics[asic].product):
                    pue = min(exact(book.world.halls[hall].pue_average) for hall in halls)
                    yield {"asic": asic, "period": period.label, "site": site, **_economics(book, asic, period, site, pue)}


def _economics(book: Book, asic: str, period: Period, site: str, pue: Fraction) -> dict[str, Fraction]:
    row, hashprice = book.world.asics[asic], book.state("hashprice", period.label)
    place, blocks = book.world.sites[site], book.world.blocks[site]
    prices = [(book.world.price(site, block, period)[0], book.world.bought_price(site, block, period)) for block in blocks]
    power = pue * sum((share * price for share, price in prices), ZERO)
    per_hashprice = (1 - exact(row.pool_fee_fraction)) / (exact(row.j_per_th) * 24 / 1000)
    lossy = 1 + exact(place.loss_fraction)
    revenue, opex = hashprice * per_hashprice, exact(row.opex_usd_per_mwh) * book.world.growth(period)
    at_meter = (revenue - opex) / pue
    return {
        "hashprice_usd_per_ph_day": hashprice,
        "revenue_usd_per_mwh": revenue,
        "opex_usd_per_mwh": opex,
        "power_usd_per_mwh": power,
        "margin_usd_per_mwh": revenue - opex - power,
        "breakeven_usd_per_mwh": (at_meter - exact(place.energy_adder_usd_per_mwh)) / lossy - exact(place.basis_usd_per_mwh),
        "breakeven_hashprice_usd_per_ph_day": (opex + power) / per_hashprice if per_hashprice else ZERO,
    }
