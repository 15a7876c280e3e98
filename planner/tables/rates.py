"""The internal rate of return of dated flows, where there is exactly one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise


def single_rate(flows: Sequence[tuple[float, float]]) -> float | None:
    """The yearly rate at which flows (years, amount) in order of time are worth nothing; None when it is not known to be unique.

    Unique above -100 % when the amounts change sign once, and above 0 % when their running total does (Norstrom).
    """
    amounts = [amount for _, amount in flows]
    if _changes(amounts) == 1:
        return _root(flows, -0.9999)
    running = list(accumulate(amounts))
    if _changes(running) == 1 and running[-1] * next(total for total in running if total) < 0:
        return _root(flows, 0.0)
    return None


def _changes(amounts: Sequence[float]) -> int:
    signs = [amount > 0 for amount in amounts if amount]
    return sum(a != b for a, b in pairwise(signs))


def _root(flows: Sequence[tuple[float, float]], low: float) -> float | None:
    """The rate between `low` and 1,000,000 % by bisection; None when the worth has the same sign at both ends."""
    high = 10_000.0
    at_low = _worth(flows, low)
    if at_low * _worth(flows, high) > 0:
        return None
    for _ in range(200):
        middle = (low + high) / 2
        if _worth(flows, middle) * at_low > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _worth(flows: Sequence[tuple[float, float]], rate: float) -> float:
    return sum(amount * float((1 + rate) ** -years) for years, amount in flows)
