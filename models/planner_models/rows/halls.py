"""Halls: types of building in identical modules, and the ways to convert one into another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from planner_models.kinds import Count, Fraction, Key, Life, Months, Musd, Product, SomeMw, Units, col
from planner_models.rows.base import Conflict, Row


class Hall(Row):
    """A type of building, in identical modules."""

    id: Key = col("Unique over equipment, generators, halls and machines.")
    product: Product = col("What leases and machines ask for; matched strictly.")
    module_it_mw: SomeMw = col("IT MW of one module.")
    pue_peak: Annotated[float, Field(ge=1, le=3)] = col("Facility MW per IT MW at design peak; sizes grid and transformers.")
    pue_average: Annotated[float, Field(ge=1, le=3)] = col("Facility MWh per IT MWh over the year; sets energy.")
    redundancy: Literal["N", "N+1", "2N"] = col(
        "Equipment behind it: `N+1` keeps the largest unit of each kind at the site in reserve, `2N` doubles the load.", "N"
    )
    buildable: bool = col("May be built new; `no` when it only exists or comes from a conversion.", True)
    sites: tuple[Key, ...] = col("Sites where it may be built or converted to, separated by `|`; blank for all.", ())
    capex_musd_per_module: Musd = col("Cost of a new module, spread evenly over the build months.", 0.0)
    contingency_fraction: Fraction = col("Added to the cost of a new module.", 0.0)
    build_months: Months = col("Months from order to service.", 0)
    life_months: Life = col("Months in service.", 240)
    tax_life_months: Life = col("Straight-line tax life, from service.", 180)
    fixed_cost_musd_per_module_year: Musd = col("Insurance, tax, upkeep of a standing module; grows with cost inflation.", 0.0)
    assessed_musd_per_module: Musd | None = col("Value of a standing module for property tax; blank for its cost with contingency.", None)
    residual_musd_per_module: Musd = col(
        "Value at the horizon of a module that outlives it, building alone, not under a capitalised lease.", 0.0
    )

    def conflicts(self) -> Iterator[Conflict]:
        if self.pue_average > self.pue_peak:
            yield "pue_average", f"{self.pue_average:g}", f"at most pue_peak, {self.pue_peak:g}"
        if repeated := sorted({site for site in self.sites if self.sites.count(site) > 1}):
            yield "sites", f"{', '.join(repeated)} more than once", "each site once"


class Conversion(Row):
    """A way to turn modules of one hall type that stand at the opening into another, in whole lots."""

    id: Key = col("Unique over conversions.")
    from_hall: Key = col("Hall type that is given up.")
    to_hall: Key = col("Hall type that results.")
    kind: Literal["retrofit", "rebuild"] = col("Work inside the standing building, or in its place; shown in the tables.", "retrofit")
    site: Key | None = col("Only at this site; blank for every site.", None)
    from_modules: Units = col("Modules given up per lot.", 1)
    to_modules: Units = col("Modules gained per lot.", 1)
    max_lots: Count = col("Most lots per site over the horizon.")
    capex_musd_per_lot: Musd = col("Cost of a lot, spread evenly over the build months.")
    contingency_fraction: Fraction = col("Added to the cost of a lot.", 0.0)
    build_months: Months = col("Months from order to service of the new modules.")
    off_months: Months = col("Months before service in which neither old nor new modules work.")

    def conflicts(self) -> Iterator[Conflict]:
        if self.off_months > self.build_months:
            yield "off_months", str(self.off_months), f"at most build_months, {self.build_months}"
        if self.from_hall == self.to_hall:
            yield "to_hall", repr(self.to_hall), "another hall type than from_hall"
