"""The text of a cell or YAML scalar -> a value, or words for what is wrong with it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from planner.excel import MOST_LETTERS
from planner.instance.fields import Spec
from planner_models.kinds import ISO_DATE, NO_FORMULA, NUMBER, is_formula
from planner_models.words import nearest, quoted

GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[,' _\u00a0\u202f][0-9]{3})+(?:\.[0-9]+)?")
EUROPEAN = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]+")
NOT_FINITE = {"nan", "inf", "infinity", "infinite"}
SLASHED = re.compile(r"([0-9]{1,4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,4})")
EXCEL_ZERO = dt.date(1899, 12, 30)
EXCEL_RANGE = (20000, 99999)  # 1954 to 2173: serial dates that a planner may meet
FLAGS = {"yes": True, "true": True, "no": False, "false": False}


class CellError(Exception):
    """A text that is not a value of the field: what was found, what is allowed, a hint."""

    def __init__(self, found: str, allowed: str, hint: str = "") -> None:
        super().__init__(found)
        self.found, self.allowed, self.hint = found, allowed, hint


def parsed(text: str, spec: Spec) -> Any:
    """The value of a text that is not blank. Raises CellError; ranges are left to the schema."""
    return PARSERS[spec.kind](text if spec.kind == "text" else text.strip(), spec)


def _number(text: str, spec: Spec) -> float:
    if not NUMBER.fullmatch(text):
        raise CellError(_oddity(text), spec.allowed, _number_hint(text, spec))
    value = float(text)
    if not math.isfinite(value):
        raise CellError(f"{quoted(text)}, which is beyond what a number can hold", spec.allowed)
    return value


def _oddity(text: str) -> str:
    """What was found, with a word on values that are not finite and on errors of a spreadsheet."""
    bare = text.lower().lstrip("+-.")
    if bare in NOT_FINITE:
        return f"{quoted(text)}, not a finite number"
    return f"{quoted(text)}, an error of the spreadsheet" if text.startswith("#") else quoted(text)


def _number_hint(text: str, spec: Spec) -> str:
    """How to write the number that was probably meant."""
    if GROUPED.fullmatch(text):
        plain = re.sub(r"[,' _\u00a0\u202f]", "", text)
        other = f", or {text.replace(',', '.')} with a decimal point" if text.count(",") == 1 and "." not in text else ""
        return f"write {plain} without thousands separators{other}"
    if EUROPEAN.fullmatch(text):
        return f"write {text.replace('.', '').replace(',', '.')} with a decimal point"
    if text.endswith("%") and NUMBER.fullmatch(text[:-1].strip()):
        return f"write {float(text[:-1]) / 100:g} for a share" if spec.unit == "share" else ""
    if text.startswith("(") and text.endswith(")") and NUMBER.fullmatch(text[1:-1].strip()):
        return f"write -{text[1:-1].strip()}"
    bare = re.fullmatch(r"[^0-9+\-.]*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*[^0-9]*", text)
    if bare and NUMBER.fullmatch(bare[1]):
        return f"write {bare[1]}: the unit stands in the name of the field"
    return ""


def _whole(text: str, spec: Spec) -> int:
    value = _number(text, spec)
    if not value.is_integer():
        raise CellError(quoted(text), spec.allowed)
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,15}", text) else int(value)


def _flag(text: str, spec: Spec) -> bool:
    if text.lower() not in FLAGS:
        raise CellError(quoted(text), spec.allowed, _choice_hint(text, tuple(FLAGS)))
    return FLAGS[text.lower()]


def _choice(text: str, spec: Spec) -> str:
    if text not in spec.choices:
        raise CellError(quoted(text), spec.allowed, _choice_hint(text, spec.choices))
    return text


def _choice_hint(text: str, choices: tuple[str, ...]) -> str:
    name = nearest(text, choices)
    return f"did you mean {name!r}?" if name else ""


def _date(text: str, spec: Spec) -> dt.date:
    iso = ISO_DATE.fullmatch(text)
    if not iso:
        raise CellError(_date_oddity(text), spec.allowed, _slashed_hint(text))
    try:
        return dt.date(int(iso[1]), int(iso[2]), int(iso[3] or 1))
    except ValueError:
        raise CellError(f"{quoted(text)}, which is not in the calendar", spec.allowed) from None


def _date_oddity(text: str) -> str:
    if NUMBER.fullmatch(text) and EXCEL_RANGE[0] <= float(text) <= EXCEL_RANGE[1]:
        date = EXCEL_ZERO + dt.timedelta(days=int(float(text)))
        return f"{quoted(text)}, an Excel serial date ({date.isoformat()})"
    return quoted(text)


def _slashed_hint(text: str) -> str:
    """The ISO form of a date such as 4/1/2027, in both readings where there are two."""
    parts = SLASHED.fullmatch(text)
    if not parts:
        return ""
    a, b, c = (int(part) for part in parts.groups())
    orders = [(a, b, c)] if a > 31 else [(c, a, b), (c, b, a)]
    words: list[str] = []
    for year, month, day in orders:
        try:
            words.append(dt.date(year + (2000 if year < 100 else 0), month, day).isoformat())
        except ValueError:
            continue
    return f"write {' or '.join(dict.fromkeys(words))}" if words else ""


def _month(text: str, spec: Spec) -> dt.date:
    date = _date(text, spec)
    if date.day != 1:
        raise CellError(quoted(text), spec.allowed, f"planning dates are first days of months: write {date:%Y-%m}")
    return date


def _key(text: str, spec: Spec) -> str:
    return text


def _text(text: str, spec: Spec) -> str:
    """A text that no cell of a spreadsheet changes: it fits, and is not calculated when the tables are opened there."""
    if len(text) > MOST_LETTERS:
        raise CellError(quoted(text), f"text of at most {MOST_LETTERS:,} characters, as a cell of Excel holds")
    if is_formula(text):
        raise CellError(quoted(text), NO_FORMULA, "begin with a letter, a digit or a quotation mark")
    return text


def _keys(text: str, spec: Spec) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split("|"))
    if not all(parts) or any(mark in text for mark in ",;"):
        raise CellError(quoted(text), spec.allowed)
    return parts


PARSERS: Mapping[str, Callable[[str, Spec], Any]] = {
    "number": _number, "whole": _whole, "flag": _flag, "choice": _choice, "month": _month, "day": _date,
    "key": _key, "keys": _keys, "text": _text,
}  # fmt: skip
