"""What happened before the start and cannot influence the plan: draws long due, months that no test looks at, decisions that are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.check.changes import index_of
from planner.check.decisions import exists, known_ids
from planner.check.verify import DOMAINS
from planner.check.world import World
from planner.instance.notice import Remark
from planner_models.past import history_shares, not_due_fraction, testable
from planner_models.reach import Reach
from planner_models.rows import Covenant
from planner_models.schema import Instance


def _draws(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Draws of which nothing is left to fall due, where no capex before the start is held against them either."""
    debts = {row.id: row for row in instance.debt}
    for i, row in enumerate(instance.debt_draws):
        debt = debts[row.debt]
        if not debt.opening_eligible_musd and not not_due_fraction(debt, -reach.month(row.month) - debt.grace_months):
            yield Remark("debt_draws", i, "month", f"{row.month:%Y-%m}", "all that was drawn then is due by the start")


def tested_ends(instance: Instance, reach: Reach, row: Covenant) -> list[int]:
    """Ends of the periods at which a covenant is tested."""
    first = 0 if row.from_month is None else reach.month(row.from_month)
    ends = (*reach.starts[1:], reach.horizon)
    return [end for start, end in zip(reach.starts, ends, strict=True) if start >= first and testable(instance.history, reach.month, end)]


def _history(instance: Instance, reach: Reach) -> Iterator[Remark]:
    covenants = instance.covenants if instance.debt else ()
    ends = {end for row in covenants for end in tested_ends(instance, reach, row)}
    looked_at = {row.key for end in ends for row, _ in history_shares(instance.history, reach.month, end)}
    kinds = {row.kind for row in covenants}
    for i, row in enumerate(instance.history):
        if row.key not in looked_at:
            yield Remark("history", i, "from_month", f"{row.from_month:%Y-%m}", "no covenant is tested over any of these months")
            continue
        if row.ebitda_musd and kinds <= {"liquidity"}:
            yield Remark("history", i, "ebitda_musd", f"{row.ebitda_musd:g}", "the covenants test cash alone")
        if row.service_musd and "coverage" not in kinds:
            yield Remark("history", i, "service_musd", f"{row.service_musd:g}", "no covenant is one of coverage")


def _prepaid(instance: Instance, reach: Reach) -> Iterator[Remark]:
    for table, rows in (("leases", instance.leases), ("gpu_contracts", instance.gpu_contracts)):
        for i, row in enumerate(rows):
            if row.prepaid is not None and row.prepaid_months:
                words = f"the prepayment was received in {row.prepaid:%Y-%m} (prepaid)"
                yield Remark(table, i, "prepaid_months", str(row.prepaid_months), words)


def _previous(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Decisions of the plan before that no longer exist; all of them where a change costs nothing."""
    if not instance.previous:
        return
    if not instance.finance.change_penalty_musd:
        count = len(instance.previous)
        yield Remark("previous", 0, "decision", "1 row" if count == 1 else f"{count} rows", "change_penalty_musd is 0")
        return
    world = World(instance)
    known = known_ids(world)
    for i, row in enumerate(instance.previous):
        if not exists(world, known, row.decision, DOMAINS[row.decision], index_of(world, row)):
            yield Remark("previous", i, "index", repr(row.index), f"the decision {row.decision} does not exist for it")


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (_draws, _history, _prepaid, _previous)
