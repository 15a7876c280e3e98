"""What own energy costs, all in, as if nothing were generated behind the meter: what the plant earns is no discount on the mine's power."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from planner.check.calendar import FiscalYear
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.charges import on_own_draw_musd
from planner.tables.frame import Column, Frame, Row, text

FRAME = Frame(
    "power_cost",
    "What own energy costs, all in, by site and fiscal year, as if there were no own generation (what that earns is in the part `power` of "
    "`value_split`): at the price of buying, less what PPAs save and demand response pays, plus charges. Own energy is that of own and of "
    "hosted machines. Years without any have no row.",
    (
        text("site", "Site."),
        text("fiscal_year", "Calendar year, or a period of several."),
        Column("own_mwh", "Drawn for own use and for hosted machines."),
        Column("at_spot_musd", "Cost of it at the price of buying, M$: spot, basis, losses and adder; `own_cost_musd` of `energy`."),
        Column("tenant_mwh", "Drawn by tenants at the site: PPAs serve them too."),
        Column(
            "ppa_saving_musd",
            "Own MWh / (own + tenant MWh) of what the site's PPAs save, M$: what is used of them at spot, basis and losses, and what "
            "resale brings, less what is paid for them, taken or not. Negative where they cost more than spot.",
        ),
        Column("response_musd", "What demand response pays, M$."),
        Column(
            "charge_musd",
            "Charges on the own draw of the year, M$, whenever they are billed: those on the own peak with the least MW billed, in the "
            "periods with own draw; coincident ones at the draw of their block.",
        ),
        Column("cost_musd", "At spot, less saving and response, plus charges, M$."),
        Column("cost_usd_per_mwh", "The same per own MWh."),
    ),
)


def rows(book: Book) -> Iterator[Row]:
    """One row per site and fiscal year in which something is drawn for own use."""
    charges = on_own_draw_musd(book)
    for site in book.world.sites:
        for year in book.calendar.fiscal_years:
            own, at_spot, tenants = _drawn(book, site, year)
            if own > 0:
                labels = {period.label for period in year.periods}
                saving = own / (own + tenants) * _ppa_saving_musd(book, site, year)
                response = _booked(book, "revenue", "response", site, labels)
                charged = sum((charges.get((site, label), ZERO) for label in labels), ZERO)
                cost = at_spot - saving - response + charged
                yield {
                    "site": site, "fiscal_year": year.label, "own_mwh": own, "at_spot_musd": at_spot, "tenant_mwh": tenants,
                    "ppa_saving_musd": saving, "response_musd": response, "charge_musd": charged, "cost_musd": cost,
                    "cost_usd_per_mwh": cost * 1_000_000 / own,
                }  # fmt: skip


def _drawn(book: Book, site: str, year: FiscalYear) -> tuple[Fraction, Fraction, Fraction]:
    """Own MWh, their M$ at the price of buying, and the MWh of tenants."""
    own, musd, tenants = ZERO, ZERO, ZERO
    for period in year.periods:
        for block, hours in book.blocks(site, period):
            mwh = hours * book.state("draw_mw", site, period.label, block)
            own, musd = own + mwh, musd + mwh * book.world.bought_price(site, block, period) / 1_000_000
            tenants += hours * book.tenant_mw.get((site, period.label), ZERO)
    return own, musd, tenants


def _ppa_saving_musd(book: Book, site: str, year: FiscalYear) -> Fraction:
    """M$ that the PPAs of a site save a fiscal year: what is used costs no spot and no losses, but the adder all the same."""
    adder, usd = exact(book.world.sites[site].energy_adder_usd_per_mwh), ZERO
    for period in year.periods:
        for block, hours in book.blocks(site, period):
            taken, resold = (book.of_ppa.get((name, site, period.label, block), ZERO) for name in ("taken_mw", "remarketed_mw"))
            usd += hours * (taken - resold) * (book.world.bought_price(site, block, period) - adder)
    labels = {period.label for period in year.periods}
    return usd / 1_000_000 + _booked(book, "revenue", "ppa", site, labels) - _booked(book, "operating", "ppa", site, labels)


def _booked(book: Book, account: str, cause: str, site: str, periods: set[str]) -> Fraction:
    """M$ of the journal of a site in some periods."""
    return sum(
        (musd for (booked, why, _, where, label), musd in book.of_item.items()
         if (booked, why, where) == (account, cause, site) and label in periods),
        ZERO,
    )  # fmt: skip
