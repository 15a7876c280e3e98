"""Compute contracts: customers that take GPUs for a term, what they take, draw and pay (section 5 of MATHS.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.check import deals
from planner.check.book import Book
from planner.check.calendar import Period
from planner.check.decisions import Domain
from planner.check.exact import amount_words, exact
from planner.check.world import World
from planner_models.rows import Gpu, GpuContract


@dataclass(frozen=True)
class Taken:
    """A compute contract that the plan takes: `count` is 1 in a plan that keeps the rules."""

    contract: GpuContract
    gpu: Gpu
    site: str
    hall: str
    start: int
    count: Fraction

    @property
    def end(self) -> int:
        """The month after its last."""
        return self.start + self.contract.term_months

    @property
    def mw(self) -> Fraction:
        """IT MW that it takes."""
        return exact(self.contract.it_mw) * self.count

    def mean_mw(self, u: Period) -> Fraction:
        """IT MW that it takes, mean over a period."""
        return self.mw * u.share(self.start, self.end)

    def revenue(self, u: Period) -> Fraction:
        """M$ that it pays in a period: for the hours used, or those to be paid for at least."""
        row = self.contract
        paid = max(exact(row.used_fraction), exact(row.take_or_pay_fraction))
        return self.mean_mw(u) * exact(self.gpu.gpus_per_mw) * paid * u.hours * exact(row.usd_per_gpu_hour) / 1_000_000


def _place_absent(world: World, contract: str, site: str, hall: str) -> str | None:
    row = world.contracts[contract]
    if row.sites and site not in row.sites:
        return f"{contract} is not served at {site}"
    return None if hall in world.hosts(site, world.gpus[row.gpu].product) else f"{hall} at {site} does not host {row.gpu}"


def _contracted_absent(world: World, contract: str, site: str, hall: str, period: str) -> str | None:
    return _place_absent(world, contract, site, hall) or deals.unstarted(world, world.contracts[contract], period)


DOMAINS = {"contracted": Domain(_contracted_absent, lambda world, *index: Fraction(1))}


def _taken(book: Book) -> Iterator[Taken]:
    world = book.world
    for (contract, site, hall, period), count in book.decided("contracted"):
        row = world.contracts[contract]
        yield Taken(row, world.gpus[row.gpu], site, hall, deals.start_month(world, row, period), count)


def account(book: Book) -> None:
    """State (5.8), terms of (10.13) and (10.14), draws in every block, and the money of compute contracts."""
    _open(book)
    for taken in _taken(book):
        _post_revenue(book, taken)
        deals.post_penalty(book, taken.contract, taken.site, taken.mw, taken.start, deals.WHOLE)
        deals.prepay(book, taken.contract, taken.start, taken.count)


def _open(book: Book) -> None:
    """Where a contract may be, it takes nothing so far."""
    world = book.world
    for contract, row in world.contracts.items():
        for site, hall in ((s, h) for s in world.sites for h in world.halls_at[s]):
            if not deals.lapsed(world, row) and _place_absent(world, contract, site, hall) is None:
                for u in world.periods:
                    book.add("contracted_mw", (site, hall, row.gpu, u.label), 0)


def _post_revenue(book: Book, taken: Taken) -> None:
    world, row, net = book.world, taken.contract, dict[str, Fraction]()
    facility = exact(world.halls[taken.hall].pue_average) * exact(taken.gpu.load_factor_fraction)
    for u, _ in world.calendar.overlapped(taken.start, taken.end):
        book.add("contracted_mw", (taken.site, taken.hall, row.gpu, u.label), taken.mean_mw(u))
        net[u.label] = taken.revenue(u)
        book.post("revenue", "contract", row.id, taken.site, u.label, net[u.label])
        for block in world.blocks[taken.site]:
            book.draw(taken.site, u, block, row.id, facility * taken.mean_mw(u))
    deals.doubt(book, row, net)


def check(book: Book) -> None:
    """Rows (5.6) and (5.7)."""
    starts: defaultdict[str, Fraction] = defaultdict(Fraction)
    for (contract, _, _, _), count in book.decided("contracted"):
        starts[contract] += count
    for contract, row in book.world.contracts.items():
        if not row.mandatory:
            book.at_most("5.6", (contract,), starts[contract], Fraction(1))
        elif off := abs(starts[contract] - 1):
            words = f"{contract}: the contract has to be taken once, the plan takes it {amount_words(starts[contract])} times."
            book.blame("5.7", (contract,), off, words)
