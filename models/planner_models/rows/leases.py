"""Leases: contracts of tenants for hall space, and the sites that they accept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner_models.kinds import Fraction, Growth, Key, Life, Month, Price, Product, Rate, SignedRate, SomeMw, Stage, Text, col
from planner_models.rows.base import Conflict, Row


class Lease(Row):
    """A tenant's contract for hall space, on offer or signed: taken whole, at one site, in one hall type, or not."""

    id: Key = col("Unique over leases.")
    tenant: Text = col("Name of the tenant.")
    stage: Stage = col("How firm it is; splits the value that is reported. `mandatory` decides whether it must be taken.", "pipeline")
    mandatory: bool = col("Must be delivered.", False)
    product: Product = col("Product of the halls that it needs.")
    it_mw: SomeMw = col("Critical IT MW.")
    earliest_start: Month | None = col("The tenant takes nothing before; blank for any month.", None)
    ready_by: Month = col("Contracted delivery.")
    drop_dead: Month | None = col("Last month in which delivery may start; blank for none.", None)
    penalty_usd_per_mw_month: Price = col("Paid per MW and month from ready_by to delivery.", 0.0)
    term_months: Life = col("Length from delivery.")
    rent_usd_per_kw_month: Rate = col("Rent per kW of IT and month in the first lease year; power is passed through at cost.")
    escalator_fraction: Growth = col("Growth of the rent per lease year, counted from delivery.", 0.0)
    cost_fraction: Fraction = col("Landlord's operating cost as a share of the rent.", 0.0)
    load_factor_fraction: Fraction = col("Average IT draw of the tenant as a share of its IT MW.", 0.85)
    cap_rate_fraction: Annotated[float, Field(gt=0, le=1)] | None = col("Yield at which the lease is valued at the horizon.", None)

    def conflicts(self) -> Iterator[Conflict]:
        if self.earliest_start is not None and self.ready_by < self.earliest_start:
            yield "ready_by", f"{self.ready_by:%Y-%m}", f"a month from earliest_start, {self.earliest_start:%Y-%m}, on"
        if self.drop_dead is not None and self.drop_dead < self.ready_by:
            yield "drop_dead", f"{self.drop_dead:%Y-%m}", f"a month from ready_by, {self.ready_by:%Y-%m}, on"


class LeaseSite(Row):
    """A site where a lease may be served."""

    KEY = ("lease", "site")
    lease: Key = col("A lease.")
    site: Key = col("A site that the tenant accepts.")
    rent_adder_usd_per_kw_month: SignedRate = col("Added to the rent at this site.", 0.0)
