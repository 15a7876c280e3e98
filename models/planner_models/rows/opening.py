"""What stands, is owned or is on order when the plan starts."""

from __future__ import annotations

from collections.abc import Iterator

from planner_models.kinds import Key, Month, Musd, SomeMw, Units, col
from planner_models.rows.base import Conflict, Row


class Opening(Row):
    """What stands, is owned or is on order at the start: hall modules, equipment and generator units, ASIC fleets, GPU clusters."""

    id: Key = col("Unique over the table.")
    site: Key = col("Where it stands.")
    item: Key = col("A hall type, equipment type, generator, ASIC model or GPU model.")
    count: Units | None = col("Hall modules, units or clusters (blank for ASIC).", None)
    it_mw: SomeMw | None = col("IT MW of the ASIC fleet (blank for the others).", None)
    hall: Key | None = col("GPU clusters: the hall type that they stand in (blank for the others).", None)
    in_service: Month = col("Month from which it works; may lie ahead when delivery is pending.")
    until: Month | None = col("Month from which it no longer works; blank for the end of its life.", None)
    tax_basis_musd: Musd = col("Undepreciated tax basis at the start of the plan; pending: what has been spent on it to date.", 0.0)
    due_musd: Musd = col("Pending: still to be paid, in the month of service.", 0.0)
    due_evenly: bool = col("Pending: what is due is paid evenly by month from the start until service instead.", False)
    cancellable: bool = col("Pending: it may be cancelled, whole or in part; what has been spent on it is lost. No: it is locked.", False)
    cancel_fee_musd: Musd = col("Pending: paid at the start to cancel all of it, a part by its share.", 0.0)
    replaces: Key | None = col(
        "Pending halls under conversion: the row of the halls whose land they take over; it holds the land until then.", None
    )

    def conflicts(self) -> Iterator[Conflict]:
        if self.until is not None and self.until <= self.in_service:
            yield "until", f"{self.until:%Y-%m}", f"a month after in_service, {self.in_service:%Y-%m}"
        if self.cancel_fee_musd and not self.cancellable:
            yield "cancel_fee_musd", f"{self.cancel_fee_musd:g}", "0 where cancellable is no"
        if self.due_evenly and not self.due_musd:
            yield "due_evenly", "yes", "no where nothing is due"
