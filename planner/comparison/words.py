"""What flows are called, and amounts in words: as many digits as tell two numbers apart, a small difference of money in USD."""

from __future__ import annotations

import math
from collections.abc import Mapping

FLOWS: Mapping[str, tuple[str, str]] = {
    "bought_mw": ("Buy", "asic"),
    "hosted_mw": ("Plug in", "asic"),
    "run_mw": ("Run", "asic"),
    "resold_mw": ("Resell", "asic"),
    "withdrawn_mw": ("Move out", "asic"),
    "placed_mw": ("Move in", "asic"),
    "guest_mw": ("Host", "hosting"),
    "kept_btc": ("Keep bitcoin", ""),
    "final_btc": ("Hold bitcoin at the horizon", ""),
    "sold_mw": ("Sell hours of", "gpu"),
    "generated_mw": ("Generate", "generator"),
    "exported_mw": ("Export", ""),
    "taken_mw": ("Take", "ppa"),
    "remarketed_mw": ("Resell", "ppa"),
    "registered_mw": ("Register", "programme"),
    "drawn_musd": ("Draw", "debt"),
    "repaid_musd": ("Repay", "debt"),
    "dividends_musd": ("Pay dividends", ""),
    "issued_musd": ("Issue shares", "equity"),
}
"""By decision that is an amount the verb, and the key that says of what; `planner.comparison.reversals` has those in whole numbers."""
USD_BELOW_MUSD = 1e-3
"""Differences below this many M$ are told in USD."""
FEWEST, DIGITS = 6, 12


def number(value: float, digits: int = DIGITS) -> str:
    """A number with the digits that it has: 25, 0.5, 100.00000001."""
    return f"{value:,.{digits}g}"


def numbers(old: float, new: float) -> str:
    """Two numbers with as few digits as tell them apart, six at least: `69.7121 -> 48.5895`, `10 -> 10.00000001`."""
    apart = abs(new - old) / max(abs(old), abs(new), 1e-300)
    digits = min(DIGITS, max(FEWEST, FEWEST - math.floor(math.log10(apart)) - 2)) if apart else FEWEST
    return f"{number(old, digits)} -> {number(new, digits)}"


def change(value: float, unit: str) -> str:
    """A difference with its sign: `+1 MW`, `-2.5 M$`, `+0.01 USD`."""
    if unit == "M$" and abs(value) < USD_BELOW_MUSD:
        return f"{value * 1e6:+,.2f} USD" if abs(value) >= 5e-9 or not value else f"{value * 1e6:+.1g} USD"
    if abs(value) >= 1e-3:
        text = f"{value:+,.3f}"
        return f"{text.rstrip('0').rstrip('.')} {unit}"
    return f"{value:+.3g} {unit}"


def worth(musd: float) -> str:
    """Money without a sign: `1,234.5 M$`, `0.01 USD`."""
    return change(abs(musd), "M$").removeprefix("+")
