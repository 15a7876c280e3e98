"""Sites: land, what the plan may do with them, and what builders can start there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner_models.kinds import Fraction, Key, Month, Musd, Mw, Rate, SignedRate, col
from planner_models.rows.base import Conflict, Row


class Site(Row):
    """A place with a meter: land, power quality and what it costs to hold."""

    id: Key = col("Short name, unique over all sites.")
    market: Key = col("Power market whose prices the site pays (a market of power_prices).")
    land_it_mw: Mw = col("IT MW of halls that the land can hold, under construction included.")
    power_factor: Annotated[float, Field(gt=0, le=1)] = col("MW per MVA of the load.", 0.95)
    loading_limit_fraction: Annotated[float, Field(gt=0, le=2)] = col("Highest load on transformers as a share of their rating.", 1.0)
    energy_adder_usd_per_mwh: SignedRate = col("Wires, losses and retail charges on top of the spot price.", 0.0)
    fixed_cost_musd_per_year: Musd = col("Land, security, staff: paid each year whatever is built; grows with cost inflation.", 0.0)
    energised_musd_per_mw: Musd = col(
        "Value at the horizon of an energised MW that no capitalised lease draws; own plants carry leases first.", 0.0
    )
    basis_usd_per_mwh: SignedRate = col("Price at the site's node less that of its market, bought or sold.", 0.0)
    loss_fraction: Fraction = col("Losses between node and meter: MWh paid for on top of each MWh bought at spot.", 0.0)
    capture_fraction: Fraction = col("Share of the machines plugged in that operations can hold off in a block; the rest runs.", 1.0)
    export_mw: Mw = col("Most MW that own generation may send to the grid; 0 for none.", 0.0)
    export_haircut_usd_per_mwh: Rate = col("What an exported MWh fetches less than the price at the node.", 0.0)
    max_ai_it_mw: Mw | None = col("Most IT MW in use in halls of any product but mining; blank for no limit.", None)
    ai_eligible_from: Month | None = col("First month in which such halls may be in use; blank for any.", None)
    property_tax_fraction: Fraction = col("Property tax per year, on the assessed value of the hall modules that stand.", 0.0)
    option_price_musd: Musd | None = col("Price at which the site may be bought, once; blank for a site that is owned.", None)
    offer_from: Month | None = col("First month in which a site on offer may be bought; blank for the start.", None)
    offer_to: Month | None = col("Last month in which a site on offer may be bought; blank for any.", None)
    sale_musd_per_mw: Musd | None = col("Proceeds per energised MW if the site is sold, 0 if it can only be closed; blank: neither.", None)
    sale_from: Month | None = col("First month in which the site may be sold or closed; blank for the start.", None)
    closing_cost_musd: Musd = col("Cost of a sale or a closure.", 0.0)

    def conflicts(self) -> Iterator[Conflict]:
        if self.option_price_musd is not None and self.sale_musd_per_mw is not None:
            yield "sale_musd_per_mw", f"{self.sale_musd_per_mw:g}", "blank for a site on offer: what is bought is not sold again"
        for field in ("offer_from", "offer_to"):
            if getattr(self, field) is not None and self.option_price_musd is None:
                yield field, f"{getattr(self, field):%Y-%m}", "blank for a site that is owned (option_price_musd is blank)"
        if self.offer_from is not None and self.offer_to is not None and self.offer_to < self.offer_from:
            yield "offer_to", f"{self.offer_to:%Y-%m}", f"a month from offer_from, {self.offer_from:%Y-%m}, on"
        if self.sale_musd_per_mw is None:
            if self.sale_from is not None:
                yield "sale_from", f"{self.sale_from:%Y-%m}", "blank for a site that is not for sale (sale_musd_per_mw is blank)"
            if self.closing_cost_musd:
                yield "closing_cost_musd", f"{self.closing_cost_musd:g}", "0 for a site that is not for sale (sale_musd_per_mw is blank)"


class DeliveryLimit(Row):
    """What builders can start: most IT MW of halls whose construction begins in one period; a row holds until the next of its site."""

    KEY = ("site", "from_month")
    site: Key | None = col("A site; blank for all sites together.", None)
    from_month: Month = col("First month of this limit.")
    started_it_mw: Mw = col("Most IT MW, new or converted, whose order month lies in one period.")
