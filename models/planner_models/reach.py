"""What can happen within the plan at all: when a site can be held, where halls can stand, when and where leases can start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property

from planner_models.evidence import ITEMS, Horizon
from planner_models.rows import Conversion, Deal, Generator, Hall, Lease, Opening
from planner_models.sheets import Sheets
from planner_models.supply import Supply

TOLERANCE = 1e-6
MINING = "mining"


class Reach:
    """The months of an instance without a fault in its references, and the first month in which each hall can stand at each site."""

    def __init__(self, instance: Sheets) -> None:
        self._instance = instance
        self._horizon = Horizon.of(instance.start, instance.periods)
        self.starts = list(self._horizon.starts)
        self.last = self.starts[-1]
        self.horizon = self._horizon.end
        self.years = (instance.start.year, self._horizon.last_year)
        self._halls = {row.id: row for row in instance.halls}
        self._sites = {row.id: row for row in instance.sites}

    def month(self, date: dt.date) -> int:
        """Months from the start of the plan to a date."""
        return self._horizon.month(date)

    def word(self, month: int) -> str:
        """A month as it is written: 2027-04."""
        return self._horizon.word(month)

    @property
    def last_word(self) -> str:
        """First month of the last period."""
        return self.word(self.last)

    @property
    def end_word(self) -> str:
        """First month after the plan."""
        return self.word(self.horizon)

    @property
    def too_long(self) -> str:
        """Why a lead rules an order out."""
        return f"ordered at the start it would enter service after the last period has begun, in {self.last_word}"

    def hall(self, name: str) -> Hall:
        """The hall type of a name."""
        return self._halls[name]

    def period_end(self, month: int) -> int:
        """First month after the period that holds a month of the plan."""
        return min((start for start in self.starts if start > month), default=self.horizon)

    def span(self, row: Opening) -> tuple[int, int]:
        """Months from which and until which an opening row works."""
        return self._horizon.span(row, self._lives[row.item])

    def outlived(self, row: Opening) -> bool:
        """What an opening row names is gone before the plan starts."""
        return row.item in self._lives and self.span(row)[1] <= 0

    @cached_property
    def _lives(self) -> dict[str, int]:
        return {row.id: row.life_months for table in ITEMS for row in getattr(self._instance, table)}

    def held_from(self, site: str) -> int | None:
        """First month in which a site can be held: 0 for one that is owned; None for one on offer that can never be bought."""
        row = self._sites[site]
        if row.option_price_musd is None:
            return 0
        return next(iter(self._horizon.begins(row.offer_from, row.offer_to)), None)

    def orders(self, lead_months: int, order_from: dt.date | None = None, order_to: dt.date | None = None) -> bool:
        """Whether something can enter service in a period after an order within the plan and its window."""
        low = 0 if order_from is None else max(0, self.month(order_from))
        high = self.horizon if order_to is None else self.month(order_to)
        return any(low <= start - lead_months <= high for start in self.starts)

    def allowed(self, thing: Hall | Generator, site: str) -> bool:
        """Whether a hall type may be built at a site, or a generator commissioned there, as far as its `sites` say."""
        return not thing.sites or site in thing.sites

    @cached_property
    def halls(self) -> dict[tuple[str, str], int]:
        """First month in which a hall type can stand at a site, by (site, hall): cohorts, new modules, conversions."""
        first = dict(self.added)
        for row in self._instance.opening:
            if row.item in self._halls and not self.outlived(row) and self.month(row.in_service) < self.horizon:
                self._note(first, row.site, row.item, max(0, self.month(row.in_service)))
        return first

    @cached_property
    def added(self) -> dict[tuple[str, str], int]:
        """First month of service of a new module or a conversion, by (site, hall)."""
        first: dict[tuple[str, str], int] = {}
        for hall in self._instance.halls:
            for site in hall.sites or self._sites if hall.buildable else ():
                held = self.held_from(site)
                fits = hall.module_it_mw <= self._sites[site].land_it_mw + TOLERANCE
                if fits and held is not None and held + hall.build_months <= self.last:
                    self._note(first, site, hall.id, held + hall.build_months)
        for conversion in self._instance.conversions:
            for site, month in self.converts(conversion).items():
                self._note(first, site, conversion.to_hall, month)
        return first

    def _note(self, first: dict[tuple[str, str], int], site: str, name: str, month: int) -> None:
        first[site, name] = min(month, first.get((site, name), month))

    def converts(self, row: Conversion) -> dict[str, int]:
        """First month of service of a lot by site; empty when no lot is possible."""
        first: dict[str, int] = {}
        target = self._halls[row.to_hall]
        for cohort in self._instance.opening:
            site = cohort.site
            enough = cohort.item == row.from_hall and (cohort.count or 0) >= row.from_modules and row.max_lots > 0
            if not enough or row.site not in (None, site) or not self.allowed(target, site):
                continue
            begin, end = self.span(cohort)
            months = [t for t in self.starts if t >= row.build_months and begin <= t - row.off_months <= end]
            if months:
                first[site] = min(months[0], first.get(site, months[0]))
        return first

    @cached_property
    def supply(self) -> Supply:
        """The most MW that each site can ever have."""
        return Supply(self._instance, self._horizon, {site: self.held_from(site) for site in self._sites})

    def refusal(self, lease: Lease, site: str) -> tuple[str, str] | None:
        """Why a lease can never start at a site, with the field that shows it; None when it might."""
        if never := self.never_starts(lease):
            return never[0], never[2]
        mw, starts = lease.block_it_mw or lease.it_mw, self._begins(lease)
        if reason := self._never(mw, lease.product, site):
            return reason
        if late := self._late(lease.product, site, starts[-1]):
            return "delivered" if lease.delivered else "drop_dead" if lease.drop_dead else "product", late
        return self._unpowered(mw, lease.product, site)

    def never_starts(self, deal: Deal) -> tuple[str, str, str] | None:
        """Why a lease or compute contract can start in no period, with the field and its value; None when it might."""
        lapsed = deal.decide_by is not None and self.month(deal.decide_by) < 0 and deal.stage != "signed"
        if lapsed and deal.decide_by is not None:
            return "decide_by", f"{deal.decide_by:%Y-%m}", f"the offer has lapsed before the plan starts, in {self.word(0)}"
        if self._begins(deal):
            return None
        low = max(0, 0 if deal.earliest_start is None else self.month(deal.earliest_start))
        high = self.last if deal.drop_dead is None else self.month(deal.drop_dead)
        field, at = ("earliest_start", low) if low > self.last else ("drop_dead", high)
        return field, self.word(at), f"no period starts from {self.word(low)} to {self.word(high)}"

    def _begins(self, deal: Deal) -> list[int]:
        """First months of the periods in which a deal may start; the first one for what runs already."""
        if deal.delivered is not None:
            return self.starts[:1]
        return self._horizon.begins(deal.earliest_start, deal.drop_dead)

    def no_room(self, it_mw: float, product: str, site: str, begin: int) -> tuple[str, str] | None:
        """Why a site can never hold so many MW of a product from a month on, with the field that shows it; None when it might."""
        if reason := self._never(it_mw, product, site):
            return reason
        if late := self._late(product, site, self.period_end(max(0, begin)) - 1):
            return "from_month", late
        return self._unpowered(it_mw, product, site)

    def _never(self, it_mw: float, product: str, site: str) -> tuple[str, str] | None:
        """Why so many MW of a product are never in use at a site, whenever that is."""
        row = self._sites[site]
        if it_mw > row.land_it_mw + TOLERANCE:
            return "it_mw", f"the land of site {site!r} holds {row.land_it_mw:g} MW"
        if product != MINING and row.max_ai_it_mw is not None and it_mw > row.max_ai_it_mw + TOLERANCE:
            return "it_mw", f"max_ai_it_mw of site {site!r} allows {row.max_ai_it_mw:g} MW in halls of any product but mining"
        if self.held_from(site) is None:
            return "id", f"no period starts in which site {site!r}, which is on offer, may be bought"
        if (site, product) not in self._first_by_product:
            return "product", f"no hall of this product can stand at site {site!r}"
        return None

    def _late(self, product: str, site: str, latest: int) -> str | None:
        """Why no hall of a product is of use at a site in a month or before."""
        eligible = self._sites[site].ai_eligible_from
        if product != MINING and eligible is not None and self.month(eligible) > latest:
            return f"ai_eligible_from of site {site!r} allows such halls in use from {eligible:%Y-%m}"
        first = self._first_by_product[site, product]
        return f"the first hall of its product at site {site!r} can stand {self.word(first)}" if first > latest else None

    def _unpowered(self, it_mw: float, product: str, site: str) -> tuple[str, str] | None:
        """MW that need more power than the site has or may get, whenever it comes."""
        pue = self._least_pue[site, product]
        most_mw, words = self.supply.most(site, firm=product != MINING)
        if it_mw * pue <= most_mw + TOLERANCE:
            return None
        needs = f"it needs {it_mw * pue:g} MW of utility power at pue_peak {pue:g}"
        return "it_mw", f"{needs}, and site {site!r} can never have more than {most_mw:g} MW {words}"

    def earliest(self, lease: Lease, site: str) -> int | None:
        """First period start from which a lease can be served at a site, its earliest_start aside; None without one."""
        first, eligible = self._first_by_product.get((site, lease.product)), self._sites[site].ai_eligible_from
        if first is None:
            return None
        if eligible is not None and lease.product != MINING:
            first = max(first, self.month(eligible))
        return next((month for month in self.starts if month >= first), None)

    @cached_property
    def _first_by_product(self) -> dict[tuple[str, str], int]:
        first: dict[tuple[str, str], int] = {}
        for (site, hall), month in self.halls.items():
            self._note(first, site, self._halls[hall].product, month)
        return first

    @cached_property
    def _least_pue(self) -> dict[tuple[str, str], float]:
        least: dict[tuple[str, str], float] = {}
        for site, name in self.halls:
            hall = self._halls[name]
            least[site, hall.product] = min(hall.pue_peak, least.get((site, hall.product), hall.pue_peak))
        return least

    def hosts(self, site: str, products: Iterable[str]) -> bool:
        """Whether a hall of one of these products can stand at a site."""
        return any((site, product) in self._first_by_product for product in products)

    def generates(self, site: str) -> bool:
        """Whether a generator stands at a site or may be commissioned there within the plan."""
        return self.supply.own_mw.get(site, 0.0) > 0
