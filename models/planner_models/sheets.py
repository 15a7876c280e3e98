"""The settings of instance.yaml and the tables, each part valid by itself; the single truth for files, docs and defaults."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from planner_models.kinds import Btcs, Count, Day, Fraction, Growth, Key, Month, Months, Musd, Positive, SignedMusd, Title, Year, col
from planner_models.rows import (
    Asic,
    AsicPrice,
    Availability,
    Btc,
    Budget,
    Charge,
    Conversion,
    Covenant,
    Debt,
    DebtDraw,
    DeliveryLimit,
    Equipment,
    Equity,
    FuelPrice,
    Generator,
    Gpu,
    GpuContract,
    GpuMarket,
    Grid,
    Hall,
    History,
    Holding,
    Hosting,
    Lease,
    LeaseDelivery,
    LeaseSite,
    Move,
    Opening,
    Policy,
    PowerPrice,
    Ppa,
    Previous,
    Programme,
    Residual,
    Row,
    Site,
    Slot,
    Strict,
    TaxBase,
    TaxClass,
    Tier,
    Warrants,
)

PAST_HALVINGS = tuple(dt.date.fromisoformat(day) for day in ("2012-11-28", "2016-07-09", "2020-05-11", "2024-04-20"))
"""The halvings that have happened."""
ESTIMATED_HALVINGS = tuple(dt.date.fromisoformat(day) for day in ("2028-04-17", "2032-04-14", "2036-04-12", "2040-04-09"))


class Span(Strict):
    """A run of periods of equal length."""

    months: Annotated[int, Field(ge=1, le=120)] = col("Months per period: 3 for quarters, 12 for years.")
    count: Annotated[int, Field(ge=1, le=400)] = col("Number of such periods.")


class Finance(Strict):
    """Money of the company, in nominal M$."""

    discount_rate_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Equity rate per year; flows are discounted from mid-period.")
    opening_cash_musd: SignedMusd = col("Cash at the start.")
    cash_floor_musd: SignedMusd = col("Cash may never end a period below this.", 0.0)
    overhead_musd_per_year: Musd = col("Corporate overhead; grows with cost inflation.", 0.0)
    price_year: Year | None = col("Calendar year in whose money costs are given; blank for that of the start.", None)
    cost_inflation_fraction: Growth = col("Growth per calendar year of overhead, fixed and operating cost.", 0.0)
    capex_inflation_fraction: Growth = col("Growth per calendar year of what halls, conversions, grid, equipment and generators cost.", 0.0)
    dividends_from: Month | None = col("First month in which dividends may be paid; blank for the start.", None)
    tax_rate_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Rate on taxable income.", 0.21)
    loss_use_fraction: Fraction = col("Most of a year's income that carried losses may offset.", 0.8)
    opening_loss_musd: Musd = col("Tax losses carried into the start.", 0.0)
    opening_income_musd: SignedMusd = col("Taxable income of the start's calendar year before the start; 0 when it starts in January.", 0.0)
    treasury_cap_btc: Btcs = col("Most bitcoin held at the end of a period; 0: what is mined is sold at once.", 0.0)
    terminal_method: Literal["cap_rate", "contract"] = col(
        "Leases at the horizon: NOI / cap rate, or value of the remaining contract.", "cap_rate"
    )
    capitalised_from_months: Months = col("A lease with less than this left at the horizon is worth its remaining contract only.", 0)
    exit_cost_fraction: Fraction = col("Share of the terminal value lost on sale.", 0.0)
    opening_restricted_musd: Musd = col("Part of the opening cash that is restricted.", 0.0)
    restricted_until: Month | None = col("Month in which that is released; needed where some is restricted.", None)
    cash_interest_fraction: Fraction = col("Interest per year on the cash at the start of a period.", 0.0)
    change_penalty_musd: Musd = col(
        "Taken off what is maximised, not off the value, for each module, lot, unit, cluster, block or yes by which the plan departs from "
        "`previous`; 0: none.",
        0.0,
    )
    shares_count: Annotated[float, Field(gt=0, le=1e12)] | None = col("Shares outstanding at the start; blank: no value per share.", None)


class Options(Strict):
    """Defaults of the solve; the command line overrides them."""

    gap_fraction: Fraction = col("Relative gap at which the search stops.", 1e-4)
    time_limit_s: Positive | None = col("Seconds after which the best plan is kept; blank for none.", None)
    threads: Count = col("Threads of the solver; 0 lets it choose.", 0)
    seed: Count = col("Seed of the solver.", 0)


class Settings(Strict):
    """What instance.yaml holds."""

    name: Key = col("Short name.")
    title: Title = col("One line for people.", "")
    start: Month = col("First month of the plan, its as-of date: nothing is ordered before it.")
    periods: tuple[Span, ...] = col("Periods in order; none crosses a year end unless it is whole calendar years.")
    halvings: tuple[Day, ...] = col(
        "Days on which the block subsidy halves, from 50 BTC: the four that have happened (2012-11-28, 2016-07-09, 2020-05-11, "
        "2024-04-20), then estimates.",
        (*PAST_HALVINGS, *ESTIMATED_HALVINGS),
    )
    objective: Literal["equity_value"] = col(
        "What is maximised: present value of dividends, final cash less debt, and terminal value.", "equity_value"
    )
    finance: Finance = col("Money of the company.")
    options: Options = col("Defaults of the solve.", Options())


class Sheets(Settings):
    """A portfolio and its future: the settings of instance.yaml and one tuple of rows per table."""

    sites: tuple[Site, ...] = col("Sites.", ())
    grid: tuple[Grid, ...] = col("Utility MW by date, and upgrades.", ())
    equipment: tuple[Equipment, ...] = col("Long-lead equipment; a kind with no row here is not modelled.", ())
    slots: tuple[Slot, ...] = col("Supplier slots by year.", ())
    generators: tuple[Generator, ...] = col("Types of own power plant.", ())
    availability: tuple[Availability, ...] = col("What generators can make by block.", ())
    fuel_prices: tuple[FuelPrice, ...] = col("Prices of fuels.", ())
    halls: tuple[Hall, ...] = col("Hall types.", ())
    conversions: tuple[Conversion, ...] = col("Ways to convert halls.", ())
    delivery_limits: tuple[DeliveryLimit, ...] = col("MW that builders can start.", ())
    asic_models: tuple[Asic, ...] = col("Mining machines.", ())
    asic_prices: tuple[AsicPrice, ...] = col("Machine prices by date, and the second-hand market.", ())
    moves: tuple[Move, ...] = col("Sites that machines may leave and come to.", ())
    gpu_models: tuple[Gpu, ...] = col("GPU clusters.", ())
    gpu_market: tuple[GpuMarket, ...] = col("GPU spot market.", ())
    residuals: tuple[Residual, ...] = col("What machines are worth at the horizon by age.", ())
    opening: tuple[Opening, ...] = col("What stands at the start.", ())
    tax_bases: tuple[TaxBase, ...] = col("What was spent before the start.", ())
    power_prices: tuple[PowerPrice, ...] = col("Spot power by block.", ())
    ppas: tuple[Ppa, ...] = col("Power purchase agreements.", ())
    charges: tuple[Charge, ...] = col("Charges on peaks and capacity.", ())
    programmes: tuple[Programme, ...] = col("Demand response.", ())
    hosting: tuple[Hosting, ...] = col("Machines of others.", ())
    tiers: tuple[Tier, ...] = col("Credit of tenants.", ())
    leases: tuple[Lease, ...] = col("Tenants' contracts.", ())
    lease_sites: tuple[LeaseSite, ...] = col("Sites that tenants accept.", ())
    lease_deliveries: tuple[LeaseDelivery, ...] = col("Leases that are delivered in parts.", ())
    gpu_contracts: tuple[GpuContract, ...] = col("Customers' contracts for GPUs.", ())
    btc: tuple[Btc, ...] = col("Bitcoin deck.", ())
    holdings: tuple[Holding, ...] = col("Bitcoin held at the start.", ())
    debt: tuple[Debt, ...] = col("Debt facilities.", ())
    debt_draws: tuple[DebtDraw, ...] = col("What was drawn before the start.", ())
    covenants: tuple[Covenant, ...] = col("What lenders test.", ())
    history: tuple[History, ...] = col("Months before the start.", ())
    equity: tuple[Equity, ...] = col("New shares.", ())
    warrants: tuple[Warrants, ...] = col("Warrants outstanding.", ())
    tax_classes: tuple[TaxClass, ...] = col("Write-offs other than straight line.", ())
    budgets: tuple[Budget, ...] = col("Capex budgets.", ())
    policies: tuple[Policy, ...] = col("Floors and caps of the company itself.", ())
    previous: tuple[Previous, ...] = col("The plan before.", ())


TABLES: dict[str, type[Row]] = {
    "sites": Site,
    "grid": Grid,
    "equipment": Equipment,
    "slots": Slot,
    "generators": Generator,
    "availability": Availability,
    "fuel_prices": FuelPrice,
    "halls": Hall,
    "conversions": Conversion,
    "delivery_limits": DeliveryLimit,
    "asic_models": Asic,
    "asic_prices": AsicPrice,
    "moves": Move,
    "gpu_models": Gpu,
    "gpu_market": GpuMarket,
    "residuals": Residual,
    "opening": Opening,
    "tax_bases": TaxBase,
    "power_prices": PowerPrice,
    "ppas": Ppa,
    "charges": Charge,
    "programmes": Programme,
    "hosting": Hosting,
    "tiers": Tier,
    "leases": Lease,
    "lease_sites": LeaseSite,
    "lease_deliveries": LeaseDelivery,
    "gpu_contracts": GpuContract,
    "btc": Btc,
    "holdings": Holding,
    "debt": Debt,
    "debt_draws": DebtDraw,
    "covenants": Covenant,
    "history": History,
    "equity": Equity,
    "warrants": Warrants,
    "tax_classes": TaxClass,
    "budgets": Budget,
    "policies": Policy,
    "previous": Previous,
}
"""Every table of an instance by the name of its file, in reading order."""
