"""Sites bought and sold, machines resold, moved and hosted, and bitcoin kept: a section for instances that allow any of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from planner.report.layout import remark, section
from planner.report.records import Record, records
from planner.report.words import clean, count, more, musd, mw
from planner.runs import Run

MOST = 10
"""Lines of a kind before the page refers to the CSV file."""


def changes(run: Run) -> list[RenderableType]:
    """A line for each site on offer or for sale, each hosting contract, machines that go, and the treasury; nothing without any."""
    orders = records(run.tables["orders"])
    said = [*_sites(run, orders), *_hosting(run, orders), *_machines(run, orders), *_treasury(run)]
    return [section("Sites, machines and bitcoin", *map(remark, said))] if said else []


def _sites(run: Run, orders: Sequence[Record]) -> Iterator[str]:
    """What becomes of each site that may be bought, sold or closed."""
    bought = {order["site"]: order for order in orders if order["kind"] == "site"}
    sold = {order["site"]: order for order in orders if order["kind"] == "sale"}
    told = [site for site in run.instance.sites if site.option_price_musd is not None or site.sale_musd_per_mw is not None]
    for site in told[:MOST]:
        if order := bought.get(site.id):
            yield f"{clean(site.id)}: bought in {order['order_month']} for {musd(order['total_musd'])} M$."
        elif order := sold.get(site.id):
            words = "sold" if site.sale_musd_per_mw else "closed"
            yield f"{clean(site.id)}: {words} in {order['order_month']}; that brings {musd(order['other_musd'])} M$ after closing cost."
        elif site.option_price_musd is not None:
            yield f"{clean(site.id)}: on offer for {musd(site.option_price_musd)} M$, not bought."
        else:
            yield f"{clean(site.id)}: {'for sale' if site.sale_musd_per_mw else 'may be closed'}, kept."
    yield from more(len(told) - MOST, "site", "orders")


def _hosting(run: Run, orders: Sequence[Record]) -> Iterator[str]:
    """How long each hosting contract runs."""
    notices = {order["item"]: order for order in orders if order["kind"] == "notice"}
    for row in run.instance.hosting[:MOST]:
        end = "to the end of the plan" if row.to_month is None else f"until {row.to_month:%Y-%m}"
        if order := notices.get(row.id):
            end = f"until {order['in_service_month']}, by notice in {order['order_month']}"
        yield f"Hosting {clean(row.id)}: {mw(row.it_mw)} MW at {clean(row.site)} {end}."
    yield from more(len(run.instance.hosting) - MOST, "contract", "hosting")


def _machines(run: Run, orders: Sequence[Record]) -> Iterator[str]:
    """Used machines sold and moved."""
    resales, outs, ins = (
        [order for order in orders if (order["kind"], order["detail"]) == kind]
        for kind in (("resale", ""), ("move", "out"), ("move", "in"))
    )
    if resales:
        brings = musd(sum(order["other_musd"] for order in resales))
        yield f"Used machines sold: {mw(sum(order['quantity'] for order in resales))} MW in {count(len(resales), 'sale')} for {brings} M$."
    if outs:
        left, came = (sum(order["quantity"] for order in moved) for moved in (outs, ins))
        cost = musd(-sum(order["other_musd"] for order in (*outs, *ins)))
        yield f"Machines moved: {mw(left)} MW out, {mw(came)} MW in, for {cost} M$."


def _treasury(run: Run) -> Iterator[str]:
    """What was held at the start and what becomes of it, the most bitcoin held, what is left, and whose foresight that is."""
    kept = run.tables["treasury"]
    if run.instance.holdings:
        cost = float(run.tables["balance_sheet"]["bitcoin_musd"].iloc[0])
        yield (
            f"Bitcoin held at the start: {kept['opening_btc'].iloc[0]:,.0f} BTC, which cost {musd(cost)} M$. The plan sells "
            f"{kept['sold_btc'].sum():,.0f} BTC from the treasury, for a taxable gain of {musd(kept['gain_musd'].sum())} M$, and keeps "
            f"{kept['kept_btc'].sum():,.0f} of the {kept['mined_btc'].sum():,.0f} BTC that it mines."
        )
    if not kept.empty and kept["stock_btc"].max() > 0.5:
        last = kept.iloc[-1]
        yield (
            f"Bitcoin kept: at most {kept['stock_btc'].max():,.0f} BTC at the end of a period; {last['stock_btc']:,.0f} BTC at the end of "
            f"the plan, worth {musd(last['stock_musd'])} M$. The plan knows the price deck: that is foresight, not a forecast."
        )
