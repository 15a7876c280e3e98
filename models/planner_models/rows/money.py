"""Money: the bitcoin deck, debt and its covenants, shares, tax classes, capex budgets and policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from planner_models.kinds import Day, Fraction, Hashrate, Key, Life, Month, Months, Musd, Price, Text, Year, col
from planner_models.rows.base import Conflict, Row


class Btc(Row):
    """Bitcoin price, network and fees; a row holds until the day of the next."""

    KEY = ("from_day",)
    from_day: Day = col("First day of these figures.")
    btc_usd: Price = col("Price of a bitcoin.")
    network_eh: Hashrate = col("Network hashrate in EH/s.")
    fee_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Transaction fees as a share of the whole block reward.", 0.0)


class Debt(Row):
    """A facility: a loan or bond, drawn against capex or freely, paid back in parts or at once."""

    id: Key = col("Unique over facilities.")
    kind: Literal["general", "project", "equipment", "revolver"] = col(
        "What it funds: any capex, capex of its sites but machines, machines at its sites, or anything.", "general"
    )
    sites: tuple[Key, ...] = col("Sites of a project or equipment facility, separated by `|`; blank for all.", ())
    tiers: tuple[Key, ...] = col("Credit tiers whose leases count for `dscr_ratio`, separated by `|`; blank for all leases.", ())
    limit_musd: Musd = col("Highest balance.")
    rate_fraction: Fraction = col("Interest per year on the opening balance.")
    fee_fraction: Fraction = col("Fee on each draw.", 0.0)
    commitment_fee_fraction: Fraction = col("Fee per year on what may still be drawn.", 0.0)
    advance_fraction: Fraction = col("Highest share of a period's capex that may be drawn; 0: no draws.", 1.0)
    equity_first: bool = col("The company's share of all capex that it funds is spent before the first draw.", False)
    dscr_ratio: Annotated[float, Field(ge=1, le=10)] | None = col(
        "Contracted yearly NOI over yearly debt service that the lender asks for; blank for none.", None
    )
    available_from: Month | None = col("First month of draws; blank for the start.", None)
    available_to: Month | None = col("Draws end before this month; blank for the maturity.", None)
    grace_months: Months = col("Months from a draw to the start of its amortisation.", 0)
    amortisation_months: Life | None = col("Months over which a draw is paid back in equal parts; blank: at maturity.", None)
    reserve_months: Months = col("Months of debt service that are kept in cash, restricted.", 0)
    maturity: Month = col("Month in which the last of it is due: nothing is owed at the end of the period that holds it.")
    opening_balance_musd: Musd = col("Owed at the start.", 0.0)
    opening_eligible_musd: Musd = col("equity_first: capex that it rests on and that was paid before the start.", 0.0)

    def conflicts(self) -> Iterator[Conflict]:
        if self.sites and self.kind not in ("project", "equipment"):
            yield "sites", "|".join(self.sites), "blank for a general facility or a revolver"
        if self.equity_first and self.kind == "revolver":
            yield "equity_first", "yes", "no for a revolver, which rests on no capex"
        if self.opening_eligible_musd and not self.equity_first:
            yield "opening_eligible_musd", f"{self.opening_eligible_musd:g}", "0 without equity_first"
        if self.tiers and self.dscr_ratio is None:
            yield "tiers", "|".join(self.tiers), "blank where dscr_ratio is blank"
        if self.grace_months and self.amortisation_months is None:
            yield "grace_months", str(self.grace_months), "0 where amortisation_months is blank"


class Covenant(Row):
    """A test that lenders make at the end of each period while something is owed."""

    id: Key = col("Unique over covenants.")
    kind: Literal["leverage", "coverage", "liquidity"] = col(
        "`leverage`: debt over EBITDA of twelve months, at most; `coverage`: EBITDA over interest and amortisation, at least; "
        "`liquidity`: unrestricted cash, at least."
    )
    level: Annotated[float, Field(ge=0, le=1e6)] = col("The multiple, the ratio, or M$ of cash.")
    from_month: Month | None = col("Tested for periods that start from this month on; blank: from the first full year.", None)


class Equity(Row):
    """New shares that may be sold."""

    id: Key = col("Unique over the rows of equity.")
    from_month: Month | None = col("First month; blank for the start.", None)
    to_month: Month | None = col("No issue from this month on; blank for none.", None)
    limit_musd_per_quarter: Musd = col("Most that the market takes in a quarter.")
    discount_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Discount to what a share is worth at which they sell.", 0.0)
    fee_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Share of the proceeds that banks keep.", 0.0)


class Warrants(Row):
    """Warrants on the company's shares that are outstanding at the start."""

    id: Key = col("Unique over warrants.")
    warrants_count: Annotated[float, Field(gt=0, le=1e12)] = col("How many.")
    strike_usd: Price = col("Price per share at which they are exercised.", 0.0)


class TaxClass(Row):
    """How things of one tax life are written off; a life without a row is straight line."""

    KEY = ("life_months",)
    life_months: Life = col("Tax life of the things that it is about.")
    method: Literal["straight_line", "macrs"] = col(
        "`macrs`: the half-year tables, for 36, 60, 84, 120, 180 or 240 months.", "straight_line"
    )
    bonus_fraction: Fraction = col("Share written off at once in service.", 0.0)

    def conflicts(self) -> Iterator[Conflict]:
        if self.method == "macrs" and self.life_months not in (36, 60, 84, 120, 180, 240):
            yield "life_months", str(self.life_months), "36, 60, 84, 120, 180 or 240 under macrs"


class Policy(Row):
    """A floor or cap that the company sets itself."""

    id: Key = col("Unique over policies.")
    measure: Literal["it_mw", "hashrate_eh", "revenue_musd"] = col("What is counted; revenue is per year.")
    use: Literal["hashing", "colocation", "hpc"] | None = col("Only this use; blank for all.", None)
    site: Key | None = col("Only this site; blank for all.", None)
    market: Key | None = col("Only sites of this market; blank for all.", None)
    tenant: Text | None = col("Only leases of this tenant; blank for all.", None)
    from_month: Month | None = col("First month; blank for the start.", None)
    to_month: Month | None = col("It ends before this month; blank for the horizon.", None)
    at_least: Musd | None = col("Floor; blank for none.", None)
    at_most: Musd | None = col("Cap; blank for none.", None)
    at_most_fraction: Fraction | None = col("Cap as a share of the same measure of the whole company; blank for none.", None)

    def conflicts(self) -> Iterator[Conflict]:
        if self.at_least is None and self.at_most is None and self.at_most_fraction is None:
            yield "at_most", "blank", "at_least, at_most or at_most_fraction"
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            yield "at_most", f"{self.at_most:g}", f"at least at_least, {self.at_least:g}"
        if self.measure == "hashrate_eh" and self.use not in (None, "hashing"):
            yield "use", repr(self.use), "hashing or blank for hashrate_eh"
        if self.tenant is not None and (self.use not in (None, "colocation") or self.measure == "hashrate_eh"):
            yield "tenant", repr(self.tenant), "blank, but for MW or revenue of colocation"


class Budget(Row):
    """Most capex paid in a calendar year; a year without a row has no limit."""

    KEY = ("year",)
    year: Year = col("Calendar year.")
    capex_musd: Musd = col("Most capex paid in cash.")
