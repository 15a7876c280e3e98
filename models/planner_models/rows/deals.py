"""What leases and compute contracts have in common: how firm they are, their dates, their term and money paid ahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner_models.kinds import Key, Life, Month, Months, Musd, Price, SomeMw, Stage, col
from planner_models.rows.base import Conflict, Row


class Deal(Row):
    """A contract that a customer offers, has signed, or that runs."""

    id: Key = col("Unique over leases and compute contracts.")
    stage: Stage = col("How firm it is; splits the value that is reported. `mandatory` decides whether it must be taken.", "pipeline")
    probability_fraction: Annotated[float, Field(gt=0, le=1)] = col(
        "Likelihood that it comes true if taken; its value counts by it. 1 for a signed one.", 1.0
    )
    mandatory: bool = col("Must be delivered.", False)
    it_mw: SomeMw = col("Critical IT MW.")
    decide_by: Month | None = col("Offer lapses after this month; blank for none. Before the start: it cannot be taken any more.", None)
    delivered: Month | None = col("It runs since this month, at or before the start; blank for one that is to come.", None)
    earliest_start: Month | None = col("The customer takes nothing before; blank for any month.", None)
    ready_by: Month = col("Contracted delivery.")
    drop_dead: Month | None = col("Last month in which delivery may start; blank for none.", None)
    penalty_usd_per_mw_month: Price = col("Paid per MW and month of late delivery, from ready_by on.", 0.0)
    term_months: Life = col("Length from delivery.")
    prepayment_musd: Musd = col("Paid ahead by the customer, credited to it later; a liability until it is earned.", 0.0)
    prepaid_months: Months = col("Months before the start in which the prepayment is received.", 0)
    prepaid: Month | None = col(
        "Month before the start in which it was received, of a mandatory one that is to come; blank otherwise.", None
    )
    credit_months: Annotated[int, Field(ge=1, le=1200)] | None = col(
        "Months from the start over which it is credited; blank: the term.", None
    )

    def conflicts(self) -> Iterator[Conflict]:
        if self.earliest_start is not None and self.ready_by < self.earliest_start:
            yield "ready_by", f"{self.ready_by:%Y-%m}", f"a month from earliest_start, {self.earliest_start:%Y-%m}, on"
        if self.drop_dead is not None and self.drop_dead < self.ready_by:
            yield "drop_dead", f"{self.drop_dead:%Y-%m}", f"a month from ready_by, {self.ready_by:%Y-%m}, on"
        if self.stage == "signed" and self.probability_fraction < 1:
            yield "probability_fraction", f"{self.probability_fraction:g}", "1 for what is signed"
        if self.delivered is not None and self.stage != "signed":
            yield "delivered", f"{self.delivered:%Y-%m}", "blank, but for a signed one"
        if self.prepaid is not None and (not self.mandatory or self.delivered is not None or not self.prepayment_musd):
            yield "prepaid", f"{self.prepaid:%Y-%m}", "blank, but for one with a prepayment that is mandatory and still to come"
        if self.credit_months is not None and self.credit_months > self.term_months:
            yield "credit_months", str(self.credit_months), f"at most term_months, {self.term_months}"
