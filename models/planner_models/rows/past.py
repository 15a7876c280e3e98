"""What happened before the plan starts and still counts: spendings, draws, tested months, bitcoin, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from planner_models.kinds import Key, Life, Month, Musd, Price, SignedMusd, Text, Units, col
from planner_models.rows.base import Conflict, Row

Decided = Literal[
    "cancelled_units", "built_modules", "converted_lots", "retired_modules", "started", "broken_blocks", "deployed_clusters", "contracted",
    "upgraded", "delivered_units", "opened", "sold", "commissioned_units", "accepted", "ended",
]  # fmt: skip


class TaxBase(Row):
    """Money spent before the start whose write-off runs on, whatever became of the thing."""

    id: Key = col("Unique over tax_bases.")
    site: Key = col("Site that it is shown at.")
    in_service: Month = col("Month from which it is written off; may lie before the start.")
    tax_life_months: Life | None = col(
        "Tax life, which also names its class in tax_classes; blank for land, which is never written off.", None
    )
    basis_musd: Musd = col("The whole basis as it was in service, before any write-off.")
    method: Literal["class", "straight_line"] = col(
        "`class`: as tax_classes has its life; `straight_line`: evenly by month anyway.", "class"
    )


class Holding(Row):
    """Bitcoin held at the start that cost the same."""

    id: Key = col("Unique over holdings, and no label of a period.")
    btc_count: Annotated[float, Field(gt=0, le=21e6, allow_inf_nan=False)] = col("How many bitcoin.")
    basis_usd: Price = col("Tax basis of one: its value when it was mined, or its price.")


class DebtDraw(Row):
    """What was drawn of a facility in a month before the start, for its amortisation."""

    KEY = ("debt", "month")
    debt: Key = col("A facility that amortises, or one with opening_eligible_musd.")
    month: Month = col("First month of the period of the draw, before the start.")
    drawn_musd: Musd = col("What was drawn then, paid back or not.")


class History(Row):
    """Months before the start that covenants of twelve months still look at."""

    KEY = ("from_month",)
    from_month: Month = col("First of these months.")
    months: Annotated[int, Field(ge=1, le=120)] = col("How many; they end at the start or before.")
    ebitda_musd: SignedMusd = col("EBITDA of them.")
    service_musd: SignedMusd = col("Interest and scheduled amortisation of them.", 0.0)


class Previous(Row):
    """A decision of the plan before, from which `finance.change_penalty_musd` makes it dear to depart."""

    KEY = ("decision", "index")
    decision: Decided = col("Name of the decision in MATHS.md.")
    index: Text = col("Its indices joined by `/`, the period as the month in which it starts: `rockdale/tr_100/2029-07`.")
    count: Units = col("Modules, lots, units, clusters, blocks, or 1 for yes.")

    def conflicts(self) -> Iterator[Conflict]:
        parts = INDICES[self.decision]
        if self.index.count("/") != parts - 1 or not all(self.index.split("/")):
            yield "index", repr(self.index), f"{parts} names joined by `/`" if parts > 1 else "one name"


INDICES: dict[str, int] = {
    "cancelled_units": 1, "built_modules": 3, "converted_lots": 3, "retired_modules": 2, "started": 4, "broken_blocks": 1,
    "deployed_clusters": 4, "contracted": 4, "upgraded": 2, "delivered_units": 3, "opened": 2, "sold": 2, "commissioned_units": 3,
    "accepted": 1, "ended": 2,
}  # fmt: skip
"""How many indices each decision has."""
