"""Machines: ASIC models with their prices and moves, GPU generations with their market, residuals by age, machines of others."""

from __future__ import annotations

from collections.abc import Iterator

from planner_models.kinds import (
    Efficiency,
    Fraction,
    Key,
    Life,
    MachinePrice,
    Month,
    Months,
    Musd,
    Mw,
    Product,
    Rate,
    SomeMw,
    SomeRate,
    Year,
    col,
)  # fmt: skip
from planner_models.rows.base import Conflict, Row


class Asic(Row):
    """A model of mining machine."""

    id: Key = col("Unique over equipment, generators, halls and machines.")
    product: Product = col("Product of the halls that host it.", "mining")
    j_per_th: Efficiency = col("Energy per terahash at the wall; EH/s per MW = 1 / this.")
    buyable: bool = col("May be bought; `no` for a fleet that only exists.", True)
    usd_per_th: MachinePrice = col("Price where asic_prices has none; also what the residual at the horizon is a share of.", 0.0)
    lot_mw: SomeMw | None = col("Machines are bought in lots of this many MW; blank for any amount.", None)
    order_from: Month | None = col("First month in which it may be ordered; blank for any.", None)
    order_to: Month | None = col("Last month in which it may be ordered; blank for any.", None)
    deposit_fraction: Fraction = col("Share of the price paid at order; the rest at delivery.", 1.0)
    lead_months: Months = col("Months from order to service.", 0)
    life_months: Life = col("Months in service.", 60)
    resale_fade_months: Months = col("Over its last months, this many, a used machine's price falls evenly to nothing; 0 for never.", 12)
    tax_life_months: Life = col("Straight-line tax life.", 60)
    uptime_fraction: Fraction = col("Most of the hours of any block in which a hosted machine hashes.", 0.98)
    pool_fee_fraction: Fraction = col("Share of the reward kept by the pool.", 0.0)
    opex_usd_per_mwh: Rate = col("Repair and staff per MWh hashed; grows with cost inflation.", 0.0)
    residual_fraction: Fraction = col(
        "Share of the price that a new machine would fetch at the horizon; falls linearly over its life unless residuals has rows.", 0.0
    )

    def conflicts(self) -> Iterator[Conflict]:
        if self.order_from is not None and self.order_to is not None and self.order_to < self.order_from:
            yield "order_to", f"{self.order_to:%Y-%m}", f"a month from order_from, {self.order_from:%Y-%m}, on"


class AsicPrice(Row):
    """Price and second-hand market of a machine; a row holds until the month of the next."""

    KEY = ("asic", "from_month")
    asic: Key = col("An ASIC model.")
    from_month: Month = col("First month of these figures.")
    usd_per_th: MachinePrice = col("Price of a new machine ordered then.")
    resale_usd_per_th: MachinePrice = col("What a used machine fetches while at least resale_fade_months of its life are left.", 0.0)
    resale_mw_per_year: Mw = col("Most MW that all sites together can sell in a year.", 0.0)

    def conflicts(self) -> Iterator[Conflict]:
        if self.resale_usd_per_th and self.resale_usd_per_th >= self.usd_per_th:
            yield "resale_usd_per_th", f"{self.resale_usd_per_th:g}", f"less than usd_per_th, {self.usd_per_th:g}: used is cheaper than new"


class Move(Row):
    """A site that mining machines may leave for the company's pool, and come to from it."""

    KEY = ("site",)
    site: Key = col("A site.")
    out_musd_per_mw: Musd = col("Cost of taking a MW of machines out.", 0.0)
    in_musd_per_mw: Musd = col("Cost of putting a MW of machines in.", 0.0)
    out_months: Months = col("Months from leaving this site until the machines can work elsewhere.", 0)


class Gpu(Row):
    """A generation of GPU cluster that the company owns, bought whole; a vintage with prices of its own is a row with its order months."""

    id: Key = col("Unique over equipment, generators, halls and machines.")
    market: Key | None = col("Market of its hours, shared by the models that name it, as vintages do; blank for its id.", None)
    product: Product = col("Product of the halls that host it.", "turnkey")
    cluster_it_mw: SomeMw = col("IT MW of one cluster.")
    gpus_per_mw: SomeRate = col("GPUs per IT MW.")
    capex_musd_per_mw: Musd = col("GPUs, network and storage per IT MW, hall not included.")
    deposit_fraction: Fraction = col("Share of the price paid at order; the rest at delivery.", 0.3)
    order_from: Month | None = col("First month in which it may be ordered; blank for any.", None)
    order_to: Month | None = col("Last month in which it may be ordered; blank for any.", None)
    lead_months: Months = col("Months from order to service.", 0)
    months_to_revenue: Months = col("Months from service to the first hour sold: installation and tests.", 0)
    life_months: Life = col("Months in service.", 60)
    tax_life_months: Life = col("Straight-line tax life.", 60)
    utilisation_fraction: Fraction = col("GPU-hours sold per GPU-hour on offer.", 0.8)
    load_factor_fraction: Fraction = col("Average IT draw of a sold MW as a share of its critical power.", 0.85)
    opex_musd_per_mw_year: Musd = col("Operation of a deployed MW per year; grows with cost inflation.", 0.0)
    residual_fraction: Fraction = col(
        "Share of the price that a new cluster would fetch at the horizon; falls linearly over its life unless residuals has rows.", 0.0
    )

    def conflicts(self) -> Iterator[Conflict]:
        if self.order_from is not None and self.order_to is not None and self.order_to < self.order_from:
            yield "order_to", f"{self.order_to:%Y-%m}", f"a month from order_from, {self.order_from:%Y-%m}, on"


class GpuMarket(Row):
    """The spot market of a GPU; a row holds until the year of the next."""

    KEY = ("gpu", "from_year")
    gpu: Key = col("A GPU model.")
    from_year: Year = col("First calendar year of these figures.")
    usd_per_gpu_hour: Rate = col("Price of a sold GPU-hour.")
    market_it_mw: Mw = col("Most IT MW that all sites together can sell; models of one market share the largest of theirs.")


class Residual(Row):
    """What a machine or generator of an age is worth at the horizon; straight lines between the rows."""

    KEY = ("item", "age_months")
    item: Key = col("An ASIC model, GPU model or generator.")
    age_months: Months = col("Months since service.")
    residual_fraction: Fraction = col("Share of the price of a new one; 0 from the end of its life.")


class Hosting(Row):
    """Machines of somebody else that the site hosts until notice is given."""

    id: Key = col("Unique over the table.")
    site: Key = col("A site.")
    product: Product = col("Product of the halls that host them.", "mining")
    it_mw: SomeMw = col("IT MW hosted.")
    j_per_th: Efficiency = col("Energy per terahash of these machines.")
    uptime_fraction: Fraction = col("Share of the hours in which they run.", 0.98)
    fee_usd_per_mwh: Rate = col("Hosting fee per MWh of IT, power included.")
    share_fraction: Fraction = col("Share of the reward of these machines that the host keeps.", 0.0)
    from_month: Month = col("First month.")
    to_month: Month | None = col("The contract ends before this month; blank for no end.", None)
    notice_months: Months | None = col("Months of notice with which the plan may end it; blank: it may not.", None)

    def conflicts(self) -> Iterator[Conflict]:
        if self.to_month is not None and self.to_month <= self.from_month:
            yield "to_month", f"{self.to_month:%Y-%m}", f"a month after from_month, {self.from_month:%Y-%m}"
