"""What a valid instance says that was probably not meant: no site, leases served far too early, fleets without a hall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from planner.instance.notice import Remark
from planner_models.reach import Reach
from planner_models.schema import Instance

EARLY_MONTHS = 24
TOLERANCE_MW = 1e-6


def doubtful(instance: Instance) -> list[Remark]:
    """Everything in the instance that is allowed, has an effect, and was probably not meant."""
    reach = Reach(instance)
    return [remark for rule in RULES for remark in rule(instance, reach)]


def _no_site(instance: Instance, reach: Reach) -> Iterator[Remark]:
    if not instance.sites:
        yield Remark("sites", None, "id", "no site", "nothing can be built, mined or let: the plan only keeps its cash")


def _early_leases(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """A blank earliest_start means any month, so a lease may be served long before it is due."""
    places: dict[str, list[str]] = defaultdict(list)
    for row in instance.lease_sites:
        places[row.lease].append(row.site)
    for i, lease in enumerate(instance.leases):
        possible = [site for site in places[lease.id] if reach.refusal(lease, site) is None]
        begins = [month for site in possible if (month := reach.earliest(lease, site)) is not None]
        due = reach.month(lease.ready_by)
        if lease.earliest_start is not None or not begins:
            continue
        early = due - min(begins)
        if due >= reach.horizon:
            reason = f"the plan ends {reach.end_word}, and the lease would be served up to {early} months early; give earliest_start"
            yield Remark("leases", i, "ready_by", f"{lease.ready_by:%Y-%m}", reason)
        elif early > EARLY_MONTHS:
            yield Remark("leases", i, "earliest_start", "blank", f"it would be served up to {early} months early; give earliest_start")


def _homeless_fleets(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """More ASIC MW of a product at a site than its halls can ever host there, in the month in which a fleet is added."""
    asics = {asic.id: asic for asic in instance.asic_models}
    fleets = [(i, row, asics[row.item]) for i, row in enumerate(instance.opening) if row.item in asics and not reach.outlived(row)]
    for i, row, asic in fleets:
        now = max(0, reach.month(row.in_service))
        alive = (
            other.it_mw or 0.0
            for j, other, kind in fleets
            if (other.site, kind.product) == (row.site, asic.product)
            and (max(0, reach.month(other.in_service)), j) <= (now, i)
            and now < reach.month(other.in_service) + kind.life_months
        )
        held, room = sum(alive), _room_mw(instance, reach, row.site, asic.product)
        if held > room + TOLERANCE_MW:
            rest = f" ({held:g} MW with the fleets before)" if held > (row.it_mw or 0.0) else ""
            reason = f"the {asic.product} halls that stand or could be built at site {row.site!r} hold {room:g} MW; the rest can never run"
            yield Remark("opening", i, "it_mw", f"{row.it_mw:g}{rest}", reason)


def _room_mw(instance: Instance, reach: Reach, site: str, product: str) -> float:
    """All that the land could hold where halls of the product can be added; else the halls of the opening."""
    halls = {hall.id: hall for hall in instance.halls if hall.product == product}
    if any((site, name) in reach.added for name in halls):
        return next(row.land_it_mw for row in instance.sites if row.id == site)
    standing = [row for row in instance.opening if row.site == site and row.item in halls and not reach.outlived(row)]
    return sum((row.count or 0) * halls[row.item].module_it_mw for row in standing)


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (_no_site, _early_leases, _homeless_fleets)
