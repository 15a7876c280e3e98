"""Power at a site: grid, long-lead equipment with its suppliers, and own generation with its fuel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from planner_models.kinds import Count, Fraction, Key, Life, Month, Months, Musd, Rate, SomeMw, SomeRate, Year, col
from planner_models.rows.base import Conflict, Row


class Grid(Row):
    """Utility MW of a site: energised at a date, approved up to a total, or an upgrade that may be ordered once."""

    id: Key = col("Unique over all rows of the table.")
    site: Key = col("A site.")
    kind: Literal["energised", "approved", "upgrade"] = col(
        "`energised` adds MW at a date; `approved` adds to the most that may be in service from a date; "
        "`upgrade` is a decision: once or never."
    )
    service: Literal["firm", "interruptible"] = col("Halls of any product but mining need firm MW.", "firm")
    mw: SomeMw = col("Utility MW added.")
    from_month: Month | None = col("First month of these MW or of this approval. upgrade: earliest month of service, blank for any.", None)
    lead_months: Months = col("upgrade: months from order to service.", 0)
    cost_musd: Musd = col("upgrade: total cost.", 0.0)
    deposit_fraction: Fraction = col("upgrade: share of the cost paid at order; the rest at service.", 1.0)
    due_musd: Musd = col("energised MW that are on order: still to be paid, in from_month.", 0.0)
    tax_life_months: Life = col("Tax life of what is paid.", 180)
    security_musd: Musd = col(
        "Security posted with the utility and returned later: upgrade, at order; energised, it is posted at the start.", 0.0
    )
    security_months: Months = col("Months from service to the return of the security.", 0)

    def conflicts(self) -> Iterator[Conflict]:
        if self.due_musd and self.kind != "energised":
            yield "due_musd", f"{self.due_musd:g}", f"blank or 0 for an {self.kind} row: it is what is due for energised MW on order"
        if self.kind == "upgrade":
            return
        if self.from_month is None:
            yield "from_month", "blank", f"for an {self.kind} row the month from which its MW count"
        for field in ("cost_musd", "lead_months"):
            if value := getattr(self, field):
                yield field, f"{value:g}", f"blank or 0 for an {self.kind} row: cost and lead belong to upgrades"
        if self.kind == "approved":
            for field in ("security_musd", "security_months"):
                if value := getattr(self, field):
                    yield field, f"{value:g}", "blank or 0 for an approved row: nothing is posted for it"
        if self.kind == "approved" and self.service != "firm":
            yield "service", self.service, "blank for an approved row: an approval covers firm and interruptible MW together"


class Equipment(Row):
    """A type of long-lead equipment, bought in whole units; the load of a site passes through each kind in turn."""

    id: Key = col("Unique over equipment, generators, halls and machines.")
    kind: Literal["transformer", "breaker", "switchgear"] = col(
        "Each kind that has a type carries the whole load of every site; the types of a kind add up.", "transformer"
    )
    mva: SomeMw | None = col("Rating of one unit; blank where units_per_mw is given.", None)
    units_per_mw: SomeRate | None = col("Units for each facility MW, instead of a rating.", None)
    cost_musd: Musd = col("Installed cost of one unit.")
    deposit_fraction: Fraction = col("Share of the cost paid at order; the rest at delivery.", 0.3)
    lead_months: Months = col("Months from order to service.")
    life_months: Life = col("Months in service.", 600)
    tax_life_months: Life = col("Straight-line tax life.", 180)

    def conflicts(self) -> Iterator[Conflict]:
        if self.mva is None and self.units_per_mw is None:
            yield "mva", "blank", "the rating of one unit, or units_per_mw"
        if self.mva is not None and self.units_per_mw is not None:
            yield "units_per_mw", f"{self.units_per_mw:g}", "blank where mva is given"


class Slot(Row):
    """Units of a type that the supplier can deliver in a year, over all sites; a year without a row has no limit."""

    KEY = ("equipment", "year")
    equipment: Key = col("An equipment type.")
    year: Year = col("Calendar year of delivery.")
    units: Count = col("Most units delivered in that year to all sites together.")


class Generator(Row):
    """A type of own power plant, commissioned in whole units; an existing plant for sale is a type with `max_units` 1 at its site."""

    id: Key = col("Unique over equipment, generators, halls and machines.")
    kind: Literal["gas", "fuel_cell", "solar", "wind", "other"] = col(
        "What it is, shown in the tables; solar with storage is `solar` whose availability says in which blocks it delivers.", "gas"
    )
    sites: tuple[Key, ...] = col("Sites where it may be commissioned, separated by `|`; blank for all.", ())
    max_units: Count = col("Most units commissioned in service at a site at one time; 0 when it only exists.")
    unit_mw: SomeMw = col("MW of one unit at the site's bus.")
    dependable_fraction: Fraction = col("Share of its MW that relieves the grid at the site's peak, firm.", 0.0)
    availability_fraction: Fraction = col("Share of its MW that it can make in a block without a row in availability.", 1.0)
    fuel: Key | None = col("A fuel of fuel_prices; blank for none.", None)
    heat_rate_mmbtu_per_mwh: Rate = col("Fuel burnt per MWh.", 0.0)
    variable_usd_per_mwh: Rate = col("Operation and wear per MWh; grows with cost inflation.", 0.0)
    fixed_musd_per_unit_year: Musd = col("Operation of a unit in service per year; grows with cost inflation.", 0.0)
    capex_musd_per_unit: Musd = col("Installed cost of one unit.", 0.0)
    deposit_fraction: Fraction = col("Share of the cost paid at order; the rest at service.", 0.3)
    lead_months: Months = col("Months from order to service.", 0)
    life_months: Life = col("Months in service.", 300)
    tax_life_months: Life = col("Straight-line tax life.", 180)
    residual_fraction: Fraction = col(
        "Share of the cost that a new unit would fetch at the horizon; falls linearly over its life unless residuals has rows.", 0.0
    )

    def conflicts(self) -> Iterator[Conflict]:
        if self.fuel is None and self.heat_rate_mmbtu_per_mwh:
            yield "heat_rate_mmbtu_per_mwh", f"{self.heat_rate_mmbtu_per_mwh:g}", "0 without a fuel"
        if self.fuel is not None and not self.heat_rate_mmbtu_per_mwh:
            yield "heat_rate_mmbtu_per_mwh", "0", "a number above 0 for a plant that burns a fuel"


class Availability(Row):
    """What share of its MW a generator can make in a block of a market: solar by day, storage at the peak."""

    KEY = ("generator", "market", "block")
    generator: Key = col("A generator.")
    market: Key = col("A market of power_prices.")
    block: Key = col("A block of that market.")
    availability_fraction: Fraction = col("Share of its MW, mean over the hours of the block.")


class FuelPrice(Row):
    """Price of a fuel; a row holds until the year of the next."""

    KEY = ("fuel", "from_year")
    fuel: Key = col("Name of the fuel, delivered where it is burnt.")
    from_year: Year = col("First calendar year of this price.")
    usd_per_mmbtu: Rate = col("Delivered price.")
