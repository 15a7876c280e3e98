"""What a solver claims of a program, and which plans it denies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["optimal", "infeasible", "unbounded", "limit", "interrupted", "error"]
"""How a search ended; `optimal` means within the gap that was asked for."""
BY_SITE = "highs by site"
"""The solver that a claim names when HiGHS solved site by site (planner/engine)."""
TOLERANCE = 1e-6
"""A plan beats a bound by more than this share of it and this many M$."""


@dataclass(frozen=True)
class Claim:
    """What one search of one solver says: how it ended, its objective and bound in M$, and what its plan is worth by the exact check.

    `plan_musd` is None without a plan, or with one that the check rejects; `bound_musd` None where no bound is claimed. `refuted` says in
    words which verified plan is worth more than the claim allows, `rejected` what is wrong with its own plan: it breaks a rule, or is
    not within the gap of the bound. Both are `""` where nothing is. `message` is the solver's own word where it failed, `nodes` how many
    it searched, where it tells.
    """

    solver: str
    seed: int
    presolve: bool
    status: Status
    objective_musd: float | None = None
    bound_musd: float | None = None
    plan_musd: float | None = None
    seconds: float = 0.0
    message: str = ""
    refuted: str = ""
    rejected: str = ""
    nodes: int | None = None

    @property
    def who(self) -> str:
        """`highs, seed 0` or `highs, seed 2, no presolve`."""
        return f"{self.solver}, seed {self.seed}" + ("" if self.presolve else ", no presolve")

    @property
    def stands(self) -> bool:
        """Whether nothing at hand speaks against it."""
        return not self.refuted and not self.rejected

    @property
    def whole(self) -> bool:
        """Whether the search ended by itself: with a plan within the gap that the exact check accepts, or in that there is none."""
        return self.status == "infeasible" or (self.status == "optimal" and self.plan_musd is not None and not self.rejected)

    def denies(self, musd: float) -> bool:
        """Whether a plan worth `musd` cannot exist by this claim."""
        if self.status == "infeasible":
            return True
        return self.bound_musd is not None and musd > self.bound_musd + TOLERANCE * abs(self.bound_musd) + TOLERANCE


@dataclass(frozen=True)
class Known:
    """A plan that was known before the search: what it is worth in M$ by the exact check, None where it is no plan of the instance.

    `fault` says why it is none, or that the model has no such plan though the check accepts it.
    """

    who: str
    musd: float | None
    fault: str = ""

    @property
    def words(self) -> str:
        """All of it in words."""
        if self.musd is None:
            return f"{self.who} is no plan of this instance: {self.fault}"
        return f"{self.who} is worth {self.musd:,.6f} M$ by the exact check" + (f", but {self.fault}" if self.fault else "")
