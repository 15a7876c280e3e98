"""Power contracts and charges of a site, drawn from a stream of their own."""

from __future__ import annotations

from planner.generator import ranges as r
from planner.generator.calendar import YEAR, Calendar, word
from planner.generator.draws import Stream
from planner.generator.places import Place
from planner.generator.world import World


def contract(seed: int, number: int, site: Place, world: World, calendar: Calendar) -> None:
    """Add the charges of its market to a site, and power contracts, signed or on offer, to a mine that is not for sale."""
    draw = Stream(seed, "contracts", number)
    _charges(site, world)
    signed, offered = draw.happens(r.PPA_SIGNED), draw.happens(r.PPA_OFFERED)
    for_sale = "sale_musd_per_mw" in site.rows["sites"][0]
    if site.kind == "mine" and not for_sale:
        if signed:
            _signed(site, draw)
        if offered and calendar.comes(YEAR):
            _offered(site, draw)


def _charges(site: Place, world: World) -> None:
    opening_mw = 0.0 if site.kind == "offer" else round(r.CAUGHT * site.energised_mw, 1)
    peak = r.PEAK_TERMS | {"opening_mw": opening_mw}
    if site.market.id == "ercot":
        site.add("charges", id=f"{site.id}_4cp", site=site.id, usd_per_kw_month=world.transmission_usd_per_kw_month, **peak)
    elif site.market.id == "pjm":
        site.add("charges", id=f"{site.id}_capacity", site=site.id, usd_per_mw_day=r.CAPACITY.low, **peak)
    elif site.market.id == "tva":
        site.add("charges", id=f"{site.id}_demand", site=site.id, kind="own_peak", usd_per_kw_month=world.demand_usd_per_kw_month)


def _signed(site: Place, draw: Stream) -> None:
    mw, strike, months = round(site.energised_mw * draw.of(r.PPA_MW), -1), draw.of(r.PPA_STRIKE), draw.whole(r.PPA_MONTHS)
    terms = {"from_month": "2024-01", "to_month": word(months)} | r.PPA_TERMS
    site.add("ppas", id=f"{site.id}_ppa", site=site.id, mw=mw, strike_usd_per_mwh=strike, **terms)


def _offered(site: Place, draw: Stream) -> None:
    mw, term = round(site.energised_mw * draw.of(r.PPA_MW), -1), draw.whole(r.PPA_TERM)
    strike = round(max(site.market.mean_usd_per_mwh + draw.of(r.PPA_PREMIUM), r.PPA_STRIKE.low), 1)
    terms = {"from_month": word(YEAR), "to_month": word(YEAR + term)} | r.PPA_OFFER_TERMS
    site.add("ppas", id=f"{site.id}_ppa_offer", site=site.id, mw=mw, strike_usd_per_mwh=strike, **terms)
