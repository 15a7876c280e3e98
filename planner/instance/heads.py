"""Heads of columns that are dates, as wide series have them: which tables may have them, and in which forms."""

from __future__ import annotations

import re

from planner.instance.fields import specs
from planner_models.rows import Row

DATED = re.compile(r"([0-9]{4})(?:Q([1-4])|-[0-9]{2}(?:-[0-9]{2})?)?")
FORMS = "a year 2027, a quarter 2027Q1, a month 2027-01 or a day 2027-04-17"


def date_key(model: type[Row]) -> str | None:
    """The one field among the keys of a table that is a year, a month or a day; None where there is none or more than one."""
    dates = [name for name in model.KEY if specs(model)[name].kind in ("month", "day") or specs(model)[name].unit == "year"]
    return dates[0] if len(dates) == 1 else None


def forms(model: type[Row], column: str) -> str:
    """The forms of date heads in this table, where `column`, which is no field of it, may be meant for one: it has a digit."""
    key = date_key(model)
    if key is None or not re.search("[0-9]", column):
        return ""
    return f"a date at the head of a column is {FORMS if specs(model)[key].kind != 'whole' else 'a year such as 2027'}"
