"""What a valid instance says that was probably not meant: leases served far too early, fleets without a hall, sites without breakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from planner.instance.notice import Remark
from planner_models.reach import Reach
from planner_models.rows import Opening
from planner_models.schema import Instance
from planner_models.words import listing

EARLY_MONTHS = 24
TOLERANCE_MW = 1e-6
Home = tuple[str, str]
"""Site and product."""


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
    """More ASIC MW of a product at a site than its halls can ever host, in the month in which a fleet is added that cannot move on."""
    asics = {asic.id: asic for asic in instance.asic_models}
    mobile = {row.site for row in instance.moves} if len(instance.moves) > 1 else set()
    fleets = [(i, row, asics[row.item].product) for i, row in enumerate(instance.opening) if row.item in asics and not reach.outlived(row)]
    together: dict[Home, list[tuple[int, Opening]]] = defaultdict(list)
    for i, row, product in fleets:
        together[row.site, product].append((i, row))
    rooms = _rooms_mw(instance, reach)
    for i, row, product in fleets:
        if row.site in mobile:
            continue
        now = max(0, reach.month(row.in_service))
        alive = (
            other.it_mw or 0.0
            for j, other in together[row.site, product]
            if (max(0, reach.month(other.in_service)), j) <= (now, i) and now < reach.span(other)[1]
        )
        held, room = sum(alive), rooms.get((row.site, product), 0)
        if held > room + TOLERANCE_MW:
            rest = f" ({held:g} MW with the fleets before)" if held > (row.it_mw or 0.0) else ""
            reason = f"the {product} halls that stand or could be built at site {row.site!r} hold {room:g} MW; the rest can never run"
            yield Remark("opening", i, "it_mw", f"{row.it_mw:g}{rest}", reason)


def _rooms_mw(instance: Instance, reach: Reach) -> dict[Home, float]:
    """By site and product, all that the land could hold where halls of the product can be added; else the halls of the opening."""
    halls = {hall.id: hall for hall in instance.halls}
    land_mw = {site.id: site.land_it_mw for site in instance.sites}
    rooms: dict[Home, float] = defaultdict(float)
    for row in instance.opening:
        if row.item in halls and not reach.outlived(row):
            rooms[row.site, halls[row.item].product] += (row.count or 0) * halls[row.item].module_it_mw
    return rooms | {(site, halls[name].product): land_mw[site] for site, name in reach.added}


def _late_deals(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Leases and compute contracts to come that were due before the plan starts."""
    for table, deals in (("leases", instance.leases), ("gpu_contracts", instance.gpu_contracts)):
        for i, deal in enumerate(deals):
            if deal.delivered is None and reach.month(deal.ready_by) < 0:
                reason = f"the plan starts {reach.word(0)}: it is late from the first month on"
                yield Remark(table, i, "ready_by", f"{deal.ready_by:%Y-%m}", reason)


def _late_rows(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Things on order that come after the plan has ended."""
    halls = {hall.id for hall in instance.halls}
    for i, row in enumerate(instance.opening):
        if reach.month(row.in_service) >= reach.horizon:
            held = "; until then it only holds land" if row.item in halls else ", before it works"
            yield Remark("opening", i, "in_service", f"{row.in_service:%Y-%m}", f"the plan ends {reach.end_word}{held}")


def _dear_fees(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """A fee above what is still to be paid: it is that for the whole row, not for one of its units."""
    for i, row in enumerate(instance.opening):
        if 0 < row.due_musd < row.cancel_fee_musd:
            reason = f"cancelling all of the row costs more than the {row.due_musd:g} M$ that are still due on it"
            yield Remark("opening", i, "cancel_fee_musd", f"{row.cancel_fee_musd:g}", reason)


def _missing_equipment(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """A kind of equipment that has a type carries the whole load of every site, so halls that stand without it are idle."""
    kinds: dict[str, int] = {}
    for i, row in enumerate(instance.equipment):
        kinds.setdefault(row.kind, i)
    kind_of = {row.id: row.kind for row in instance.equipment}
    working = {(row.site, row.item) for row in instance.opening if reach.span(row)[0] <= 0 < reach.span(row)[1]}
    carried = {(site, kind_of[item]) for site, item in working if item in kind_of}
    halls = {hall.id for hall in instance.halls}
    housed = dict.fromkeys(row.site for row in instance.opening if (row.site, row.item) in working and row.item in halls)
    for kind, i in kinds.items():
        if bare := [site for site in housed if (site, kind) not in carried]:
            reason = f"none stands at the opening at {listing(bare)}: the halls there are idle until one is delivered"
            yield Remark("equipment", i, "kind", repr(kind), reason)


def _foresight(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """A deterministic plan that may keep bitcoin knows what its price will be."""
    cap = instance.finance.treasury_cap_btc
    if cap and (instance.asic_models or instance.holdings):
        reason = (
            "the plan knows the deck: it keeps bitcoin whenever the deck rises faster than the discount rate; foresight, not a forecast"
        )
        yield Remark("instance", None, "finance.treasury_cap_btc", f"{cap:g}", reason)


def _forced_sales(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """More bitcoin at the start than may be held at the end of the first period."""
    held, cap = sum(row.btc_count for row in instance.holdings), instance.finance.treasury_cap_btc
    if held > cap:
        reason = f"holdings has {held:g} bitcoin: {held - cap:g} of them must be sold in the first period"
        yield Remark("instance", None, "finance.treasury_cap_btc", f"{cap:g}", reason)


def _nothing_before(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """A penalty on changes without a plan that they are changes of."""
    penalty = instance.finance.change_penalty_musd
    if penalty and not instance.previous:
        reason = "previous has no row, so whatever is ordered, signed, sold or ended counts as a change"
        yield Remark("instance", None, "finance.change_penalty_musd", f"{penalty:g}", reason)


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (
    _no_site, _early_leases, _late_deals, _homeless_fleets, _late_rows, _dear_fees, _missing_equipment, _foresight, _forced_sales,
    _nothing_before,
)  # fmt: skip
