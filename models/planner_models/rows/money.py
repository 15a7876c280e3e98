"""Money: the bitcoin deck, debt facilities and capex budgets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner_models.kinds import Day, Fraction, Hashrate, Key, Month, Musd, Price, Year, col
from planner_models.rows.base import Row


class Btc(Row):
    """Bitcoin price, network and fees; a row holds until the day of the next."""

    KEY = ("from_day",)
    from_day: Day = col("First day of these figures.")
    btc_usd: Price = col("Price of a bitcoin.")
    network_eh: Hashrate = col("Network hashrate in EH/s.")
    fee_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Transaction fees as a share of the whole block reward.", 0.0)


class Debt(Row):
    """A facility that funds a share of capex."""

    id: Key = col("Unique over facilities.")
    limit_musd: Musd = col("Highest balance.")
    rate_fraction: Fraction = col("Interest per year on the opening balance.")
    fee_fraction: Fraction = col("Fee on each draw.", 0.0)
    advance_fraction: Fraction = col("Highest share of a period's capex that may be drawn.", 1.0)
    available_from: Month | None = col("First month of draws; blank for the start.", None)
    available_to: Month | None = col("Draws end before this month; blank for the maturity.", None)
    maturity: Month = col("Month in which the last of it is due: nothing is owed at the end of the period that holds it.")
    opening_balance_musd: Musd = col("Owed at the start.", 0.0)


class Budget(Row):
    """Most capex paid in a calendar year; a year without a row has no limit."""

    KEY = ("year",)
    year: Year = col("Calendar year.")
    capex_musd: Musd = col("Most capex paid in cash.")
