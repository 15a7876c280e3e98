"""Whether this installation can be believed: versions, solvers on programs known to mislead, a round trip, a plan solved and checked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Literal

from planner.check import verify
from planner.checkup.canaries import Canary, canaries, misleading
from planner.claims import TOLERANCE
from planner.errors import SolverMissing
from planner.fingerprint import versions
from planner.highs import Answer, Settings, maximise
from planner.instance import convert, load, starter
from planner.options import SolveOptions
from planner.plan import Plan
from planner.runs import Run, load_run
from planner.scip import maximise as ask_scip
from planner.solving import solve
from planner_models.schema import Instance

__all__ = ["Finding", "doctor"]

EXTRAS = {
    "megawatt-planner": "run from its source, not installed as a package",
    "pyscipopt": "SCIP, the second solver of `planner solve --prove`: pip install 'megawatt-planner[scip]'",
}
"""Packages that may be missing, and what that means."""
PORTFOLIO_MUSD = 34.99617055797702
"""What the best plan of `portfolio.json` is worth: two solvers agree, and HiGHS 1.15.1 by itself claims 28.25."""
SEEDS = (0, 1)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what, how it stands, and what was found in words.

    `missing` is an extra that can be done without, `known` a fault of every release that there is, guarded against.
    """

    what: str
    state: Literal["ok", "missing", "known", "FAIL"]
    words: str


def doctor() -> Iterator[Finding]:
    """Look at everything, one finding after the other; seconds in all. Any that is FAIL means: do not believe plans made here."""
    yield from _packages()
    yield _tiny("highs", _highs)
    yield from _scip()
    yield _misled()
    yield _guarded("hard portfolio", _portfolio)
    with tempfile.TemporaryDirectory() as folder:
        yield _guarded("instance files", lambda: _round_trip(Path(folder)))
        yield _guarded("solve and check", lambda: _solved(Path(folder)))


def _packages() -> Iterator[Finding]:
    for name, version in versions("scip").items():
        if version != "not installed":
            yield Finding(name, "ok", version)
        else:
            yield Finding(name, "missing" if name in EXTRAS else "FAIL", EXTRAS.get(name, version))


def _guarded(what: str, look: Callable[[], str]) -> Finding:
    """A finding of a look that returns words, or raises: then it fails, whatever was raised."""
    try:
        return Finding(what, "ok", look())
    except Exception as fault:
        return Finding(what, "FAIL", f"{type(fault).__name__}: {fault}")


def _tiny(solver: str, answers: Callable[[Canary], Iterator[Answer]]) -> Finding:
    """A solver on every tiny program."""
    tried, wrong = 0, dict[str, None]()
    for canary in canaries():
        for answer in answers(canary):
            tried += 1
            if words := canary.wrong(answer):
                wrong[words] = None
    release = versions(solver)[{"highs": "highspy", "scip": "pyscipopt"}[solver]]
    if wrong:
        return Finding(f"{solver}, tiny programs", "FAIL", f"release {release} gives wrong answers, install another: {'; '.join(wrong)}")
    return Finding(f"{solver}, tiny programs", "ok", f"right in {tried} of {tried} searches")


def _highs(canary: Canary) -> Iterator[Answer]:
    for seed in SEEDS:
        for presolve in (True, False):
            yield maximise(canary.arrays, Settings(gap_fraction=0.0, seed=seed, presolve=presolve, threads=1))


def _scip() -> Iterator[Finding]:
    """SCIP on every tiny program, where it is installed."""
    try:
        yield _tiny("scip", lambda canary: iter([ask_scip(canary.arrays, Settings(gap_fraction=0.0))]))
    except SolverMissing:
        return


def _misled() -> Finding:
    """HiGHS where the releases that there are were seen to fail."""
    answers = [(canary, maximise(canary.arrays, settings)) for canary in misleading() for settings in canary.misled]
    wrong = dict.fromkeys(canary.wrong(answer) for canary, answer in answers)
    said = "; ".join(words for words in wrong if words)
    if not said:
        return Finding("highs, misleading programs", "ok", f"right in {len(answers)} of {len(answers)} searches")
    return Finding("highs, misleading programs", "known", f"{said}; such claims are held against other plans, see `planner solve --prove`")


def _portfolio() -> str:
    """A portfolio on which HiGHS 1.15.1 claims a wrong optimum: by whatever way, the planner must end at the right one."""
    instance = Instance.model_validate_json(files("planner.checkup").joinpath("portfolio.json").read_text(encoding="utf-8"))
    run = solve(instance, SolveOptions(threads=1))
    _whole(run)
    if run.value_musd is None or abs(run.value_musd - PORTFOLIO_MUSD) > TOLERANCE * (1 + PORTFOLIO_MUSD):
        raise ArithmeticError(f"the best plan is worth {PORTFOLIO_MUSD:.6f} M$, found {run.value_musd}")
    wrong = [claim for claim in run.claims if claim.refuted]
    if not wrong:
        return f"claimed rightly: {run.value_musd:.6f} M$"
    return f"{wrong[0].who} claims at most {wrong[0].bound_musd:.6f} M$, refuted and solved again: {run.value_musd:.6f} M$"


def _round_trip(folder: Path) -> str:
    """The starter as a folder and as a workbook, read back."""
    starter(folder / "folder")
    instance = load(folder / "folder")
    convert(folder / "folder", folder / "book.xlsx")
    if load(folder / "book.xlsx") != instance:
        raise ValueError("the starter comes back from a workbook as another instance")
    return "the starter comes back the same from a folder and from a workbook"


def _solved(folder: Path) -> str:
    """The starter solved, checked, saved and read back; a harmed plan is rejected."""
    run = solve(load(folder / "folder"), SolveOptions(threads=1))
    _whole(run)
    run.save(folder / "run")
    if load_run(folder / "run").plan != run.plan:
        raise ValueError("the plan of the starter comes back from its folder as another")
    assert run.plan is not None
    if verify(run.instance, _harmed(run.plan)).ok:
        raise ArithmeticError("the checker accepts a plan that breaks rules")
    return f"the starter is worth {run.value_musd:.6f} M$ ({run.outcome}), its plan is accepted and a harmed one rejected"


def _harmed(plan: Plan) -> Plan:
    """The plan with each lease begun twice, which no tenant signs."""
    started = {index: 2 * count for index, count in plan.decisions.get("started", {}).items()}
    return replace(plan, decisions={**plan.decisions, "started": started})


def _whole(run: Run) -> None:
    """Raise where a run did not end with an accepted plan."""
    if run.outcome not in ("optimal", "within_gap") or run.certificate is None or not run.certificate.ok:
        broken = "" if run.certificate is None else "; ".join(violation.words for violation in run.certificate.violations[:3])
        raise ArithmeticError(f"{run.instance.name} ended with {run.outcome} {broken}".rstrip())
