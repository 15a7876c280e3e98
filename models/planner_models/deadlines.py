"""Faults of time: periods, halvings, series that start too late, and dates that do not fit the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from planner_models.evidence import LONGEST_MONTHS, Evidence, Fault, Horizon
from planner_models.rows import Deal, FuelPrice, GpuMarket, PowerPrice
from planner_models.sheets import PAST_HALVINGS
from planner_models.words import listing

FIRST_YEAR, LAST_YEAR = 2009, 2080


def _start(evidence: Evidence) -> Iterator[Fault]:
    """The plan starts after bitcoin did, and ends within the years that a table can name."""
    if evidence.settled("start") and not FIRST_YEAR <= evidence.instance.start.year <= LAST_YEAR:
        yield Fault("instance", None, "start", f"{evidence.instance.start:%Y-%m}", f"a month from {FIRST_YEAR}-01 to {LAST_YEAR}-12")


def _length(evidence: Evidence) -> Iterator[Fault]:
    """There are periods, of sixty years at most."""
    if not evidence.settled("periods"):
        return
    months = sum(span.months * span.count for span in evidence.instance.periods)
    if months == 0:
        yield Fault("instance", None, "periods", "no period", "at least one run of periods, such as months: 12, count: 5")
    if months > LONGEST_MONTHS:
        allowed = f"at most {LONGEST_MONTHS} months, {LONGEST_MONTHS // 12} years"
        yield Fault("instance", None, "periods", f"{months} months in all", allowed)


def _price_year(evidence: Evidence) -> Iterator[Fault]:
    """Costs are not given in money of a year after the plan."""
    horizon = evidence.horizon
    if horizon is None or not evidence.settled("finance"):
        return
    year = evidence.instance.finance.price_year
    if year is not None and year > horizon.last_year:
        allowed = f"a year until {horizon.last_year}, the last of the plan; or blank for {horizon.start.year}, that of its start"
        yield Fault("instance", None, "finance.price_year", str(year), allowed)


def _year_ends(evidence: Evidence) -> Iterator[Fault]:
    """A period lies within one calendar year, or is whole calendar years."""
    horizon, month = evidence.horizon, 0
    if horizon is None:
        return
    for i, span in enumerate(evidence.instance.periods):
        for begin in range(month, month + span.months * span.count, span.months):
            calendar = (horizon.start.month - 1 + begin) % 12
            if calendar + span.months > 12 and (calendar or span.months % 12):
                allowed = "periods within one calendar year, or whole calendar years from January"
                yield Fault("instance", None, f"periods[{i}].months", f"{span.months} months from {horizon.word(begin)}", allowed)
                break
        month += span.months * span.count


def _halvings(evidence: Evidence) -> Iterator[Fault]:
    """Those that have happened come first, as each one left out doubles what a block pays; then each is later than the one before."""
    if not evidence.settled("halvings"):
        return
    days, past = evidence.instance.halvings, PAST_HALVINGS
    if days[: len(past)] != past:
        at = next((i for i, (day, known) in enumerate(zip(days, past, strict=False)) if day != known), len(days))
        field, found = (f"halvings[{at}]", f"{days[at]}") if at < len(days) else ("halvings", listing(map(str, days)) or "no date")
        allowed = f"a list that begins with the halvings that have happened: {listing(map(str, past))}"
        yield Fault("instance", None, field, found, allowed)
        return
    for i in range(1, len(days)):
        if days[i] <= days[i - 1]:
            yield Fault("instance", None, f"halvings[{i}]", days[i].isoformat(), f"a day after the halving before, {days[i - 1]}")


def _power_series(evidence: Evidence) -> Iterator[Fault]:
    """Prices of each market are known from the first year of the plan."""
    if evidence.horizon is None:
        return
    rows = evidence.instance.power_prices
    named = ((i, row.market, row) for i, row in enumerate(rows) if not evidence.unread("power_prices", row.market))
    yield from _late("power_prices", named, evidence.horizon)


def _gpu_series(evidence: Evidence) -> Iterator[Fault]:
    """The market of each GPU is known from the first year of the plan."""
    rows = evidence.instance.gpu_market
    known = {row.gpu for row in rows}
    for i, gpu in enumerate(evidence.instance.gpu_models):
        if gpu.id not in known and not evidence.unread("gpu_market", gpu.id):
            yield Fault("gpu_models", i, "id", f"{gpu.id!r} without a row in gpu_market", "a price and a size of its market")
    if evidence.horizon is not None:
        named = ((i, row.gpu, row) for i, row in enumerate(rows) if not evidence.unread("gpu_market", row.gpu))
        yield from _late("gpu_market", named, evidence.horizon)


def _fuel_series(evidence: Evidence) -> Iterator[Fault]:
    """The price of each fuel that a generator burns is known from the first year of the plan."""
    burnt = {row.fuel for row in evidence.instance.generators}
    if evidence.horizon is not None:
        rows = enumerate(evidence.instance.fuel_prices)
        named = ((i, row.fuel, row) for i, row in rows if row.fuel in burnt and not evidence.unread("fuel_prices", row.fuel))
        yield from _late("fuel_prices", named, evidence.horizon)


def _late(table: str, rows: Iterable[tuple[int, str, PowerPrice | GpuMarket | FuelPrice]], horizon: Horizon) -> Iterator[Fault]:
    first: dict[str, tuple[int, int]] = {}
    for i, name, row in rows:
        first[name] = min(first.get(name, (row.from_year, i)), (row.from_year, i))
    for name, (year, i) in first.items():
        if year > horizon.start.year:
            allowed = f"{horizon.start.year} or earlier, the first year of the plan"
            yield Fault(table, i, "from_year", f"{year} as the first year of {name}", allowed)


def _btc_series(evidence: Evidence) -> Iterator[Fault]:
    """Where there are machines, bitcoin, or a share of what others mine, the bitcoin deck covers the plan from its first day."""
    deck, machines, held = evidence.instance.btc, evidence.instance.asic_models, evidence.instance.holdings
    shares = any(row.share_fraction for row in evidence.instance.hosting)
    if not (machines or held or shares) or not evidence.whole("btc"):
        return
    if not deck:
        reason = "there are asic_models" if machines else "there are holdings" if held else "hosting has a share_fraction"
        yield Fault("btc", None, "from_day", "no row", f"a deck from the start of the plan, as {reason}")
    elif evidence.horizon is not None and min(row.from_day for row in deck) > evidence.horizon.start:
        at = min(range(len(deck)), key=lambda i: deck[i].from_day)
        allowed = f"{evidence.horizon.start} or earlier, the start of the plan"
        yield Fault("btc", at, "from_day", f"{deck[at].from_day} as the first day", allowed)


def _deal_dates(evidence: Evidence) -> Iterator[Fault]:
    """A lease or compute contract that does not run already is due within the plan; a mandatory one can be delivered in a period of it."""
    horizon = evidence.horizon
    if horizon is None:
        return
    for table, rows in (("leases", evidence.instance.leases), ("gpu_contracts", evidence.instance.gpu_contracts)):
        for i, deal in enumerate(rows):
            if deal.delivered is None:
                yield from _dates(horizon, table, i, deal)


def _dates(horizon: Horizon, table: str, i: int, deal: Deal) -> Iterator[Fault]:
    late = [f for f in ("ready_by", "earliest_start") if (date := getattr(deal, f)) and horizon.month(date) >= horizon.end]
    if deal.mandatory and late:
        allowed = f"a month before the end of the plan, {horizon.word(horizon.end)}, as it is mandatory"
        for field in late:
            yield Fault(table, i, field, f"{getattr(deal, field):%Y-%m}", allowed)
    elif deal.mandatory and not horizon.begins(deal.earliest_start, deal.drop_dead):
        window = f"{deal.earliest_start or horizon.start:%Y-%m} to {deal.drop_dead or 'the end of the plan'}"
        allowed = "a window with the start of a period, as it is mandatory"
        yield Fault(table, i, "drop_dead", f"{window}, in which no period starts", allowed)


def _lease_tails(evidence: Evidence) -> Iterator[Fault]:
    """A lease that may run past the horizon has the yield at which it is valued there."""
    horizon = evidence.horizon
    if horizon is None or not evidence.settled("finance") or evidence.instance.finance.terminal_method != "cap_rate":
        return
    for i, lease in enumerate(evidence.instance.leases):
        begins = horizon.begins(lease.earliest_start, lease.drop_dead) if lease.delivered is None else [horizon.month(lease.delivered)]
        end = begins[-1] + lease.term_months + lease.renewal_months if begins else 0
        if lease.cap_rate_fraction is None and lease.tier is None and end > horizon.end:
            allowed = (
                f"a yield, or a tier, as the lease may run until {horizon.word(end)}, longer than the horizon's data, "
                f"which end {horizon.word(horizon.end)}; or terminal_method: contract"
            )
            yield Fault("leases", i, "cap_rate_fraction", "blank", allowed)


def _lease_halls(evidence: Evidence) -> Iterator[Fault]:
    """A mandatory lease has a hall of its product at one of its sites."""
    if not evidence.whole("halls", "opening", "lease_sites", "sites"):
        return
    products = _products(evidence)
    sites: dict[str, list[str]] = {lease.id: [] for lease in evidence.instance.leases if lease.mandatory}
    for row in evidence.instance.lease_sites:
        if row.lease in sites:
            sites[row.lease].append(row.site)
    for i, lease in enumerate(evidence.instance.leases):
        places = sites.get(lease.id, [])
        known = sorted({product for site in places for product in products.get(site, ())})
        if places and lease.product not in known:
            allowed = f"the product of a hall at its sites ({listing(known) or 'none'}), as it is mandatory"
            yield Fault("leases", i, "product", repr(lease.product), allowed)


def _products(evidence: Evidence) -> dict[str, set[str]]:
    """By site the products of the hall types that are allowed or stand there."""
    sites = evidence.ids("sites")
    everywhere = {str(hall.product) for hall in evidence.instance.halls if not hall.sites}
    products = {site: set(everywhere) for site in sites}
    placed = [(site, hall.product) for hall in evidence.instance.halls for site in hall.sites]
    halls = evidence.ids("halls")
    placed += [(row.site, halls[row.item].product) for row in evidence.instance.opening if row.item in halls]
    for site, product in placed:
        products.setdefault(site, set()).add(product)
    return products


def _debt_windows(evidence: Evidence) -> Iterator[Fault]:
    """A facility matures after the start and, where draws have a first month, may be drawn for some time."""
    horizon = evidence.horizon
    for i, row in enumerate(evidence.instance.debt):
        if horizon is not None and row.maturity <= horizon.start:
            yield Fault("debt", i, "maturity", f"{row.maturity:%Y-%m}", f"a month after the start of the plan, {horizon.word(0)}")
            continue
        ends = min(row.available_to or row.maturity, row.maturity)
        if row.available_from is not None and row.available_from >= ends:
            allowed = f"a month before draws end, {ends:%Y-%m} (available_to or maturity)"
            yield Fault("debt", i, "available_from", f"{row.available_from:%Y-%m}, an empty window", allowed)


def _windows(evidence: Evidence) -> Iterator[Fault]:
    """Shares may be issued, and a policy holds, for some time."""
    windows = [("equity", i, row.from_month, row.to_month) for i, row in enumerate(evidence.instance.equity)]
    windows += [("policies", i, row.from_month, row.to_month) for i, row in enumerate(evidence.instance.policies)]
    for table, i, begin, end in windows:
        if begin is not None and end is not None and end <= begin:
            yield Fault(table, i, "to_month", f"{end:%Y-%m}", f"a month after from_month, {begin:%Y-%m}")


Rule = Callable[[Evidence], Iterator[Fault]]
RULES: tuple[Rule, ...] = (
    _start, _length, _price_year, _year_ends, _halvings, _power_series, _gpu_series, _fuel_series, _btc_series,
    _deal_dates, _lease_tails, _lease_halls, _debt_windows, _windows,
)  # fmt: skip
