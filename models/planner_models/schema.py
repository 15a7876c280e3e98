"""What an instance is: the settings of instance.yaml and the tables, immutable; the single truth for files, docs and defaults."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from planner_models.consistency import faults
from planner_models.kinds import Amount, Count, Day, Fraction, Growth, Key, Month, Number, Positive, Title, col
from planner_models.rows import (
    Asic,
    Btc,
    Budget,
    Conversion,
    Debt,
    Equipment,
    Gpu,
    GpuMarket,
    Grid,
    Hall,
    Lease,
    LeaseSite,
    Opening,
    PowerPrice,
    Row,
    Site,
    Slot,
    Strict,
)  # fmt: skip


class Span(Strict):
    """A run of periods of equal length."""

    months: Annotated[int, Field(ge=1, le=120)] = col("Months per period: 3 for quarters, 12 for years.")
    count: Annotated[int, Field(ge=1, le=400)] = col("Number of such periods.")


class Finance(Strict):
    """Money of the company, in nominal M$."""

    discount_rate_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Equity rate per year; flows are discounted from mid-period.")
    opening_cash_musd: Number = col("Cash at the start.")
    cash_floor_musd: Number = col("Cash may never end a period below this.", 0.0)
    overhead_musd_per_year: Amount = col("Corporate overhead; grows with cost inflation.", 0.0)
    cost_inflation_fraction: Growth = col("Growth per calendar year of overhead, fixed and operating cost.", 0.0)
    dividends_from: Month | None = col("First month in which dividends may be paid; blank for the start.", None)
    tax_rate_fraction: Annotated[float, Field(ge=0, lt=1)] = col("Rate on taxable income.", 0.21)
    loss_use_fraction: Fraction = col("Most of a year's income that carried losses may offset.", 0.8)
    opening_loss_musd: Amount = col("Tax losses carried into the start.", 0.0)
    terminal_method: Literal["cap_rate", "contract"] = col(
        "Leases at the horizon: NOI / cap rate, or value of the remaining contract.", "cap_rate"
    )
    exit_cost_fraction: Fraction = col("Share of the terminal value lost on sale.", 0.0)


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
    start: Month = col("First month of the plan; nothing is ordered before it.")
    periods: tuple[Span, ...] = col("Periods in order; none crosses a year end unless it is whole calendar years.")
    halvings: tuple[Day, ...] = col(
        "Days on which the block subsidy halves, first to last, from 50 BTC; the dates ahead are estimates.",
        tuple(dt.date.fromisoformat(d) for d in (
            "2012-11-28", "2016-07-09", "2020-05-11", "2024-04-20", "2028-04-17", "2032-04-14", "2036-04-12", "2040-04-09")),
    )
    objective: Literal["equity_value"] = col(
        "What is maximised: present value of dividends, final cash less debt, and terminal value.", "equity_value"
    )
    finance: Finance = col("Money of the company.")
    options: Options = col("Defaults of the solve.", Options())


class Instance(Settings):
    """A portfolio and its future: the settings of instance.yaml and one tuple of rows per table."""

    sites: tuple[Site, ...] = col("Sites.", ())
    grid: tuple[Grid, ...] = col("Utility MW by date, and upgrades.", ())
    equipment: tuple[Equipment, ...] = col("Long-lead equipment; with no row here transformers are not modelled.", ())
    slots: tuple[Slot, ...] = col("Supplier slots by year.", ())
    halls: tuple[Hall, ...] = col("Hall types.", ())
    conversions: tuple[Conversion, ...] = col("Ways to convert halls.", ())
    asic_models: tuple[Asic, ...] = col("Mining machines.", ())
    gpu_models: tuple[Gpu, ...] = col("GPU clusters.", ())
    gpu_market: tuple[GpuMarket, ...] = col("GPU spot market.", ())
    opening: tuple[Opening, ...] = col("What stands at the start.", ())
    power_prices: tuple[PowerPrice, ...] = col("Spot power by block.", ())
    leases: tuple[Lease, ...] = col("Tenants' contracts.", ())
    lease_sites: tuple[LeaseSite, ...] = col("Sites that tenants accept.", ())
    btc: tuple[Btc, ...] = col("Bitcoin deck.", ())
    debt: tuple[Debt, ...] = col("Debt facilities.", ())
    budgets: tuple[Budget, ...] = col("Capex budgets.", ())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := faults(self):
            raise ValueError("\n".join(str(fault) for fault in found))
        return self

    def with_(self, path: str, value: Any) -> Self:
        """A changed copy, validated anew.

        `path` is `finance.discount_rate_fraction`, a whole table (`leases`), or `table.key.field` as in
        `leases.anchor.rent_usd_per_kw_month`; the parts of a longer key are joined by `/` (`power_prices.ercot/2027/peak.usd_per_mwh`).
        Raises KeyError for a path that does not exist and ValueError for a value that is not allowed.
        """
        head, _, rest = path.partition(".")
        if head not in type(self).model_fields:
            raise KeyError(f"{path}: an instance has no field {head!r}")
        data = {name: getattr(self, name) for name in type(self).model_fields}
        data[head] = _replaced(data[head], rest, value, path) if rest else value
        return type(self).model_validate(data)


def _replaced(part: Any, rest: str, value: Any, path: str) -> Any:
    """`part` (a settings block or a table) with the field named by `rest` replaced."""
    if not isinstance(part, tuple):
        return _with_field(part, rest, value, path)
    key, _, field = rest.rpartition(".")
    found = ["/".join(str(k) for k in row.key) == key if isinstance(row, Row) else False for row in part]
    if not any(found):
        raise KeyError(f"{path}: no row with key {key!r}")
    return tuple(_with_field(row, field, value, path) if hit else row for row, hit in zip(part, found, strict=True))


def _with_field(block: Strict, field: str, value: Any, path: str) -> Strict:
    if field not in type(block).model_fields:
        raise KeyError(f"{path}: {type(block).__name__} has no field {field!r}")
    data = {name: getattr(block, name) for name in type(block).model_fields}
    return type(block).model_validate(data | {field: value})


TABLES: dict[str, type[Row]] = {
    "sites": Site,
    "grid": Grid,
    "equipment": Equipment,
    "slots": Slot,
    "halls": Hall,
    "conversions": Conversion,
    "asic_models": Asic,
    "gpu_models": Gpu,
    "gpu_market": GpuMarket,
    "opening": Opening,
    "power_prices": PowerPrice,
    "leases": Lease,
    "lease_sites": LeaseSite,
    "btc": Btc,
    "debt": Debt,
    "budgets": Budget,
}
"""Every table of an instance by the name of its file, in reading order."""
