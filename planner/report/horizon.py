"""The horizon moved: what the plan is worth when the last year comes sooner or later."""

from __future__ import annotations

import math

import pandas as pd
from rich.console import RenderableType

from planner.report.layout import remark, section, table
from planner.report.records import Record, records
from planner.report.words import clean, musd, percent

HEADINGS = ("Last month", "Equity value M$", "Change M$", "Beyond the horizon", "Orders of the first year")
NOTE = "Each line is a solve of its own. A later horizon is worth less where what is sold at the end brings more than the years between."
OTHER = "Where the orders of the first year are others, what to order now rests on years that nobody knows."


def horizon(frame: pd.DataFrame) -> RenderableType:
    """The rows of `planner.horizons` as a section of a page."""
    found = records(frame)
    said = [f"{_years(row['change_years'])}: {clean(row['words'])}." for row in found if row["words"]]
    if any(row["orders_of_first_year"] == "other" for row in found):
        said.append(OTHER)
    return section("Value by horizon", table(HEADINGS, [_line(row) for row in found]), *(remark(words) for words in [*said, NOTE]))


def _years(change: int) -> str:
    return f"{change:+d} year{'' if abs(change) == 1 else 's'}"


def _line(row: Record) -> list[str]:
    """One horizon with its value, or how its solve ended."""
    name = "this plan" if not row["change_years"] else _years(row["change_years"])
    if math.isnan(row["equity_value_musd"]):
        return [name, clean(row["outcome"].replace("_", " ")), "-", "-", "-"]
    share = row["terminal_share_fraction"]
    beyond = "none" if math.isnan(share) else percent(share)
    proof = "" if row["outcome"] in ("optimal", "within_gap") else f" ({row['outcome'].replace('_', ' ')})"
    money = [musd(row["equity_value_musd"]), musd(row["change_musd"])]
    return [f"{row['horizon']}, {name}{proof}", *money, beyond, row["orders_of_first_year"]]
