"""Numbers of the checker: decimals as exact fractions, discount factors fixed once, and words for amounts."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

TOLERANCE = Fraction(1, 1_000_000)
"""Slack of every inequality, in the unit of its row; identities have none."""

ZERO = Fraction(0)


@lru_cache(maxsize=65536)
def exact(value: float) -> Fraction:
    """The fraction of the shortest decimal that prints as `value`: 0.1 is 1/10, as its author wrote it, not its binary neighbour.

    Raises ValueError or OverflowError for a value that is not finite.
    """
    return Fraction(str(value))


@lru_cache(maxsize=65536)
def discount_factor(rate: float, months: float) -> Fraction:
    """`(1 + rate)^-(months/12)`, computed once as a float and taken from then on as that float's exact value."""
    return Fraction((1.0 + rate) ** (-months / 12.0))


def amount_words(amount: Fraction) -> str:
    """An amount for people: up to nine significant digits, thousands marked, no exponent for what is smaller than a millionth."""
    text = f"{float(amount):,.6f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-", "-0") else "0"


FORGIVEN = Fraction(1, 10**9)


def whole_below(quotient: Fraction) -> int:
    """`floor` of MATHS.md: the largest whole number not above the quotient, 1e-9 forgiven."""
    return math.floor(quotient + FORGIVEN)


def whole_above(quotient: Fraction) -> int:
    """`ceil` of MATHS.md: the smallest whole number not below the quotient, 1e-9 forgiven."""
    return math.ceil(quotient - FORGIVEN)
