"""The kinds of values that a field may hold: numbers in their ranges, dates, short names, text."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
FORMULA_STARTS = tuple("=+-@＝＋－＠")
"""How a cell begins that a spreadsheet takes for a formula when it opens a CSV file; the wide forms count where Japanese is written."""
NO_FORMULA = "text that does not begin like a formula, with =, +, - or @: a spreadsheet would calculate it"
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that let a text be shown in another order than it is written, so that a name reads as another."""
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


def _day(value: Any) -> dt.date:
    """Accept a date, an ISO day, or a month for its first day; a number is never a date."""
    if isinstance(value, str) and (iso := ISO_DATE.fullmatch(value)):
        return dt.date(int(iso[1]), int(iso[2]), int(iso[3] or 1))
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    raise ValueError("a date is written 2027-04-17, a month 2027-04")


def _month(value: Any) -> dt.date:
    """Accept `2027-04` or `2027-04-01`; planning dates are first days of months."""
    day = _day(value)
    if day.day != 1:
        raise ValueError(f"planning dates are first days of months: write {day:%Y-%m}-01")
    return day


def is_formula(text: str) -> bool:
    """Whether a spreadsheet that opens a CSV file takes this cell for a formula; numbers and mere marks such as `-` are none."""
    bare = text.strip()
    return bare.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(bare) and any(letter.isalnum() for letter in bare)


def _printable(value: str | None) -> str | None:
    """Text that a file can hold and give back, and a spreadsheet too: no control characters, no formula; blank text is no text."""
    if value is None or not value.strip():
        return None
    if any(unicodedata.category(char) in {"Cc", "Cs", "Cn", "Zl", "Zp"} and char not in "\t\n" for char in value) or TURNS & set(value):
        raise ValueError("text holds a control character")
    if is_formula(value):
        raise ValueError(NO_FORMULA)
    return value


def _on_one_line(value: str) -> str | None:
    """Text that reports show: no line break and no tab either."""
    if not set(value.strip()).isdisjoint("\t\n"):
        raise ValueError("text holds a line break or a tab")
    return _printable(value)


def _titled(value: str) -> str:
    return _on_one_line(value) or ""


def _filled(value: str) -> str:
    if _on_one_line(value) is None:
        raise ValueError("text is blank")
    return value


Month = Annotated[dt.date, BeforeValidator(_month), WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}(-01)?$"})]
Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"})]
Text = Annotated[str, AfterValidator(_filled)]
Title = Annotated[str, AfterValidator(_titled)]
Free = Annotated[str | None, AfterValidator(_printable)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$")]
# The upper bounds are far above any real figure: beyond them a solver's arithmetic fails, and the unit is surely wrong.
Musd = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
SignedMusd = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Mw = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
SignedMw = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
SomeMw = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Rate = Annotated[float, Field(ge=0, le=1e5, allow_inf_nan=False)]
SomeRate = Annotated[float, Field(gt=0, le=1e5, allow_inf_nan=False)]
SignedRate = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False)]
Price = Annotated[float, Field(ge=0, le=1e8, allow_inf_nan=False)]
MachinePrice = Annotated[float, Field(ge=0, le=1e4, allow_inf_nan=False)]
Efficiency = Annotated[float, Field(ge=0.1, le=1000, allow_inf_nan=False)]
Hashrate = Annotated[float, Field(ge=0.001, le=1e6, allow_inf_nan=False)]
Btcs = Annotated[float, Field(ge=0, le=21e6, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Growth = Annotated[float, Field(gt=-1, lt=1, allow_inf_nan=False)]
Months = Annotated[int, Field(ge=0, le=1200)]
Life = Annotated[int, Field(ge=1, le=1200)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Units = Annotated[int, Field(ge=1, le=1_000_000)]
Year = Annotated[int, Field(ge=2009, le=2140)]
Product = Literal["mining", "powered_land", "powered_shell", "turnkey"]
Stage = Literal["signed", "loi", "rofr", "pipeline", "market"]


def col(doc: str, default: Any = ...) -> Any:
    """A documented field; without a default it is required."""
    return Field(default=default, description=doc)
