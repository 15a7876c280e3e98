"""The rows of every table: frozen pydantic models with a unit in each name and a line of documentation in each field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from planner_models.kinds import (
    Count,
    Day,
    Efficiency,
    Fraction,
    Free,
    Growth,
    Hashrate,
    Key,
    Life,
    MachinePrice,
    Month,
    Months,
    Musd,
    Mw,
    Price,
    Product,
    Rate,
    SignedRate,
    SomeMw,
    SomeRate,
    Stage,
    Text,
    Units,
    Year,
    col,
)  # fmt: skip

Conflict = tuple[str, str, str]
"""A field, what was found there and what is allowed, in words."""


class Strict(BaseModel):
    """Immutable, and no unknown field is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, validate_default=True)


class Row(Strict):
    """One row of a table; the five free columns are kept and never read by the model."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)
    FREE: ClassVar[tuple[str, ...]] = ("status", "owner", "source", "as_of", "note")

    status: Free = col("Free text, e.g. confirmed or estimate.", None)
    owner: Free = col("Free text: who maintains the row.", None)
    source: Free = col("Free text: where the figures come from.", None)
    as_of: Free = col("Free text: date of the figures.", None)
    note: Free = col("Free text.", None)

    @property
    def key(self) -> tuple[Any, ...]:
        """The values that must be unique in the table."""
        return tuple(getattr(self, name) for name in self.KEY)

    def conflicts(self) -> Iterator[Conflict]:
        """Fields of this row that contradict each other."""
        return iter(())

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if found := list(self.conflicts()):
            words = "; ".join(f"{field}: found {value}; allowed: {allowed}" for field, value, allowed in found)
            raise PydanticCustomError("conflict", "{words}", {"words": words, "conflicts": found})
        return self


class Site(Row):
    """A place with a meter: land, power quality and what it costs to hold."""

    id: Key = col("Short name, unique over all sites.")
    market: Key = col("Power market whose prices the site pays (a market of power_prices).")
    land_it_mw: Mw = col("IT MW of halls that the land can hold, under construction included.")
    power_factor: Annotated[float, Field(gt=0, le=1)] = col("MW per MVA of the load.", 0.95)
    loading_limit_fraction: Annotated[float, Field(gt=0, le=2)] = col("Highest load on transformers as a share of their rating.", 1.0)
    energy_adder_usd_per_mwh: SignedRate = col("Wires, losses and retail charges on top of the spot price.", 0.0)
    fixed_cost_musd_per_year: Musd = col("Land, security, staff: paid each year whatever is built; grows with cost inflation.", 0.0)
    energised_musd_per_mw: Musd = col("Value at the horizon of an energised MW that no capitalised lease draws.", 0.0)


class Grid(Row):
    """Utility MW of a site: energised at a date, or an upgrade that may be ordered once."""

    id: Key = col("Unique over all rows of the table.")
    site: Key = col("A site.")
    kind: Literal["energised", "upgrade"] = col("`energised` adds MW at a date; `upgrade` is a decision: once or never.")
    mw: SomeMw = col("Utility MW added.")
    from_month: Month | None = col("energised: first month with these MW. upgrade: earliest month of service, blank for any.", None)
    lead_months: Months = col("upgrade: months from order to service.", 0)
    cost_musd: Musd = col("upgrade: total cost.", 0.0)
    deposit_fraction: Fraction = col("upgrade: share of the cost paid at order; the rest at service.", 1.0)
    tax_life_months: Life = col("upgrade: straight-line tax life.", 180)

    def conflicts(self) -> Iterator[Conflict]:
        if self.kind == "upgrade":
            return
        if self.from_month is None:
            yield "from_month", "blank", "for an energised row the month from which its MW count"
        for field in ("cost_musd", "lead_months"):
            if value := getattr(self, field):
                yield field, f"{value:g}", "blank or 0 for an energised row: it is paid for; cost and lead belong to upgrades"


class Equipment(Row):
    """A type of long-lead equipment, bought in whole units."""

    id: Key = col("Unique over equipment, halls and machines.")
    kind: Literal["transformer"] = col("What it limits: transformers carry the site's load.", "transformer")
    mva: SomeMw = col("Rating of one unit.")
    cost_musd: Musd = col("Installed cost of one unit.")
    deposit_fraction: Fraction = col("Share of the cost paid at order; the rest at delivery.", 0.3)
    lead_months: Months = col("Months from order to service.")
    tax_life_months: Life = col("Straight-line tax life.", 180)


class Slot(Row):
    """Units of a type that the supplier can deliver in a year, over all sites; a year without a row has no limit."""

    KEY = ("equipment", "year")
    equipment: Key = col("An equipment type.")
    year: Year = col("Calendar year of delivery.")
    units: Count = col("Most units delivered in that year to all sites together.")


class Hall(Row):
    """A type of building, in identical modules."""

    id: Key = col("Unique over equipment, halls and machines.")
    product: Product = col("What leases and machines ask for; matched strictly.")
    module_it_mw: SomeMw = col("IT MW of one module.")
    pue_peak: Annotated[float, Field(ge=1, le=3)] = col("Facility MW per IT MW at design peak; sizes grid and transformers.")
    pue_average: Annotated[float, Field(ge=1, le=3)] = col("Facility MWh per IT MWh over the year; sets energy.")
    buildable: bool = col("May be built new; `no` when it only exists or comes from a conversion.", True)
    sites: tuple[Key, ...] = col("Sites where it may be built or converted to, separated by `|`; blank for all.", ())
    capex_musd_per_module: Musd = col("Cost of a new module, spread evenly over the build months.", 0.0)
    build_months: Months = col("Months from order to service.", 0)
    life_months: Life = col("Months in service.", 240)
    tax_life_months: Life = col("Straight-line tax life, from service.", 180)
    fixed_cost_musd_per_module_year: Musd = col("Insurance, tax, upkeep of a standing module; grows with cost inflation.", 0.0)
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
    site: Key | None = col("Only at this site; blank for every site.", None)
    from_modules: Units = col("Modules given up per lot.", 1)
    to_modules: Units = col("Modules gained per lot.", 1)
    max_lots: Count = col("Most lots per site over the horizon.")
    capex_musd_per_lot: Musd = col("Cost of a lot, spread evenly over the build months.")
    build_months: Months = col("Months from order to service of the new modules.")
    off_months: Months = col("Months before service in which neither old nor new modules work.")

    def conflicts(self) -> Iterator[Conflict]:
        if self.off_months > self.build_months:
            yield "off_months", str(self.off_months), f"at most build_months, {self.build_months}"
        if self.from_hall == self.to_hall:
            yield "to_hall", repr(self.to_hall), "another hall type than from_hall"


class Asic(Row):
    """A model of mining machine."""

    id: Key = col("Unique over equipment, halls and machines.")
    product: Product = col("Product of the halls that host it.", "mining")
    j_per_th: Efficiency = col("Energy per terahash at the wall; EH/s per MW = 1 / this.")
    buyable: bool = col("May be bought; `no` for a fleet that only exists.", True)
    usd_per_th: MachinePrice = col("Price; also the basis of the residual of an opening fleet.", 0.0)
    deposit_fraction: Fraction = col("Share of the price paid at order; the rest at delivery.", 1.0)
    lead_months: Months = col("Months from order to service.", 0)
    life_months: Life = col("Months in service.", 60)
    tax_life_months: Life = col("Straight-line tax life.", 60)
    uptime_fraction: Fraction = col("Most of the hours of any block in which a hosted machine hashes.", 0.98)
    pool_fee_fraction: Fraction = col("Share of the reward kept by the pool.", 0.0)
    opex_usd_per_mwh: Rate = col("Repair and staff per MWh hashed; grows with cost inflation.", 0.0)
    residual_fraction: Fraction = col(
        "Share of the price that a new machine would fetch at the horizon; falls linearly over its life.", 0.0
    )


class Gpu(Row):
    """A GPU cluster that the company owns, bought whole."""

    id: Key = col("Unique over equipment, halls and machines.")
    product: Product = col("Product of the halls that host it.", "turnkey")
    cluster_it_mw: SomeMw = col("IT MW of one cluster.")
    gpus_per_mw: SomeRate = col("GPUs per IT MW.")
    capex_musd_per_mw: Musd = col("GPUs, network and storage per IT MW, hall not included.")
    deposit_fraction: Fraction = col("Share of the price paid at order; the rest at delivery.", 0.3)
    lead_months: Months = col("Months from order to service.", 0)
    life_months: Life = col("Months in service.", 60)
    tax_life_months: Life = col("Straight-line tax life.", 60)
    utilisation_fraction: Fraction = col("GPU-hours sold per GPU-hour on offer.", 0.8)
    load_factor_fraction: Fraction = col("Average IT draw of a sold MW as a share of its critical power.", 0.85)
    opex_musd_per_mw_year: Musd = col("Operation of a deployed MW per year; grows with cost inflation.", 0.0)
    residual_fraction: Fraction = col(
        "Share of the price that a new cluster would fetch at the horizon; falls linearly over its life.", 0.0
    )


class GpuMarket(Row):
    """The spot market of a GPU; a row holds until the year of the next."""

    KEY = ("gpu", "from_year")
    gpu: Key = col("A GPU model.")
    from_year: Year = col("First calendar year of these figures.")
    usd_per_gpu_hour: Rate = col("Price of a sold GPU-hour.")
    market_it_mw: Mw = col("Most IT MW that all sites together can sell.")


class Opening(Row):
    """What stands or is paid for: hall modules, transformer units, ASIC fleets."""

    id: Key = col("Unique over the table.")
    site: Key = col("Where it stands.")
    item: Key = col("A hall type, equipment type or ASIC model.")
    count: Units | None = col("Hall modules or equipment units (blank for ASIC).", None)
    it_mw: SomeMw | None = col("IT MW of the ASIC fleet (blank for the others).", None)
    in_service: Month = col("Month from which it works; may lie ahead when delivery is pending.")
    tax_basis_musd: Musd = col("Undepreciated tax basis at the start of the plan.", 0.0)


class PowerPrice(Row):
    """Spot price of a market by block of hours; a row holds until the year of the next."""

    KEY = ("market", "from_year", "block")
    market: Key = col("Power market.")
    from_year: Year = col("First calendar year of these figures.")
    block: Key = col("Block of hours; the same blocks in every year of a market.")
    hours_fraction: Fraction = col("Share of all hours; the blocks of a year add up to 1.")
    usd_per_mwh: SignedRate = col("Mean spot price in the block; may be negative.")


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
