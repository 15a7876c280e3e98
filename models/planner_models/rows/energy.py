"""Energy: spot prices by block, power purchase agreements, charges on the meter and demand response."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from planner_models.kinds import Fraction, Key, Month, Months, Mw, Price, Rate, SignedMw, SignedRate, SomeMw, Year, col
from planner_models.rows.base import Conflict, Row


class PowerPrice(Row):
    """Spot price of a market by block of hours; a row holds until the year of the next."""

    KEY = ("market", "from_year", "block")
    market: Key = col("Power market.")
    from_year: Year = col("First calendar year of these figures.")
    block: Key = col("Block of hours; the same blocks in every year of a market.")
    hours_fraction: Fraction = col("Share of all hours; the blocks of a year add up to 1.")
    usd_per_mwh: SignedRate = col("Mean spot price in the block; may be negative.")


class Ppa(Row):
    """A power purchase agreement delivered at a site's meter: signed, or on offer to be taken or left."""

    id: Key = col("Unique over the table.")
    site: Key = col("The site that it delivers to.")
    signed: bool = col("`no` for an offer that the plan may take.", True)
    mw: SomeMw = col("Most MW in any hour.")
    strike_usd_per_mwh: Rate = col("Price of each MWh taken.")
    from_month: Month = col("First month of delivery.")
    to_month: Month = col("Delivery ends before this month.")
    take_or_pay_fraction: Fraction = col("Share of the MWh of each year that is paid for even if not taken.", 0.0)
    resale: bool = col("What is taken may be sold at the node.", False)
    resale_haircut_usd_per_mwh: Rate = col("What a resold MWh fetches less than the price at the node.", 0.0)

    def conflicts(self) -> Iterator[Conflict]:
        if self.to_month <= self.from_month:
            yield "to_month", f"{self.to_month:%Y-%m}", f"a month after from_month, {self.from_month:%Y-%m}"
        if not self.resale and self.resale_haircut_usd_per_mwh:
            yield "resale_haircut_usd_per_mwh", f"{self.resale_haircut_usd_per_mwh:g}", "0 without resale"


class Charge(Row):
    """A charge on the site's own MW at the meter: on its own peak, or on its draw in the hours of the system's peak."""

    id: Key = col("Unique over the table.")
    site: Key = col("The site that pays.")
    kind: Literal["own_peak", "coincident"] = col("`own_peak`: the highest block of each period; `coincident`: the draw in one block.")
    block: Key | None = col("coincident: the block that holds the hours of the system's peak.", None)
    usd_per_kw_month: Rate = col("Per kW billed and month.", 0.0)
    usd_per_mw_day: Rate = col("Per MW billed and day; with a usd_per_kw_month too the two add up.", 0.0)
    from_month: Month | None = col("First month that is billed; blank for any.", None)
    to_month: Month | None = col("No month is billed from this one on; blank for no end.", None)
    lag_months: Months = col("coincident: months from the draw to the bill on it.", 0)
    opening_mw: SignedMw = col("coincident: MW billed in months whose draw lies before the start; below 0 a credit.", 0.0)
    minimum_fraction: Fraction = col("own_peak: least MW billed, as a share of the utility MW that no tenant draws.", 0.0)

    def conflicts(self) -> Iterator[Conflict]:
        coincident = self.kind == "coincident"
        if coincident and self.block is None:
            yield "block", "blank", "for a coincident charge the block that holds the system's peak"
        if not coincident and self.block is not None:
            yield "block", repr(self.block), "blank for a charge on the own peak"
        for field in ("lag_months", "opening_mw") if not coincident else ("minimum_fraction",):
            if value := getattr(self, field):
                yield field, f"{value:g}", f"0 for {'a coincident charge' if coincident else 'a charge on the own peak'}"
        if not self.usd_per_kw_month and not self.usd_per_mw_day:
            yield "usd_per_kw_month", "0", "a rate in usd_per_kw_month or usd_per_mw_day"
        if self.from_month is not None and self.to_month is not None and self.to_month <= self.from_month:
            yield "to_month", f"{self.to_month:%Y-%m}", f"a month after from_month, {self.from_month:%Y-%m}"


class Programme(Row):
    """Demand response: own mining load that is registered to stay off in some blocks, for a payment."""

    id: Key = col("Unique over the table.")
    market: Key = col("A market of power_prices; every site of it may register.")
    blocks: tuple[Key, ...] = col("Blocks of that market in which registered MW are off, separated by `|`.")
    usd_per_mw_year: Price = col("Paid per registered facility MW and year.")
    from_month: Month | None = col("First month that is paid; blank for any.", None)
    to_month: Month | None = col("No month is paid from this one on; blank for no end.", None)
    max_mw: Mw | None = col("Most facility MW of all sites together; blank for no limit.", None)

    def conflicts(self) -> Iterator[Conflict]:
        if not self.blocks:
            yield "blocks", "blank", "at least one block of the market"
        if repeated := sorted({block for block in self.blocks if self.blocks.count(block) > 1}):
            yield "blocks", f"{', '.join(repeated)} more than once", "each block once"
        if self.from_month is not None and self.to_month is not None and self.to_month <= self.from_month:
            yield "to_month", f"{self.to_month:%Y-%m}", f"a month after from_month, {self.from_month:%Y-%m}"
