"""The unit of a field, read off the end of its name."""

from __future__ import annotations

NUMERATORS = {
    "mw": "MW", "mva": "MVA", "mwh": "MWh", "kw": "kW", "h": "h", "days": "days", "months": "months", "years": "years",
    "usd": "$", "musd": "M$", "ph": "PH/s", "th": "TH/s", "eh": "EH/s", "j": "J", "btc": "BTC", "gpus": "GPUs",
    "mmbtu": "MMBtu", "units": "units", "fraction": "share",
    "ratio": "ratio", "count": "number", "s": "s", "day": "date", "month": "month", "year": "year",
}  # fmt: skip
DENOMINATORS = {
    "mw": "MW", "mwh": "MWh", "kw": "kW", "th": "TH", "gpu": "GPU", "hour": "hour", "day": "day", "month": "month", "year": "year",
    "quarter": "quarter", "module": "module", "lot": "lot", "unit": "unit", "mmbtu": "MMBtu",
}  # fmt: skip
UNITLESS = {
    "power_factor": "MW per MVA", "pue_peak": "facility MW per IT MW", "pue_average": "facility MWh per IT MWh",
    "from_modules": "modules", "to_modules": "modules", "max_lots": "lots", "months_to_revenue": "months", "threads": "number",
    "seed": "number", "level": "ratio or M$", "at_least": "unit of its measure", "at_most": "unit of its measure",
}  # fmt: skip
"""Numeric names that end in no unit, each with the words for what it counts."""


def unit(name: str, kind: str) -> str:
    """The unit of a numeric field in words, such as `$ per kW-month`; empty for other kinds, and for a name without a unit."""
    if kind not in ("number", "whole"):
        return ""
    if name in UNITLESS:
        return UNITLESS[name]
    head, _, tail = name.partition("_per_")
    top = NUMERATORS.get(head.rpartition("_")[2], "")
    parts = [DENOMINATORS.get(part, "") for part in tail.split("_")] if tail else []
    if not top or not all(parts):
        return ""
    return f"{top} per {'-'.join(parts)}" if parts else top
