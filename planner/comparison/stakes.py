"""How much money hangs on a difference: what the journals of two plans have otherwise for the same thing, in M$ of present value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from planner.check.ledger import Ledger

SIGNS: Mapping[str, int] = {"revenue": 1, "operating": -1, "capex": -1, "terminal": 1}
"""Accounts of the journal that move value at once."""
Amounts = Mapping[tuple[str, str], Mapping[str, float]]
"""M$ of present value by item and site, then by period."""


class Stakes:
    """The money of two plans, thing by thing."""

    def __init__(self, one: Ledger, other: Ledger) -> None:
        self._sides = [(_journal(ledger), _bitcoin(ledger)) for ledger in (one, other)]

    def of(self, item: str, site: str = "") -> float:
        """What moves for an item of the journal at a site, at all sites where none is named, in M$ of present value.

        What it brings more or what it brings less, whichever is larger: an order that comes a year later moves its capex once.
        """
        was, now = (_summed(journal, item, site) for journal, _ in self._sides)
        return moved(now.get(period, 0.0) - was.get(period, 0.0) for period in {*was, *now})

    @property
    def bitcoin(self) -> float:
        """What moves as bitcoin are sold at other times."""
        was, now = (bitcoin for _, bitcoin in self._sides)
        return moved(now.get(period, 0.0) - was.get(period, 0.0) for period in {*was, *now})


def moved(changes: Iterable[float]) -> float:
    """The gains or the losses of a list of changes, whichever are larger."""
    kept = list(changes)
    return max(sum(change for change in kept if change > 0), -sum(change for change in kept if change < 0))


def _journal(ledger: Ledger) -> Amounts:
    discount = {index: float(value) for index, value in ledger.states["discount_mid"].items()}
    end = float(ledger.states["discount_end"][()])
    amounts: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for entry in ledger.entries:
        if sign := SIGNS.get(entry.account):
            factor = end if entry.account == "terminal" else discount.get((entry.period,), 1.0)
            amounts[entry.item, entry.site][entry.period] += sign * factor * float(entry.musd)
    return amounts


def _summed(journal: Amounts, item: str, site: str) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for (name, place), periods in journal.items():
        if name == item and site in ("", place):
            for period, musd in periods.items():
                sums[period] += musd
    return sums


def _bitcoin(ledger: Ledger) -> dict[str, float]:
    discount = ledger.states["discount_mid"]
    sold = ledger.states.get("bitcoin_musd", {})
    return {index[-1]: float(value * discount.get(index[-1:], 1)) for index, value in sold.items()}
