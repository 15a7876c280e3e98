"""The engine by site: its plan and bound are those of the whole program, whatever the backend; wrong claims, limits and stops."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from planner import SolveOptions, solve
from planner.backends import Task, WorkerLost
from planner.claims import BY_SITE
from planner.engine import generation as generating
from planner.engine import maximise
from planner.engine.pricing import Order, Priced, price
from planner.engine.split import Part
from planner.errors import BadOption
from planner.highs import Answer, Progress, Settings
from planner.highs import maximise as whole
from planner.places import sites_of
from tests.engine.case import portfolio
from tests.tiny import site, tiny

CLOSE = Settings(gap_fraction=1e-3, threads=1)


def by_site(settings: Settings = CLOSE, where: str = "serial", **more: object) -> Answer:
    """The small portfolio solved by site."""
    instance, pieces = portfolio()
    return maximise(pieces.arrays, sites_of(pieces.arrays.variables, instance), settings, where=where, **more)  # type: ignore[arg-type]


def test_as_good_as_the_whole() -> None:
    """The plan is within the gap of its bound, the bound above the optimum, the point keeps every row."""
    _, pieces = portfolio()
    best, answer = whole(pieces.arrays, Settings(gap_fraction=1e-7, threads=1)), by_site()
    assert answer.status == "optimal"
    assert best.objective is not None
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.objective - 1e-6 <= best.objective <= answer.bound + 1e-6
    assert answer.bound - answer.objective <= 1e-3 * abs(answer.objective) + 1e-6
    activity = pieces.whole @ answer.values
    assert (activity >= pieces.arrays.row_lower - 1e-5).all()
    assert (activity <= pieces.arrays.row_upper + 1e-5).all()


def test_the_same_on_every_backend() -> None:
    """Same plan and bound in this process and in two others."""
    here, there = by_site(), by_site(replace(CLOSE, threads=2), "processes")
    assert (here.objective, here.bound, here.nodes) == (there.objective, there.bound, there.nodes)
    assert np.array_equal(here.values, there.values)


def test_the_run_says_who_claimed_what() -> None:
    """`engine="sites"` on any portfolio; the exact check accepts the plan."""
    run = solve(portfolio()[0], SolveOptions(engine="sites", gap_fraction=1e-3, threads=1))
    assert run.outcome in ("optimal", "within_gap")
    assert run.solver == BY_SITE
    assert run.claims[0].who == "highs by site, seed 0"
    assert run.certificate is not None
    assert run.certificate.ok


def test_who_is_asked() -> None:
    """From twenty sites on HiGHS works by site, below it does not, unless somebody says so; other solvers have no engine."""
    few, many = tiny(), tiny(sites=[site(id=f"s{i}") for i in range(20)], grid=[])
    assert SolveOptions().asked(few) == "highs"
    assert SolveOptions(engine="sites").asked(few) == BY_SITE
    assert SolveOptions(cluster="local").asked(few) == BY_SITE
    assert SolveOptions().asked(many) == BY_SITE
    assert SolveOptions(engine="monolith").asked(many) == "highs"
    assert SolveOptions(solver="scip").asked(many) == "scip"
    with pytest.raises(BadOption, match="engine: only highs takes it, scip was asked for"):
        SolveOptions(solver="scip", engine="sites").asked(few)
    with pytest.raises(BadOption, match="cluster: the monolith is one program"):
        SolveOptions(engine="monolith", cluster="local").asked(few)
    with pytest.raises(BadOption, match="engine: found 'site'; allowed: auto or monolith or sites"):
        SolveOptions(engine="site").settings(few)  # type: ignore[arg-type]


def lying(part: Part, prices: np.ndarray, order: Order) -> Priced:
    """A search that claims less than a plan that it was given, until it is asked with another seed and without presolve."""
    true = price(part, prices, order)
    if order.start is None or not order.presolve:
        return true
    known_musd = float((part.program.cost - part.ties.T @ prices) @ order.start)
    return Priced(known_musd - 5.0, (order.start,), true.seconds)


def test_a_claim_below_a_plan_at_hand_is_asked_again_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A liar about single sites changes neither plan nor bound beyond the gap, and is named."""
    monkeypatch.setattr(generating, "price", lying)
    answer, honest = by_site(), by_site_honestly()
    assert "claims of HiGHS about single sites were refuted and asked again: site_001" in answer.message
    assert answer.bound is not None
    assert honest.objective is not None
    assert answer.bound >= honest.objective - 1e-6


def blind(part: Part, prices: np.ndarray, order: Order) -> Priced:
    """A search that says of every site that it has no plan, until it is asked with another seed, and of one whatever the seed."""
    true = price(part, prices, order)
    if order.start is None or (order.seed and part.site != "site_002"):
        return true
    return Priced(-np.inf, (), true.seconds)


def test_a_site_of_which_nothing_can_be_believed_proves_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a plan of the site at hand, so that it has none is refuted each time; the whole program has to prove the bound."""
    monkeypatch.setattr(generating, "price", blind)
    answer, honest = by_site(), by_site_honestly()
    assert answer.status == "optimal"
    assert "site_002" in answer.message
    assert answer.bound is not None
    assert honest.objective is not None
    assert answer.bound >= honest.objective - 1e-6


def test_a_claim_that_there_is_no_plan_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of site_002 nothing is believed, so the whole program is asked, and calls it infeasible: an error, in words, with the plan."""
    start = by_site_honestly()
    monkeypatch.setattr(generating, "price", blind)
    monkeypatch.setattr("planner.engine.engine.solve_whole", lambda *_, **__: Answer("infeasible"))
    answer = by_site(start=start.values)
    assert (answer.status, answer.bound) == ("error", None)
    assert "HiGHS calls the program infeasible, and there is a plan" in answer.message
    assert answer.objective is not None
    assert start.objective is not None
    assert answer.objective >= start.objective - 1e-6


def lost(part: Part, prices: np.ndarray, order: Order) -> Priced:
    """A search whose workers die."""
    raise WorkerLost(price, Task(0), "killed by SIGKILL")


def test_lost_workers_leave_the_plan_that_was_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error, in words, with the plan."""
    monkeypatch.setattr(generating, "price", lost)
    start = by_site_honestly()
    answer = by_site(start=start.values)
    assert answer.status == "error"
    assert "ended its worker" in answer.message
    assert answer.objective == pytest.approx(start.objective, abs=1e-6)


def test_a_portfolio_without_sites_is_solved_whole() -> None:
    """Nothing to cut."""
    _, pieces = portfolio()
    answer = maximise(pieces.arrays, [None] * pieces.arrays.columns, CLOSE, where="serial")
    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(by_site_honestly().objective, rel=2e-3)


def by_site_honestly() -> Answer:
    """The optimum of the whole program."""
    return whole(portfolio()[1].arrays, Settings(gap_fraction=1e-4, threads=1))


def test_a_stop_keeps_what_was_found() -> None:
    """Stopped at the first bound: interrupted, with the plan that it started from and that bound."""
    start, stop, told = by_site_honestly(), threading.Event(), list[Progress]()

    def watch(moment: Progress) -> None:
        told.append(moment)
        if moment.bound_musd is not None:
            stop.set()

    answer = by_site(start=start.values, progress=watch, stop=stop)
    assert answer.status == "interrupted"
    assert answer.objective == pytest.approx(start.objective, abs=1e-6)
    assert answer.bound is not None
    assert answer.bound >= answer.objective
    assert told[-1].sites_priced >= len(portfolio()[1].parts)


def test_the_limit_keeps_the_plan_it_began_with() -> None:
    """No time at all: the start plan, no bound."""
    start = by_site_honestly()
    answer = by_site(replace(CLOSE, time_limit_s=1e-6), start=start.values)
    assert (answer.status, answer.bound) == ("limit", None)
    assert answer.objective == pytest.approx(start.objective, abs=1e-6)


def test_without_any_plan() -> None:
    """More cash than there can be has to be kept: infeasible, by either engine."""
    blocked = portfolio()[0].with_("finance.cash_floor_musd", 1e5)
    assert solve(blocked, SolveOptions(engine="monolith")).outcome == "infeasible"
    assert solve(blocked, SolveOptions(engine="sites", threads=1)).outcome == "infeasible"
