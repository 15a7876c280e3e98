"""Treasury: bitcoin mined or held at the start, kept and sold later, at what they cost and bring (section 15 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from planner.check.bitcoin import btc_ph, btc_usd, final_btc_usd, mined_usd
from planner.check.book import Book
from planner.check.decisions import Domain, unbounded
from planner.check.exact import TOLERANCE, amount_words, exact
from planner.check.hashing import ph_days_per_mwh
from planner.check.world import World

MILLION = 1_000_000


def modelled(world: World) -> bool:
    """Whether the company holds bitcoin, or may keep them and has machines that could mine them."""
    return bool(world.holdings) or (world.instance.finance.treasury_cap_btc > 0 and bool(world.asics))


def _final_absent(world: World, mined: str) -> str | None:
    return None if modelled(world) else "the company keeps no bitcoin"


def _kept_absent(world: World, mined: str, period: str) -> str | None:
    number = {u.label: u.number for u in world.periods}
    if mined in number and number[period] <= number[mined]:
        return "what is kept is sold in a later period than it is mined in"
    return _final_absent(world, mined)


DOMAINS = {
    "kept_btc": Domain(_kept_absent, unbounded),
    "final_btc": Domain(_final_absent, unbounded),
}


def account(book: Book) -> None:
    """States (15.1) and (15.6)-(15.9); none where no treasury is modelled."""
    if modelled(book.world):
        _mine(book)
        _value(book)


def _mine(book: Book) -> None:
    world = book.world
    paid = {u.label: btc_ph(world, u) for u in world.periods}
    for u in world.periods:
        book.add("mined_btc", (u.label,), 0)
    for (site, _, asic, period, block), mw in book.decided("run_mw"):
        row, u = world.asics[asic], world.calendar.by_label[period]
        ph_days = mw * world.block_hours(site, block, u) * ph_days_per_mwh(exact(row.j_per_th))
        book.add("mined_btc", (period,), ph_days * paid[period] * (1 - exact(row.pool_fee_fraction)))


def _value(book: Book) -> None:
    world = book.world
    mined = {u.label: mined_usd(world, u) for u in world.periods}
    cost = mined | {holding: exact(row.basis_usd) for holding, row in world.holdings.items()}
    price = {u.label: btc_usd(world, u) for u in world.periods}
    at_end = final_btc_usd(world)
    for label in price:
        book.add("treasury_musd", (label,), 0)
        book.add("gain_musd", (label,), 0)
    for name in ("bitcoin_musd", "bitcoin_gain_musd"):
        book.add(name, (), 0)
    for (t, u), btc in book.decided("kept_btc"):
        _keep(book, mined, t, btc)
        book.add("treasury_musd", (u,), price[u] * btc / MILLION)
        book.add("gain_musd", (u,), (price[u] - cost[t]) * btc / MILLION)
    for (t,), btc in book.decided("final_btc"):
        _keep(book, mined, t, btc)
        book.add("bitcoin_musd", (), at_end * btc / MILLION)
        book.add("bitcoin_gain_musd", (), (at_end - cost[t]) * btc / MILLION)


def _keep(book: Book, mined: Mapping[str, Fraction], t: str, btc: Fraction) -> None:
    """What is mined and kept is no cash yet, though it is income; what was held at the start is no receipt of the plan."""
    if t in mined:
        book.add("treasury_musd", (t,), -mined[t] * btc / MILLION)


def _held(book: Book) -> Iterator[tuple[str, int, int, Fraction]]:
    """Bitcoin that are kept: the period mined or the holding, the number of the period from whose end on they are held, that of the one
    from whose end on they are gone, and how many."""
    number = {u.label: u.number for u in book.world.periods}
    for (t, u), btc in book.decided("kept_btc"):
        yield t, number.get(t, 0), number[u], btc
    for (t,), btc in book.decided("final_btc"):
        yield t, number.get(t, 0), len(number), btc


def check(book: Book) -> None:
    """Rows (15.4), (15.5) and (15.10)."""
    kept: defaultdict[str, Fraction] = defaultdict(Fraction)
    stock: defaultdict[str, Fraction] = defaultdict(Fraction)
    for t, first, end, btc in _held(book):
        kept[t] += btc
        for u in book.world.periods[first:end]:
            stock[u.label] += btc
    for t in (u.label for u in book.world.periods if u.label in kept):
        book.at_most("15.4", (t,), kept[t], book.state("mined_btc", t))
    cap = exact(book.world.instance.finance.treasury_cap_btc)
    for v, btc in stock.items():
        book.at_most("15.5", (v,), btc, cap)
    for holding, row in book.world.holdings.items():
        there = exact(row.btc_count)
        book.at_most("15.10", (holding,), kept[holding], there)
        if (lost := there - kept[holding]) > TOLERANCE:
            words = f"{holding}: the plan sells and keeps {amount_words(kept[holding])} BTC of the {amount_words(there)} that are held."
            book.blame("15.10", (holding,), lost, words)
