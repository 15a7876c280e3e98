"""The half-year tables of MACRS: what may be written off in each calendar year of a tax life (section 1 of MATHS.md)."""

from __future__ import annotations

from fractions import Fraction

_PERCENT = {
    36: "33.33 44.45 14.81 7.41",
    60: "20 32 19.2 11.52 11.52 5.76",
    84: "14.29 24.49 17.49 12.49 8.93 8.92 8.93 4.46",
    120: "10 18 14.4 11.52 9.22 7.37 6.55 6.55 6.56 6.55 3.28",
    180: "5 9.5 8.55 7.7 6.93 6.23 5.9 5.9 5.91 5.9 5.91 5.9 5.91 5.9 5.91 2.95",
    240: ("3.75 7.219 6.677 6.177 5.713 5.285 4.888 4.522 4.462 4.461 4.462 4.461 4.462 4.461 4.462 4.461 4.462 4.461 4.462 4.461 2.231"),
}
"""IRS Publication 946, table A-1, by tax life in months."""

MACRS: dict[int, tuple[Fraction, ...]] = {
    life: tuple(Fraction(part) / 100 for part in percents.split()) for life, percents in _PERCENT.items()
}
"""Shares of the basis by tax life in months, from the calendar year of service on; those of a life add up to 1."""
