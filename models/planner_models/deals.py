"""When leases and compute contracts start, how late they are, and what is paid ahead on them (sections 4 and 5 of MATHS.md); no Pyomo."""

from __future__ import annotations

from planner_models.rows import Lease
from planner_models.rows.deals import Deal
from planner_models.timeline import Timeline


def block_count(lease: Lease) -> int:
    """Equal blocks of a lease; one where it is taken whole or not at all."""
    return 1 if lease.block_it_mw is None else round(lease.it_mw / lease.block_it_mw)


def block_mw(lease: Lease) -> float:
    """IT MW of a block."""
    return lease.it_mw if lease.block_it_mw is None else lease.block_it_mw


def starts(time: Timeline, deal: Deal) -> list[str]:
    """Periods in which a deal may start: the first alone for one that runs already, none for an offer that has lapsed."""
    if deal.stage != "signed" and deal.decide_by is not None and time.month(deal.decide_by) < 0:
        return []
    if deal.delivered is not None:
        return [time.labels[0]]
    first = 0 if deal.earliest_start is None else time.month(deal.earliest_start)
    last = time.horizon if deal.drop_dead is None else time.month(deal.drop_dead)
    return [t.label for t in time.periods if first <= t.start <= last]


def begin_month(time: Timeline, deal: Deal, start: str) -> int:
    """Month from which a deal that starts in a period runs; before the plan for one that runs already."""
    return time[start].start if deal.delivered is None else time.month(deal.delivered)


def late_months(time: Timeline, deal: Deal, begin: int, after: int = 0) -> dict[str, int]:
    """Months by period by which what comes `after` months from the start is late."""
    due, comes = time.month(deal.ready_by) + after, begin + after
    return {u: time.months_in(due, comes, u) for u in time.overlapping(due, comes)}


def unearned_fraction(deal: Deal, begin: int, month: int) -> float:
    """Share of the prepayment of a deal, once paid, that is not earned at the beginning of a month."""
    return min(1.0, max(0.0, 1 - (month - begin) / (deal.credit_months or deal.term_months)))


def unearned_musd(time: Timeline, deal: Deal, begin: int) -> dict[str, float]:
    """What is paid ahead on a whole deal and not earned at the end of each period, from the period of the payment on."""
    paid = max(0, begin - deal.prepaid_months) if deal.prepaid is None else time.month(deal.prepaid)
    return {t.label: deal.prepayment_musd * unearned_fraction(deal, begin, t.end) for t in time.periods if t.end > paid}


def opening_unearned_musd(time: Timeline, deal: Deal) -> float:
    """What is paid ahead on a deal and not earned at the start: of one that runs already, or is to come and prepaid."""
    if deal.prepaid is not None:
        return deal.prepayment_musd
    return 0.0 if deal.delivered is None else deal.prepayment_musd * unearned_fraction(deal, time.month(deal.delivered), 0)
