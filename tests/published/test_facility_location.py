"""Published optima of capacitated facility location, found by the planner as sites, grid upgrades and leases."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from pydantic import ValidationError

from planner import Run, SolveOptions, solve
from tests.published.facility_location import FILES, MUSD_PER_COST, RENT_MUSD, Problem, portfolio, read
from tests.tiny import solved, worth

with (FILES / "optima.csv").open(newline="", encoding="utf-8") as _file:
    OPTIMA = {row["file"]: row for row in csv.DictReader(_file)}
SOLVABLE = [name for name, row in OPTIMA.items() if row["single_source_optimum"]]
IMPOSSIBLE = [name for name, row in OPTIMA.items() if not row["single_source_optimum"]]


def optimum(name: str) -> float:
    """Least cost of the file when each customer is served from one site."""
    return float(OPTIMA[name]["single_source_optimum"])


def cost(run: Run, problem: Problem) -> float:
    """What the plan costs in the file's unit, by its equity value."""
    return (len(problem.customers) * RENT_MUSD - worth(run)) / MUSD_PER_COST


def served_from(run: Run) -> list[int]:
    """The number of the site of each lease, in order."""
    return [int(name.removeprefix("site")) for name in run.tables["leases"]["site"]]


def largest(problem: Problem) -> float:
    """Capacity of the largest facility."""
    return max(facility.capacity for facility in problem.facilities)


def test_the_files_are_the_sets_that_the_readme_tells_of() -> None:
    """Sixteen sites and fifty customers with 58,268 units; dividing demand never costs more, and as much where no capacity binds."""
    assert [*IMPOSSIBLE, *SOLVABLE] == [f"cap{series}{n}" for series in (4, 6, 7) for n in (1, 2, 3, 4)]
    for name, row in OPTIMA.items():
        problem = read(name)
        demand = sum(customer.demand for customer in problem.customers)
        assert (len(problem.facilities), len(problem.customers), demand) == (16, 50, 58_268)
        assert {facility.capacity for facility in problem.facilities} == {{"4": 5000, "6": 15000, "7": demand}[name[3]]}
        if name in SOLVABLE:
            divisible = float(row["divisible_optimum"])
            assert optimum(name) >= divisible
            assert optimum(name) == divisible or largest(problem) < demand


@pytest.mark.parametrize("name", SOLVABLE)
def test_the_planner_finds_the_published_optimum(name: str) -> None:
    """Equity value is 50 R less the optimum, and the sites of the leases cost just that by the file alone, with no site overfull."""
    problem = read(name)
    run = solved(portfolio(problem))
    assert run.outcome == "optimal"
    assert cost(run, problem) == pytest.approx(optimum(name), rel=1e-6)
    plan = served_from(run)
    assert problem.cost(plan) == pytest.approx(optimum(name), rel=1e-6)
    for place, facility in enumerate(problem.facilities):
        served = sum(customer.demand for customer, at in zip(problem.customers, plan, strict=True) if at == place)
        assert served <= facility.capacity


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_lease_larger_than_any_site_is_refused(name: str) -> None:
    """Sites of 5,000 MW cannot take the customers of 12,912 and 5,495 whole; each is named with what it needs and what there is."""
    problem = read(name)
    too_large = {i: customer.demand for i, customer in enumerate(problem.customers) if customer.demand > largest(problem)}
    assert sorted(too_large.values()) == [5495, 12912]
    with pytest.raises(ValidationError) as caught:
        portfolio(problem)
    faults = str(caught.value)
    for i, demand in too_large.items():
        assert f"leases row {i + 1}, it_mw: found {demand:g}: it needs {demand:g} MW of utility power" in faults
    assert faults.count("can never have more than 5000 MW in grid (none of its 16 sites can serve it)") == len(too_large)


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_as_offers_all_are_taken_but_the_two_that_fit_nowhere(name: str) -> None:
    """R is more than a whole plan costs, so no lease is left out that a site can hold: the two alone make the file infeasible."""
    problem = read(name)
    leases = solved(portfolio(problem, mandatory=False)).tables["leases"]
    assert leases["taken"].tolist() == [customer.demand <= largest(problem) for customer in problem.customers]


def test_leases_that_fit_one_by_one_but_not_together_are_infeasible() -> None:
    """Without those two 39,861 MW are left: each fits seven sites of 5,000 MW by itself, all of them do not."""
    problem = read("cap41")
    few = tuple(replace(customer, costs=customer.costs[:7]) for customer in problem.customers if customer.demand <= largest(problem))
    assert sum(customer.demand for customer in few) == 39_861
    run = solve(portfolio(replace(problem, facilities=problem.facilities[:7], customers=few)))
    assert run.outcome == "infeasible"
    assert run.plan is None


@pytest.mark.prove
@pytest.mark.parametrize("name", SOLVABLE)
def test_a_second_solver_finds_it_too(name: str) -> None:
    """SCIP comes to the same optimum of the same model."""
    problem = read(name)
    run = solve(portfolio(problem), SolveOptions(solver="scip"))
    assert run.certificate is not None
    assert run.certificate.ok
    assert cost(run, problem) == pytest.approx(optimum(name), rel=1e-6)
