"""Faults of the opening: amounts, dates and room of what stands, is owned or is on order when the plan starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from planner_models.evidence import Evidence, Fault, Horizon
from planner_models.rows import Gpu, Hall, Opening
from planner_models.words import listing

LAND_TOLERANCE = 1e-6


def _amounts(evidence: Evidence) -> Iterator[Fault]:
    """An ASIC fleet is measured in MW, anything else is counted; exactly one of the two."""
    for i, row in enumerate(evidence.instance.opening):
        if (item := evidence.item(row.item)) is None:
            continue
        counted = item[0] != "asic_models"
        kind = "halls, equipment, generators and GPU clusters are counted" if counted else "an ASIC fleet is measured in MW"
        wanted, other = ("count", "it_mw") if counted else ("it_mw", "count")
        if getattr(row, wanted) is None:
            yield Fault("opening", i, wanted, "blank", f"a number above 0; {kind}")
        if (value := getattr(row, other)) is not None:
            yield Fault("opening", i, other, f"{value:g}", f"blank; {kind}, in {wanted}")


def _homes(evidence: Evidence) -> Iterator[Fault]:
    """GPU clusters, and nothing else, name the hall type that they stand in: one of their product that is at the site or may be."""
    for i, row in enumerate(evidence.instance.opening):
        item = evidence.item(row.item)
        if item is None:
            continue
        if not isinstance(item[1], Gpu):
            if row.hall is not None:
                yield Fault("opening", i, "hall", repr(row.hall), "blank; only GPU clusters name the hall type that they stand in")
        elif row.hall is None:
            yield Fault("opening", i, "hall", "blank", "the hall type that the clusters stand in")
        elif row.hall in evidence.ids("halls") and evidence.whole("opening", "halls"):
            yield from _misplaced(evidence, i, row, item[1])


def _misplaced(evidence: Evidence, i: int, row: Opening, gpu: Gpu) -> Iterator[Fault]:
    """Clusters in a hall type that is of another product, or that the site neither has nor may have."""
    hall = evidence.ids("halls")[row.hall or ""]
    if row.site not in evidence.ids("sites") or (hall.product == gpu.product and _may_stand(evidence, hall, row.site)):
        return
    fitting = [h.id for h in evidence.ids("halls").values() if h.product == gpu.product and _may_stand(evidence, h, row.site)]
    what = f"of product {hall.product}" if hall.product != gpu.product else f"which neither stands nor is allowed at site {row.site!r}"
    allowed = f"a hall type of product {gpu.product}, as {gpu.id!r} needs, that stands or is allowed there: {listing(fitting) or 'none'}"
    yield Fault("opening", i, "hall", f"{row.hall!r}, {what}", allowed)


def _may_stand(evidence: Evidence, hall: Hall, site: str) -> bool:
    return not hall.sites or site in hall.sites or any((row.site, row.item) == (site, hall.id) for row in evidence.instance.opening)


def _pending(evidence: Evidence) -> Iterator[Fault]:
    """Only what comes within the plan is still to be paid in it, and only that can be cancelled."""
    horizon = evidence.horizon
    if horizon is None:
        return
    within, ahead = (f"{word} {horizon.word(0)} and before {horizon.word(horizon.end)}" for word in ("from", "after"))
    for i, row in enumerate(evidence.instance.opening):
        month = horizon.month(row.in_service)
        if row.due_musd and not 0 <= month < horizon.end:
            allowed = f"0 with in_service {row.in_service:%Y-%m}: the plan pays only for what comes {within}"
            yield Fault("opening", i, "due_musd", f"{row.due_musd:g}", allowed)
        if 0 < month < horizon.end:
            continue
        for field, is_on in (("cancellable", row.cancellable), ("due_evenly", row.due_evenly and month == 0)):
            if is_on:
                yield Fault("opening", i, field, f"yes with in_service {row.in_service:%Y-%m}", f"no; or a month of service {ahead}")
    for i, grid in enumerate(evidence.instance.grid):
        if grid.due_musd and grid.from_month is not None and not 0 <= horizon.month(grid.from_month) < horizon.end:
            allowed = f"0 with from_month {grid.from_month:%Y-%m}: the plan pays only for what comes {within}"
            yield Fault("grid", i, "due_musd", f"{grid.due_musd:g}", allowed)


def _replaces(evidence: Evidence) -> Iterator[Fault]:
    """Halls that are on order take over the land of halls at their site that have ended by then; each land is handed over once."""
    for i, row in enumerate(evidence.instance.opening):
        if row.replaces is not None and (allowed := _no_heir(evidence, row)):
            yield Fault("opening", i, "replaces", repr(row.replaces), allowed)


def _no_heir(evidence: Evidence, row: Opening) -> str:
    """What a row may replace, where what it names is not that; nothing where all is well or the name is unknown."""
    horizon, halls, other = evidence.horizon, evidence.ids("halls"), evidence.ids("opening").get(row.replaces or "")
    if other is None or any(evidence.item(item) is None for item in (row.item, other.item)):
        return ""
    if row.item not in halls:
        return f"blank for {row.item!r}: only halls take over the land of others"
    if horizon is not None and not 0 < horizon.month(row.in_service) < horizon.end:
        within = f"after {horizon.word(0)} and before {horizon.word(horizon.end)}"
        return f"blank with in_service {row.in_service:%Y-%m}: only halls that come {within} take over land"
    if other.item not in halls or other.site != row.site or other.id == row.id:
        known = [q.id for q in evidence.instance.opening if q.item in halls and q.site == row.site and q.id != row.id]
        return f"another row of halls at site {row.site!r}: {listing(known) or 'there is none'}"
    if other.replaces is not None:
        return f"a row that replaces none itself, as land is handed over once; {other.id!r} replaces {other.replaces!r}"
    heirs = [q.in_service for q in evidence.instance.opening if q.replaces == other.id]
    if min(heirs) < row.in_service:
        return f"a row of its own, split off {other.id!r}, which hands over all of its land in {min(heirs):%Y-%m}"
    if horizon is None or (end := horizon.span(other, halls[other.item].life_months)[1]) <= horizon.month(row.in_service):
        return ""
    return f"a row that has ended by {row.in_service:%Y-%m}, when this one comes; {other.id!r} works until {horizon.word(end)}"


def _land(evidence: Evidence) -> Iterator[Fault]:
    """The halls that stand when the plan starts fit the land of their site, and so do all that are still to come, as (2.9) counts them."""
    horizon, halls, sites = evidence.horizon, evidence.ids("halls"), evidence.ids("sites")
    wrong = {fault.row for fault in _replaces(evidence)}
    rows = [(i, q) for i, q in enumerate(evidence.instance.opening) if q.item in halls and q.site in sites and q.count and i not in wrong]
    if horizon is None:
        return
    freed: dict[str | None, int] = {}
    for _, row in rows:
        period = max(start for start in horizon.starts if start <= max(0, horizon.month(row.in_service)))
        freed[row.replaces] = max(freed.get(row.replaces, 0), period)
    comes = {horizon.month(row.in_service) for _, row in rows if row.replaces is not None}
    comes = {month for month in comes if month > 0}  # one in the past replaces a row that is unknown or has no sound item
    months = sorted({0, *comes, *(month for name, month in freed.items() if name is not None)})
    held: dict[tuple[str, int | None], float] = defaultdict(float)
    for i, row in rows:
        begin, end = horizon.span(row, halls[row.item].life_months)
        until = freed.get(row.id, end)
        moments: list[int | None] = [None] if begin <= 0 < until else []
        moments += [month for month in months if _holds(horizon, row, (begin, end, until), month)]
        mw, land_mw = (row.count or 0) * halls[row.item].module_it_mw, sites[row.site].land_it_mw
        for moment in moments:
            held[row.site, moment] += mw
        if over := [held[row.site, moment] for moment in moments if held[row.site, moment] > land_mw + LAND_TOLERANCE]:
            found = _amount(row, over[0], mw, "halls")
            yield Fault("opening", i, "count", found, f"at most {land_mw:g} MW, the land_it_mw of site {row.site!r}")


def _holds(horizon: Horizon, row: Opening, span: tuple[int, int, int], month: int) -> bool:
    """Halls hold land in a month although nothing of them stood at the start, or no longer works: on order, come or under conversion.

    `span` has the months from which and until which they work, and that in which those that replace them come.
    """
    begin, end, until = span
    if row.replaces is not None:
        return begin <= month < end
    first = max(start for start in horizon.starts if start <= month)
    return end <= first < until or (begin > 0 and month < min(end, until))


def _amount(row: Opening, held: float, mw: float, what: str) -> str:
    rest = f", {held:g} MW with the rows before" if held > mw else ""
    return f"{row.count} ({mw:g} MW of {what}{rest})"


def _clusters(evidence: Evidence) -> Iterator[Fault]:
    """The GPU clusters of the first period, which nothing can move or cancel, fit the halls that stand all through it."""
    horizon, halls, gpus = evidence.horizon, evidence.ids("halls"), evidence.ids("gpu_models")
    if horizon is None or not evidence.whole("opening", "halls", "conversions"):
        return
    at_once = {row.to_hall for row in evidence.instance.conversions if not row.build_months}
    at_once |= {hall.id for hall in halls.values() if hall.buildable and not hall.build_months}
    held: dict[tuple[str, str], float] = defaultdict(float)
    for i, row in enumerate(evidence.instance.opening):
        if row.item not in gpus or row.hall not in halls or row.hall in at_once or row.count is None or row.cancellable:
            continue
        begin, end = horizon.span(row, gpus[row.item].life_months)
        if begin >= horizon.first_end or end <= 0:
            continue
        mw = row.count * gpus[row.item].cluster_it_mw
        held[row.site, row.hall] += mw
        room = _room_mw(evidence, horizon, row.site, halls[row.hall])
        if room is not None and held[row.site, row.hall] > room + LAND_TOLERANCE:
            found = _amount(row, held[row.site, row.hall], mw, "clusters")
            allowed = f"at most {room:g} MW, the halls {row.hall!r} that stand at site {row.site!r} all through the first period"
            yield Fault("opening", i, "count", found, allowed)


def _room_mw(evidence: Evidence, horizon: Horizon, site: str, hall: Hall) -> float | None:
    """IT MW of the opening's halls of a type that stand at a site all through the first period; None where a count is missing."""
    rows = [row for row in evidence.instance.opening if (row.site, row.item) == (site, hall.id)]
    if any(row.count is None for row in rows):
        return None
    spans = [(row, *horizon.span(row, hall.life_months)) for row in rows]
    return sum((row.count or 0) * hall.module_it_mw for row, begin, end in spans if begin <= 0 and end >= horizon.first_end)


Rule = Callable[[Evidence], Iterator[Fault]]
RULES: tuple[Rule, ...] = (_amounts, _homes, _pending, _replaces, _land, _clusters)
