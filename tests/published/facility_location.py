"""Capacitated facility location files of OR-Library as portfolios: sites with one grid upgrade each, customers as mandatory leases."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from planner_models.schema import Instance
from tests.tiny import Fields, accepts, hall, lease, site, standing, tiny, upgrade, years

FILES = Path(__file__).parent / "orlib_cflp"
MUSD_PER_COST = 1e-3
RENT_MUSD = 1500.0
"""What each customer pays at a site that serves it for nothing: more than the best plan of any file costs altogether."""
KW_MONTHS_PER_MW_YEAR = 12_000


@dataclass(frozen=True)
class Facility:
    """A place that may be opened: the demand that it can serve, and the cost of opening it."""

    capacity: float
    fixed_cost: float


@dataclass(frozen=True)
class Customer:
    """Its demand, and the cost of serving all of it from each facility."""

    demand: float
    costs: tuple[float, ...]


@dataclass(frozen=True)
class Problem:
    """Which facilities to open, and which of them serves each customer whole, at the least cost."""

    name: str
    facilities: tuple[Facility, ...]
    customers: tuple[Customer, ...]

    def cost(self, served_from: list[int]) -> float:
        """The cost of serving each customer from the facility of that number, by the file alone."""
        opened = sum(self.facilities[place].fixed_cost for place in set(served_from))
        return opened + sum(customer.costs[place] for customer, place in zip(self.customers, served_from, strict=True))


def read(name: str) -> Problem:
    """The problem of a file: `m n`, m times capacity and fixed cost, n times demand and m costs, in any lines."""
    figures = map(float, (FILES / f"{name}.txt").read_text(encoding="ascii").split())
    places, count = int(next(figures)), int(next(figures))
    facilities = tuple(Facility(next(figures), next(figures)) for _ in range(places))
    customers = tuple(Customer(next(figures), tuple(islice(figures, places))) for _ in range(count))
    assert len(customers[-1].costs) == places
    assert next(figures, None) is None
    return Problem(name, facilities, customers)


def portfolio(problem: Problem, *, mandatory: bool = True) -> Instance:
    """The instance whose equity value is `RENT_MUSD` per customer served, less the cost of the plan; a unit of demand is 1 MW."""
    total_mw = sum(customer.demand for customer in problem.customers)
    places = range(len(problem.facilities))
    return tiny(
        name=problem.name,
        periods=years(1),
        finance={"opening_cash_musd": 0.0},
        sites=[site(id=f"site{place}", land_it_mw=total_mw) for place in places],
        grid=[
            upgrade(id=f"upgrade{place}", site=f"site{place}", mw=facility.capacity, cost_musd=facility.fixed_cost * MUSD_PER_COST)
            for place, facility in enumerate(problem.facilities)
        ],
        halls=[hall(module_it_mw=total_mw)],
        opening=[standing(id=f"hall{place}", site=f"site{place}") for place in places],
        leases=[_lease(i, customer, mandatory) for i, customer in enumerate(problem.customers)],
        lease_sites=[
            accepts(f"customer{i}", f"site{place}", rent_adder_usd_per_kw_month=_rent(-cost * MUSD_PER_COST, customer))
            for i, customer in enumerate(problem.customers)
            for place, cost in enumerate(customer.costs)
        ],
    )


def _lease(i: int, customer: Customer, mandatory: bool) -> Fields:
    """One year of the whole demand."""
    rent = _rent(RENT_MUSD, customer)
    return lease(id=f"customer{i}", mandatory=mandatory, it_mw=customer.demand, term_months=12, rent_usd_per_kw_month=rent)


def _rent(musd_per_year: float, customer: Customer) -> float:
    """USD per kW and month that make up a sum for the year."""
    return musd_per_year * 1e6 / (customer.demand * KW_MONTHS_PER_MW_YEAR)
