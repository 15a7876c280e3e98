"""Leases: contracts of tenants for hall space, their credit, their deliveries, and the sites that they accept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from planner_models.kinds import (
    Fraction,
    Growth,
    Key,
    Months,
    Musd,
    Price,
    Product,
    Rate,
    SignedRate,
    SomeMw,
    Text,
    col,
)  # fmt: skip
from planner_models.rows.base import Conflict, Row
from planner_models.rows.deals import Deal

Yield = Annotated[float, Field(gt=0, le=1)]


class Tier(Row):
    """A class of credit: what tenants of one standing have in common."""

    id: Key = col("Unique over tiers.")
    cap_rate_fraction: Yield = col("Yield at which their leases are valued at the horizon, where the lease has none of its own.")


class Lease(Deal):
    """A tenant's contract for hall space, on offer, signed or running: taken at one site and start, whole or in equal blocks."""

    tenant: Text = col("Name of the tenant.")
    tier: Key | None = col("Credit tier of the tenant; blank for none.", None)
    kind: Literal["modified_gross", "triple_net"] = col(
        "`triple_net`: the tenant also bears upkeep and property tax of the halls that it fills.", "modified_gross"
    )
    product: Product = col("Product of the halls that it needs.")
    block_it_mw: SomeMw | None = col("It may be split into blocks of this size, over sites and dates; blank: whole or not at all.", None)
    break_fee_musd: Musd | None = col("Paid for not delivering a signed lease, in equal parts per block; blank: it cannot be broken.", None)
    rent_usd_per_kw_month: Rate = col("Rent per kW of IT and month in the first lease year; power is passed through at cost.")
    escalator_fraction: Growth = col("Growth of the rent per lease year, counted from delivery.", 0.0)
    cost_fraction: Fraction = col("Landlord's operating cost as a share of the rent.", 0.0)
    fit_out_musd_per_mw: Musd = col("What the tenant pays towards the landlord's capex, per MW, at delivery.", 0.0)
    renewal_months: Months = col("Months by which the tenant may renew at the end of the term; the halls are held for it.", 0)
    renewal_probability_fraction: Fraction = col("Likelihood of the renewal; its rent counts by it.", 0.0)
    load_factor_fraction: Fraction = col("Average IT draw of the tenant as a share of its IT MW.", 0.85)
    cap_rate_fraction: Yield | None = col("Yield at which the lease is valued at the horizon; blank for that of its tier.", None)
    warrants_count: Annotated[float, Field(ge=0, le=1e12)] = col("Warrants that a backer of the tenant gets when it is taken.", 0.0)
    strike_usd: Price = col("Price per share at which these warrants are exercised.", 0.0)

    def conflicts(self) -> Iterator[Conflict]:
        yield from super().conflicts()
        if self.block_it_mw is not None and abs(self.it_mw / self.block_it_mw - round(self.it_mw / self.block_it_mw)) > 1e-9:
            yield "block_it_mw", f"{self.block_it_mw:g}", f"a whole part of it_mw, {self.it_mw:g}"
        if self.break_fee_musd is not None and (self.stage != "signed" or self.mandatory):
            yield "break_fee_musd", f"{self.break_fee_musd:g}", "blank, but for a signed lease that is not mandatory"
        if self.renewal_probability_fraction and not self.renewal_months:
            yield "renewal_probability_fraction", f"{self.renewal_probability_fraction:g}", "0 where renewal_months is 0"


class LeaseDelivery(Row):
    """A tranche of a lease that is delivered in parts; the shares of a lease add up to 1 and its first tranche comes at month 0."""

    KEY = ("lease", "months")
    lease: Key = col("A lease.")
    months: Months = col("Months from the start of the lease to this tranche.")
    fraction: Annotated[float, Field(gt=0, le=1)] = col("Share of its MW.")


class LeaseSite(Row):
    """A site where a lease may be served."""

    KEY = ("lease", "site")
    lease: Key = col("A lease.")
    site: Key = col("A site that the tenant accepts.")
    hall: Key | None = col("Only this hall type; blank for any of its product.", None)
    rent_adder_usd_per_kw_month: SignedRate = col("Added to the rent at this site.", 0.0)
    capex_musd_per_mw: Musd = col("What the landlord spends on this site for this tenant, per MW, at delivery.", 0.0)
